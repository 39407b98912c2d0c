import { LIMITS, ROOM_KINDS, ROOM_STATES } from '@lms-live/protocol';
import * as v from 'valibot';
import { forEveryone, forTenant, inRoom, ofRoom, type RouteRow } from '../row.js';
import * as entry from '../routes/entry.js';
import * as ice from '../routes/ice.js';
import * as policy from '../routes/policy.js';
import * as rooms from '../routes/rooms.js';
import { id, pageOf, severalOf, wholeNumber } from '../schemas/fields.js';
import * as people from '../schemas/people.js';
import { room, roomChanges, roomInList, roomToPost, roomToPut, status } from '../schemas/room.js';
import { policyChanges, policySettings } from '../schemas/policy.js';

const MAX_LISTED = 100;
/** A list of ten thousand people. */
const MAX_RECORD_BYTES = 1_048_576;
const MANAGER = '`room.manage`, and its owner where the room has any';
const timeInQuery = wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER });

const shown = { means: 'the room, and for service and owners its private part', schema: room };
const changeErrors = ['precondition_failed', 'state_invalid', 'busy', 'forbidden'] as const;
const settingErrors = ['policy_invalid', 'policy_fixed', 'schedule_invalid', 'relay_missing', 'stale'] as const;

/** Classes: made, found, changed, started and ended. */
export const ROOM_ROWS: readonly RouteRow[] = [
  forTenant({
    id: 'rooms.list',
    method: 'GET',
    path: '/v1/rooms',
    tag: 'rooms',
    summary: 'List the rooms that the caller may come to.',
    description:
      'Those that the token covers, that a list holds the person for, or that they own, and public ones that are listed; by id. Those that run now: `status=live,held`.',
    query: v.strictObject({
      status: v.optional(severalOf(ROOM_STATES)),
      kind: v.optional(v.picklist(ROOM_KINDS)),
      externalRef: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.maxExternalRefChars))),
      from: v.optional(timeInQuery),
      to: v.optional(timeInQuery),
      after: v.optional(id),
      limit: v.optional(wholeNumber({ min: 1, max: MAX_LISTED }), String(MAX_LISTED)),
    }),
    answers: { 200: { means: 'a page; give `next` as `after` for the one behind it', schema: pageOf(roomInList) } },
    run: rooms.list,
  }),
  forTenant({
    id: 'rooms.create',
    method: 'POST',
    path: '/v1/rooms',
    tag: 'rooms',
    summary: 'Make a room, with an id of the server’s or the one in the body.',
    body: roomToPost,
    maxBodyBytes: MAX_RECORD_BYTES,
    who: '`room.create`',
    answers: { 201: { ...shown, means: 'the room as it was made' } },
    errors: [
      'room_exists',
      'busy',
      'forbidden',
      'room_not_covered',
      'enrolment_refused',
      'enrolment_unavailable',
      ...settingErrors,
    ],
    repeats: 'request',
    run: rooms.post,
  }),
  forTenant({
    id: 'rooms.put',
    method: 'PUT',
    path: '/v1/rooms/{id}',
    tag: 'rooms',
    summary: 'Make a room by the id that the host has for it, or bring the one that is there to these settings.',
    description: 'Sent twice it acts once. A field that is absent stays as it is.',
    body: roomToPut,
    maxBodyBytes: MAX_RECORD_BYTES,
    who: `\`room.create\`; for one that is there ${MANAGER}`,
    answers: { 200: shown, 201: { ...shown, means: 'it was made' } },
    errors: [
      ...changeErrors,
      ...settingErrors,
      ...(['room_not_covered', 'person_banned', 'enrolment_refused', 'enrolment_unavailable'] as const),
    ],
    conditions: 'write',
    run: rooms.put,
  }),
  ofRoom({
    id: 'rooms.get',
    method: 'GET',
    path: '/v1/rooms/{id}',
    tag: 'rooms',
    summary: 'Read a room.',
    answers: { 200: shown, 304: { means: '`If-None-Match` names what it is still' } },
    conditions: 'read',
    run: rooms.get,
  }),
  ofRoom({
    id: 'rooms.change',
    method: 'PATCH',
    path: '/v1/rooms/{id}',
    tag: 'rooms',
    summary: 'Change what the body names, and leave the rest.',
    description: 'With `If-Match` only if nobody has changed the room since.',
    body: roomChanges,
    maxBodyBytes: MAX_RECORD_BYTES,
    command: 'room.change',
    who: `${MANAGER}; \`locked\`: \`people.moderate\`; each setting of \`policy\`: its own grant`,
    answers: { 200: shown },
    errors: changeErrors,
    conditions: 'write',
    run: rooms.patch,
  }),
  ofRoom({
    id: 'rooms.delete',
    method: 'DELETE',
    path: '/v1/rooms/{id}',
    tag: 'rooms',
    summary: 'Delete a room and everything in it.',
    grant: 'room.manage',
    who: MANAGER,
    answers: { 204: { means: 'it is gone' } },
    errors: ['precondition_failed'],
    conditions: 'write',
    run: rooms.remove,
  }),
  forEveryone({
    id: 'rooms.status',
    method: 'GET',
    path: '/v1/rooms/{id}/status',
    tag: 'rooms',
    summary: 'Whether the class runs, for anyone and pages of any origin.',
    description: '`tenant` names the school where the server has several.',
    answers: { 200: { means: 'nothing private', schema: status } },
    errors: ['tenant_unknown', 'room_unknown'],
    run: entry.status,
  }),
  ofRoom({
    id: 'rooms.start',
    method: 'POST',
    path: '/v1/rooms/{id}/start',
    tag: 'rooms',
    summary: 'Start the class, or start it again.',
    grant: 'room.start',
    command: 'room.start',
    repeats: 'request',
    answers: { 200: shown },
    run: rooms.start,
  }),
  ofRoom({
    id: 'rooms.stop',
    method: 'POST',
    path: '/v1/rooms/{id}/stop',
    tag: 'rooms',
    summary: 'End the class for all.',
    grant: 'room.end',
    command: 'room.end',
    repeats: 'request',
    answers: { 200: shown },
    run: rooms.stop,
  }),
  ofRoom({
    id: 'rooms.join',
    method: 'POST',
    path: '/v1/rooms/{id}/join',
    tag: 'rooms',
    summary: 'Ask to come in, and get what a page has to load.',
    description: 'Admission without a socket: nobody is present by it. A room with a password wants it in the body.',
    body: people.joinRequest,
    who: 'whoever the door lets in',
    answers: { 200: { means: 'who one is here, and with what', schema: people.joined } },
    errors: [
      ...(['room_not_started', 'room_ended', 'password_required', 'password_wrong', 'room_waiting'] as const),
      ...(['room_locked', 'room_full', 'person_not_admitted', 'person_removed'] as const),
    ],
    run: entry.join,
  }),
  ofRoom({
    id: 'rooms.leave',
    method: 'POST',
    path: '/v1/rooms/{id}/leave',
    tag: 'rooms',
    summary: 'Leave the class, on every device.',
    answers: { 204: { means: 'not there, or not there any more' } },
    run: entry.leave,
  }),
  inRoom({
    id: 'rooms.ice',
    method: 'GET',
    path: '/v1/rooms/{id}/ice',
    tag: 'rooms',
    summary: 'Get the ICE servers, with TURN credentials where there is a TURN server.',
    who: 'whoever the door lets in; no service',
    answers: { 200: { means: 'credentials that end at `expiresAt` (null: never)', schema: people.ice } },
    errors: ['forbidden', 'room_ended'],
    run: ice.get,
  }),
  ofRoom({
    id: 'policy.get',
    method: 'GET',
    path: '/v1/rooms/{id}/policy',
    tag: 'policy',
    summary: 'Read every setting, and who may change it.',
    answers: { 200: { means: 'by the name of the setting', schema: policySettings } },
    run: policy.get,
  }),
  ofRoom({
    id: 'policy.change',
    method: 'PATCH',
    path: '/v1/rooms/{id}/policy',
    tag: 'policy',
    summary: 'Change the settings that are named, all or none.',
    body: policyChanges,
    command: 'room.change',
    who: 'each setting has its grant',
    answers: { 200: { means: 'all of them, as they are now', schema: policySettings } },
    run: policy.patch,
  }),
];
