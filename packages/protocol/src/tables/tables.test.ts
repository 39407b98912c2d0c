import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  afterClose,
  BAR_REASONS,
  CLIENT_ERRORS,
  CLOSE_CODES,
  COMMAND_TYPES,
  COMMANDS,
  DEFAULT_POLICY,
  ERRORS,
  EVENT_TYPES,
  EVENTS,
  GRANTS,
  grantsOf,
  isCommandType,
  isErrorCode,
  isEventType,
  isGrant,
  isPolicyKey,
  isPolicyValue,
  isRole,
  isSignalKind,
  isStaff,
  LIMITS,
  LOGS,
  mayBecome,
  POLICY,
  POLICY_KEYS,
  POLICY_MEANS,
  QUESTION_STATES,
  readEvent,
  RIGHTS,
  ROLES,
  ROOM_STATES,
  SIGNALS,
  TRANSITIONS,
  type CloseCode,
  type ErrorCode,
  type Grant,
  type Role,
} from '../index.js';
import { readablePolicy } from './policy.js';

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
const codes = Object.keys(ERRORS) as ErrorCode[];

describe('errors', () => {
  it('have a code that no other has', () => {
    const written = ['errors.ts', 'client-errors.ts'].flatMap((name) =>
      [...readFileSync(new URL(name, import.meta.url), 'utf8').matchAll(/^ {2}(\w+): \{/gm)].map(([, code]) => code),
    );
    expect(new Set(written).size).toBe(written.length);
    expect([...written].sort()).toEqual([...codes].sort());
  });

  it.each(codes)('%s says something to people and something to developers', (code) => {
    const { message, help, status } = ERRORS[code];
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(message).toMatch(/^[A-Z].*[.…]$/u);
    expect(help.length).toBeGreaterThan(10);
    expect(message).not.toContain('`');
    expect(status === 0 || (status >= 400 && status <= 599)).toBe(true);
  });

  it.each(codes.filter((code) => 'close' in ERRORS[code]))(
    '%s closes with a code that agrees about coming back',
    (code) => {
      const { close, retryable } = ERRORS[code];
      expect(Object.keys(CLOSE_CODES)).toContain(String(close));
      // The close reason is the error code (RFC 6455 §5.5.1: at most 123 bytes).
      expect(bytesOf(code)).toBeLessThanOrEqual(123);
      if (!retryable) expect(afterClose(close as number)).not.toBe('retry');
      if (retryable) expect(afterClose(close as number)).not.toBe('stop');
    },
  );

  it('that a client tells by itself are in the table too; what never crosses the wire closes nothing', () => {
    for (const code of Object.keys(CLIENT_ERRORS) as (keyof typeof CLIENT_ERRORS)[])
      expect(ERRORS[code]).toBe(CLIENT_ERRORS[code]);
    for (const code of codes.filter((one) => ERRORS[one].status === 0)) expect(ERRORS[code].close).toBeUndefined();
  });

  it('are known by their own names only', () => {
    for (const name of ['toString', '__proto__', 'FORBIDDEN', '', 4, null]) expect(isErrorCode(name)).toBe(false);
  });
});

describe('close codes', () => {
  it('stand in the three ranges, each with a name of its own', () => {
    const rows = Object.entries(CLOSE_CODES);
    for (const [code, { name, means }] of rows) {
      expect(afterClose(Number(code))).toBe(Number(code) < 4100 ? 'retry' : Number(code) < 4200 ? 'refresh' : 'stop');
      expect(Number(code) < 4200 || Number(code) >= 4500).toBe(true);
      expect(bytesOf(name)).toBeLessThanOrEqual(123);
      expect(means).toMatch(/\.$/);
    }
    expect(new Set(rows.map(([, { name }]) => name)).size).toBe(rows.length);
  });

  it.each([1000, 1001, 1006, 1009, 1011, 1012, 3000, 4000, 4099, 4200, 4499, 4600])('%i means: come back', (code) => {
    expect(afterClose(code)).toBe('retry');
  });
  it.each([4100, 4199])('%i means: refresh the token first', (code) => {
    expect(afterClose(code)).toBe('refresh');
  });
  it.each([4500, 4504, 4599])('%i means: stay away', (code) => {
    expect(afterClose(code)).toBe('stop');
  });

  it('are all known as such to TypeScript', () => {
    expect(CLOSE_CODES[4504 satisfies CloseCode].name).toBe('ended');
  });
});

/** The table of the rights as it was decided: i instructor, a assistant, s student, o observer, v service. */
const DECIDED: Record<Grant, string> = {
  'room.create': 'iv',
  'room.manage': 'iv',
  'room.end': 'iv',
  'room.start': 'iav',
  'room.enterAlways': 'ia',
  'staff.read': 'iav',
  'media.audio': 'ias',
  'media.video': 'ias',
  'media.share': 'ias',
  'chat.post': 'ias',
  'question.ask': 'ias',
  'hand.raise': 'ias',
  vote: 'ias',
  react: 'ias',
  'chat.moderate': 'iav',
  'question.moderate': 'iav',
  'question.answer': 'iav',
  'people.moderate': 'iav',
  'people.promote': 'iv',
  'recording.run': 'iav',
  'reports.read': 'iav',
  'people.erase': 'v',
  'tenant.manage': 'v',
};
const LETTERS: Record<Role, string> = { instructor: 'i', assistant: 'a', student: 's', observer: 'o', service: 'v' };

describe('rights', () => {
  it('are those that were decided', () => {
    expect(
      Object.fromEntries(
        GRANTS.map((grant) => [grant, [...RIGHTS[grant].roles].map((role) => LETTERS[role]).join('')]),
      ),
    ).toEqual(DECIDED);
  });

  it.each(ROLES)('%s has what the table says', (role) => {
    expect([...grantsOf(role)].sort()).toEqual(GRANTS.filter((grant) => DECIDED[grant].includes(LETTERS[role])).sort());
  });

  it('are added and taken away one by one by a token, unknown ones left out', () => {
    const grants = grantsOf('student', { 'chat.moderate': true, 'chat.post': false, 'make.coffee': true });
    expect(grants.has('chat.moderate')).toBe(true);
    expect(grants.has('chat.post')).toBe(false);
    expect(grants.has('question.ask')).toBe(true);
    expect([...grants].every(isGrant)).toBe(true);
  });

  it('are not taken from what every object has', () => {
    expect(grantsOf('observer', Object.create({ 'room.end': true }) as Record<string, boolean>).has('room.end')).toBe(
      false,
    );
    expect([isGrant('toString'), isGrant(null), isRole('admin'), isRole('toString'), isRole(undefined)]).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('make staff of those who read the staff log', () => {
    expect(ROLES.filter((role) => isStaff(grantsOf(role)))).toEqual(['instructor', 'assistant', 'service']);
  });
});

describe('policy', () => {
  it.each(POLICY_KEYS)('%s has a default that is valid and a grant that exists', (key) => {
    expect(isPolicyValue(key, POLICY[key].default)).toBe(true);
    expect(DEFAULT_POLICY[key]).toBe(POLICY[key].default);
    expect(isGrant(POLICY[key].grant)).toBe(true);
    expect(POLICY_MEANS[key].length).toBeGreaterThan(5);
  });

  it.each<[string, unknown]>([
    ['chat.enabled', 1],
    ['chat.enabled', null],
    ['chat.mode', 'loud'],
    ['chat.mode', 0],
    ['chat.slowSeconds', 0],
    ['chat.slowSeconds', 3_601],
    ['chat.slowSeconds', 1.5],
    ['chat.slowSeconds', '10'],
    ['retentionDays', Infinity],
  ])('%s is never %j', (key, value) => {
    expect(isPolicyKey(key) && isPolicyValue(key, value)).toBe(false);
  });

  it('keeps the bounds of a number in', () => {
    expect([isPolicyValue('chat.slowSeconds', 1), isPolicyValue('chat.slowSeconds', 3_600)]).toEqual([true, true]);
  });

  it('reads from a patch what this version knows', () => {
    expect(
      readablePolicy({ 'chat.mode': 'frozen', 'chat.slowSeconds': 'x', 'new.setting': true, toString: 1 }),
    ).toEqual({ 'chat.mode': 'frozen' });
    expect(readablePolicy()).toEqual({});
  });

  it('cannot be changed by who reads it', () => {
    expect(Object.isFrozen(DEFAULT_POLICY)).toBe(true);
  });
});

describe('events', () => {
  it.each(EVENT_TYPES)('%s stands in logs that exist, and is found by what it is about', (type) => {
    const { logs, ref, body, erasable } = EVENTS[type];
    expect(logs.length).toBeGreaterThan(0);
    for (const log of logs) expect(LOGS).toContain(log);
    const { entries } = body as unknown as { entries: Record<string, v.GenericSchema> };
    if (ref !== undefined) expect(Object.keys(entries)).toContain(ref);
    // What cannot be found cannot be wiped.
    if (erasable) expect(ref).toBeDefined();
  });

  it('may be erased where they hold what somebody wrote, and only there', () => {
    const free = ['text', 'name', 'picture', 'note', 'reason', 'title', 'description'];
    for (const type of EVENT_TYPES) {
      const { entries } = EVENTS[type].body as unknown as { entries: Record<string, v.GenericSchema> };
      const isAbout = type !== 'room.changed' && type !== 'person.barred';
      if (isAbout)
        expect(
          Object.keys(entries).some((key) => free.includes(key)),
          type,
        ).toBe(EVENTS[type].erasable);
    }
    // A bar carries a reason from a list, a room the words of the school.
    expect(
      v.is(EVENTS['person.barred'].body, { participant: 'p', bar: 'chat', barred: true, until: null, reason: 'rude' }),
    ).toBe(false);
    expect(BAR_REASONS).toContain('other');
  });

  it('never carry what a room keeps to itself', () => {
    const { entries } = EVENTS['room.changed'].body as unknown as { entries: Record<string, v.GenericSchema> };
    for (const key of ['password', 'passwordHash', 'roster', 'owners', 'engineRoom', 'externalRef', 'tenant'])
      expect(Object.keys(entries)).not.toContain(key);
  });

  it('of an unknown type are no events; with a body of another shape they are as if erased', () => {
    const event = { log: 'all', offset: 1, id: 'e', at: 1, by: null } as const;
    expect(readEvent({ ...event, type: 'poll.opened', body: {} })).toBeNull();
    expect(readEvent({ ...event, type: 'toString', body: {} })).toBeNull();
    expect(readEvent({ ...event, type: 'chat.deleted', body: { id: 4 } })).toEqual({
      ...event,
      type: 'chat.deleted',
      body: null,
    });
    expect(readEvent({ ...event, type: 'chat.deleted', body: null })).toEqual({
      ...event,
      type: 'chat.deleted',
      body: null,
    });
    expect(readEvent({ ...event, type: 'chat.deleted', body: { id: 'm', new: true } })).toEqual({
      ...event,
      type: 'chat.deleted',
      body: { id: 'm' },
    });
  });

  it('are known by their own names only', () => {
    expect([isEventType('chat.posted'), isEventType('toString')]).toEqual([true, false]);
  });
});

describe('commands', () => {
  it.each(COMMAND_TYPES)('%s asks for a grant that exists, or looks closer', (type) => {
    const { grant } = COMMANDS[type];
    expect(grant === null || isGrant(grant)).toBe(true);
    expect(isCommandType(type)).toBe(true);
  });

  it('that read a text say whose', () => {
    const reading = COMMAND_TYPES.filter((type) => COMMANDS[type].reads === 'text');
    expect(reading).toEqual(['chat.edit', 'chat.delete', 'question.edit', 'question.publish', 'question.remove']);
    for (const type of reading) {
      const { entries } = COMMANDS[type].body as unknown as { entries: Record<string, v.GenericSchema> };
      expect(Object.keys(entries)).toContain('id');
    }
  });
});

describe('signals', () => {
  it('ask for a grant that exists', () => {
    for (const { grant } of Object.values(SIGNALS)) expect(grant === null || isGrant(grant)).toBe(true);
    expect([isSignalKind('typing'), isSignalKind('toString'), isSignalKind(null)]).toEqual([true, false, false]);
  });
});

describe('states', () => {
  it.each(ROOM_STATES)('%s leads to states that exist and not to itself', (from) => {
    for (const to of TRANSITIONS[from]) expect(ROOM_STATES).toContain(to);
    expect(mayBecome(from, from)).toBe(false);
  });

  it('of a room that has ended lead back to the class only', () => {
    expect(ROOM_STATES.filter((to) => mayBecome('ended', to))).toEqual(['live']);
  });

  it('of a question are named once', () => {
    expect(new Set(QUESTION_STATES).size).toBe(QUESTION_STATES.length);
  });
});

describe('limits', () => {
  it('are whole numbers above zero', () => {
    for (const [name, value] of Object.entries(LIMITS)) expect(Number.isInteger(value) && value > 0, name).toBe(true);
  });

  it('fit into each other', () => {
    expect(LIMITS.maxFrameBytes).toBeGreaterThan(LIMITS.maxTokenBytes + 2_048);
    expect(LIMITS.maxSignalBytes).toBeGreaterThan(LIMITS.maxFrameBytes);
    // Three UTF-8 bytes for each UTF-16 unit, and the frame around them.
    expect(LIMITS.maxFrameBytes).toBeGreaterThan(LIMITS.maxMessageChars * 3 + 512);
    expect(LIMITS.snapshotMessages).toBeLessThanOrEqual(LIMITS.snapshotAfterEvents);
    expect(LIMITS.pingIntervalMs).toBeLessThan(LIMITS.silenceMs);
    expect(LIMITS.silenceMs).toBeLessThan(LIMITS.idleTimeoutS * 1_000);
  });
});
