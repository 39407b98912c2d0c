import type { Grant } from './rights.js';

/**
 * The settings of a room. The host sets each as `{value, teacherEditable}`; `grant` says who may change an editable one during class.
 * `fixed` settings are set at creation only.
 */
const table = {
  'chat.enabled': { kind: 'boolean', default: true, grant: 'chat.moderate' },
  'chat.mode': {
    kind: 'choice',
    choices: ['open', 'slow', 'toStaff', 'questionsOnly', 'frozen'],
    default: 'open',
    grant: 'chat.moderate',
  },
  'chat.slowSeconds': {
    kind: 'integer',
    min: 1,
    max: 3_600,
    default: 10,
    grant: 'chat.moderate',
  },
  'chat.history': {
    kind: 'boolean',
    default: true,
    grant: 'chat.moderate',
  },
  'questions.enabled': {
    kind: 'boolean',
    default: true,
    grant: 'question.moderate',
  },
  'questions.moderated': {
    kind: 'boolean',
    default: false,
    grant: 'question.moderate',
  },
  'questions.anonymous': {
    kind: 'boolean',
    default: true,
    grant: 'question.moderate',
  },
  'join.muted': { kind: 'boolean', default: true, grant: 'people.moderate' },
  'join.lobby': {
    kind: 'boolean',
    default: false,
    grant: 'people.moderate',
  },
  'entry.studentMinutes': {
    kind: 'integer',
    min: 0,
    max: 1_440,
    default: 0,
    grant: 'people.moderate',
  },
  'entry.observerMinutes': {
    kind: 'integer',
    min: 0,
    max: 1_440,
    default: 0,
    grant: 'people.moderate',
  },
  'schedule.autoStart': {
    kind: 'boolean',
    default: true,
    grant: 'room.manage',
  },
  'schedule.autoEnd': {
    kind: 'boolean',
    default: true,
    grant: 'room.manage',
  },
  'schedule.overrunMinutes': {
    kind: 'integer',
    min: 0,
    max: 240,
    default: 15,
    grant: 'room.manage',
  },
  'media.students': {
    kind: 'choice',
    choices: ['none', 'audio', 'video'],
    default: 'video',
    grant: 'people.moderate',
  },
  'media.share': {
    kind: 'choice',
    choices: ['staff', 'all'],
    default: 'staff',
    grant: 'people.moderate',
  },
  'hands.enabled': { kind: 'boolean', default: true, grant: 'people.moderate' },
  'reactions.enabled': { kind: 'boolean', default: true, grant: 'people.moderate' },
  'recording.by': {
    kind: 'choice',
    choices: ['nobody', 'instructor', 'staff'],
    default: 'instructor',
    grant: 'room.manage',
  },
  relayOnly: {
    kind: 'boolean',
    default: false,
    grant: 'room.manage',
  },
  retentionDays: {
    kind: 'integer',
    min: 1,
    max: 3_650,
    default: 180,
    grant: 'room.manage',
  },
  clientStorage: {
    kind: 'choice',
    choices: ['indexeddb', 'memory'],
    default: 'indexeddb',
    grant: 'room.manage',
  },
  'names.hidden': {
    kind: 'boolean',
    default: false,
    grant: 'room.manage',
    fixed: true,
  },
} as const satisfies Record<string, PolicyRow>;

interface PolicyRowBase {
  readonly grant: Grant;
  readonly fixed?: boolean;
}
/** A row of the table. */
export type PolicyRow = PolicyRowBase &
  (
    | { readonly kind: 'boolean'; readonly default: boolean }
    | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly default: number }
    | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default: string }
  );

type Table = typeof table;
/** The name of a setting. */
export type PolicyKey = keyof Table;
type ValueOf<R> = R extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : R extends { kind: 'integer' }
    ? number
    : boolean;
/** A value for every setting. */
export type PolicyValues = { readonly [K in PolicyKey]: ValueOf<Table[K]> };
/** As the host sets it: either the bare value, or with the right of the teacher to change it. */
export type PolicyPatch = {
  readonly [K in PolicyKey]?: PolicyValues[K] | { readonly value: PolicyValues[K]; readonly teacherEditable?: boolean };
};

/** What each of them says, for the reference; apart from the table, since browsers need none of it. */
export const POLICY_MEANS: Readonly<Record<PolicyKey, string>> = {
  'chat.enabled': 'the room has a chat',
  'chat.mode': 'who may write to whom',
  'chat.slowSeconds': 'seconds between two messages of a student in slow mode',
  'chat.history': 'who comes late reads what was written before',
  'questions.enabled': 'the room has questions and answers',
  'questions.moderated': 'questions of students wait until staff publish them',
  'questions.anonymous': 'students may ask without their name; staff still see it',
  'join.muted': 'students come in muted',
  'join.lobby': 'students wait until they are admitted',
  'entry.studentMinutes': 'minutes before the start at which students may come in; staff always may',
  'entry.observerMinutes': 'minutes before the start at which observers may come in',
  'schedule.autoStart': 'the class starts by itself at its time',
  'schedule.autoEnd': 'the class ends by itself after its time',
  'schedule.overrunMinutes': 'minutes after the end of its time at which a class that nobody has ended ends by itself',
  'media.students': 'what students may send',
  'media.share': 'who may share a screen',
  'hands.enabled': 'hands may be raised',
  'reactions.enabled': 'reactions may be sent',
  'recording.by': 'who may record',
  relayOnly: 'media goes through TURN only, so that nobody learns the address of another',
  retentionDays: 'days after the end until the room is erased',
  clientStorage: 'where browsers keep unsent messages and history',
  'names.hidden': 'students see aliases; real names go to staff',
};

/** The table of the settings. */
export const POLICY: Readonly<Record<PolicyKey, PolicyRow>> = table;
/** The names of all settings. */
export const POLICY_KEYS = /* @__PURE__ */ Object.keys(table) as readonly PolicyKey[];

/** What holds where a room says nothing. */
export const DEFAULT_POLICY = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ Object.fromEntries(/* @__PURE__ */ POLICY_KEYS.map((key) => [key, POLICY[key].default])),
) as PolicyValues;

/** Whether this is the name of a setting. */
export function isPolicyKey(value: unknown): value is PolicyKey {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

/** The settings of a patch that this version knows and whose values it knows; the others stay as they were. */
export function readablePolicy(patch: Readonly<Record<string, unknown>> = {}): Partial<PolicyValues> {
  return Object.fromEntries(
    Object.entries(patch).filter(([key, value]) => isPolicyKey(key) && isPolicyValue(key, value)),
  );
}

/** Whether a setting may have this value. */
export function isPolicyValue(key: PolicyKey, value: unknown): boolean {
  const row = POLICY[key];
  switch (row.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value) && (value as number) >= row.min && (value as number) <= row.max;
    case 'choice':
      return typeof value === 'string' && row.choices.includes(value);
  }
}
