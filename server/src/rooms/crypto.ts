import { createHash, randomBytes } from 'node:crypto';
import type { Sha256Sync } from '@lms-live/protocol';

export const sha256: Sha256Sync = (bytes) => createHash('sha256').update(bytes).digest();

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** 128 random bits in hex: a salt. */
export function randomSalt(): string {
  return randomBytes(16).toString('hex');
}

/** UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then random. */
export function uuidV7(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
