import { LIMITS, type AllRules } from '@lms-live/protocol';
import type { RoomPatch, RoomRow } from '../storage/types.js';

/** Minutes before `startsAt` at which a scheduled room opens for its staff. */
const OPEN_MINUTES_BEFORE = 15;

/** What the columns of a room have to become after a batch; null where nothing changes. */
export function roomPatchOf({
  row,
  room,
  now,
}: {
  readonly row: RoomRow;
  readonly room: AllRules['room'];
  readonly now: number;
}): RoomPatch | null {
  if (room.id === '') return null;
  const { kind, state, visibility, listed, title, startsAt, endsAt, liveSince } = room;
  const wanted = {
    kind,
    state,
    visibility,
    listed,
    title,
    startsAt,
    endsAt,
    liveSince,
    dueAt: dueAtOf({ row, room, now }),
  };
  const changed = Object.entries(wanted).filter(([key, value]) => row[key as keyof typeof wanted] !== value);
  return changed.length === 0 ? null : Object.fromEntries(changed);
}

/** When the clock has to look at a room: to open it, to take it live, or to end it after it was held for too long. */
function dueAtOf({
  row,
  room: { state, startsAt },
  now,
}: {
  readonly row: RoomRow;
  readonly room: AllRules['room'];
  readonly now: number;
}): number | null {
  if (state === 'held') return row.state === 'held' ? row.dueAt : now + LIMITS.heldMinutes * 60_000;
  if (startsAt === null) return null;
  if (state === 'scheduled') return startsAt - OPEN_MINUTES_BEFORE * 60_000;
  return state === 'open' ? startsAt : null;
}
