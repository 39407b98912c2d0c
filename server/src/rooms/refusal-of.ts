import { NoSuchRoom, StoreUnavailable } from '../storage/types.js';
import type { RoomRefusal } from './submission.js';

/** When to try again what the store could not take. */
export const RETRY_AFTER_MS = 1_000;

/** What a sender is told when a commit failed. */
export function refusalOf(error: unknown): RoomRefusal {
  if (error instanceof NoSuchRoom) return { ok: false, code: 'room_unknown' };
  if (error instanceof StoreUnavailable) return { ok: false, code: 'store_unavailable', retryAfterMs: RETRY_AFTER_MS };
  return { ok: false, code: 'internal' };
}
