import { describe, expect, it } from 'vitest';
import {
  applyAllRules,
  applyAllView,
  applyMeView,
  applyRules,
  applyStaffRules,
  applyStaffView,
  applyView,
  DEFAULT_POLICY,
  EMPTY_ALL,
  EMPTY_ALL_RULES,
  EMPTY_ME,
  EMPTY_RULES,
  EMPTY_STAFF,
  EMPTY_STAFF_RULES,
  EMPTY_VIEWS,
  readRules,
  readSnapshot,
  type EventBody,
  type EventType,
  type LogEvent,
  type LogName,
} from '../index.js';

/** Events of one log, numbered as they come; `by` is Sam where nothing else is said. */
function log(name: LogName): {
  <T extends EventType>(type: T, body: EventBody<T> | null, by?: string | null): LogEvent;
} {
  let offset = 0;
  return (type, body, by = 'p-sam') =>
    ({ log: name, offset: (offset += 1), id: `e-${String(offset)}`, at: 1_000 + offset, type, by, body }) as LogEvent;
}

const ASKED = { id: 'q', text: 'Why?', state: 'open', askedAt: 5 } as const;
const NO_IDS = { messages: [], questions: [], people: [] };

describe('the view of everyone', () => {
  it('keeps the last value of each field of the room', () => {
    const all = log('all');
    const view = [
      all('room.changed', {
        id: 'r',
        title: 'Algebra',
        policy: { 'chat.mode': 'slow', 'join.lobby': true },
        fixed: ['relayOnly'],
      }),
      all('room.changed', { title: 'Geometry', policy: { 'chat.mode': 'open' } }),
      all('room.changed', null),
    ].reduce(applyAllView, EMPTY_ALL);
    expect(view.room).toMatchObject({ id: 'r', title: 'Geometry', fixed: ['relayOnly'], kind: 'meeting' });
    expect(view.room.policy).toEqual({ ...DEFAULT_POLICY, 'join.lobby': true });
  });

  it('leaves settings and values of a newer version aside', () => {
    const event = log('all')('room.changed', {
      policy: { 'chat.mode': 'telepathy', 'poll.enabled': true, 'chat.slowSeconds': 5 },
    });
    for (const policy of [
      applyAllView(EMPTY_ALL, event).room.policy,
      applyAllRules(EMPTY_ALL_RULES, event).room.policy,
    ])
      expect(policy).toEqual({ ...DEFAULT_POLICY, 'chat.slowSeconds': 5 });
  });

  it('keeps a message with its changes, and its place when it goes', () => {
    const all = log('all');
    const posted = [
      all('chat.posted', { id: 'm', text: 'Helo', replyTo: 'x' }),
      all('chat.edited', { id: 'm', text: 'Hello', replyTo: 'x' }),
    ].reduce(applyAllView, EMPTY_ALL);
    const message = { offset: 1, at: 1_001, by: 'p-sam', thread: null };
    expect([...posted.messages]).toEqual([{ ...message, id: 'm', text: 'Hello', replyTo: 'x', editedAt: 1_002 }]);
    const deleted = applyAllView(posted, all('chat.deleted', { id: 'm' }));
    const tombstone = { ...message, id: null, text: null, replyTo: null, editedAt: null };
    expect([...deleted.messages]).toEqual([tombstone]);
    expect([...applyAllView(posted, all('erased', { ...NO_IDS, messages: ['m'] })).messages]).toEqual([tombstone]);
  });

  it('does not bring back what was deleted by an edit that comes after', () => {
    const all = log('all');
    const view = [
      all('chat.posted', { id: 'm', text: 'Hi' }),
      all('chat.deleted', { id: 'm' }),
      all('chat.edited', { id: 'm', text: 'Hi again' }),
    ].reduce(applyAllView, EMPTY_ALL);
    expect([...view.messages].map(({ text }) => text)).toEqual([null]);
  });

  it('pins in order, the newest last, and nothing that is gone', () => {
    const all = log('all');
    const pin = (id: string, pinned = true): LogEvent => all('chat.pinned', { id, pinned });
    const pinned = [pin('a'), pin('b'), pin('c'), pin('a'), pin('b', false)].reduce(applyAllView, EMPTY_ALL);
    expect(pinned.pins).toEqual(['c', 'a']);
    expect(applyAllView(pinned, all('chat.deleted', { id: 'c' })).pins).toEqual(['a']);
    expect(applyAllView(pinned, all('erased', { ...NO_IDS, messages: ['a', 'c'] })).pins).toEqual([]);
  });

  it('keeps a question from its text to its answer', () => {
    const all = log('all');
    const view = [
      all('question.asked', { ...ASKED, alias: 'x7Kq2a' }, null),
      all('question.changed', { id: 'q', text: 'How?', labels: ['exam'], handledBy: 'p-ina', state: 'answering' }),
      all('question.tallied', { id: 'q', votes: 3 }, null),
      all('question.answered', { id: 'q', text: 'So.' }, 'p-ina'),
    ].reduce(applyAllView, EMPTY_ALL);
    expect(view.questions.get('q')).toEqual({
      id: 'q',
      offset: 1,
      askedAt: 5,
      by: null,
      alias: 'x7Kq2a',
      text: 'How?',
      state: 'answered',
      labels: ['exam'],
      handledBy: 'p-ina',
      answer: { text: 'So.', by: 'p-ina', at: 1_004 },
      votes: 3,
      reason: null,
    });
    expect(applyAllView(view, all('question.changed', { id: 'q', state: 'removed' })).questions.size).toBe(0);
    expect(applyAllView(view, all('erased', { ...NO_IDS, answers: ['q'] })).questions.get('q')?.answer).toBeNull();
  });

  it('forgets the name and the picture of who is erased, and keeps the rest', () => {
    const all = log('all');
    const view = [
      all('person.named', { participant: 'p-sam', name: 'Sam', picture: '/s.png' }),
      all('person.role', { participant: 'p-sam', role: 'assistant', promoted: true }),
      all('person.media', { participant: 'p-sam', audio: false, video: true, share: true }),
      all('erased', { ...NO_IDS, people: ['p-sam', 'p-nobody'] }),
    ].reduce(applyAllView, EMPTY_ALL);
    const sam = {
      participant: 'p-sam',
      name: null,
      picture: null,
      role: 'assistant',
      media: { audio: false, video: true, share: true },
    };
    expect([...view.people.values()]).toEqual([sam]);
  });

  it('takes a picture away with a new name that has none', () => {
    const all = log('all');
    const view = [
      all('person.named', { participant: 'p-sam', name: 'Sam', picture: '/s.png' }),
      all('person.named', { participant: 'p-sam', name: 'Sam' }),
    ].reduce(applyAllView, EMPTY_ALL);
    expect(view.people.get('p-sam')?.picture).toBeNull();
  });

  it('keeps hands in the order in which they went up', () => {
    const all = log('all');
    const raise = (participant: string): LogEvent => all('hand.raised', { participant });
    const up = [raise('a'), raise('b'), raise('c'), raise('b')].reduce(applyAllView, EMPTY_ALL);
    expect(up.hands.map(({ participant }) => participant)).toEqual(['a', 'b', 'c']);
    const down = [all('hand.lowered', { participant: 'a' }), all('person.removed', { participant: 'b' })].reduce(
      applyAllView,
      up,
    );
    expect(down.hands).toEqual([{ participant: 'c', at: 1_003 }]);
  });
});

