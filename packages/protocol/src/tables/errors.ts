import { CLIENT_ERRORS } from './client-errors.js';
import type { CloseCode } from './close-codes.js';

/**
 * One row for each thing that can go wrong, the same on the socket, over HTTP and in `lms-error`.
 * A code is never reused. `status` is the HTTP status (0: never sent over HTTP), `close` the close code where the refusal ends the connection,
 * `message` is for people, `help` for the developer or operator who looks the code up.
 */
export interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly close?: CloseCode;
  readonly message: string;
  readonly help: string;
}

/** In a browser import `CLIENT_ERRORS` instead: refusals bring their own sentences. */
const table = {
  // Who is it
  token_malformed: {
    status: 401,
    retryable: false,
    close: 4501,
    message: 'Your access to this class is not valid.',
    help: 'The token is not a compact JWS of three base64url parts with a JSON header and payload (RFC 7515 §7.1), or it is larger than 8 KiB.',
  },
  token_signature: {
    status: 401,
    retryable: false,
    close: 4501,
    message: 'Your access to this class is not valid.',
    help: 'No key of the tenant verifies the signature. Check the key, the JWKS URL and the `kid`.',
  },
  token_algorithm: {
    status: 401,
    retryable: false,
    close: 4501,
    message: 'Your access to this class is not valid.',
    help: 'The `alg` of the token is not the one configured for its key.',
  },
  token_not_yet: {
    status: 401,
    retryable: true,
    close: 4101,
    message: 'Your access to this class is not valid yet.',
    help: '`nbf` or `iat` is in the future by more than 30 s: compare the clocks of the LMS and of the live server.',
  },
  token_issuer: {
    status: 401,
    retryable: false,
    close: 4501,
    message: 'Your access to this class is not valid.',
    help: 'No tenant has the `iss` of this token. Add the tenant, correct `issuer`, or name it with the `tenant` attribute if its tokens have no `iss`.',
  },
  token_audience: {
    status: 401,
    retryable: false,
    close: 4501,
    message: 'Your access to this class is not valid.',
    help: '`aud` does not name this server. It must contain LMS_LIVE_PUBLIC_URL or the audience of the tenant.',
  },
  token_claims: {
    status: 401,
    retryable: false,
    close: 4501,
    message: 'Your access to this class is not valid.',
    help: 'A required claim is missing or of the wrong type: `exp` is a number, the person a text of 1 to 128 characters or a whole number, the role said by the token or by the tenant. `lms-live token check` says which.',
  },
  token_keys_unavailable: {
    status: 503,
    retryable: true,
    close: 4003,
    message: 'The school’s sign-in cannot be reached right now. Trying again.',
    help: 'The JWKS URL of the tenant did not answer with a usable key set, or it was asked a moment ago and lacked the `kid` of this token.',
  },
  token_revoked: {
    status: 401,
    retryable: true,
    close: 4101,
    message: 'Your access to this class was withdrawn.',
    help: 'The token, or every token of this person that is as old, was revoked (`POST /v1/revocations`). A newer one is accepted.',
  },
  tenant_unknown: {
    status: 404,
    retryable: false,
    close: 4501,
    message: 'This school is not known here.',
    help: 'The `tenant` attribute or query names no tenant of this server.',
  },
  origin_refused: {
    status: 403,
    retryable: false,
    close: 4501,
    message: 'This page may not open the class.',
    help: 'Add the origin of the page to `origins` of the tenant.',
  },
  // May they come in
  room_missing: {
    status: 400,
    retryable: false,
    close: 4501,
    message: 'No class was named.',
    help: 'The token covers several rooms: set the `room` attribute.',
  },
  room_not_covered: {
    status: 403,
    retryable: false,
    close: 4501,
    message: 'You are not on the list for this class.',
    help: 'The `room` claim of the token does not cover this room.',
  },
  enrolment_refused: {
    status: 403,
    retryable: false,
    close: 4501,
    message: 'You are not on the list for this class.',
    help: 'The host did not let this person in: the roster of the room does not hold them, or the admission hook answered `allow: false`; `reason` is what it gave.',
  },
  enrolment_unavailable: {
    status: 503,
    retryable: true,
    close: 4003,
    message: 'The school cannot be asked right now whether you are on the list. Trying again.',
    help: 'The admission hook of the tenant did not answer in time, or not as described. See the server log.',
  },
  room_unknown: {
    status: 404,
    retryable: false,
    close: 4501,
    message: 'This class does not exist.',
    help: 'Create the room with PUT /v1/rooms/{id}, or let someone with `room.create` open it first.',
  },
  room_not_started: {
    status: 403,
    retryable: true,
    message: 'The class has not started.',
    help: 'The room is scheduled or waits for a member of staff.',
  },
  room_ended: {
    status: 403,
    retryable: false,
    close: 4504,
    message: 'The class is over.',
    help: 'Staff can start it again with `room.start`.',
  },
  room_full: {
    status: 403,
    retryable: true,
    close: 4003,
    message: 'The class is full.',
    help: 'Raise `capacity` of the room, or wait for a place.',
  },
  room_waiting: {
    status: 403,
    retryable: true,
    message: 'The teacher will let you in.',
    help: 'The room has a lobby (policy `join.lobby`): staff admit with `person.admit`.',
  },
  room_locked: {
    status: 403,
    retryable: true,
    message: 'The teacher has locked the class.',
    help: 'Staff can unlock it.',
  },
  password_required: {
    status: 403,
    retryable: false,
    message: 'This class has a password.',
    help: 'Send `password` in `hello` or `knock`, or in the body of `POST …/join`.',
  },
  password_wrong: {
    status: 403,
    retryable: false,
    message: 'That is not the password of this class.',
    help: 'The password of the room is another one.',
  },
  person_not_admitted: {
    status: 403,
    retryable: false,
    close: 4501,
    message: 'You were not let in to this class.',
    help: 'A member of staff answered the wait at the door with `person.admit {admitted: false}`; they may still admit this person.',
  },
  room_exists: {
    status: 409,
    retryable: false,
    message: 'This class exists already.',
    help: 'POST makes a new room; use PUT to create or get one by id.',
  },
  person_banned: {
    status: 403,
    retryable: false,
    close: 4503,
    message: 'You cannot take part in this class any more.',
    help: 'A ban stands for this person; staff can lift it.',
  },
  person_removed: {
    status: 403,
    retryable: false,
    close: 4502,
    message: 'You have been removed from the class.',
    help: 'A member of staff removed this person.',
  },
  too_many_connections: {
    status: 429,
    retryable: true,
    close: 4005,
    message: 'The class is open in too many tabs.',
    help: 'At most 12 connections of one person to one room.',
  },
  // What they said
  frame_malformed: {
    status: 400,
    retryable: false,
    message: 'Something went wrong. Please try again.',
    help: 'The frame is not valid JSON of a known shape; `path` names the first wrong field.',
  },
  frame_flood: {
    status: 400,
    retryable: false,
    close: 4500,
    message: 'The connection was closed after repeated errors.',
    help: 'Five malformed frames within ten seconds.',
  },
  hello_expected: {
    status: 400,
    retryable: false,
    close: 4500,
    message: 'The connection was closed.',
    help: 'The first frame must be `hello`, and only the first.',
  },
  protocol_unsupported: {
    status: 400,
    retryable: false,
    close: 4501,
    message: 'This page is too old for the server. Reload it.',
    help: 'Speak sub-protocol `lms-live.v1`.',
  },
  not_supported: {
    status: 501,
    retryable: false,
    message: 'This is not available.',
    help: 'The name is reserved for a later version, or this room has nothing of the kind: `detail` says which.',
  },
  cmid_conflict: {
    status: 409,
    retryable: false,
    message: 'This was already sent with other content.',
    help: 'A `cmid` (or Idempotency-Key) is used once; make a new one for new content.',
  },
  seq_expected: {
    status: 409,
    retryable: true,
    message: 'Sending again…',
    help: 'A command before this one is missing; `expect` names the `seq` to send next.',
  },
  stale: {
    status: 409,
    retryable: false,
    message: 'Somebody else has changed this in the meantime.',
    help: 'What the command sets was changed after `ifOffset`: `key` says what, `offset` by which event of the log `all`. Show what it is now, and ask again.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    message: 'That was a bit fast. Wait a moment.',
    help: 'Wait `retryAfterMs` before sending again. `limit` names the limit: of this person, of the room or of the tenant.',
  },
  busy: {
    status: 503,
    retryable: true,
    message: 'The server is busy. Trying again.',
    help: 'The queue of the room is full, or the tenant has `maxConnectionsPerTenant` connections: wait `retryAfterMs`. With `limit: "maxRevocations"` too much is withdrawn at once: lift some, or change the key.',
  },
  store_unavailable: {
    status: 503,
    retryable: true,
    message: 'The server cannot save right now. Trying again.',
    help: 'The store failed; nothing was acknowledged. See the server log.',
  },
  internal: {
    status: 500,
    retryable: false,
    message: 'Something went wrong on the server.',
    help: 'See the server log, by the `instance` of the problem.',
  },
  // May they do it
  forbidden: {
    status: 403,
    retryable: false,
    message: 'You may not do this here.',
    help: 'The role lacks the grant named in `grant`.',
  },
  role_required: {
    status: 403,
    retryable: false,
    message: 'You may not do this to a member of staff.',
    help: 'Only someone with `people.promote` acts on staff.',
  },
  self_refused: {
    status: 409,
    retryable: false,
    message: 'You cannot do this to yourself.',
    help: 'Nobody removes, bans or demotes themselves, so that a class keeps its teacher.',
  },
  chat_disabled: {
    status: 403,
    retryable: false,
    message: 'The chat is switched off.',
    help: 'Policy `chat.enabled`.',
  },
  chat_frozen: {
    status: 403,
    retryable: false,
    message: 'The teacher has paused the chat.',
    help: 'Policy `chat.mode` is `frozen`.',
  },
  chat_questions_only: {
    status: 403,
    retryable: false,
    message: 'Only questions are open right now.',
    help: 'Policy `chat.mode` is `questionsOnly`.',
  },
  chat_to_staff_only: {
    status: 403,
    retryable: false,
    message: 'Messages go to the teacher only right now.',
    help: 'Policy `chat.mode` is `toStaff`: post with `to: "staff"`.',
  },
  chat_muted: {
    status: 403,
    retryable: false,
    message: 'The teacher has muted you in the chat.',
    help: 'A chat bar stands for this person (`person.barred`).',
  },
  slow_mode: {
    status: 429,
    retryable: false,
    message: 'Slow mode is on. Wait a moment.',
    help: 'Policy `chat.slowSeconds`; wait `retryAfterMs`.',
  },
  text_empty: {
    status: 422,
    retryable: false,
    message: 'There is nothing to send.',
    help: 'The text is empty after trimming.',
  },
  text_too_long: {
    status: 422,
    retryable: false,
    message: 'That is too long.',
    help: 'See `LIMITS` for the most characters of each text.',
  },
  message_unknown: {
    status: 404,
    retryable: false,
    message: 'This message no longer exists.',
    help: 'It was deleted or erased, or it is not visible to this person.',
  },
  pins_full: {
    status: 409,
    retryable: false,
    message: 'Too many messages are pinned.',
    help: 'At most 20; unpin one first.',
  },
  questions_disabled: {
    status: 403,
    retryable: false,
    message: 'Questions are switched off.',
    help: 'Policy `questions.enabled`.',
  },
  question_unknown: {
    status: 404,
    retryable: false,
    message: 'This question no longer exists.',
    help: 'It was removed or erased, or it is not visible to this person.',
  },
  question_state: {
    status: 409,
    retryable: false,
    message: 'The question has changed in the meantime.',
    help: 'The question is not in a state that allows this.',
  },
  questions_full: {
    status: 429,
    retryable: false,
    message: 'You have many open questions. Wait for an answer first.',
    help: 'At most 20 pending or open questions of one person.',
  },
  anonymous_not_allowed: {
    status: 403,
    retryable: false,
    message: 'Questions carry your name in this class.',
    help: 'Policy `questions.anonymous`.',
  },
  hands_disabled: {
    status: 403,
    retryable: false,
    message: 'Raising hands is switched off.',
    help: 'Policy `hands.enabled`.',
  },
  reactions_disabled: {
    status: 403,
    retryable: false,
    message: 'Reactions are switched off.',
    help: 'Policy `reactions.enabled`.',
  },
  policy_fixed: {
    status: 403,
    retryable: false,
    message: 'The school has fixed this setting.',
    help: 'The setting is not `teacherEditable`, or it is fixed at creation; `key` names it.',
  },
  policy_invalid: {
    status: 422,
    retryable: false,
    message: 'This setting is not valid.',
    help: '`key` names the setting that is unknown or has a wrong value.',
  },
  relay_missing: {
    status: 409,
    retryable: false,
    message: 'Addresses cannot be hidden here: the school has no relay for audio and video.',
    help: 'Policy `relayOnly` needs a TURN server: set LMS_LIVE_TURN_URLS and LMS_LIVE_TURN_SECRET on the live server, or turn the policy off.',
  },
  state_invalid: {
    status: 409,
    retryable: false,
    message: 'The class is not in a state that allows this.',
    help: 'See the room states; `state` is the present one.',
  },
  schedule_invalid: {
    status: 422,
    retryable: false,
    message: 'These times do not fit.',
    help: '`endsAt` must be after `startsAt`, and `until` in the future; `key` names the wrong one.',
  },
  person_unknown: {
    status: 404,
    retryable: false,
    message: 'This person is not in the class.',
    help: 'No participant of the room has this id.',
  },
  // HTTP only
  not_found: { status: 404, retryable: false, message: 'There is nothing here.', help: 'No route has this path.' },
  method_not_allowed: {
    status: 405,
    retryable: false,
    message: 'This cannot be done here.',
    help: 'See the `Allow` header.',
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    message: 'Somebody else has changed this in the meantime.',
    help: '`header` says which condition does not hold. `If-Match` does not name the present `ETag`: read it again, and send the change with the new one. `If-None-Match: *`: the room is there already.',
  },
  statement_unknown: {
    status: 404,
    retryable: false,
    message: 'There is no statement of this class yet.',
    help: 'It is signed when the class ends.',
  },
  revocation_unknown: {
    status: 404,
    retryable: false,
    message: 'Nothing of this kind is withdrawn.',
    help: 'No token of this person, or with this id, is withdrawn now: it never was, it was lifted, or every such token has expired.',
  },
  media_type_unsupported: {
    status: 415,
    retryable: false,
    message: 'The request is not valid.',
    help: 'A body is JSON: send `Content-Type: application/json`.',
  },
  body_invalid: {
    status: 422,
    retryable: false,
    message: 'The request is not valid.',
    help: '`errors` lists each wrong field.',
  },
  ...CLIENT_ERRORS,
} as const satisfies Record<string, ErrorRow>;

/** The code of an error. */
export type ErrorCode = keyof typeof table;

/** The table of the errors. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = table;

/** Whether this is a code of the table. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(table, value);
}
