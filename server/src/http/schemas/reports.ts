/** Attendance, statistics, statements, and what one person left. */
import { BAR_REASONS, BARS, QUESTION_STATES, ROLES, ROOM_KINDS, ROOM_STATES } from '@lms-live/protocol';
import * as v from 'valibot';
import { count, id, sub, time } from './fields.js';

const role = v.picklist(ROLES);
const maybe = v.nullable;
const stay = v.strictObject({ from: time, to: maybe(time) });
const name = maybe(v.string());

const presence = {
  secondsPresent: count,
  presentRatio: maybe(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  firstSeenAt: maybe(time),
  lastSeenAt: maybe(time),
  lateBySeconds: maybe(count),
  leftEarlyBySeconds: maybe(count),
  wasPresentAtEnd: maybe(v.boolean()),
};

const ofPerson = {
  participant: id,
  /** null where it was erased. */
  name,
  isErased: v.boolean(),
  role,
  stays: v.array(stay),
  secondsInRoom: count,
  isPresentNow: v.boolean(),
  ...presence,
  sessions: v.array(v.strictObject(presence)),
};

const session = v.strictObject({
  startedAt: time,
  endedAt: maybe(time),
  live: v.array(v.strictObject({ from: time, to: time })),
  dueFrom: time,
  dueUntil: maybe(time),
});

/** `sub` is told to the host alone. */
export const attendance = v.strictObject({
  room: id,
  title: v.string(),
  state: v.picklist(ROOM_STATES),
  startsAt: maybe(time),
  endsAt: maybe(time),
  at: time,
  sessions: v.array(session),
  classSeconds: count,
  counts: v.optional(
    v.strictObject({
      expected: maybe(count),
      present: count,
      missing: maybe(count),
      unexpected: maybe(count),
      erased: count,
    }),
  ),
  people: v.array(
    v.strictObject({
      sub: v.optional(maybe(sub)),
      ...ofPerson,
      isExpected: maybe(v.boolean()),
      wasPresent: v.boolean(),
    }),
  ),
  missing: v.optional(
    v.array(v.strictObject({ sub: v.optional(sub), participant: maybe(id), name, role: maybe(role) })),
  ),
});

const engagement = { messages: count, questions: count, answers: count, votes: count, hands: count };

/** Somebody without `reports.read` is told their own, and of the class how long it was. */
export const statistics = v.strictObject({
  at: time,
  viewers: v.optional(v.strictObject({ current: count, peak: count, peakAt: maybe(time), total: count })),
  durationSeconds: count,
  ...v.partial(v.strictObject(engagement)).entries,
  anonymousQuestions: v.optional(count),
  answeredQuestions: v.optional(count),
  people: v.array(
    v.strictObject({ participant: id, name, isErased: v.boolean(), role, secondsPresent: count, ...engagement }),
  ),
});

const position = v.strictObject({ epoch: v.string(), offset: count, hash: v.string() });

export const events = v.strictObject({
  /** `event` frames as on the socket. */
  items: v.array(
    v.looseObject({ frame: v.literal('event'), offset: count, id: v.string(), at: time, type: v.string() }),
  ),
  next: maybe(count),
  head: position,
});

export const statements = v.strictObject({
  items: v.array(v.strictObject({ id: v.string(), at: time, jws: v.string() })),
  /** For the host alone. */
  people: v.optional(v.array(v.strictObject({ participant: id, sub: maybe(sub), name }))),
});

const room = v.strictObject({
  id,
  title: v.string(),
  kind: v.picklist(ROOM_KINDS),
  state: v.picklist(ROOM_STATES),
  startsAt: maybe(time),
  endsAt: maybe(time),
  liveSince: maybe(time),
});

const attended = maybe(v.strictObject(ofPerson));

export const calls = v.strictObject({
  items: v.array(
    v.strictObject({
      room,
      externalRef: v.optional(maybe(v.string())),
      participant: id,
      attendance: v.strictObject(ofPerson),
    }),
  ),
  next: maybe(v.string()),
});

const text = maybe(v.string());

const record = v.strictObject({
  name,
  picture: text,
  messages: v.array(
    v.strictObject({
      id,
      at: time,
      by: maybe(id),
      to: v.picklist(['all', 'staff', 'person']),
      text,
      editedAt: maybe(time),
    }),
  ),
  questions: v.array(
    v.strictObject({ id, at: time, isAnonymous: v.boolean(), text, state: maybe(v.picklist(QUESTION_STATES)) }),
  ),
  answers: v.array(v.strictObject({ question: id, at: time, text: v.string() })),
  votes: v.array(v.strictObject({ question: id, at: time })),
  hands: v.array(time),
  bars: v.array(
    v.strictObject({
      at: time,
      bar: v.picklist(BARS),
      barred: v.boolean(),
      until: maybe(time),
      reason: v.picklist(BAR_REASONS),
    }),
  ),
  admissions: v.array(v.strictObject({ at: time, admitted: v.boolean() })),
  moderation: v.array(v.strictObject({ at: time, action: v.string(), text, note: text })),
});

export const person = v.strictObject({
  sub,
  items: v.array(
    v.strictObject({
      room,
      participant: maybe(id),
      expected: maybe(v.strictObject({ sub, role: maybe(role), name })),
      attendance: attended,
      record: maybe(record),
      statements: v.array(v.strictObject({ id: v.string(), at: time })),
    }),
  ),
  next: maybe(v.string()),
});

export const erased = v.strictObject({ rooms: count, messages: count, questions: count });

export const jwks = v.strictObject({
  keys: v.array(
    v.strictObject({
      kty: v.literal('OKP'),
      crv: v.literal('Ed25519'),
      x: v.string(),
      kid: v.string(),
      use: v.literal('sig'),
      alg: v.literal('EdDSA'),
    }),
  ),
});
