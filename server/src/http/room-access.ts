import type { ErrorCode, WaitingReason } from '@lms-live/protocol';
import { coverage, speaksForAll } from '../auth/types.js';
import { actorOf, covers, roomOf, waitingReason } from '../gateway/admission.js';
import { HttpError, type Call, type RoomCall } from './types.js';

/**
 * The room of a call, for somebody who may see it, and who they are there.
 * @throws {HttpError} `room_unknown`, `room_not_covered`, `person_banned` · {AdmissionError} `enrolment_refused`, `enrolment_unavailable`
 */
export async function findRoomOf(call: Call): Promise<RoomCall> {
  const { api } = call;
  const { directory } = api;
  const id = call.params['id'] ?? '';
  const live = await directory.get(call.identity.tenant.id, id);
  const identity = await api.enrolment.of(call.identity, id, live);
  const isService = identity.role === 'service';
  const isFree = speaksForAll(identity);
  if (!live) throw new HttpError(isFree || roomOf(identity, id).how !== 'none' ? 'room_unknown' : 'room_not_covered');
  // That a room is public lets people in, and no back end of other rooms.
  const isCovered = isService ? coverage(identity.rooms, id) !== null : covers(identity, live);
  if (!isFree && !isCovered) throw new HttpError('room_not_covered');
  if (isService) return { ...call, identity, live, actor: actorOf({ identity, live, participant: null }) };
  if (await directory.isBanned(live.room, identity.sub)) throw new HttpError('person_banned');
  const { participant } = await directory.participant(live.room, identity.sub);
  if (live.room.isBanned(participant)) throw new HttpError('person_banned');
  return { ...call, identity, live, actor: actorOf({ identity, live, participant }) };
}

/** What is said in a room is for those who are in it. @throws {HttpError} why somebody has to wait at its door */
export function requireInside({ live, actor }: RoomCall): void {
  const why = waitingReason(live, actor);
  if (why) throw new HttpError(AT_THE_DOOR[why]);
  const person = actor.participant === null ? undefined : live.room.rules.all.people.get(actor.participant);
  if (person?.removed) throw new HttpError('person_removed');
}

const AT_THE_DOOR = {
  not_started: 'room_not_started',
  password: 'password_required',
  lobby: 'room_waiting',
  locked: 'room_locked',
  full: 'room_full',
} as const satisfies Record<WaitingReason, ErrorCode>;
