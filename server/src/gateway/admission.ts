import {
  grantsOf,
  isStaff,
  roleInRoom,
  type Actor,
  type Role,
  type RoomKind,
  type WaitingReason,
} from '@lms-live/protocol';
import { AdmissionError } from '../admission/admission-error.js';
import type { Enrolment } from '../admission/enrolment.js';
import { coverage, type Identity } from '../auth/types.js';
import type { RoomDirectory } from '../rooms/directory.js';
import type { LiveRoom } from '../rooms/live-room.js';
import { rulesFor } from '../rooms/room-rules.js';

export { AdmissionError };

/** The room that a token and a request mean together. @throws {AdmissionError} `room_missing`, `room_not_covered` */
export function roomOf(
  identity: Identity,
  asked: string | undefined,
): { readonly id: string; readonly how: 'exact' | 'prefix' | 'none' } {
  const { exact, prefixes } = identity.rooms;
  const id = asked ?? (exact.length === 1 && prefixes.length === 0 ? exact[0] : undefined);
  if (id === undefined) throw new AdmissionError('room_missing');
  return { id, how: coverage(identity.rooms, id) ?? 'none' };
}

/** Who somebody is in a room, right now: the role that they were given there stands over the one of the token. */
export function actorOf({
  identity,
  live,
  participant,
}: {
  readonly identity: Identity;
  readonly live: LiveRoom;
  readonly participant: string | null;
}): Actor {
  const role: Role =
    participant === null
      ? identity.role
      : roleInRoom(rulesFor(live.room.rules, participant), participant, identity.role);
  const grants = grantsOf(role, identity.grantChanges);
  return { participant, role, grants, name: identity.name, picture: identity.picture };
}

/** Whether somebody may know of a room at all: it is theirs by token, list or host, or public. */
export function covers(identity: Identity, { room }: LiveRoom): boolean {
  return coverage(identity.rooms, room.id) !== null || room.rules.all.room.visibility === 'public';
}

/**
 * Finds the room, or creates it for someone who may; and who they are in it.
 * @returns `live` null where an expected room does not exist yet: this person waits for it
 * @throws {AdmissionError} `room_missing`, `room_unknown`, `room_not_covered`, `enrolment_refused`, `enrolment_unavailable`
 */
export async function findRoom({
  directory,
  enrolment,
  token,
  asked,
  kind,
}: {
  readonly directory: RoomDirectory;
  readonly enrolment: Enrolment;
  /** As the token says it. */
  readonly token: Identity;
  readonly asked: string | undefined;
  readonly kind: RoomKind | undefined;
}): Promise<{ readonly id: string; readonly live: LiveRoom | null; readonly identity: Identity }> {
  const { id } = roomOf(token, asked);
  const tenant = token.tenant.id;
  const live = await directory.get(tenant, id);
  const identity = await enrolment.of(token, id, live);
  if (live) {
    if (!covers(identity, live)) throw new AdmissionError('room_not_covered');
    return { id, live, identity };
  }
  const { how } = roomOf(identity, id);
  if (how === 'none') throw new AdmissionError('room_not_covered');
  const { sub, role, name } = identity;
  const grants = grantsOf(role, identity.grantChanges);
  if (grants.has('room.create')) {
    const actor: Actor = { participant: null, role, grants, name, picture: null };
    const made = await directory.create({ tenant, id, actor, body: { kind: kind ?? 'meeting' }, owners: [sub] });
    if (!made.answer.ok) throw new AdmissionError(made.answer.code);
    return { id, live: made.live, identity };
  }
  if (how === 'prefix' || role === 'observer') throw new AdmissionError('room_unknown');
  return { id, live: null, identity };
}

/**
 * Why somebody has to wait at the door; null: they may come in. Staff come before the class begins; `room.enterAlways` brings one past
 * password, lobby, lock and a full class, and past no start.
 * @throws {AdmissionError} `person_not_admitted` where staff have said no, for as long as the door is not open to all
 */
export function waitingReason(live: LiveRoom, { participant, grants, role }: Actor): WaitingReason | null {
  const { state, locked, policy } = live.room.rules.all.room;
  if (participant === null) return null;
  const comesAlways = grants.has('room.enterAlways');
  // What was said in a class that has ended is behind its password as well.
  if (!comesAlways && live.door.needsPassword(participant)) return 'password';
  if (state === 'ended') return null;
  const isBefore = state === 'scheduled' || state === 'open';
  if (isBefore && !isStaff(grants) && !live.door.isEarlyFor(role)) return 'not_started';
  // Whoever is in may come back: after a reload, or on another device.
  if (comesAlways || live.presence.has(participant)) return null;
  const answer = live.room.rules.staff.admitted.get(participant);
  if ((locked || policy['join.lobby']) && answer !== true) {
    if (answer === false) throw new AdmissionError('person_not_admitted');
    return locked ? 'locked' : 'lobby';
  }
  return live.door.places.has(participant) ? null : 'full';
}

/**
 * Gives the password of a room; whoever was right once is remembered.
 * @throws {AdmissionError} `password_wrong`; `rate_limited` with `retryAfterMs` where it was not looked at, since there were too many tries
 */
export async function givePassword(
  live: LiveRoom,
  attempt: { readonly participant: string; readonly address: string; readonly text: string },
): Promise<void> {
  const answer = await live.door.tryPassword(attempt);
  if (answer.right) return;
  if (answer.retryAfterMs === null) throw new AdmissionError('password_wrong');
  throw new AdmissionError('rate_limited', { limit: 'passwordsPerMinute' }, answer.retryAfterMs);
}

/** Owners, where a room has any, limit who may change or delete its record. */
export function mayManage(live: LiveRoom, { role, sub }: Identity): boolean {
  const { owners } = live.room.row;
  return role === 'service' || owners.length === 0 || owners.includes(sub);
}
