import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_POLICY,
  EMPTY_RULES,
  EMPTY_VIEWS,
  LIMITS,
  ROOM_STATES,
  applyRules,
  applyView,
  decide,
  grantsOf,
  type Command,
  type LogEvent,
  type PolicyValues,
  type Role,
} from '@lms-live/protocol';
import { INITIAL_STATE } from '../store.js';
import type { RoomState } from '../types.js';
import { permission, type Action } from './permission.js';

const ME = 'participant-me';
const NOW = Date.UTC(2026, 0, 1);
const OFFSET_MS = 5_000;

interface Class {
  readonly role: Role;
  readonly state: (typeof ROOM_STATES)[number];
  readonly policy: Partial<PolicyValues>;
  readonly bar: 'chat' | 'room' | null;
  readonly barredUntil: number | null;
  readonly postedAgoMs: number | null;
  readonly postedTo: 'all' | 'staff';
  readonly openQuestions: number;
}

/** What happened in the class, as both the server's rules and this page's views fold it. */
function fold(given: Class): { state: RoomState; rules: typeof EMPTY_RULES } {
  const { role, state, policy, bar, barredUntil, postedAgoMs, postedTo, openQuestions } = given;
  let offset = 0;
  const event = (log: LogEvent['log'], type: LogEvent['type'], body: unknown, by: string | null = null): LogEvent => {
    offset += 1;
    const at = type === 'chat.posted' ? NOW - (postedAgoMs ?? 0) : 0;
    return { log, type, body, by, at, offset, id: String(offset) } as LogEvent;
  };
  const both = (type: LogEvent['type'], body: unknown, by: string | null = null): LogEvent[] => [
    event('staff', type, body, by),
    event('me', type, body, by),
  ];
  const message = { id: 'm', text: 'x', ...(postedTo === 'staff' ? { thread: ME } : {}) };
  const events = [
    event('all', 'room.changed', { id: 'r', state, policy: { ...DEFAULT_POLICY, ...policy } }),
    event('all', 'question.asked', { id: 'q', text: 'x', state: 'open', askedAt: 0 }, 'ben'),
    ...Array.from({ length: openQuestions }, (_, index) =>
      event('all', 'question.asked', { id: `q${index}`, text: 'x', state: 'open', askedAt: 0 }, ME),
    ),
    ...(bar ? both('person.barred', { participant: ME, bar, barred: true, until: barredUntil, reason: 'other' }) : []),
    ...(postedAgoMs === null
      ? []
      : postedTo === 'all'
        ? [event('all', 'chat.posted', message, ME)]
        : both('chat.posted', message, ME)),
  ];
  const me = { participant: ME, role, grants: grantsOf(role) };
  return {
    rules: events.reduce(applyRules, EMPTY_RULES),
    state: { ...INITIAL_STATE, me, clockOffsetMs: OFFSET_MS, views: events.reduce(applyView, EMPTY_VIEWS) },
  };
}

const COMMANDS: Readonly<Record<Exclude<Action, 'react'>, Pick<Command, 'type' | 'body'>>> = {
  post: { type: 'chat.post', body: { text: 'x' } },
  postToStaff: { type: 'chat.post', body: { text: 'x', to: 'staff' } },
  ask: { type: 'question.ask', body: { text: 'x', anonymous: false } },
  askAnonymously: { type: 'question.ask', body: { text: 'x', anonymous: true } },
  vote: { type: 'vote.set', body: { question: 'q', value: true } },
  raiseHand: { type: 'hand.raise', body: {} },
};

