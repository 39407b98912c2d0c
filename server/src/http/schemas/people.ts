/** People, their rights, and what a page needs to come in. */
import { BAR_REASONS, BARS, ENGINES, GRANTS, LIMITS, ROLES } from '@lms-live/protocol';
import * as v from 'valibot';
import { count, id, sub, time } from './fields.js';
import { room } from './room.js';

const role = v.picklist(ROLES);
const media = v.strictObject({ audio: v.boolean(), video: v.boolean(), share: v.boolean() });
const bar = v.strictObject({ until: v.nullable(time), reason: v.picklist(BAR_REASONS) });

export const person = v.strictObject({
  participant: id,
  /** null where it was erased. */
  name: v.nullable(v.string()),
  picture: v.nullable(v.string()),
  role,
  /** Joined right now. */
  present: v.boolean(),
  /** What they may send. */
  media,
  /** When their hand went up; null: it is down. */
  handAt: v.nullable(time),
  /** Of staff alone: their name behind an alias, and the bars that stand. */
  realName: v.optional(v.nullable(v.string())),
  bars: v.optional(v.partial(v.strictObject({ [BARS[0]]: bar, [BARS[1]]: bar }))),
});

export const people = v.strictObject({ present: count, items: v.array(person), next: v.nullable(v.string()) });

export const hands = v.strictObject({ items: v.array(v.strictObject({ participant: id, at: time })) });

export const lobby = v.strictObject({
  count,
  items: v.array(
    v.strictObject({
      participant: id,
      name: v.string(),
      picture: v.optional(v.string()),
      note: v.optional(v.string()),
      since: time,
      why: v.picklist(['not_started', 'password', 'lobby', 'locked', 'full']),
    }),
  ),
});

const iceServer = v.strictObject({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});

export const ice = v.strictObject({ ice: v.array(iceServer), expiresAt: v.nullable(time), serverTime: time });

export const joinRequest = v.strictObject({
  password: v.optional(v.pipe(v.string(), v.maxLength(LIMITS.maxPasswordChars))),
});

export const joined = v.strictObject({
  /** null for a service, which is nobody in the class. */
  participant: v.nullable(id),
  role,
  grants: v.array(v.picklist(GRANTS)),
  room,
  /** What carries the media here; null: nothing that the server knows of. */
  engine: v.nullable(v.picklist(ENGINES)),
  ice: v.array(iceServer),
  iceExpiresAt: v.nullable(time),
  serverTime: time,
});

export const expected = v.strictObject({
  /** On the list of the host; null: it has given none. */
  total: v.nullable(count),
  present: count,
  missing: count,
  items: v.array(
    v.strictObject({
      /** For a service: who somebody is at the host is told to nobody in class. */
      sub: v.optional(sub),
      /** null: they have not come yet. */
      participant: v.nullable(id),
      name: v.nullable(v.string()),
      role: v.nullable(role),
      present: v.boolean(),
    }),
  ),
});

/** Who was let in, or came to another role, and how many. */
export const admittedAll = v.strictObject({ admitted: count });
