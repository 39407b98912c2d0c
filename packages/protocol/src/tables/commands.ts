import * as v from 'valibot';
import { id, text, time } from '../fields.js';
import { BAR_REASONS, BARS } from './events.js';
import { LIMITS } from './limits.js';
import type { Grant } from './rights.js';
import { ENGINES, ROOM_KINDS, VISIBILITIES } from './states.js';

const label = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(LIMITS.maxLabelChars));
const labels = v.pipe(v.array(label), v.maxLength(LIMITS.maxLabels));
/** Compare and set: refused as `stale` where what the command sets was changed by a later event of the log `all`. */
const ifOffset = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** The part of a room's record that commands set; a key that is absent stays as it is. */
const settings = {
  title: v.optional(text(LIMITS.maxTitleChars)),
  description: v.optional(text(LIMITS.maxDescriptionChars)),
  visibility: v.optional(v.picklist(VISIBILITIES)),
  /** Whether a public room stands in the list of the tenant's rooms; by its id it is found either way. */
  listed: v.optional(v.boolean()),
  startsAt: v.optional(v.nullable(time)),
  endsAt: v.optional(v.nullable(time)),
  /** Minutes before `startsAt` at which a scheduled room opens for its staff by itself; they may always come in. */
  openMinutesBefore: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LIMITS.maxOpenMinutesBefore)),
  ),
  /** Minutes that the class waits for its staff, or its source, before it ends. */
  heldMinutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.maxHeldMinutes))),
  engine: v.optional(v.picklist(ENGINES)),
  /** Students and observers who are there at once; staff take no place. null: any number. */
  capacity: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)))),
  locked: v.optional(v.boolean()),
  /** `{key: value}` or `{key: {value, teacherEditable}}`; checked key by key in `decide`, so that a refusal names the key. */
  policy: v.optional(v.record(v.string(), v.unknown())),
};

/**
 * Every command that a client may send, the grant without which it is refused, and its shape.
 * `grant` null: `decide` looks closer (own message or a moderator, one setting or another).
 * `reads`: what `decide` must be given: the text as it stands, who waits at the door, or whether its person has ever come or is expected.
 */