const classes: fc.Arbitrary<Class> = fc.record({
  role: fc.constantFrom('instructor', 'assistant', 'student', 'observer'),
  state: fc.constantFrom(...ROOM_STATES),
  policy: fc.record({
    'chat.enabled': fc.boolean(),
    'chat.mode': fc.constantFrom('open', 'slow', 'toStaff', 'questionsOnly', 'frozen'),
    'questions.enabled': fc.boolean(),
    'questions.anonymous': fc.boolean(),
    'hands.enabled': fc.boolean(),
  }),
  bar: fc.constantFrom('chat', 'room', null),
  barredUntil: fc.constantFrom(null, NOW - 1, NOW + 60_000),
  postedAgoMs: fc.constantFrom(null, 1_000, 9_999, 10_000),
  postedTo: fc.constantFrom('all', 'staff'),
  openQuestions: fc.constantFrom(0, LIMITS.maxOpenQuestionsPerPerson),
});

test.each(Object.entries(COMMANDS))(
  '%s is allowed where decide accepts it, else refused with its code',
  (what, command) => {
    fc.assert(
      fc.property(classes, (given) => {
        const { state, rules } = fold(given);
        const actor = { ...state.me!, name: 'Anna', picture: null };
        const decision = decide(rules, { ...command, cmid: 'c' } as Command, actor, { now: NOW, newId: () => 'new' });
        const allowed = permission(state, what as Action, NOW - OFFSET_MS);
        expect({ allowed: allowed.allowed, code: allowed.code }).toEqual({
          allowed: decision.ok,
          code: decision.ok ? null : decision.code,
        });
      }),
      { numRuns: 500 },
    );
  },
);

describe('permission', () => {
  const live: Class = {
    role: 'student',
    state: 'live',
    policy: {},
    bar: null,
    barredUntil: null,
    postedAgoMs: null,
    postedTo: 'all',
    openQuestions: 0,
  };
  const stateOf = (changes: Partial<Class>): RoomState => fold({ ...live, ...changes }).state;

  test('is not given, without a reason, before the person is admitted', () => {
    expect(permission(INITIAL_STATE, 'post')).toEqual({ allowed: false, code: null, until: null });
  });

  test('of slow mode says until when, by the clock of the page', () => {
    const state = stateOf({ policy: { 'chat.mode': 'slow' }, postedAgoMs: 4_000 });
    const now = NOW - OFFSET_MS;
    expect(permission(state, 'post', now)).toEqual({ allowed: false, code: 'slow_mode', until: now + 6_000 });
    expect(permission(state, 'post', now + 6_000).allowed).toBe(true);
  });

  test('of slow mode counts what is on its way, and not what was refused', () => {
    const now = NOW - OFFSET_MS;
    const pending = { cmid: 'c', type: 'chat.post', body: {}, at: now - 1_000, error: null, waits: true } as const;
    const state = { ...stateOf({ policy: { 'chat.mode': 'slow' } }), pending: [pending] };
    expect(permission(state, 'post', now)).toEqual({ allowed: false, code: 'slow_mode', until: now + 9_000 });
    const error = { code: 'x', message: '', retryable: false, help: '' };
    expect(permission({ ...state, pending: [{ ...pending, error }] }, 'post', now).allowed).toBe(true);
  });

  test('of somebody who is muted says until when', () => {
    const state = stateOf({ bar: 'chat', barredUntil: NOW + 60_000 });
    expect(permission(state, 'post', NOW - OFFSET_MS)).toEqual({
      allowed: false,
      code: 'chat_muted',
      until: NOW + 60_000 - OFFSET_MS,
    });
  });

  test('to react follows the policy', () => {
    expect(permission(stateOf({}), 'react').allowed).toBe(true);
    expect(permission(stateOf({ policy: { 'reactions.enabled': false } }), 'react').code).toBe('reactions_disabled');
    expect(permission(stateOf({ role: 'observer' }), 'react').code).toBe('forbidden');
  });

  test('of a grant is whether one has it', () => {
    expect(permission(stateOf({ role: 'assistant' }), 'chat.moderate').allowed).toBe(true);
    expect(permission(stateOf({}), 'chat.moderate')).toEqual({ allowed: false, code: 'forbidden', until: null });
  });
});
