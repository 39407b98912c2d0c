import { createHash } from 'node:crypto';
import { nanoid } from 'nanoid';
import {
  grantsOf,
  readCommand,
  isStaff,
  ROOM_KINDS,
  ROOM_STATES,
  type AllView,
  type CommandInput,
} from '@lms-live/protocol';
import type { LiveRoom } from '../../rooms/live-room.js';
import { coverage, type Identity } from '../../auth/types.js';
import { mayManage, roomOf } from '../../gateway/admission.js';
import { HttpError, invalid, json, type Route, type RoomCall, type RoomRoute } from '../types.js';
import { iceOf } from './ice.js';

const MAX_LISTED = 100;
const ROOM_ID = /^[\w.~-]{1,128}$/u;

/** The room as everyone who may see it sees it. */
export async function viewOf(live: LiveRoom): Promise<AllView> {
  return (await live.room.snapshot('all').at(live.room.head('all'))).view as AllView;
}

/** `PUT /v1/rooms/{id}`: makes the room, or brings the one that is there to these settings. */
export const put: Route = async (call) => {
  const { api, identity, params } = call;
  const id = params['id'] ?? '';
  const { kind, ...settings } = readBody(call.json());
  const existing = await api.directory.get(identity.tenant.id, id);
  if (!existing) return createRoom({ ...call, id, body: { kind: kind ?? 'meeting', ...settings } });
  const roomCall = await api.roomCall(call);
  if (kind !== undefined && kind !== existing.room.rules.all.room.kind) {
    throw new HttpError('state_invalid', { detail: { state: existing.room.state, key: 'kind' } });
  }
  requireOwner(roomCall);
  if (Object.keys(settings).length > 0) await api.run(roomCall, 'room.change', settings);
  return json(200, (await viewOf(existing)).room);
};

/** `POST /v1/rooms`: makes a room with an id of the server's, or with the one given in the body. */
export const post: Route = async (call) => {
  const key = call.request.headers.get('idempotency-key');
  const { id = key === undefined ? nanoid() : idFromKey(call.identity, key), ...rest } = asObject(call.json());
  if (typeof id !== 'string' || !ROOM_ID.test(id)) throw invalid('id', 'letters, digits, _ . ~ or -, at most 128');
  const { kind, ...settings } = readBody(rest);
  const existing = await call.api.directory.get(call.identity.tenant.id, id);
  if (existing && key !== undefined && id === idFromKey(call.identity, key))
    return json(201, (await viewOf(existing)).room);
  if (existing) throw new HttpError('room_exists');
  return createRoom({ ...call, id, body: { kind: kind ?? 'meeting', ...settings } });
};

/** `GET /v1/rooms?status=&kind=&after=&limit=`: those that the token covers, and public ones. */
export const list: Route = async ({ api, identity, request }) => {
  const limit = Math.min(Number(request.query.get('limit') ?? MAX_LISTED) || MAX_LISTED, MAX_LISTED);
  const states = (request.query.get('status') ?? '')
    .split(',')
    .filter((state) => (ROOM_STATES as readonly string[]).includes(state)) as (typeof ROOM_STATES)[number][];
  const kind = ROOM_KINDS.find((known) => known === request.query.get('kind'));
  const after = request.query.get('after');
  const rows = await api.store.listRooms({
    tenant: identity.tenant.id,
    limit: limit + 1,
    ...(states.length > 0 && { states }),
    ...(kind && { kind }),
    ...(after !== null && { after }),
  });
  const page = rows.slice(0, limit);
  const items = page
    .filter((row) => row.visibility === 'public' || maySee(identity, row.id))
    .map(({ id, kind: roomKind, state, visibility, title, startsAt, endsAt, createdAt, liveSince }) => ({
      id,
      kind: roomKind,
      state,
      visibility,
      title,
      startsAt,
      endsAt,
      createdAt,
      liveSince,
    }));
  return json(200, { items, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null });
};

export const get: RoomRoute = async ({ live }) => json(200, (await viewOf(live)).room);

