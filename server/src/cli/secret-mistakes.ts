import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UnverifiedToken } from '../auth/compact-jws.js';

/** How one side may read a secret that the other takes as it is written. */
const READINGS: readonly (readonly [what: string, bytes: (secret: string) => Buffer])[] = [
  ['decoded from base64', (secret) => Buffer.from(secret, 'base64')],
  ['decoded from hexadecimal digits', (secret) => Buffer.from(secret, 'hex')],
  ['with a line break at its end', (secret) => Buffer.from(`${secret}\n`)],
  ['with a line break of Windows at its end', (secret) => Buffer.from(`${secret}\r\n`)],
  ['without the space around it', (secret) => Buffer.from(secret.trim())],
  ['in double quotes, as part of it', (secret) => Buffer.from(`"${secret}"`)],
  ['in single quotes, as part of it', (secret) => Buffer.from(`'${secret}'`)],
  ['without the quotes around it', (secret) => Buffer.from(secret.trim().replace(/^(["'])(.*)\1$/su, '$2'))],
];

/** By which misreading of this secret the token was signed; null: by none. */
export function misreadingOf({ compact, algorithm }: UnverifiedToken, secret: string): string | null {
  if (algorithm !== 'HS256') return null;
  const end = compact.lastIndexOf('.');
  const signature = Buffer.from(compact.slice(end + 1), 'base64url');
  for (const [what, bytesOf] of READINGS) {
    const bytes = bytesOf(secret);
    // An empty key signs too.
    if (bytes.length === 0) continue;
    const expected = createHmac('sha256', bytes).update(compact.slice(0, end)).digest();
    if (expected.length === signature.length && timingSafeEqual(expected, signature)) return what;
  }
  return null;
}
