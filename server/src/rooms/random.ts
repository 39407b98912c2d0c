import { randomFillSync } from 'node:crypto';

/** A call for random bytes costs more than the bytes: they are fetched for many events at once. */
const pool = Buffer.alloc(8_192);
let taken = pool.length;

/** Random bytes in hex; each byte of the pool is given once, and is not kept. @param count at most 8,192 */
export function randomHex(count: number): string {
  if (taken + count > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const hex = pool.toString('hex', taken, taken + count);
  pool.fill(0, taken, taken + count);
  taken += count;
  return hex;
}
