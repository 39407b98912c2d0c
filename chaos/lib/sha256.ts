import { createHash } from 'node:crypto';

/** What the chain functions of the protocol are given. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