describe('one’s own view', () => {
  it('holds own questions only while they wait', () => {
    const me = log('me');
    const waiting = applyMeView(EMPTY_ME, me('question.asked', { ...ASKED, state: 'pending' }));
    const declined = applyMeView(waiting, me('question.changed', { id: 'q', state: 'declined', reason: 'Later.' }));
    expect(declined.questions.get('q')).toMatchObject({ state: 'declined', reason: 'Later.' });
    expect(applyMeView(waiting, me('question.changed', { id: 'q', state: 'open' })).questions.size).toBe(0);
  });

  it('holds the name, bars, votes, the answer of the lobby and attendance', () => {
    const me = log('me');
    const bar = { participant: 'p-sam', bar: 'chat', reason: 'spam' } as const;
    const view = [
      me('person.named', { participant: 'p-sam', name: 'Sam' }),
      me('question.author', { question: 'q', participant: 'p-sam', cmid: 'c' }),
      me('vote.set', { question: 'q', value: true }),
      me('vote.set', { question: 'r', value: true }),
      me('vote.set', { question: 'r', value: false }),
      me('person.barred', { ...bar, barred: true, until: 9 }),
      me('person.barred', { ...bar, bar: 'room', barred: true, until: null }),
      me('person.barred', { ...bar, bar: 'room', barred: false, until: null }),
      me('person.admitted', { participant: 'p-sam', admitted: true }),
      me('attendance.opened', { participant: 'p-sam', seenAt: 1 }),
      me('attendance.opened', { participant: 'p-sam', seenAt: 2 }),
      me('attendance.closed', { participant: 'p-sam', seenAt: 3 }),
      me('attendance.closed', { participant: 'p-sam', seenAt: 4 }),
      me('attendance.opened', { participant: 'p-sam', seenAt: 5 }),
    ].reduce(applyMeView, EMPTY_ME);
    expect(JSON.parse(JSON.stringify(view))).toMatchObject({
      name: 'Sam',
      asked: [['q', 'c']],
      votes: [['q', true]],
      bars: { chat: { until: 9, reason: 'spam' } },
      admitted: true,
      attended: [
        { openedAt: 1, closedAt: 3 },
        { openedAt: 5, closedAt: null },
      ],
    });
    expect(Object.keys(view.bars)).toEqual(['chat']);
  });

  it('keeps the own name where only messages of another are erased', () => {
    const me = log('me');
    const named = applyMeView(EMPTY_ME, me('person.named', { participant: 'p-sam', name: 'Sam' }));
    expect(applyMeView(named, me('erased', { ...NO_IDS, messages: ['m'] })).name).toBe('Sam');
    expect(applyMeView(named, me('erased', { ...NO_IDS, people: ['p-sam'] })).name).toBeNull();
    expect(applyMeView(named, me('person.named', null)).name).toBeNull();
  });
});

