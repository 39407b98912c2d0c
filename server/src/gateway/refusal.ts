import { ERRORS, type ErrorCode } from '@lms-live/protocol';
import type { RoomRefusal } from '../rooms/submission.js';

/** Refusals after which a client sends the same command again by itself; any other is final for its command. */
const SENT_AGAIN: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'busy', 'store_unavailable', 'seq_expected']);

export function isSentAgain(code: ErrorCode): boolean {
  return SENT_AGAIN.has(code);
}

/** A `refused` frame; with a `cmid` it answers a command, without one it is about the connection. */
export function refusedFrame({ code, retryAfterMs, detail, expect }: Omit<RoomRefusal, 'ok'>, cmid?: string): string {
  const { message, help, retryable } = ERRORS[code];
  return JSON.stringify({
    frame: 'refused',
    ...(cmid === undefined ? {} : { cmid }),
    code,
    message,
    help,
    retryable: cmid === undefined ? retryable : isSentAgain(code),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(expect === undefined ? {} : { expect }),
    ...(detail === undefined || Object.keys(detail).length === 0 ? {} : { detail }),
  });
}
