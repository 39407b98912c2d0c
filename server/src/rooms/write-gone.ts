import type { Presence } from './presence.js';
import type { Room } from './room.js';

/** Somebody who is here no more. */
export interface Gone {
  readonly participant: string;
  /** When they were last seen. */
  readonly seenAt: number;
  readonly wasStaff: boolean;
}

/**
 * Writes it down: attendance closes, and a class that has lost its last teacher is held.
 * @returns after how many milliseconds to try again; null: it is written
 */
export async function writeGone(
  { room, presence }: { readonly room: Room; readonly presence: Pick<Presence, 'staffCount'> },
  { participant, seenAt, wasStaff }: Gone,
): Promise<number | null> {
  const answer = await room.submit({ command: { type: 'system.leave', participant, seenAt }, actor: null });
  if (!answer.ok && answer.retryAfterMs !== undefined) return answer.retryAfterMs;
  if (wasStaff && presence.staffCount === 0 && room.state === 'live')
    await room.submit({ command: { type: 'system.hold', why: 'staff' }, actor: null });
  return null;
}
