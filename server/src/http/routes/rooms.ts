import { nanoid } from 'nanoid';
import { grantsOf, readCommand, type RoomKind, type RoomState } from '@lms-live/protocol';
import { coverage, speaksForAll } from '../../auth/types.js';
import { roomOf } from '../../gateway/admission.js';
import type { HttpResponse } from '../../transport/types.js';
import {
  alone,
  failed,
  recordOf,
  requireManager,
  requireManagerFor,
  requireMatch,
  roomAnswer,
  writeRecord,
} from '../record.js';
import { idFromKey, keyOf } from '../repeats.js';
import { findRoomOf } from '../room-access.js';
import { runCommand } from '../run-command.js';
import type { RoomRequest } from '../schemas/room.js';
import { HttpError, invalid, json, type Call, type Route, type RoomCall, type RoomRoute } from '../types.js';

type NewRoom = RoomRequest & { readonly id?: string; readonly kind?: RoomKind };

/** `PUT /v1/rooms/{id}`: makes the room, or brings the one that is there to these settings. */
export const put: Route<NewRoom> = (call) => {
  const { api, identity, params, body, request } = call;
  const id = params['id'] ?? '';
  return alone(call, id, async () => {
    const existing = await api.directory.get(identity.tenant.id, id);
    if (!existing) {
      if (request.headers.has('if-match')) throw failed('If-Match');
      return create(call, id, body);
    }
    const roomCall = await findRoomOf(call);
    requireManager(roomCall);
    if (request.headers.get('if-none-match') === '*') throw failed('If-None-Match');
    const { kind, ...changes } = body;
    const { kind: made } = existing.room.rules.all.room;
    if (kind !== undefined && kind !== made) throw invalid('kind', `a room stays what it was made as, here a ${made}`);
    return change(roomCall, changes);
  });
};

/** `POST /v1/rooms`: makes a room with an id of the server's, or with the one given in the body. */
export const post: Route<NewRoom> = (call) => {
  const { id: given, ...body } = call.body;
  const key = keyOf(call);
  const ownId = key === null ? nanoid() : idFromKey(call.identity, key);
  const id = given ?? ownId;
  return alone(call, id, async () => {
    const existing = await call.api.directory.get(call.identity.tenant.id, id);
    if (!existing) return create(call, id, body);
    if (key === null || id !== ownId) throw new HttpError('room_exists');
    // It was made, and the answer was lost before it was kept.
    return roomAnswer(await findRoomOf({ ...call, params: { id } }), made(id));
  });
};

export interface ListQuery {
  readonly status?: readonly RoomState[] | undefined;
  readonly kind?: RoomKind | undefined;
  readonly externalRef?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** `GET /v1/rooms`: those that somebody may come to by their token or a list, and public ones. */
export const list: Route<unknown, ListQuery> = async ({ api, identity, query }) => {
  const { status, limit, ...others } = query;
  const { tenant, sub, role, rooms } = identity;
  const isService = speaksForAll(identity);
  const manages = grantsOf(role, identity.grantChanges).has('room.manage');
  const rows = await api.store.listRooms({
    tenant: tenant.id,
    limit: limit + 1,
    ...others,
    ...(status && { states: status }),
    ...(isService ? {} : { visibleTo: { sub, ...rooms, hasLists: tenant.admission.by === 'roster' } }),
  });
  const page = rows.slice(0, limit);
  const items = page.map(({ key: _key, tenant: _tenant, dueAt: _dueAt, passwordHash, ...row }) => {
    const { owners, externalRef, expected, ...shown } = row;
    const { id } = row;
    // In a public room that nothing else brings them to, a teacher is a guest.
    const isCovered = owners.length === 0 && coverage(rooms, id) !== null;
    const isTheirs = role === 'service' ? isService || coverage(rooms, id) !== null : isCovered || owners.includes(sub);
    const isOwn = manages && isTheirs;
    return { ...shown, hasPassword: passwordHash !== null, ...(isOwn ? { owners, externalRef, expected } : {}) };
  });
  return json(200, { items, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null });
};

export const get: RoomRoute = (call) => roomAnswer(call, { ifNoneMatch: call.request.headers.get('if-none-match') });

export const patch: RoomRoute<RoomRequest> = (call) => alone(call, call.live.room.id, () => change(call, call.body));

export const remove: RoomRoute = (call) =>
  alone(call, call.live.room.id, async () => {
    requireManager(call);
    await requireMatch(call);
    await call.api.directory.delete(call.live);
    return { status: 204 };
  });

export const start: RoomRoute = async (call) => {
  await runCommand(call, { type: 'room.start', body: {} });
  return roomAnswer(call);
};

export const stop: RoomRoute = async (call) => {
  await runCommand(call, { type: 'room.end', body: {} });
  return roomAnswer(call);
};

async function change(call: RoomCall, changes: RoomRequest): Promise<HttpResponse> {
  requireManagerFor(call, changes);
  const guard = await requireMatch(call);
  const { owners: _owners, externalRef: _ref, password: _password, roster: _roster, ...settings } = changes;
  if (Object.keys(settings).length > 0)
    await runCommand(call, { type: 'room.change', body: settings, ...(guard && { guard }) });
  await writeRecord(call, changes);
  return roomAnswer(call);
}

async function create(call: Call, id: string, { kind = 'meeting', ...body }: NewRoom): Promise<HttpResponse> {
  const { api } = call;
  const identity = await api.enrolment.of(call.identity, id, null);
  if (!speaksForAll(identity) && roomOf(identity, id).how === 'none') throw new HttpError('room_not_covered');
  const grants = grantsOf(identity.role, identity.grantChanges);
  if (!grants.has('room.create')) throw new HttpError('forbidden', { detail: { grant: 'room.create' } });
  const { owners, externalRef, password, roster, ...settings } = body;
  const read = readCommand('room.create', { kind, ...settings }, nanoid());
  if (!read.ok) throw invalid(read.path.replace(/^body\.?/u, ''), 'missing, unknown or of the wrong type');
  api.requireRelay('room.create', read.value.body);
  const actor = { participant: null, role: identity.role, grants, name: identity.name, picture: null };
  const { live, answer } = await api.directory.create({
    tenant: identity.tenant.id,
    id,
    actor,
    body: { kind, ...settings },
    // An instructor manages their own rooms; a host's rooms belong to whom it says.
    owners: owners ?? (identity.role === 'service' ? [] : [identity.sub]),
    record: await recordOf({ externalRef, password }),
  });
  if (!answer.ok) {
    const { code, ok: _ok, ...more } = answer;
    throw new HttpError(code, more);
  }
  if (roster !== undefined) await live.setRoster(roster);
  return roomAnswer({ ...call, live, actor }, made(id));
}

function made(id: string): { readonly status: 201; readonly headers: Readonly<Record<string, string>> } {
  return { status: 201, headers: { location: `/v1/rooms/${id}` } };
}
