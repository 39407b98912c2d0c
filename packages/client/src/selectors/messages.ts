import { isStaff, type Message } from '@lms-live/protocol';
import type { Pending, RoomState } from '../types.js';
import { memoise, NOBODY } from './memoise.js';

/**
 * The messages to everyone and, among them by their time, those of the private thread with the staff: one's own, or for staff all of them.
 * Tombstones of deleted messages are among them (`id` and `text` null). `thread` tells the private ones.
 */
export const selectMessages: (state: RoomState) => readonly Message[] = /* @__PURE__ */ memoise(
  ({ views, me }) => [views.all.messages, isStaff((me ?? NOBODY).grants) ? views.staff.messages : views.me.messages],
  ([toAll, inThread]) => {
    const messages = [...toAll];
    if (inThread.length === 0) return Object.freeze(messages);
    // Stable: of two at the same time the one to everyone comes first, and within a log the offset decides.
    return Object.freeze(mergeByTime(messages, [...inThread]));
  },
);

/** What this person has written and the server has not confirmed; one with an `error` waits for `retryPending` or `dropPending`. */
export const selectPendingMessages: (state: RoomState) => readonly Pending[] = /* @__PURE__ */ memoise(
  ({ pending }) => [pending],
  ([pending]) => Object.freeze(pending.filter(({ type }) => type === 'chat.post')),
);

/** Both are in order of their offsets already, and in a log the time never decreases. */
function mergeByTime(left: readonly Message[], right: readonly Message[]): Message[] {
  const merged: Message[] = [];
  let next = 0;
  for (const message of left) {
    while (next < right.length && (right[next] as Message).at < message.at) merged.push(right[next++] as Message);
    merged.push(message);
  }
  return [...merged, ...right.slice(next)];
}
