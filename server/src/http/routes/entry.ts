import { givePassword, waitingReason } from '../../gateway/admission.js';
import { hasMesh, isStaff, type Engine } from '@lms-live/protocol';
import type { LiveRoom } from '../../rooms/live-room.js';
import type { OpenCall } from '../row.js';
import { roomFor } from '../record.js';
import { requireInside } from '../room-access.js';
import { HttpError, json, type RoomRoute } from '../types.js';
import type { HttpResponse } from '../../transport/types.js';
import { iceOf } from './ice.js';

/** `GET …/status`: for anyone, and nothing private in it. */
export async function status({ api, request, params }: OpenCall): Promise<HttpResponse> {
  const tenant = api.authenticator.tenant(request.query.get('tenant') ?? undefined);
  if (!tenant) throw new HttpError('tenant_unknown');
  const live = await api.directory.get(tenant.id, params['id'] ?? '');
  if (!live) throw new HttpError('room_unknown');
  const { state, startsAt, endsAt } = live.room.rules.all.room;
  return json(200, { status: state, startsAt, endsAt, viewers: live.presence.count, serverTime: api.now() });
}

/** `POST …/join`: admission without a socket, and what the page has to load. Nobody is present by it. */
export const join: RoomRoute<{ readonly password?: string | undefined }> = async (call) => {
  const { api, live, actor, request, body } = call;
  const { participant } = actor;
  if (body.password !== undefined && participant !== null && waitingReason(live, actor) === 'password')
    await givePassword(live, { participant, address: request.remoteAddress, text: body.password });
  requireInside(call);
  if (live.room.state === 'ended' && !isStaff(actor.grants)) throw new HttpError('room_ended');
  const { ice, expiresAt } = iceOf(call);
  return json(200, {
    participant,
    role: actor.role,
    grants: [...actor.grants],
    room: await roomFor(call),
    engine: engineOf(live),
    ice,
    iceExpiresAt: expiresAt,
    serverTime: api.now(),
  });
};

/** `POST …/leave`: a person is gone from the class, whatever their tabs do; who was not there stays so. */
export const leave: RoomRoute = async ({ live, actor }) => {
  const { participant } = actor;
  if (participant !== null && live.presence.has(participant)) await live.leave({ participant, actor });
  return { status: 204 };
};

/** What carries the media; null: nothing that the server knows of. */
function engineOf({ room }: LiveRoom): Engine | null {
  const { engine, kind } = room.rules.all.room;
  if (engine !== 'auto') return engine;
  return hasMesh({ engine, kind }) ? 'mesh' : null;
}