const table = {
  'room.create': {
    grant: 'room.create',
    // A call that is marked pure can be left out of a bundle that reads no schema; a bare spread cannot.
    body: /* @__PURE__ */ (() => v.strictObject({ kind: v.picklist(ROOM_KINDS), ...settings }))(),
  },
  'room.change': { grant: null, body: /* @__PURE__ */ (() => v.strictObject({ ...settings, ifOffset }))() },
  'room.start': { grant: 'room.start', body: v.strictObject({}) },
  'room.end': { grant: 'room.end', body: v.strictObject({}) },
  'person.join': { grant: null, body: v.strictObject({}) },
  'person.leave': { grant: null, body: v.strictObject({}) },
  'person.role': {
    grant: 'people.promote',
    body: v.strictObject({
      participant: id,
      role: v.picklist(['instructor', 'assistant', 'student', 'observer']),
      ifOffset,
    }),
  },
  'person.media': {
    grant: 'people.moderate',
    body: v.strictObject({
      participant: id,
      audio: v.optional(v.boolean()),
      video: v.optional(v.boolean()),
      share: v.optional(v.boolean()),
      ifOffset,
    }),
  },
  'person.remove': { grant: 'people.moderate', body: v.strictObject({ participant: id }) },
  'person.bar': {
    grant: 'people.moderate',
    body: v.strictObject({
      participant: id,
      bar: v.picklist(BARS),
      barred: v.boolean(),
      until: v.optional(v.nullable(time)),
      reason: v.optional(v.picklist(BAR_REASONS)),
      note: v.optional(text(LIMITS.maxReasonChars)),
    }),
  },
  /** Everyone who waits for an answer at the door right now. */
  'person.admitAll': { grant: 'people.moderate', reads: 'lobby', body: v.strictObject({}) },
  'person.admit': {
    grant: 'people.moderate',
    reads: 'person',
    body: v.strictObject({ participant: id, admitted: v.boolean() }),
  },
  'chat.post': {
    grant: 'chat.post',
    body: v.strictObject({
      text: text(LIMITS.maxMessageChars),
      replyTo: v.optional(id),
      /** `staff`, or for staff the participant they write to; absent: everyone. */
      to: v.optional(id),
    }),
  },
  'chat.edit': { grant: 'chat.post', reads: 'text', body: v.strictObject({ id, text: text(LIMITS.maxMessageChars) }) },
  'chat.delete': { grant: null, reads: 'text', body: v.strictObject({ id }) },
  'chat.pin': { grant: 'chat.moderate', body: v.strictObject({ id, pinned: v.boolean() }) },
  'question.ask': {
    grant: 'question.ask',
    body: v.strictObject({ text: text(LIMITS.maxQuestionChars), anonymous: v.optional(v.boolean(), false) }),
  },
  'question.edit': { grant: null, reads: 'text', body: v.strictObject({ id, text: text(LIMITS.maxQuestionChars) }) },
  'question.publish': { grant: 'question.moderate', reads: 'text', body: v.strictObject({ id }) },
  'question.decline': {
    grant: 'question.moderate',
    body: v.strictObject({ id, reason: v.optional(text(LIMITS.maxReasonChars)) }),
  },
  'question.change': {
    grant: 'question.moderate',
    body: v.strictObject({
      id,
      state: v.optional(v.picklist(['open', 'answering', 'answered', 'archived'])),
      labels: v.optional(labels),
      handling: v.optional(v.boolean()),
      ifOffset,
    }),
  },
  'question.answer': { grant: 'question.answer', body: v.strictObject({ id, text: text(LIMITS.maxAnswerChars) }) },
  'question.remove': { grant: null, reads: 'text', body: v.strictObject({ id }) },
  'vote.set': { grant: 'vote', body: v.strictObject({ question: id, value: v.boolean() }) },
  'hand.raise': { grant: 'hand.raise', body: v.strictObject({}) },
  'hand.lower': { grant: null, body: v.strictObject({ participant: v.optional(id) }) },
  'person.erase': { grant: 'people.erase', body: v.strictObject({ participant: id }) },
} as const satisfies Record<string, CommandRow>;

/** A row of the table; `body` is the schema of the command’s body. */
export interface CommandRow {
  readonly grant: Grant | null;
  readonly reads?: 'text' | 'lobby' | 'person';
  readonly body: v.GenericSchema;
}

type Table = typeof table;
/** The name of a command. */
export type CommandType = keyof Table;
/** The body of a command as it was read: with the defaults filled in. */
export type CommandBody<T extends CommandType = CommandType> = v.InferOutput<Table[T]['body']>;
/** What a caller writes: as `CommandBody`, with the defaults left out. */
export type CommandInput<T extends CommandType = CommandType> = v.InferInput<Table[T]['body']>;
/** The table of the commands. */
export const COMMANDS: Readonly<Record<CommandType, CommandRow>> = table;
/** The names of all commands. */
export const COMMAND_TYPES = /* @__PURE__ */ Object.keys(table) as readonly CommandType[];

/** Whether this is the name of a command. */
export function isCommandType(value: unknown): value is CommandType {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

/** A command with its validated body. */
export type Command<T extends CommandType = CommandType> = {
  [K in T]: { readonly type: K; readonly body: CommandBody<K>; readonly cmid: string };
}[T];

/**
 * What only the server says, of its clock and its leases; there is no frame for these.
 * `seenAt` is when the person was last seen, not when the loss was noticed.
 */
export type SystemCommand =
  | { readonly type: 'system.open' }
  | { readonly type: 'system.live' }
  | { readonly type: 'system.hold'; readonly why: 'staff' | 'source' }
  | { readonly type: 'system.resume' }
  | { readonly type: 'system.end' }
  | { readonly type: 'system.leave'; readonly participant: string; readonly seenAt: number }
  /** What of the record is kept outside the log has changed. */
  | { readonly type: 'system.record'; readonly hasPassword: boolean }
  | { readonly type: 'system.tally'; readonly question: string; readonly votes: number };
