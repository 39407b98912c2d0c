import * as v from 'valibot';
import { object } from '../object.js';
import { count, id, time, type LogName } from '../fields.js';
import { ENGINES, HELD_REASONS, ROOM_KINDS, ROOM_STATES, VISIBILITIES } from './states.js';
import { ROLES } from './rights.js';

const nullable = <T extends v.GenericSchema>(schema: T) => v.nullable(schema);

/** `pending` and `declined` stand with the staff and the asker; the others are public; `removed` ones are gone. */
export const QUESTION_STATES = ['pending', 'declined', 'open', 'answering', 'answered', 'archived', 'removed'] as const;
/** The state of a question. */
export type QuestionState = (typeof QUESTION_STATES)[number];

/** What a person may be barred from. */
export const BARS = ['chat', 'room'] as const;
/** What a person is barred from: writing, or the room. */
export type Bar = (typeof BARS)[number];
/** Why; codes, so that nothing about a person has to be erased from a bar. */
export const BAR_REASONS = ['spam', 'abuse', 'off_topic', 'identity', 'other'] as const;
/** Why a person is barred. */
export type BarReason = (typeof BAR_REASONS)[number];

const message = {
  id,
  text: v.string(),
  replyTo: v.optional(id),
  /** The student whose thread with the staff this belongs to; absent for messages to everyone. */
  thread: v.optional(id),
};

/** The public part of a room: what `room.changed` may carry, never a password, roster, owner, engine room or external reference. */
export const publicRoomEntries = {
  id,
  kind: v.picklist(ROOM_KINDS),
  title: v.string(),
  description: v.string(),
  visibility: v.picklist(VISIBILITIES),
  /** A public room that is not listed is found by its id alone. */
  listed: v.boolean(),
  state: v.picklist(ROOM_STATES),
  why: nullable(v.picklist(HELD_REASONS)),
  startsAt: nullable(time),
  endsAt: nullable(time),
  /** Minutes before `startsAt` at which it opens for its staff. */
  openMinutesBefore: count,
  /** Minutes that it waits for its staff, or its source, before it ends. */
  heldMinutes: count,
  createdAt: time,
  /** When the class last went live; null before the first time. */
  liveSince: nullable(time),
  endedAt: nullable(time),
  engine: v.picklist(ENGINES),
  capacity: nullable(count),
  locked: v.boolean(),
  hasPassword: v.boolean(),
} as const;

/**
 * Every event, its bodies and where it goes. `ref` names the field that holds the id of what the event is about;
 * `erasable` says whether its body may be erased (free text, names and pictures); what it is about then goes with it.
 */
