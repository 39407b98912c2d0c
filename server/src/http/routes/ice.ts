import { isStaff } from '@lms-live/protocol';
import type { IssuedIce } from '../../ice/ice-service.js';
import { HttpError, json, type RoomCall, type RoomRoute } from '../types.js';

/** `GET /v1/rooms/{id}/ice`: ICE servers for somebody who is in the class, with TURN credentials where there is a TURN server. */
export const get: RoomRoute = async (call) => {
  if (call.actor.participant === null) throw new HttpError('forbidden', { detail: { grant: 'person' } });
  if (call.live.room.state === 'ended' && !isStaff(call.actor.grants)) throw new HttpError('room_ended');
  return json(200, { ...iceOf(call), serverTime: call.api.now() });
};

/** What a caller may connect through; a service is nobody in the class and gets no credentials. */
export function iceOf({ api, identity, actor }: Pick<RoomCall, 'api' | 'identity' | 'actor'>): IssuedIce {
  const { participant } = actor;
  if (participant === null) return { ice: api.ice.shared, expiresAt: null };
  const client = { tenant: identity.tenant.id, participant, tokenExpiresAt: identity.expiresAt };
  // All that is asked for without a socket counts as one connection.
  return api.ice.issue(client, 'http');
}
