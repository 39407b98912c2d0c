import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, EMPTY_ALL_RULES, type AllRules, type PolicyValues } from '@lms-live/protocol';
import { clockCommand, dueAtOf, isOutdated } from '../../src/rooms/schedule.js';

const MINUTE = 60_000;
const CREATED = 1_790_000_000_000;
const START = CREATED + 100 * MINUTE;
const END = START + 60 * MINUTE;
const OVERRUN = DEFAULT_POLICY['schedule.overrunMinutes'] * MINUTE;

type Room = AllRules['room'];

function room(more: Partial<Room> = {}, policy: Partial<PolicyValues> = {}): { room: Room; createdAt: number } {
  return {
    room: {
      ...EMPTY_ALL_RULES.room,
      id: 'algebra',
      startsAt: START,
      endsAt: END,
      policy: { ...DEFAULT_POLICY, ...policy },
      ...more,
    },
    createdAt: CREATED,
  };
}
const at = (now: number, more: { isStaffHere?: boolean; upMs?: number } = {}): Parameters<typeof clockCommand>[1] => ({
  now,
  isStaffHere: false,
  upMs: 1_000 * MINUTE,
  ...more,
});

describe('a scheduled class', () => {
  it('opens for its staff so many minutes before, as its record says', () => {
    for (const openMinutesBefore of [0, 15, 90]) {
      const scheduled = room({ state: 'scheduled', openMinutesBefore });
      const due = START - openMinutesBefore * MINUTE;
      expect(dueAtOf(scheduled)).toBe(due);
      expect(clockCommand(scheduled, at(due - 1))).toBeNull();
      expect(clockCommand(scheduled, at(due))).toBe('system.open');
    }
  });

  it('without a time waits for ever', () => {
    expect(dueAtOf(room({ state: 'scheduled', startsAt: null, endsAt: null }))).toBeNull();
  });

  it('that nobody came to ends after its time', () => {
    for (const state of ['scheduled', 'open'] as const) {
      expect(clockCommand(room({ state }), at(END + OVERRUN - 1))).not.toBe('system.end');
      expect(clockCommand(room({ state }), at(END + OVERRUN))).toBe('system.end');
    }
  });
});

describe('an open class', () => {
  it('starts at its time where somebody is there to teach it', () => {
    expect(clockCommand(room({ state: 'open' }), at(START - 1, { isStaffHere: true }))).toBeNull();
    expect(clockCommand(room({ state: 'open' }), at(START))).toBeNull();
    expect(clockCommand(room({ state: 'open' }), at(START, { isStaffHere: true }))).toBe('system.live');
  });

  it('starts by nobody but its staff, where the policy says so', () => {
    const manual = room({ state: 'open' }, { 'schedule.autoStart': false });
    expect(clockCommand(manual, at(START + 10 * MINUTE, { isStaffHere: true }))).toBeNull();
  });

  it('without a time is started by nobody but people', () => {
    const open = room({ state: 'open', startsAt: null, endsAt: null });
    expect(clockCommand(open, at(END, { isStaffHere: true }))).toBeNull();
    expect(dueAtOf(open)).toBeNull();
  });
});

describe('a class that goes on', () => {
  it('ends so many minutes after its time, live or held', () => {
    for (const state of ['live', 'held'] as const) {
      const running = room({ state, liveSince: START, heldAt: END + OVERRUN - 1 }, { 'schedule.overrunMinutes': 5 });
      expect(dueAtOf(running)).toBe(END + 5 * MINUTE);
      expect(clockCommand(running, at(END + 5 * MINUTE - 1))).toBeNull();
      expect(clockCommand(running, at(END + 5 * MINUTE, { isStaffHere: true, upMs: 0 }))).toBe('system.end');
    }
  });

  it('goes on where it was started after that, or the policy says so, or it has no end', () => {
    const late = room({ state: 'live', liveSince: END + OVERRUN });
    const manual = room({ state: 'live', liveSince: START }, { 'schedule.autoEnd': false });
    const endless = room({ state: 'live', liveSince: START, endsAt: null });
    for (const running of [late, manual, endless]) {
      expect(dueAtOf(running)).toBeNull();
      expect(clockCommand(running, at(END + 1_000 * MINUTE))).toBeNull();
    }
  });

  it('that was made with a time in the past is not ended by it', () => {
    const made = {
      ...room({ state: 'live', liveSince: CREATED, startsAt: CREATED - 90 * MINUTE, endsAt: CREATED - 30 * MINUTE }),
    };
    expect(dueAtOf(made)).toBeNull();
  });
});

describe('a held class', () => {
  it('ends after as many minutes as its record says, of which the server was up', () => {
    const held = room({ state: 'held', liveSince: START, heldAt: START + MINUTE, heldMinutes: 3 });
    const due = START + 4 * MINUTE;
    expect(dueAtOf(held)).toBe(due);
    expect(clockCommand(held, at(due - 1))).toBeNull();
    expect(clockCommand(held, at(due, { upMs: 3 * MINUTE - 1 }))).toBeNull();
    expect(clockCommand(held, at(due, { upMs: 3 * MINUTE }))).toBe('system.end');
  });

  it('ends at its time even so', () => {
    const held = room({ state: 'held', liveSince: START, heldAt: END + OVERRUN - MINUTE, heldMinutes: 240 });
    expect(dueAtOf(held)).toBe(END + OVERRUN);
  });
});

describe('a class that is over', () => {
  it('is nothing for the clock', () => {
    expect(clockCommand(room({ state: 'ended' }), at(END + 1_000 * MINUTE, { isStaffHere: true }))).toBeNull();
  });
});

describe('an ended class', () => {
  const DAY = 1_440 * MINUTE;

  it('is kept for so many days after its end, as its policy says', () => {
    const ended = room({ state: 'ended', liveSince: START, endedAt: END }, { retentionDays: 30 });
    expect(dueAtOf(ended)).toBe(END + 30 * DAY);
    expect(isOutdated(ended, END + 30 * DAY - 1)).toBe(false);
    expect(isOutdated(ended, END + 30 * DAY)).toBe(true);
    expect(clockCommand(ended, at(END + 30 * DAY))).toBeNull();
  });

  it('of an older checkpoint is kept from its start', () => {
    const ended = room({ state: 'ended', liveSince: START, endedAt: null }, { retentionDays: 1 });
    expect(dueAtOf(ended)).toBe(START + DAY);
  });

  it('that was started again is kept', () => {
    for (const state of ['live', 'held', 'open', 'scheduled'] as const)
      expect(isOutdated(room({ state, endedAt: END }), END + 10_000 * DAY)).toBe(false);
  });
});