const table = {
  'room.changed': {
    logs: ['all'],
    erasable: false,
    // A call that is marked pure can be left out of a bundle that reads no schema; a bare spread cannot.
    body: /* @__PURE__ */ (() =>
      object({
        ...v.partial(object(publicRoomEntries)).entries,
        policy: v.optional(v.record(v.string(), v.union([v.boolean(), v.number(), v.string()]))),
        /** Settings that the host has fixed; the whole list each time. */
        fixed: v.optional(v.array(v.string())),
      }))(),
  },
  'chat.posted': { logs: ['all', 'staff', 'me'], erasable: true, ref: 'id', body: object(message) },
  'chat.edited': { logs: ['all', 'staff', 'me'], erasable: true, ref: 'id', body: object(message) },
  'chat.deleted': { logs: ['all', 'staff', 'me'], erasable: false, ref: 'id', body: object({ id }) },
  'chat.pinned': { logs: ['all'], erasable: false, ref: 'id', body: object({ id, pinned: v.boolean() }) },
  'question.asked': {
    logs: ['all', 'staff', 'me'],
    erasable: true,
    ref: 'id',
    body: object({
      id,
      text: v.string(),
      state: v.picklist(QUESTION_STATES),
      alias: v.optional(v.string()),
      labels: v.optional(v.array(v.string())),
      askedAt: time,
    }),
  },
  'question.changed': {
    logs: ['all', 'staff', 'me'],
    erasable: true,
    ref: 'id',
    body: object({
      id,
      text: v.optional(v.string()),
      state: v.optional(v.picklist(QUESTION_STATES)),
      labels: v.optional(v.array(v.string())),
      handledBy: v.optional(nullable(id)),
      reason: v.optional(v.string()),
    }),
  },
  'question.answered': { logs: ['all'], erasable: true, ref: 'id', body: object({ id, text: v.string() }) },
  'question.author': {
    logs: ['staff', 'me'],
    erasable: false,
    ref: 'question',
    body: object({ question: id, participant: id, cmid: v.string() }),
  },
  'question.tallied': { logs: ['all'], erasable: false, ref: 'id', body: object({ id, votes: count }) },
  'vote.set': { logs: ['me'], erasable: false, ref: 'question', body: object({ question: id, value: v.boolean() }) },
  'hand.raised': { logs: ['all'], erasable: false, ref: 'participant', body: object({ participant: id }) },
  'hand.lowered': { logs: ['all'], erasable: false, ref: 'participant', body: object({ participant: id }) },
  'person.named': {
    logs: ['all', 'staff', 'me'],
    erasable: true,
    ref: 'participant',
    body: object({
      participant: id,
      name: v.string(),
      picture: v.optional(v.string()),
      /** The name is an alias, the nth of this room (`names.hidden`). */
      alias: v.optional(count),
    }),
  },
  'person.role': {
    logs: ['all'],
    erasable: false,
    ref: 'participant',
    body: object({ participant: id, role: v.picklist(ROLES), promoted: v.boolean() }),
  },
  'person.media': {
    logs: ['all'],
    erasable: false,
    ref: 'participant',
    body: object({ participant: id, audio: v.boolean(), video: v.boolean(), share: v.boolean() }),
  },
  'person.removed': { logs: ['all'], erasable: false, ref: 'participant', body: object({ participant: id }) },
  'person.barred': {
    logs: ['staff', 'me'],
    erasable: false,
    ref: 'participant',
    body: object({
      participant: id,
      bar: v.picklist(BARS),
      barred: v.boolean(),
      until: nullable(time),
      reason: v.picklist(BAR_REASONS),
    }),
  },
  'person.admitted': {
    logs: ['staff', 'me'],
    erasable: false,
    ref: 'participant',
    body: object({ participant: id, admitted: v.boolean() }),
  },
  'attendance.opened': {
    logs: ['staff', 'me'],
    erasable: false,
    ref: 'participant',
    body: object({ participant: id, seenAt: time }),
  },
  'attendance.closed': {
    logs: ['staff', 'me'],
    erasable: false,
    ref: 'participant',
    body: object({ participant: id, seenAt: time }),
  },
  erased: {
    logs: ['all', 'staff', 'me'],
    erasable: false,
    body: object({
      messages: v.array(id),
      questions: v.array(id),
      people: v.array(id),
      /** Questions that stay, without their answers. */
      answers: v.optional(v.array(id)),
    }),
  },
  audit: {
    logs: ['staff'],
    erasable: true,
    ref: 'about',
    body: object({
      action: v.string(),
      about: v.optional(id),
      /** Whose `text` it is: the trace goes when one of them is erased. */
      of: v.optional(v.array(id)),
      text: v.optional(v.string()),
      note: v.optional(v.string()),
    }),
  },
} as const satisfies Record<string, EventRow>;

/** A row of the table; `body` is the schema of the event’s body. */
export interface EventRow {
  readonly logs: readonly LogName[];
  readonly erasable: boolean;
  readonly ref?: string;
  readonly body: v.GenericSchema;
}

type Table = typeof table;
/** The name of an event. */
export type EventType = keyof Table;
/** The body of an event. */
export type EventBody<T extends EventType = EventType> = v.InferOutput<Table[T]['body']>;
/** The table of the events. */
export const EVENTS: Readonly<Record<EventType, EventRow>> = table;
/** The names of all events. */
export const EVENT_TYPES = /* @__PURE__ */ Object.keys(table) as readonly EventType[];

/** Names kept for later versions; commands of these families are refused as `not_supported`, events are ignored. */
export const RESERVED_FAMILIES = ['poll', 'recording', 'consent'] as const;

/** Whether this version knows an event of this name. */
export function isEventType(value: string): value is EventType {
  return Object.hasOwn(table, value);
}

/** One event as it stands in a log. `body` is null once it was erased. */
export type LogEvent<T extends EventType = EventType> = {
  [K in T]: {
    readonly log: LogName;
    /** 1, 2, 3 … without gaps, in each log of its own. */
    readonly offset: number;
    readonly id: string;
    /** When it was committed, milliseconds since 1970; never decreasing within a log. */
    readonly at: number;
    readonly type: K;
    /** The participant who caused it; null for the system, and for whoever asks anonymously. */
    readonly by: string | null;
    readonly body: EventBody<K> | null;
  };
}[T];

/** An event of a type that this version does not know: it moves the position and nothing else. */
export interface UnknownEvent {
  readonly log: LogName;
  readonly offset: number;
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly by: string | null;
  readonly body: unknown;
}

/**
 * Reads an event body that came over the wire or from the store.
 * @returns the event, with a null body where the body is erased or not of the known shape, or null for an unknown type.
 */
export function readEvent(event: UnknownEvent): LogEvent | null {
  if (!isEventType(event.type)) return null;
  if (event.body === null) return { ...event, type: event.type, body: null };
  const parsed = v.safeParse(EVENTS[event.type].body, event.body);
  return { ...event, type: event.type, body: parsed.success ? parsed.output : null } as LogEvent;
}
