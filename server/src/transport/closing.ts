/** What both drivers hold to when a socket ends. */

export const SLOW_READER = { code: 4002, reason: 'slow_reader' } as const;
export const RESTARTING = { code: 4000, reason: 'restarting' } as const;
export const INTERNAL = { code: 4003, reason: 'internal' } as const;
/** RFC 6455 §7.4.1: the connection broke without a close frame. */
export const ABNORMAL = { code: 1006, reason: '' } as const;

/** A peer that has not read what was sent, or not answered a close, for this long is cut off. */
export const LINGER_MS = 2_000;

/** RFC 6455 §5.5: a control frame carries 125 bytes, two of them are the code. */
const MAX_REASON_BYTES = 123;

/** @throws {TypeError} on a code that may not be sent (RFC 6455 §7.4) */
export function checkCloseCode(code: number): void {
  const ours = Number.isInteger(code) && code >= 3000 && code <= 4999;
  const standard = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  if (!ours && !(standard && Number.isInteger(code)))
    throw new TypeError(`${code} is not a close code that can be sent.`);
}

/** At most 123 bytes, cut between characters. */
export function clipReason(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason;
  let clipped = '';
  for (const character of reason) {
    if (Buffer.byteLength(clipped) + Buffer.byteLength(character) > MAX_REASON_BYTES) break;
    clipped += character;
  }
  return clipped;
}

let lastSocketId = 0;

/** Unique in this process, whatever the driver. */
export function nextSocketId(): number {
  lastSocketId += 1;
  return lastSocketId;
}
