import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyAllRules,
  applyAllView,
  applyMeRules,
  applyMeView,
  applyRules,
  applyStaffRules,
  applyStaffView,
  applyView,
  EMPTY_ALL,
  EMPTY_ALL_RULES,
  EMPTY_ME,
  EMPTY_ME_RULES,
  EMPTY_RULES,
  EMPTY_STAFF,
  EMPTY_STAFF_RULES,
  EMPTY_VIEWS,
  EVENT_TYPES,
  LOGS,
  readEvent,
  readRules,
  readSnapshot,
  type LogEvent,
  type LogName,
} from '../src/index.js';
import { canonicalJson, deepFreeze } from '../src/testing/canonical.js';
import { toLogEvent, type Stored, type TestRoom } from '../src/testing/room.js';
import { runs } from '../src/testing/runs.js';
import { histories, play } from '../src/testing/steps.js';

/** A pair of folds of one log, rules and view, each with its way through JSON. */
interface Fold {
  readonly name: string;
  readonly empty: object;
  readonly apply: (state: object, event: LogEvent) => object;
  readonly read: (json: unknown) => object;
}

const FOLDS: Record<LogName, readonly Fold[]> = {
  all: [
    fold('rules', EMPTY_ALL_RULES, applyAllRules, (json) => readRules(EMPTY_ALL_RULES, json)),
    fold('view', EMPTY_ALL, applyAllView, (json) => readSnapshot(EMPTY_ALL, json)),
  ],
  staff: [
    fold('rules', EMPTY_STAFF_RULES, applyStaffRules, (json) => readRules(EMPTY_STAFF_RULES, json)),
    fold('view', EMPTY_STAFF, applyStaffView, (json) => readSnapshot(EMPTY_STAFF, json)),
  ],
  me: [
    fold('rules', EMPTY_ME_RULES, applyMeRules, (json) => readRules(EMPTY_ME_RULES, json)),
    fold('view', EMPTY_ME, applyMeView, (json) => readSnapshot(EMPTY_ME, json)),
  ],
};

function fold<S extends object>(
  name: string,
  empty: S,
  apply: (state: S, event: LogEvent) => S,
  read: (json: unknown) => S,
): Fold {
  return { name, empty, apply: apply as unknown as Fold['apply'], read };
}

const whole = ({ empty, apply }: Fold, events: readonly LogEvent[]): object => events.reduce(apply, empty);

/** Every log of a room with each of its folds. */
function eachFold(room: TestRoom, check: (log: readonly Stored[], fold: Fold, name: string) => void): void {
  for (const [key, log] of room.logs) {
    const kind = key.startsWith('me:') ? 'me' : (key as LogName);
    for (const one of FOLDS[kind]) check(log, one, `${one.name} of ${key}`);
  }
}

const erased = (log: readonly Stored[]): LogEvent[] => log.map((stored) => toLogEvent(stored));
const original = (log: readonly Stored[]): LogEvent[] => log.map((stored) => toLogEvent(stored, stored.original));

const RUNS = runs(100);

describe('the folds, over random histories', () => {
  it('give from a log with wiped bodies what erasing a folded log gave', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        eachFold(play(history), (log, one, name) => {
          expect(canonicalJson(whole(one, erased(log))), name).toBe(canonicalJson(whole(one, original(log))));
        });
      }),
      RUNS,
    );
  });

  it('bring a client that was away while something was erased to the same state, wherever it left', () => {
    fc.assert(
      fc.property(histories(), fc.nat({ max: 1_000 }), (history, left) => {
        eachFold(play(history), (log, one, name) => {
          const offset = left % (log.length + 1);
          const seen = original(log).slice(0, offset).reduce(one.apply, one.empty);
          const returned = erased(log).slice(offset).reduce(one.apply, seen);
          expect(canonicalJson(returned), `${name} from ${String(offset)}`).toBe(
            canonicalJson(whole(one, erased(log))),
          );
        });
      }),
      RUNS,
    );
  });

  it('continue from a snapshot or a checkpoint as if they had never stopped', () => {
    fc.assert(
      fc.property(histories(), fc.nat({ max: 1_000 }), (history, stop) => {
        eachFold(play(history), (log, one, name) => {
          const offset = stop % (log.length + 1);
          const before = whole(one, original(log).slice(0, offset));
          const read = one.read(JSON.parse(JSON.stringify(before)) as unknown);
          expect(canonicalJson(read), name).toBe(canonicalJson(before));
          const after = original(log).slice(offset).reduce(one.apply, read);
          expect(canonicalJson(after), `${name} from ${String(offset)}`).toBe(canonicalJson(whole(one, original(log))));
        });
      }),
      RUNS,
    );
  });

  it('change nothing that they were given, and give the same twice', () => {
    fc.assert(
      fc.property(histories({ maxSteps: 30 }), (history) => {
        eachFold(play(history), (log, one, name) => {
          const frozen = original(log).map((event) => deepFreeze(event));
          const first = frozen.reduce((state, event) => one.apply(deepFreeze(state), event), one.empty);
          expect(canonicalJson(whole(one, frozen)), name).toBe(canonicalJson(first));
        });
      }),
      runs(40),
    );
  });
});

