import {
  grantsOf,
  isStaff,
  roleInRoom,
  type Actor,
  type ErrorCode,
  type Role,
  type RoomKind,
  type WaitingReason,
} from '@lms-live/protocol';
import { coverage, type Identity } from '../auth/types.js';
import type { RoomDirectory } from '../rooms/directory.js';
import type { LiveRoom } from '../rooms/live-room.js';
import { rulesFor } from '../rooms/room-rules.js';

/** Admission was refused; the code says why, to people too. */
export class AdmissionError extends Error {
  override readonly name = 'AdmissionError';
  constructor(
    readonly code: ErrorCode,
    readonly detail: Readonly<Record<string, unknown>> = {},
    readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}

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

/**
 * Finds the room, or creates it for someone who may.
 * @returns null where an expected room does not exist yet: this person waits for it
 * @throws {AdmissionError} `room_unknown`, `room_not_covered`, `person_banned`
 */
export async function findRoom({
  directory,
  identity,
  asked,
  kind,
}: {
  readonly directory: RoomDirectory;
  readonly identity: Identity;
  readonly asked: string | undefined;
  readonly kind: RoomKind | undefined;
}): Promise<{ readonly id: string; readonly live: LiveRoom | null }> {
  const { id, how } = roomOf(identity, asked);
  const live = await directory.get(identity.tenant.id, id);
  if (live) {
    if (how === 'none' && live.room.rules.all.room.visibility !== 'public')
      throw new AdmissionError('room_not_covered');
    return { id, live };
  }
  if (how === 'none') throw new AdmissionError('room_not_covered');
  const grants = grantsOf(identity.role, identity.grantChanges);
  if (grants.has('room.create')) {
    const made = await directory.create({
      tenant: identity.tenant.id,
      id,
      actor: { participant: null, role: identity.role, grants, name: identity.name, picture: null },
      body: { kind: kind ?? 'meeting' },
      owners: [identity.sub],
    });
    if (!made.answer.ok) throw new AdmissionError(made.answer.code);
    return { id, live: made.live };
  }
  if (how === 'prefix' || identity.role === 'observer') throw new AdmissionError('room_unknown');
  return { id, live: null };
}

/**
 * Why somebody has to wait at the door; null: they may come in.
 * @throws {AdmissionError} `person_not_admitted` where staff have said no, for as long as the door is not open to all
 */
export function waitingReason(live: LiveRoom, actor: Actor): WaitingReason | null {
  const { state, locked, capacity, policy } = live.room.rules.all.room;
  const { participant, grants } = actor;
  if (isStaff(grants) || grants.has('room.enterAlways') || participant === null || state === 'ended') return null;
  if (state === 'scheduled' || state === 'open') return 'not_started';
  // Whoever is in may come back: after a reload, or on another device.
  if (live.presence.has(participant)) return null;
  const answer = live.room.rules.staff.admitted.get(participant);
  if ((locked || policy['join.lobby']) && answer !== true) {
    if (answer === false) throw new AdmissionError('person_not_admitted');
    return locked ? 'locked' : 'lobby';
  }
  return capacity !== null && live.presence.count >= capacity ? 'full' : null;
}

/** Owners, where a room has any, limit who may change or delete its record. */
export function mayManage(live: LiveRoom, { role, sub }: Identity): boolean {
  const { owners } = live.room.row;
  return role === 'service' || owners.length === 0 || owners.includes(sub);
}
