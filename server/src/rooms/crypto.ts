import { createHash } from 'node:crypto';
import type { Sha256Sync } from '@lms-live/protocol';
import { randomHex } from './random.js';

export const sha256: Sha256Sync = (bytes) => createHash('sha256').update(bytes).digest();

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const SALT_BYTES = 16;
/** Of a UUID that begins with the time. */
const UUID_RANDOM_BYTES = 10;
const TIME_HEX_DIGITS = 12;

/** 128 random bits in hex: a salt. */
export function randomSalt(): string {
  return randomHex(SALT_BYTES);
}

/** UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then random. */
export function uuidV7(nowMs: number): string {
  const time = nowMs.toString(16).padStart(TIME_HEX_DIGITS, '0');
  const random = randomHex(UUID_RANDOM_BYTES);
  // The variant is the two bits 10 and two random ones.
  const variant = '89ab'.charAt(parseInt(random.charAt(3), 16) & 0b11);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(8)}`;
}