const id = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'p-sam');
const garbage = fc.oneof(
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.record(
    {
      id,
      participant: id,
      question: id,
      about: id,
      text: fc.string(),
      state: fc.constantFrom('pending', 'open', 'removed', 'live', 'held', 'nonsense'),
      labels: fc.array(fc.string()),
      askedAt: fc.nat(),
      seenAt: fc.nat(),
      votes: fc.nat(),
      value: fc.boolean(),
      pinned: fc.boolean(),
      barred: fc.boolean(),
      bar: fc.constantFrom('chat', 'room'),
      until: fc.oneof(fc.nat(), fc.constant(null)),
      reason: fc.constantFrom('spam', 'nonsense'),
      admitted: fc.boolean(),
      name: fc.string(),
      alias: fc.oneof(fc.nat(), fc.string()),
      role: fc.constantFrom('student', 'service', 'nobody'),
      promoted: fc.boolean(),
      audio: fc.boolean(),
      video: fc.boolean(),
      share: fc.boolean(),
      cmid: fc.string(),
      thread: id,
      replyTo: id,
      action: fc.string(),
      of: fc.array(id),
      messages: fc.array(id),
      questions: fc.array(id),
      people: fc.array(id),
      answers: fc.array(id),
      policy: fc.dictionary(fc.constantFrom('chat.mode', 'relayOnly', '__proto__', 'new.setting'), fc.jsonValue()),
      title: fc.oneof(fc.string(), fc.nat()),
    },
    { requiredKeys: ['id', 'participant', 'question', 'messages', 'questions', 'people', 'text'] },
  ),
);
const anyEvent = fc.record({
  log: fc.constantFrom(...LOGS),
  offset: fc.nat({ max: 50 }),
  id: fc.string(),
  at: fc.nat(),
  type: fc.oneof(
    { arbitrary: fc.constantFrom<string>(...EVENT_TYPES), weight: 20 },
    { arbitrary: fc.string(), weight: 1 },
  ),
  by: fc.oneof(id, fc.constant(null)),
  body: garbage,
});

describe('the folds, over events that no server of ours writes', () => {
  it('never throw, and give the same for the same', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60, size: 'max' }), (events) => {
        const read = events.flatMap((event) => readEvent(event) ?? []).map((event) => deepFreeze(event));
        const rules = read.reduce((state, event) => applyRules(deepFreeze(state), event), EMPTY_RULES);
        const views = read.reduce((state, event) => applyView(deepFreeze(state), event), EMPTY_VIEWS);
        expect(canonicalJson(read.reduce(applyRules, EMPTY_RULES))).toBe(canonicalJson(rules));
        expect(canonicalJson(read.reduce(applyView, EMPTY_VIEWS))).toBe(canonicalJson(views));
      }),
      runs(100),
    );
  });

  it('read any JSON as a snapshot or a checkpoint, and leave empty what they do not understand', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.array(fc.tuple(fc.string(), fc.jsonValue())),
      fc.array(fc.record({ offset: fc.nat(), id: fc.oneof(fc.string(), fc.constant(null)) })),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 10, maxLength: 20 }), fc.jsonValue(), (values, other) => {
        for (const { empty, read } of Object.values(FOLDS).flat()) {
          const keys = Object.keys(empty);
          const state = read(Object.fromEntries(keys.map((key, index) => [key, values[index]])));
          expect(Object.keys(state)).toEqual(keys);
          for (const [key, initial] of Object.entries(empty) as [string, unknown][])
            if (initial !== null) expect(shapeOf(state[key as keyof typeof state]), key).toBe(shapeOf(initial));
          expect(canonicalJson(Object.keys(read(other)))).toBe(canonicalJson(keys));
        }
      }),
      runs(100),
    );
  });
});

function shapeOf(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? (Object.getPrototypeOf(value) as object).constructor.name
    : typeof value;
}
