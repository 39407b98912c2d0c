import type { CommandType, ErrorCode } from '@lms-live/protocol';
import type { Access, RouteRow } from './row.js';

/** The transport says the first two before any route is looked for: of a path or a header that cannot be read, and of any body that is too large. */
const ALWAYS: readonly ErrorCode[] = [
  ...(['frame_malformed', 'frame_too_large', 'body_invalid', 'rate_limited', 'store_unavailable', 'internal'] as const),
];
const TOKEN: readonly ErrorCode[] = [
  ...(['token_missing', 'token_malformed', 'token_algorithm', 'token_signature', 'token_expired'] as const),
  ...(['token_not_yet', 'token_issuer', 'token_audience', 'token_claims', 'token_revoked'] as const),
  ...(['token_keys_unavailable', 'tenant_unknown', 'origin_refused'] as const),
];
const ROOM: readonly ErrorCode[] = [
  ...(['room_unknown', 'room_not_covered', 'person_banned', 'enrolment_refused', 'enrolment_unavailable'] as const),
];
const DOOR: readonly ErrorCode[] = [
  ...(['room_not_started', 'password_required', 'room_waiting', 'room_locked', 'room_full'] as const),
  ...(['person_not_admitted', 'person_removed'] as const),
];
const BODY: readonly ErrorCode[] = ['text_too_long', 'media_type_unsupported'];
const IN_CLASS: readonly ErrorCode[] = ['room_not_started', 'room_ended'];
const ABOUT_SOMEBODY: readonly ErrorCode[] = ['person_unknown', 'role_required', 'self_refused'];

const BY_ACCESS: Readonly<Record<Access, readonly ErrorCode[]>> = {
  everyone: ALWAYS,
  tenant: [...ALWAYS, ...TOKEN],
  room: [...ALWAYS, ...TOKEN, ...ROOM],
  inside: [...ALWAYS, ...TOKEN, ...ROOM, ...DOOR],
};

/** What `decide` refuses each command with, beside the grant that is missing. */
const BY_COMMAND: Readonly<Record<CommandType, readonly ErrorCode[]>> = {
  'room.create': ['policy_invalid', 'schedule_invalid', 'relay_missing'],
  'room.change': ['policy_invalid', 'policy_fixed', 'schedule_invalid', 'relay_missing', 'stale'],
  'room.start': ['state_invalid'],
  'room.end': ['state_invalid'],
  'person.join': [],
  'person.leave': [],
  'person.role': [...ABOUT_SOMEBODY, 'stale'],
  'person.media': [...ABOUT_SOMEBODY, 'stale'],
  'person.remove': ABOUT_SOMEBODY,
  'person.bar': [...ABOUT_SOMEBODY, 'schedule_invalid'],
  'person.admit': ['person_unknown'],
  'person.admitAll': [],
  'chat.post': [
    ...IN_CLASS,
    ...(['text_empty', 'person_unknown', 'message_unknown', 'chat_disabled', 'chat_muted'] as const),
    ...(['chat_frozen', 'chat_questions_only', 'chat_to_staff_only', 'slow_mode'] as const),
  ],
  'chat.edit': [
    ...IN_CLASS,
    ...(['text_empty', 'message_unknown', 'chat_disabled', 'chat_muted'] as const),
    ...(['chat_frozen', 'chat_questions_only', 'chat_to_staff_only', 'slow_mode'] as const),
  ],
  'chat.delete': ['message_unknown', ...IN_CLASS],
  'chat.pin': ['message_unknown', 'pins_full'],
  'question.ask': [
    ...IN_CLASS,
    ...(['text_empty', 'questions_disabled', 'questions_full', 'anonymous_not_allowed', 'chat_muted'] as const),
  ],
  'question.edit': [
    'text_empty',
    'question_unknown',
    'question_state',
    'questions_disabled',
    'chat_muted',
    ...IN_CLASS,
  ],
  'question.publish': ['question_unknown', 'question_state'],
  'question.decline': ['question_unknown', 'question_state'],
  'question.change': ['question_unknown', 'question_state', 'stale'],
  'question.answer': ['text_empty', 'question_unknown', 'question_state'],
  'question.remove': ['question_unknown', ...IN_CLASS],
  'vote.set': ['question_unknown', 'question_state', 'questions_disabled', ...IN_CLASS],
  'hand.raise': ['hands_disabled', ...IN_CLASS],
  'hand.lower': ['person_unknown'],
  'person.erase': ['person_unknown'],
};

/** Every code that a route may answer, in the order of the checks. */
export function codesOf({ access, grant, command, method, repeats, errors = [] }: RouteRow): ErrorCode[] {
  const isCommand = command !== undefined;
  const keeps = method === 'POST' && (isCommand || repeats === 'request');
  return [
    ...new Set<ErrorCode>([
      ...BY_ACCESS[access],
      ...(grant !== undefined || isCommand ? (['forbidden'] as const) : []),
      ...(access === 'everyone' || method === 'GET' ? [] : BODY),
      ...(isCommand ? (['busy', ...BY_COMMAND[command]] as const) : []),
      ...(keeps ? (['cmid_conflict'] as const) : []),
      ...errors,
    ]),
  ];
}
