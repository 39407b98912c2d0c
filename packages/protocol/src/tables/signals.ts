import * as v from 'valibot';
import { object } from '../object.js';
import { count, id, text } from '../fields.js';
import { LIMITS } from './limits.js';
import { MEDIA_SOURCES, rtcBody } from './media.js';
import { ROLES, type Grant } from './rights.js';

/** One emoji with its skin tones, joiners and flags: pictures, never words. */
const emoji = v.pipe(
  v.string(),
  v.maxLength(32),
  v.regex(/^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u{200D}|\u{FE0F})+$/u),
);

/** What need not last goes past the log: at most once, the first thing to be dropped. */
const table = {
  typing: { grant: 'chat.post', to: 'room', body: v.strictObject({}) },
  reaction: { grant: 'react', to: 'room', body: v.strictObject({ emoji }) },
  /**
   * Turns off what somebody sends; without `participant`, of everyone but staff. The server marks it as off, so that every receiver drops it;
   * whoever is muted may turn it on again, where it is not blocked (`person.media`).
   */
  mute: {
    grant: 'people.moderate',
    to: 'person',
    body: v.strictObject({ participant: v.optional(id), source: v.picklist(MEDIA_SOURCES) }),
  },
  /** Asks somebody to turn something on; nobody is forced. */
  ask: {
    grant: 'people.moderate',
    to: 'person',
    body: v.strictObject({ participant: id, source: v.picklist(['audio', 'video']) }),
  },
  /** A word to those who wait at the door, or to one of them; whoever comes to wait later reads the last one to all. */
  'lobby.message': {
    grant: 'people.moderate',
    to: 'lobby',
    body: v.strictObject({ participant: v.optional(id), text: text(LIMITS.maxNoteChars) }),
  },
  /** What makes the calls: from one media session to another, `to` names it. */
  rtc: { grant: null, to: 'session', body: rtcBody },
} as const satisfies Record<string, SignalRow>;

/** A row of the table; `body` is the schema of the signal’s body. `to`: everyone who is joined, one person, those at the door, or one media session. */
export interface SignalRow {
  readonly grant: Grant | null;
  readonly to: 'room' | 'person' | 'lobby' | 'session';
  readonly body: v.GenericSchema;
}

type Table = typeof table;
/** The name of a signal that a client may send. */
export type SignalKind = keyof Table;
/** The body of a signal. */
export type SignalBody<K extends SignalKind = SignalKind> = v.InferOutput<Table[K]['body']>;
/** The table of the signals. */
export const SIGNALS: Readonly<Record<SignalKind, SignalRow>> = table;

/** Whether a client may send a signal of this name. */
export function isSignalKind(value: unknown): value is SignalKind {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

/** Who is joined right now. `full`: this is everyone (up to `LIMITS.maxPresenceNames`); otherwise what has changed since `version - 1`. */
export const presence = object({
  version: count,
  full: v.boolean(),
  /** Joined people in all, also where they are too many to be named. */
  count,
  joined: v.pipe(
    v.array(object({ participant: id, role: v.picklist(ROLES), away: v.optional(v.boolean()) })),
    v.maxLength(LIMITS.maxPresenceNames),
  ),
  left: v.array(id),
});
/** Who is joined right now, or what has changed. */
export type Presence = v.InferOutput<typeof presence>;