describe('the view of the staff', () => {
  it('keeps the newest 500 lines, and the place of one that was erased', () => {
    const staff = log('staff');
    const lines = Array.from({ length: 502 }, (_, index) =>
      staff('audit', { action: 'chat.delete', about: `m-${String(index)}`, text: 'x' }),
    );
    const view = lines.reduce(applyStaffView, EMPTY_STAFF);
    expect(view.audits).toHaveLength(500);
    const erased = applyStaffView(view, staff('erased', { ...NO_IDS, messages: ['m-501'] }));
    expect(erased.audits.at(-1)).toEqual({
      offset: 502,
      at: 1_502,
      by: 'p-sam',
      action: 'erased',
      about: null,
      text: null,
      note: null,
    });
    expect(erased.audits).toHaveLength(500);
  });

  it('keeps the line of a member of staff who is erased, without what it says about them', () => {
    const staff = log('staff');
    const view = [
      staff('audit', { action: 'person.bar', about: 'p-sue', note: 'rude' }, 'p-ina'),
      staff('audit', { action: 'person.role', about: 'p-ina', note: 'assistant' }, 'p-boss'),
      staff('erased', { ...NO_IDS, people: ['p-ina'] }),
    ].reduce(applyStaffView, EMPTY_STAFF);
    expect(view.audits.map(({ action, note }) => [action, note])).toEqual([
      ['person.bar', 'rude'],
      ['erased', null],
    ]);
  });

  it('knows real names until they are erased', () => {
    const staff = log('staff');
    const named = applyStaffView(EMPTY_STAFF, staff('person.named', { participant: 'p-sam', name: 'Sam' }));
    expect(named.names.get('p-sam')).toBe('Sam');
    expect(applyStaffView(named, staff('erased', { ...NO_IDS, people: ['p-sam'] })).names.size).toBe(0);
    expect(applyStaffView(named, staff('person.named', null)).names.size).toBe(0);
  });
});

