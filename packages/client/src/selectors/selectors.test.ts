import { describe, expect, test } from 'vitest';
import {
  EMPTY_VIEWS,
  applyView,
  grantsOf,
  type EventBody,
  type EventType,
  type LogEvent,
  type Role,
} from '@lms-live/protocol';
import { selectMessages, selectName, selectPendingMessages, selectPeople, selectQuestions } from '../selectors.js';
import { INITIAL_STATE } from '../store.js';
import type { RoomState } from '../types.js';

const ME = 'me';

/** A state after these events. */
class Story {
  #views = EMPTY_VIEWS;
  readonly #offsets = { all: 0, me: 0, staff: 0 };
  readonly #more: Partial<RoomState>;

  constructor(role: Role = 'student', more: Partial<RoomState> = {}) {
    this.#more = { me: { participant: ME, role, grants: grantsOf(role) }, ...more };
  }

  happens<T extends EventType>(
    log: LogEvent['log'],
    type: T,
    body: EventBody<T>,
    more: { by?: string | null; at?: number } = {},
  ): this {
    this.#offsets[log] += 1;
    const event = { log, type, body, offset: this.#offsets[log], id: 'i', at: 0, by: null, ...more };
    this.#views = applyView(this.#views, event as LogEvent);
    return this;
  }

  get state(): RoomState {
    return { ...INITIAL_STATE, ...this.#more, views: this.#views };
  }
}

describe('messages', () => {
  const story = (role: Role): Story =>
    new Story(role)
      .happens('all', 'chat.posted', { id: 'a', text: 'first' }, { by: 'ben', at: 10 })
      .happens('me', 'chat.posted', { id: 'b', text: 'to staff', thread: ME }, { by: ME, at: 20 })
      .happens('staff', 'chat.posted', { id: 'c', text: 'of ben', thread: 'ben' }, { by: 'ben', at: 20 })
      .happens('all', 'chat.posted', { id: 'd', text: 'second' }, { by: 'ben', at: 20 })
      .happens('all', 'chat.posted', { id: 'e', text: 'third' }, { by: 'ben', at: 30 })
      .happens('me', 'chat.posted', { id: 'f', text: 'last', thread: ME }, { by: 'teacher', at: 40 });
  const texts = (state: RoomState): (string | null)[] => selectMessages(state).map(({ text }) => text);

  test('are those to everyone and those of one’s own thread, by time', () => {
    expect(texts(story('student').state)).toEqual(['first', 'second', 'to staff', 'third', 'last']);
  });

  test('are for staff those of all threads', () => {
    expect(texts(story('assistant').state)).toEqual(['first', 'second', 'of ben', 'third']);
  });

  test('that were deleted leave their place', () => {
    const { state } = story('student').happens('all', 'chat.deleted', { id: 'd' });
    expect(selectMessages(state)[1]).toMatchObject({ id: null, text: null, by: 'ben', at: 20 });
  });

  test('are the same list as long as nothing of them has changed', () => {
    const { state } = story('student');
    const list = selectMessages(state);
    expect(selectMessages({ ...state, typing: ['ben'] })).toBe(list);
    const next = new Story().happens('all', 'chat.posted', { id: 'a', text: 'x' }).state;
    expect(selectMessages(next)).not.toBe(list);
    expect(selectMessages(state)).toBe(list);
  });

  test('that are pending are the posts alone', () => {
    const pending = (['chat.post', 'vote.set', 'chat.post'] as const).map((type, index) => ({
      cmid: String(index),
      type,
      body: {},
      at: 0,
      error: null,
      waits: true,
    }));
    const state = { ...INITIAL_STATE, pending };
    expect(selectPendingMessages(state).map(({ cmid }) => cmid)).toEqual(['0', '2']);
    expect(selectPendingMessages(state)).toBe(selectPendingMessages({ ...state }));
  });
});

describe('questions', () => {
  const asked = (id: string, state: 'open' | 'pending', askedAt: number) => ({ id, text: id, state, askedAt });
  const story = (role: Role = 'student'): Story =>
    new Story(role)
      .happens('all', 'question.asked', asked('old', 'open', 1), { by: 'ben' })
      .happens('all', 'question.asked', asked('popular', 'open', 2), { by: ME })
      .happens('all', 'question.asked', asked('now', 'open', 3), { by: 'ben' })
      .happens('all', 'question.asked', asked('new', 'open', 4), { by: null })
      .happens('all', 'question.asked', asked('done', 'open', 5), { by: 'ben' })
      .happens('all', 'question.asked', asked('done later', 'open', 6), { by: 'ben' })
      .happens('all', 'question.asked', asked('gone', 'open', 7), { by: 'ben' })
      .happens('all', 'question.tallied', { id: 'popular', votes: 3 })
      .happens('all', 'question.changed', { id: 'now', state: 'answering' })
      .happens('all', 'question.changed', { id: 'gone', state: 'archived' })
      .happens('all', 'question.answered', { id: 'done', text: 'So.' }, { at: 10 })
      .happens('all', 'question.answered', { id: 'done later', text: 'So.' }, { at: 20 })
      .happens('me', 'question.author', { question: 'new', participant: ME, cmid: 'c' })
      .happens('me', 'vote.set', { question: 'old', value: true })
      .happens('me', 'question.asked', asked('waits', 'pending', 9), { by: ME })
      .happens('me', 'question.asked', asked('no', 'pending', 8), { by: ME })
      .happens('me', 'question.changed', { id: 'no', state: 'declined', reason: 'twice' })
      .happens('me', 'question.asked', asked('published', 'pending', 8), { by: ME })
      .happens('me', 'question.changed', { id: 'published', state: 'open' })
      .happens('staff', 'question.asked', asked('second', 'pending', 9), { by: ME })
      .happens('staff', 'question.asked', asked('first', 'pending', 8), { by: null })
      .happens('staff', 'question.author', { question: 'first', participant: 'ben', cmid: 'c' });
  const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

  test('are in the order in which they are to be answered', () => {
    const { open, answered, archived } = selectQuestions(story().state);
    expect(ids(open)).toEqual(['now', 'popular', 'old', 'new']);
    expect(ids(answered)).toEqual(['done later', 'done']);
    expect(ids(archived)).toEqual(['gone']);
  });

  test('that wait are in the queue of the staff, and with their asker', () => {
    const { queue, mine } = selectQuestions(story('instructor').state);
    expect(ids(queue)).toEqual(['first', 'second']);
    expect(queue[0]).toMatchObject({ author: 'ben', own: false });
    expect(mine.map(({ id, state, reason }) => [id, state, reason])).toEqual([
      ['no', 'declined', 'twice'],
      ['waits', 'pending', null],
    ]);
  });

  test('know whether they are one’s own and voted for', () => {
    const { open } = selectQuestions(story().state);
    const of = (id: string) => open.find((question) => question.id === id);
    expect(of('popular')).toMatchObject({ own: true, voted: false, author: ME });
    expect(of('new')).toMatchObject({ own: true, by: null, author: null });
    expect(of('old')).toMatchObject({ own: false, voted: true });
  });

  test('are the same items as long as nothing of them has changed', () => {
    const { state } = story();
    const before = selectQuestions(state);
    expect(selectQuestions({ ...state, typing: ['x'] })).toBe(before);
    const after = selectQuestions({
      ...state,
      views: applyView(state.views, {
        log: 'me',
        type: 'vote.set',
        body: { question: 'new', value: true },
        offset: 99,
        id: 'i',
        at: 0,
        by: ME,
      }),
    });
    expect(after.open[0]).toBe(before.open[0]);
    expect(after.open[3]).toMatchObject({ id: 'new', voted: true });
    expect(after.open[3]).not.toBe(before.open[3]);
  });
});

describe('people', () => {
  const named = (story: Story, participant: string, name: string, role: Role = 'student'): Story =>
    story
      .happens('all', 'person.named', { participant, name }, { by: participant })
      .happens('all', 'person.role', { participant, role, promoted: false });
  const presence = {
    count: 5,
    people: new Map(
      ['zoe', ME, 'ben', 'cleo', 'teacher', 'unnamed'].map((participant) => [
        participant,
        {
          participant,
          role: participant === 'teacher' ? ('instructor' as const) : ('student' as const),
          away: participant === 'ben',
        },
      ]),
    ),
  };
  const story = (): Story => {
    const told = new Story('student', { presence });
    for (const [participant, name] of [
      ['zoe', 'Zoë'],
      [ME, 'Anna'],
      ['ben', 'Ben'],
      ['cleo', 'Cleo'],
      ['gone', 'Gone'],
    ] as const)
      named(told, participant, name);
    return named(told, 'teacher', 'Zacharias', 'instructor')
      .happens('all', 'hand.raised', { participant: 'zoe' }, { at: 5 })
      .happens('all', 'hand.raised', { participant: 'cleo' }, { at: 6 });
  };

  test('are staff, then raised hands in their order, then by name; unnamed last', () => {
    const people = selectPeople(story().state);
    expect(people.map(({ participant }) => participant)).toEqual(['teacher', 'zoe', 'cleo', ME, 'ben', 'unnamed']);
    expect(people[1]).toMatchObject({ name: 'Zoë', handAt: 5, present: true, away: false, isMe: false });
    expect(people[3]).toMatchObject({ isMe: true, handAt: null });
    expect(people[4]).toMatchObject({ away: true });
    expect(people[5]).toMatchObject({ name: null });
  });

  test('who are absent are among all of them', () => {
    const { state } = story();
    expect(selectPeople(state, { all: true }).filter(({ present }) => !present)).toMatchObject([
      { participant: 'gone' },
    ]);
    expect(selectPeople(state)).toBe(selectPeople({ ...state, typing: ['x'] }));
  });

  test('have their real name for staff', () => {
    const { state } = named(new Story('instructor', { presence }), 'ben', 'Student 2').happens(
      'staff',
      'person.named',
      {
        participant: 'ben',
        name: 'Ben Real',
      },
    );
    expect(selectName(state, 'ben')).toBe('Ben Real');
    expect(selectPeople(state).find(({ participant }) => participant === 'ben')?.name).toBe('Ben Real');
    expect(selectName(state, 'nobody')).toBeNull();
  });
});
