import * as v from 'valibot';
import { object } from './object.js';

/** The fields that frames, commands and event bodies share. */

/** An id as the server makes it (nanoid, UUIDv7) or as a host chooses it for a room: letters, digits, `_ . ~ -`; 1 to 128 characters. */
export const id = v.pipe(v.string(), v.regex(/^[\w.~-]{1,128}$/u));
/** A sender's id of a command: 128 random bits as 22 base64url characters, or any id of 16 to 64 characters. */
export const cmid = v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/u));
/** A text of at most so many UTF-16 units; it is trimmed and emptied of control characters in `decide`. */
export const text = (maxChars: number) => v.pipe(v.string(), v.maxLength(maxChars));
/** The end of the year 9999: RFC 3339 writes no later time, and what is reckoned from one can still be shown. */
export const MAX_TIME = 253_402_300_799_999;
/** Milliseconds since 1970-01-01T00:00:00Z, up to the end of the year 9999. */
export const time = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TIME));
/** A whole number from 0. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** The first 128 bits of a SHA-256, in lower-case hex. */
export const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/u));
/** A whole SHA-256 in lower-case hex. */
export const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));
/** 128 random bits in lower-case hex, a new one for each body; it is erased with the body. */
export const salt = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/u));

/** The logs of a room: everyone’s, each person’s own, and the staff’s. */
export const LOGS = ['all', 'me', 'staff'] as const;
/** One of the logs of a room. */
export type LogName = (typeof LOGS)[number];
/** The name of a log. */
export const log = v.picklist(LOGS);

/** A place in one log: the `epoch` it was created with, the `offset` of the last event seen (0: none), and the hash of the chain there. */
export const position = object({ epoch: id, offset: count, hash });
/** A place in one log. */
export type Position = v.InferOutput<typeof position>;
/** Where somebody stands in each log; a log that is not named is not known yet. */
export const positions = object({ all: v.optional(position), me: v.optional(position), staff: v.optional(position) });
/** Where somebody stands in each log. */
export type Positions = v.InferOutput<typeof positions>;