describe('the folds', () => {
  it('touch the slice of the event’s own log alone', () => {
    for (const name of ['all', 'me', 'staff'] as const) {
      const event = log(name)('chat.posted', { id: 'm', text: 'Hi' });
      const views = applyView(EMPTY_VIEWS, event);
      const rules = applyRules(EMPTY_RULES, event);
      for (const other of ['all', 'me', 'staff'] as const) {
        if (other === name) expect(views[other]).not.toBe(EMPTY_VIEWS[other]);
        else expect([views[other], rules[other]]).toEqual([EMPTY_VIEWS[other], EMPTY_RULES[other]]);
      }
    }
  });

  it('keep no text among the rules', () => {
    const staff = log('staff');
    const rules = [
      staff('chat.posted', { id: 'm', text: 'secret words', thread: 'p-sam' }),
      staff('question.asked', { ...ASKED, text: 'secret words', state: 'pending' }),
      staff('question.changed', { id: 'q', text: 'secret words', state: 'declined', reason: 'secret words' }),
      staff('audit', { action: 'chat.edit', about: 'm', text: 'secret words', of: ['p-sam'], note: 'secret words' }),
    ].reduce(applyStaffRules, EMPTY_STAFF_RULES);
    expect(JSON.stringify(rules)).not.toContain('secret');
    expect(rules.traces.get('m')).toEqual({ kind: 'message', of: ['p-sam'] });
  });

  it('count a naming also where the name was erased', () => {
    const all = log('all');
    const rules = [
      all('person.named', { participant: 'a', name: 'A' }),
      all('person.named', null),
      all('person.named', null, null),
    ].reduce(applyAllRules, EMPTY_ALL_RULES);
    expect(rules.namings).toBe(3);
  });
});

describe('readSnapshot and readRules', () => {
  it('leave empty what is missing or of another shape', () => {
    for (const nothing of [undefined, null, 4, 'text', [], {}]) {
      expect(JSON.stringify(readSnapshot(EMPTY_ALL, nothing))).toBe(JSON.stringify(EMPTY_ALL));
      expect(JSON.stringify(readRules(EMPTY_STAFF_RULES, nothing))).toBe(JSON.stringify(EMPTY_STAFF_RULES));
    }
    const odd = {
      room: 'x',
      people: {},
      messages: 'x',
      pins: {},
      questions: [1, ['only id'], [2, {}], ['q', {}]],
      hands: null,
    };
    const view = readSnapshot(EMPTY_ALL, odd);
    expect([view.room, view.pins, view.hands, view.people.size, view.messages.length]).toEqual([
      EMPTY_ALL.room,
      [],
      [],
      0,
      0,
    ]);
    expect([...view.questions.keys()]).toEqual(['q']);
    expect(
      readSnapshot(EMPTY_ALL, { messages: [null, { id: 'm' }, { id: 4, offset: 1 }, { id: 'm', offset: 2 }] }).messages
        .length,
    ).toBe(1);
  });

  it('read a snapshot of an older server with the settings that it does not know', () => {
    const view = readSnapshot(EMPTY_ALL, {
      room: { id: 'r', title: 'Algebra', startsAt: 5, policy: { 'chat.mode': 'slow' } },
    });
    expect(view.room).toMatchObject({ id: 'r', title: 'Algebra', startsAt: 5, endsAt: null });
    expect(view.room.policy).toEqual({ ...DEFAULT_POLICY, 'chat.mode': 'slow' });
  });

  it('read the name and the bars of one’s own', () => {
    const view = readSnapshot(EMPTY_ME, {
      name: 'Sam',
      admitted: false,
      bars: { chat: { until: null, reason: 'spam' } },
      attended: [],
    });
    expect([view.name, view.admitted, view.bars]).toEqual(['Sam', false, { chat: { until: null, reason: 'spam' } }]);
    expect(readSnapshot(EMPTY_ME, { name: { first: 'Sam' } }).name).toBeNull();
  });

  it('leave out what a newer server adds', () => {
    expect(Object.keys(readSnapshot(EMPTY_ALL, { polls: [] }))).toEqual(Object.keys(EMPTY_ALL));
  });
});
