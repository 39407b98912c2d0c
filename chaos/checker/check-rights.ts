import type { Role } from '@lms-live/protocol';
import type { Entry, EntryOf } from './history.js';
import { GRACE_MS, roomName, type RoomIndex } from './truth-index.js';
import { bodyOf, type TruthEvent } from './truth.js';
import type { Violation } from './violation.js';

/** What only staff cause. */
const BY_STAFF = new Set(['person.removed', 'person.barred', 'question.changed', 'question.answered', 'chat.pinned']);

interface Reading {
  readonly opened: EntryOf<'opened'>;
  readonly room: RoomIndex;
  participant: string;
  welcomedAt: number;
}

/** Nothing is read or caused without the right to it, 2 seconds after it was lost at the latest (I7). */
export function checkRights(history: readonly Entry[], rooms: ReadonlyMap<string, RoomIndex>): Violation[] {
  const tokenRoles = new Map<string, Role>();
  for (const entry of history) {
    if (entry.kind !== 'opened') continue;
    const name = roomName(entry.tenant, entry.room);
    const participant = rooms.get(name)?.room.participants.get(entry.sub);
    if (participant !== undefined) tokenRoles.set(`${name} ${participant}`, entry.role);
  }
  return [...checkRead(history, rooms), ...checkCaused(rooms, tokenRoles)];
}

function checkRead(history: readonly Entry[], rooms: ReadonlyMap<string, RoomIndex>): Violation[] {
  const readings = new Map<string, Reading>();
  // One finding for each connection and reason says enough.
  const found = new Map<string, Violation>();
  for (const entry of history) {
    if (entry.kind === 'opened') {
      const room = rooms.get(roomName(entry.tenant, entry.room));
      const participant = room?.room.participants.get(entry.sub) ?? '';
      if (room) readings.set(entry.connection, { opened: entry, room, participant, welcomedAt: entry.t });
    }
    if (entry.kind !== 'welcomed' && entry.kind !== 'reset' && entry.kind !== 'event') continue;
    const reading = readings.get(entry.connection);
    if (!reading) continue;
    if (entry.kind === 'welcomed') reading.welcomedAt = entry.t;
    const what = whatIsWrong(reading, entry);
    const key = `${entry.connection} ${String(what)}`;
    if (what !== null && !found.has(key))
      found.set(key, { anomaly: 'stale-authority', invariant: 'I7', where: entry.connection, detail: what });
  }
  return [...found.values()];
}

function whatIsWrong(
  { opened, room, participant, welcomedAt }: Reading,
  entry: EntryOf<'welcomed' | 'reset' | 'event'>,
): string | null {
  if (room.isBanned(participant, entry.t)) return `${entry.kind} for somebody who is banned`;
  const removed = room.removals.get(participant)?.some((at) => at > welcomedAt && entry.t > at + GRACE_MS);
  if (removed) return `${entry.kind} on a connection of somebody who was removed`;
  const readsStaff = entry.kind !== 'welcomed' && entry.log === 'staff';
  return readsStaff && !room.wasStaff(participant, opened.role, entry.t)
    ? `${entry.kind} of the staff log for a ${opened.role}`
    : null;
}

function checkCaused(rooms: ReadonlyMap<string, RoomIndex>, tokenRoles: ReadonlyMap<string, Role>): Violation[] {
  return [...rooms].flatMap(([name, room]) =>
    room.room.logs.flatMap(({ log, events }) =>
      events.flatMap((event) => {
        const detail = whatIsCaused(event, room, tokenRoles.get(`${name} ${event.by ?? ''}`) ?? null);
        const where = `${name} ${log} ${String(event.offset)}`;
        return detail === null ? [] : [{ anomaly: 'stale-authority', invariant: 'I7', where, detail } as const];
      }),
    ),
  );
}

function whatIsCaused(event: TruthEvent, room: RoomIndex, tokenRole: Role | null): string | null {
  const { type, by, at } = event;
  // The server itself, or the host's own back end.
  if (by === null || tokenRole === null) return null;
  if (room.isBanned(by, at)) return `${type} by somebody who is banned`;
  const isForStaff = BY_STAFF.has(type) || (type === 'person.role' && bodyOf(event)['promoted'] === true);
  return isForStaff && !room.wasStaff(by, tokenRole, at) ? `${type} by a ${tokenRole}` : null;
}
