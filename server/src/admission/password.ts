import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Queue } from './queue.js';

/** Cost of one look (RFC 7914 §2): 16 MiB and some 50 ms of one core. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
/** A hash with a higher cost was not written here. */
const MAX_MEMORY_BYTES = 64 * 1_024 * 1_024;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Half of the threads that Node has for such work: the others read and write files. */
const AT_ONCE = 2;
/** A class that comes in together, twice; whoever comes then is told to come again. */
const MAX_WAITING = 128;

const queue = new Queue({ atOnce: AT_ONCE, maxWaiting: MAX_WAITING });

/**
 * Hashes a password with a salt of its own: `scrypt$N$r$p$salt$hash`, base64url. Off the event loop, a few at a time.
 * @throws {QueueFull} where too many wait already
 */
export async function hashPassword(text: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await queue.run(() => derive(text, { salt, ...COST }));
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/**
 * Whether this is the password that was hashed; false also where the hash is none of these. Takes as long for a wrong one.
 * @throws {QueueFull} where too many wait already
 */
export async function isPassword(text: string, hash: string): Promise<boolean> {
  const [scheme, N, r, p, salt = '', wanted = ''] = hash.split('$');
  const expected = Buffer.from(wanted, 'base64url');
  if (scheme !== 'scrypt' || expected.length !== HASH_BYTES) return false;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const actual = await queue.run(() => derive(text, { salt: Buffer.from(salt, 'base64url'), ...cost }));
  return timingSafeEqual(actual, expected);
}

/** The same letters give the same bytes, whichever way a keyboard composes them (RFC 8265 §4.2). */
function derive(
  text: string,
  { salt, ...cost }: { readonly salt: Buffer; readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(text.normalize('NFC'), salt, HASH_BYTES, { ...cost, maxmem: MAX_MEMORY_BYTES }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
