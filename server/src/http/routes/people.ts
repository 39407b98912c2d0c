import { grantsOf, type AttendanceOfPerson } from '@lms-live/protocol';
import { coverage, speaksForAll } from '../../auth/types.js';
import { readPersonAttendance } from '../../reports/person-attendance.js';
import { readPersonRecord } from '../../reports/person-record.js';
import type { RoomOfPerson, RoomRow } from '../../storage/types.js';
import { HttpError, json, type Call, type Route } from '../types.js';

interface PageQuery {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** `GET /v1/people/{sub}`: everything that the server has of one person, room by room. */
export const get: Route<unknown, PageQuery> = async (call) => {
  const sub = subOf(call);
  const { items, next } = pageOf(await roomsOf(call, sub), call.query);
  return json(200, { sub, items: await inTurn(items, (item) => recordIn(call, item, sub)), next });
};

/** `GET /v1/people/{sub}/calls`: the classes that one person was in, the newest first; for the host, and for them. */
export const calls: Route<unknown, PageQuery> = async (call) => {
  const sub = subOf(call);
  const { identity } = call;
  const isOwn = identity.sub === sub && identity.role !== 'service';
  if (!isOwn && !grantsOf(identity.role, identity.grantChanges).has('tenant.manage'))
    throw new HttpError('forbidden', { detail: { grant: 'tenant.manage' } });
  const rooms = isOwn
    ? await call.api.store.roomsOfPerson({ tenant: identity.tenant.id, sub })
    : await roomsOf(call, sub);
  const attended = rooms.filter(({ participant }) => participant !== null);
  const newest = attended.sort((a, b) => startOf(b.room) - startOf(a.room) || (a.room.id < b.room.id ? -1 : 1));
  const { items, next } = pageOf(newest, call.query);
  // Who is expected is known in a room, and was perhaps never there.
  const found = await inTurn(items, (item) => callIn(call, item));
  return json(200, { items: found.filter(({ attendance }) => attendance !== null), next });
};

/**
 * `DELETE /v1/people/{sub}`: erases them in every room, and from every list. Their own tokens count until they are withdrawn:
 * whoever comes again is somebody new.
 */
export const remove: Route = async (call) => {
  const { api, identity } = call;
  const sub = subOf(call);
  const erased = { rooms: 0, messages: 0, questions: 0 };
  const rooms = await roomsOf(call, sub);
  // First from the lists: whoever is shown one gives an id to everybody on it.
  if (speaksForAll(identity)) await api.store.dropFromRosters({ tenant: identity.tenant.id, sub });
  for (const { room, participant } of rooms) {
    if (participant === null) continue;
    const { messages, questions } = await eraseIn(call, room, participant);
    erased.rooms += 1;
    erased.messages += messages;
    erased.questions += questions;
  }
  const keys = new Set(rooms.map(({ room }) => room.key));
  for (const live of [...api.directory.loaded]) if (keys.has(live.room.key)) await live.listChanged();
  return json(200, erased);
};

async function eraseIn(
  { api, identity }: Call,
  { tenant, id }: RoomRow,
  participant: string,
): Promise<{ readonly messages: number; readonly questions: number }> {
  const live = await api.directory.get(tenant, id);
  // Somebody who was let into a room before its first event has left nothing there.
  if (!live) return { messages: 0, questions: 0 };
  const actor = {
    participant: null,
    role: identity.role,
    grants: grantsOf(identity.role, identity.grantChanges),
    name: '',
    picture: null,
  };
  const answer = await live.room.submit({
    command: { type: 'person.erase', body: { participant }, cmid: '' },
    actor,
    ephemeral: true,
  });
  if (!answer.ok) {
    const { code, ok: _ok, ...more } = answer;
    throw new HttpError(code, more);
  }
  return answer.result as { messages: number; questions: number };
}

async function recordIn({ api }: Call, { room, participant }: RoomOfPerson, sub: string): Promise<unknown> {
  const { store } = api;
  const { key } = room;
  const shown = { room: shownRoom(room), participant, expected: await store.rosterEntry({ key, sub }) };
  if (participant === null) return { ...shown, attendance: null, record: null, statements: [] };
  const heads = await store.heads(key);
  const [attendance, record, statements] = [
    await readPersonAttendance(store, { key, participant, heads, now: api.now() }),
    await readPersonRecord(store, { key, participant, heads }),
    await store.statements(key),
  ];
  return { ...shown, attendance, record, statements: statements.map(({ id, at }) => ({ id, at })) };
}

async function callIn(
  { api, identity }: Call,
  { room, participant }: RoomOfPerson,
): Promise<{
  readonly room: object;
  readonly participant: string | null;
  readonly attendance: AttendanceOfPerson | null;
}> {
  const { key, externalRef } = room;
  const heads = await api.store.heads(key);
  const attendance = await readPersonAttendance(api.store, {
    key,
    participant: participant ?? '',
    heads,
    now: api.now(),
  });
  return {
    room: shownRoom(room),
    ...(identity.role === 'service' && { externalRef }),
    participant,
    attendance,
  };
}

function shownRoom({ id, title, kind, state, startsAt, endsAt, liveSince }: RoomRow): object {
  return { id, title, kind, state, startsAt, endsAt, liveSince };
}

function startOf({ liveSince, startsAt, createdAt }: RoomRow): number {
  return liveSince ?? startsAt ?? createdAt;
}

/** Of the rooms that a token covers; that of a host covers all where it names none. */
async function roomsOf({ api, identity }: Call, sub: string): Promise<RoomOfPerson[]> {
  const rooms = await api.store.roomsOfPerson({ tenant: identity.tenant.id, sub });
  return rooms.filter(({ room }) => speaksForAll(identity) || coverage(identity.rooms, room.id) !== null);
}

function subOf({ params }: Call): string {
  return params['sub'] ?? '';
}

/** The cursor is the id of the last room. */
function pageOf(
  rooms: readonly RoomOfPerson[],
  { after, limit }: PageQuery,
): { readonly items: readonly RoomOfPerson[]; readonly next: string | null } {
  const from = after === undefined ? 0 : rooms.findIndex(({ room }) => room.id === after) + 1;
  const items = rooms.slice(from, from + limit);
  return { items, next: from + limit < rooms.length ? (items.at(-1)?.room.id ?? null) : null };
}

/** One after the other: nobody’s export keeps the store from a class. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}
