import type { AllRules } from '@lms-live/protocol';

type RoomRules = AllRules['room'];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface Scheduled {
  readonly room: RoomRules;
  /** Of the room, milliseconds since 1970. */
  readonly createdAt: number;
}

/** What the clock says of a room at a moment, as a command of the system; null: nothing yet. */
export type ClockCommand = 'system.open' | 'system.live' | 'system.end';

/**
 * When the clock has to look at a room wherever it is: to open it, to end it, or to delete it; null: never, as things are. An open class starts only where
 * somebody is in it, and those are looked at all the time.
 */
export function dueAtOf(scheduled: Scheduled): number | null {
  const { room } = scheduled;
  if (room.state === 'ended') return keptUntil(scheduled);
  const times = [endsByTimeAt(scheduled), stateDueAt(scheduled)].filter((at): at is number => at !== null);
  if (times.length === 0) return null;
  return Math.min(...times);
}

/** What is due now. `isStaffHere`: an open class starts by itself only where somebody is there to teach it. `upMs`: since the start of the server. */
export function clockCommand(
  scheduled: Scheduled,
  { now, isStaffHere, upMs }: { readonly now: number; readonly isStaffHere: boolean; readonly upMs: number },
): ClockCommand | null {
  const { room } = scheduled;
  if (room.state === 'ended') return null;
  if (isPast(endsByTimeAt(scheduled), now)) return 'system.end';
  switch (room.state) {
    case 'scheduled':
      return isPast(stateDueAt(scheduled), now) ? 'system.open' : null;
    case 'open':
      return isStaffHere && room.policy['schedule.autoStart'] && isPast(room.startsAt, now) ? 'system.live' : null;
    case 'held':
      // Being held counts in minutes that the server was up for people to come back to.
      return isPast(stateDueAt(scheduled), now) && upMs >= room.heldMinutes * MINUTE_MS ? 'system.end' : null;
    case 'live':
      return null;
  }
}

/** Whether an ended class was kept for as long as its policy says (`retentionDays`). */
export function isOutdated(scheduled: Scheduled, now: number): boolean {
  return scheduled.room.state === 'ended' && isPast(keptUntil(scheduled), now);
}

function keptUntil({ room: { endedAt, liveSince, policy }, createdAt }: Scheduled): number {
  // An older checkpoint does not say when it ended.
  return (endedAt ?? liveSince ?? createdAt) + policy.retentionDays * DAY_MS;
}

/** When a class that nobody has ended ends by itself; not one that was started, or made, after that. */
function endsByTimeAt({ room, createdAt }: Scheduled): number | null {
  const { endsAt, liveSince, policy } = room;
  if (!policy['schedule.autoEnd'] || endsAt === null) return null;
  const at = endsAt + policy['schedule.overrunMinutes'] * MINUTE_MS;
  return at > Math.max(liveSince ?? 0, createdAt) ? at : null;
}

function stateDueAt({ room, createdAt }: Scheduled): number | null {
  const { state, startsAt, openMinutesBefore, liveSince, heldAt, heldMinutes } = room;
  // An older checkpoint does not say since when.
  if (state === 'held') return (heldAt ?? liveSince ?? createdAt) + heldMinutes * MINUTE_MS;
  return state === 'scheduled' && startsAt !== null ? startsAt - openMinutesBefore * MINUTE_MS : null;
}

function isPast(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}