export const patch: RoomRoute = async (call) => {
  requireOwner(call);
  const { kind, ...settings } = readBody(call.json());
  if (kind !== undefined) throw invalid('kind', 'fixed when the room is made');
  await call.api.run(call, 'room.change', settings);
  return json(200, (await viewOf(call.live)).room);
};

export const remove: RoomRoute = async (call) => {
  requireOwner(call);
  if (!call.actor.grants.has('room.manage')) throw new HttpError('forbidden', { detail: { grant: 'room.manage' } });
  await call.api.directory.delete(call.live);
  return { status: 204 };
};

export const start: RoomRoute = async (call) => {
  await call.api.run(call, 'room.start', {});
  return json(200, (await viewOf(call.live)).room);
};

export const stop: RoomRoute = async (call) => {
  await call.api.run(call, 'room.end', {});
  return json(200, (await viewOf(call.live)).room);
};

/** `POST …/join`: admission without a socket. Presence and attendance begin with the socket alone. */
export const join: RoomRoute = async (call) => {
  const { api, live, actor } = call;
  if (live.room.state === 'ended' && !isStaff(actor.grants)) throw new HttpError('room_ended');
  const { room } = await viewOf(live);
  return json(200, {
    participant: actor.participant,
    role: actor.role,
    grants: [...actor.grants],
    room,
    ice: iceOf(call).ice,
    serverTime: api.now(),
  });
};

/** `POST …/leave`: nothing is held by HTTP, so there is nothing to let go. */
export const leave: RoomRoute = () => Promise.resolve({ status: 204 });

async function createRoom({
  api,
  identity,
  id,
  body,
}: Parameters<Route>[0] & { readonly id: string; readonly body: CommandInput<'room.create'> }): ReturnType<Route> {
  if (identity.role !== 'service' && roomOf(identity, id).how === 'none') throw new HttpError('room_not_covered');
  const grants = grantsOf(identity.role, identity.grantChanges);
  if (!grants.has('room.create')) throw new HttpError('forbidden', { detail: { grant: 'room.create' } });
  const read = readCommand('room.create', body, nanoid());
  if (!read.ok) throw invalid(read.path.replace(/^body\.?/u, ''), 'missing, unknown or of the wrong type');
  api.requireRelay('room.create', read.value.body);
  const actor = { participant: null, role: identity.role, grants, name: identity.name, picture: null };
  // An instructor manages their own rooms; a host's rooms belong to whom its tokens say.
  const owners = identity.role === 'service' ? [] : [identity.sub];
  const { live, answer } = await api.directory.create({ tenant: identity.tenant.id, id, actor, body, owners });
  if (!answer.ok) {
    const { code, ok: _ok, ...more } = answer;
    throw new HttpError(code, more);
  }
  return json(201, (await viewOf(live)).room, { location: `/v1/rooms/${id}` });
}

/** The same key of the same caller names the same room, however often it is sent. */
function idFromKey({ tenant, sub }: Identity, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant.id, sub, key]))
    .digest('base64url')
    .slice(0, 21);
}

function readBody(given: unknown): { kind?: CommandInput<'room.create'>['kind'] } & CommandInput<'room.change'> {
  const body = asObject(given);
  const { kind } = body;
  if (kind !== undefined && !ROOM_KINDS.includes(kind as (typeof ROOM_KINDS)[number])) {
    throw invalid('kind', `one of ${ROOM_KINDS.join(', ')}`);
  }
  // The command checks the rest, and names the field that is wrong.
  return body;
}

function asObject(given: unknown): Record<string, unknown> {
  if (given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) throw invalid('', 'an object');
  return given as Record<string, unknown>;
}

function maySee(identity: Identity, id: string): boolean {
  const { exact, prefixes } = identity.rooms;
  if (identity.role === 'service' && exact.length + prefixes.length === 0) return true;
  return coverage(identity.rooms, id) !== null;
}

function requireOwner({ live, identity }: RoomCall): void {
  if (!mayManage(live, identity)) throw new HttpError('forbidden', { detail: { grant: 'owner' } });
}
