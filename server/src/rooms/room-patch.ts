import type { AllRules } from '@lms-live/protocol';
import type { RoomPatch, RoomRow } from '../storage/types.js';
import { dueAtOf } from './schedule.js';

/** What the columns of a room have to become after a batch; null where nothing changes. */
export function roomPatchOf({
  row,
  room,
}: {
  readonly row: RoomRow;
  readonly room: AllRules['room'];
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
    dueAt: dueAtOf({ room, createdAt: row.createdAt }),
  };
  const changed = Object.entries(wanted).filter(([key, value]) => row[key as keyof typeof wanted] !== value);
  return changed.length === 0 ? null : Object.fromEntries(changed);
}
