import { afterEach, describe, expect, test } from 'vitest';
import {
  permission,
  selectMessages,
  selectName,
  selectPendingMessages,
  selectPeople,
  selectQuestions,
} from '../index.js';
import { LoopbackPage } from '../testing/loopback-page.js';
import type { RoomClient } from '../types.js';

const PEOPLE = {
  anna: { sub: 'anna', name: 'Anna', role: 'student' },
  ben: { sub: 'ben', name: 'Ben', role: 'student' },
  cleo: { sub: 'cleo', name: 'Cleo', role: 'student' },
} as const;

let page: LoopbackPage;
afterEach(async () => {
  await page.end();
});

const texts = (client: RoomClient): (string | null)[] => selectMessages(client.getState()).map(({ text }) => text);
const pending = (client: RoomClient): unknown[] =>
  selectPendingMessages(client.getState()).map(({ body }) => body['text']);
const state = (client: RoomClient): string => client.getState().connection.state;
const range = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

describe('a class of five', () => {
  test('writes, asks, votes, answers, raises hands; everybody sees the same', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { title: 'Algebra' } });
    const [teacher, assistant, anna, ben, cleo] = ['instructor', 'assistant', 'anna', 'ben', 'cleo'].map((person) =>
      page.connect(person),
    ) as [RoomClient, RoomClient, RoomClient, RoomClient, RoomClient];
    const everybody = [teacher, assistant, anna, ben, cleo];
    await page.pass();
    expect(everybody.map(state)).toEqual(Array(5).fill('online'));
    expect(selectPeople(anna.getState()).map(({ name }) => name)).toEqual([
      'Mr Lindqvist',
      'Ms Okafor',
      'Anna',
      'Ben',
      'Cleo',
    ]);

    await Promise.all(everybody.map((client, index) => client.send('chat.post', { text: `I am ${index}` })));
    const first = await anna.send('question.ask', { text: 'Why?' });
    const second = await ben.send('question.ask', { text: 'How?', anonymous: true });
    const vote = (client: RoomClient, { id }: Readonly<Record<string, unknown>>): Promise<unknown> =>
      client.send('vote.set', { question: id as string, value: true });
    await Promise.all([vote(cleo, second), vote(anna, second), vote(ben, second), vote(cleo, first)]);
    await teacher.send('question.answer', { id: first['id'] as string, text: 'Because.' });
    await cleo.send('hand.raise', {});
    await anna.send('chat.post', { text: 'Privately', to: 'staff' });
    await page.pass();

    for (const client of everybody) {
      const { open, answered } = selectQuestions(client.getState());
      expect(open.map(({ text, votes, by }) => [text, votes, by])).toEqual([['How?', 3, null]]);
      expect(answered.map(({ text, answer }) => [text, answer?.text])).toEqual([['Why?', 'Because.']]);
      expect(selectPeople(client.getState()).find(({ handAt }) => handAt !== null)?.name).toBe('Cleo');
      expect(client.getState().heads['all']).toEqual(teacher.getState().heads['all']);
      expect(client.getState().pending).toEqual([]);
    }
    expect(selectQuestions(ben.getState()).open[0]).toMatchObject({ own: true, voted: true });
    const author = selectQuestions(teacher.getState()).open[0]?.author;
    expect(author && selectName(teacher.getState(), author)).toBe('Ben');
    expect(selectQuestions(anna.getState()).open[0]?.author).toBeNull();
    expect(everybody.map((client) => texts(client).includes('Privately'))).toEqual([true, true, true, false, false]);
  });

  test('is told who is writing, and reactions', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    const ben = page.connect('ben');
    const seen: string[] = [];
    anna.on('reaction', ({ emoji }) => seen.push(emoji));
    await page.pass();
    ben.signal('typing', {});
    page.server.as('cleo').signal('reaction', { emoji: '👏' });
    await page.pass();
    expect(anna.getState().typing).toEqual([page.server.as('ben').participant]);
    expect(ben.getState().typing).toEqual([]);
    expect(seen).toEqual(['👏']);
  });

  test('notices who comes and who goes', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    const news: string[] = [];
    anna.on('person-joined', ({ name }) => news.push(`${String(name)} came`));
    anna.on('person-left', ({ name }) => news.push(`${String(name)} left`));
    await page.pass();
    const ben = page.connect('ben');
    await page.server.as('cleo').join();
    await page.pass();
    await page.server.as('cleo').leave();
    ben.release();
    await page.pass(1_000);
    expect(news).toEqual(['Cleo came', 'Ben came', 'Cleo left']);
    await page.pass(10_000);
    expect(news.at(-1)).toBe('Ben left');
  });
});

describe('a lost frame', () => {
  test.each(['event', 'ack', 'command', 'welcome', 'hello', 'presence', 'pong'])(
    'of kind %s loses no message and doubles none',
    async (kind) => {
      page = new LoopbackPage({ people: PEOPLE });
      const anna = page.connect('anna');
      const ben = page.connect('ben');
      await page.pass();
      for (const text of range(10)) {
        if (text === '4') page.server.dropNext(kind);
        anna.send('chat.post', { text }).catch(() => undefined);
        await page.pass();
      }
      for (let second = 0; second < 25; second += 1) await page.pass(1_000);
      expect(texts(anna)).toEqual(range(10));
      expect(texts(ben)).toEqual(range(10));
      expect(pending(anna)).toEqual([]);
    },
  );
});

describe('a server that stops in the middle', () => {
  test('of twenty messages has each of them once, in order, when it is back', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    page.server.latencyMs = 20;
    const anna = page.connect('anna');
    const ben = page.connect('ben');
    await page.pass(200);
    const sent = range(20).map((text) => anna.send('chat.post', { text }));
    for (const waitMs of [25, 55, 30, 85]) {
      await page.pass(waitMs);
      page.server.stop();
      await page.pass(700);
      const shown = [...texts(anna), ...pending(anna)];
      expect(shown).toHaveLength(new Set(shown).size);
      expect(shown).toHaveLength(20);
      page.server.start();
      await page.pass(1_000);
    }
    await page.pass(3_000);
    expect(texts(anna)).toEqual(range(20));
    expect(texts(ben)).toEqual(range(20));
    expect(pending(anna)).toEqual([]);
    expect(new Set((await Promise.all(sent)).map(({ id }) => id)).size).toBe(20);
  });

  test('is waited for as long as it takes', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    await page.pass();
    page.server.stop();
    const sent = anna.send('chat.post', { text: 'patience' });
    await page.pass(120_000);
    expect(state(anna)).toBe('reconnecting');
    expect(anna.getState().connection.error?.code).toBe('server_unreachable');
    page.server.start();
    await page.pass(10_000);
    await sent;
    expect(texts(anna)).toEqual(['patience']);
  });

  test('without a word is noticed', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    await page.pass();
    page.server.isSilent = true;
    await page.pass(9_000);
    expect(state(anna)).toBe('reconnecting');
    page.server.isSilent = false;
    await page.pass(12_000);
    expect(state(anna)).toBe('online');
  });

  test('and announces it is left without anybody noticing', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    const states: string[] = [];
    anna.on('connection-changed', (change) => states.push(change.state));
    await page.pass();
    states.length = 0;
    page.server.drain(500);
    await page.pass(2_000);
    await page.server.as('ben').send('chat.post', { text: 'still here' });
    await page.pass();
    expect(states).toEqual([]);
    expect(texts(anna)).toEqual(['still here']);
    expect(page.server.openSockets).toBe(1);
  });
});

describe('coming back', () => {
  test('late, after more than a client catches up with, is a snapshot that keeps what is pending', async () => {
    page = new LoopbackPage({ people: PEOPLE, snapshotAfterEvents: 5 });
    const anna = page.connect('anna');
    await page.pass();
    await anna.send('chat.post', { text: 'before' });
    page.server.stop();
    page.server.start();
    await Promise.all(range(10).map((text) => page.server.as('ben').send('chat.post', { text })));
    anna.send('chat.post', { text: 'mine' }).catch(() => undefined);
    await page.pass(500);
    expect(texts(anna)).toEqual(['before', ...range(10), 'mine']);
    expect(pending(anna)).toEqual([]);
  });

  test('to a server that lost its logs starts anew, and says again what it had not heard of', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    await page.pass();
    await anna.send('chat.post', { text: 'lost' });
    await page.pass();
    await page.server.reset();
    anna.send('chat.post', { text: 'kept' }).catch(() => undefined);
    await page.pass(1_000);
    expect(texts(anna)).toEqual(['kept']);
    expect(anna.getState().connection).toMatchObject({ state: 'online', synced: true });
  });

  test('after the token has expired takes a fresh one', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const reasons: string[] = [];
    const anna = page.connect('anna', {
      token: page.server.tokenFor('anna', { expiresInMs: 60_000 }),
      tokenProvider: ({ reason }) => {
        reasons.push(reason);
        return page.server.tokenFor('anna', { expiresInMs: 600_000 });
      },
    });
    await page.pass();
    page.server.stop();
    await page.pass(61_000);
    page.server.start();
    await page.pass(10_000);
    expect(state(anna)).toBe('online');
    expect(reasons).toEqual(['expiring']);
  });

  test('with a token that cannot be renewed ends', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna', { token: page.server.tokenFor('anna', { expiresInMs: 60_000 }) });
    await page.pass();
    page.server.stop();
    await page.pass(61_000);
    page.server.start();
    await page.pass(10_000);
    expect(anna.getState().connection).toMatchObject({ state: 'failed', error: { code: 'token_expired' } });
  });

  test('on demand of the server, on the living connection', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const events: string[] = [];
    const anna = page.connect('anna', { tokenProvider: () => page.server.tokenFor('anna', { expiresInMs: 9e6 }) });
    anna.on('token-refreshed', () => events.push('refreshed'));
    await page.pass();
    page.server.requestTokens();
    await page.pass();
    expect(events).toEqual(['refreshed']);
    expect(page.server.openSockets).toBe(1);
  });
});

describe('rights', () => {
  test('that are given bring the log of the staff, and taken away wipe it', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { policy: { 'questions.moderated': true } } });
    const anna = page.connect('anna');
    const ben = page.connect('ben');
    await page.pass();
    await ben.send('question.ask', { text: 'Wait for it' });
    await page.pass();
    expect(selectQuestions(anna.getState()).queue).toEqual([]);
    expect(selectQuestions(ben.getState()).mine).toHaveLength(1);
    const { participant } = page.server.as('anna');
    await page.server.as('instructor').send('person.role', { participant, role: 'assistant' });
    await page.pass();
    expect(anna.getState().me?.role).toBe('assistant');
    expect(selectQuestions(anna.getState()).queue.map(({ text }) => text)).toEqual(['Wait for it']);
    expect(permission(anna.getState(), 'question.moderate').allowed).toBe(true);
    await page.server.as('instructor').send('person.role', { participant, role: 'student' });
    await page.pass();
    expect(selectQuestions(anna.getState()).queue).toEqual([]);
    expect(anna.getState().heads).not.toHaveProperty('staff');
    expect(permission(anna.getState(), 'question.moderate').allowed).toBe(false);
  });

  test('of somebody who was removed are none', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    const told: string[] = [];
    anna.on('error', ({ code }) => told.push(code));
    await page.pass();
    const { participant } = page.server.as('anna');
    await page.server.as('instructor').send('person.remove', { participant });
    await page.pass(10_000);
    expect(anna.getState().connection).toMatchObject({ state: 'failed', error: { code: 'person_removed' } });
    // With the refusal, and not again with the close.
    expect(told).toEqual(['person_removed']);
  });

  test('are as the client thinks: what it allows is accepted, what it does not is refused with its code', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { policy: { 'chat.mode': 'slow', 'chat.slowSeconds': 5 } } });
    const anna = page.connect('anna');
    await page.pass();
    await anna.send('chat.post', { text: 'one' });
    await page.pass();
    const refused = permission(anna.getState(), 'post', page.clock.wallMs());
    expect(refused.code).toBe('slow_mode');
    await expect(anna.send('chat.post', { text: 'two' })).rejects.toMatchObject({ code: 'slow_mode' });
    const [failed] = selectPendingMessages(anna.getState());
    await page.clock.advance((refused.until ?? 0) - page.clock.wallMs());
    anna.retryPending(failed!.cmid);
    await page.pass();
    expect(texts(anna)).toEqual(['one', 'two']);
  });
});

describe('the door', () => {
  test('opens with the class', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { state: 'open' } });
    const anna = page.connect('anna');
    await page.pass();
    expect(anna.getState().connection).toMatchObject({ state: 'waiting', why: 'not_started' });
    await page.server.as('instructor').send('room.start', {});
    await page.pass();
    expect(anna.getState().connection).toMatchObject({ state: 'online', why: null });
    expect(anna.getState().joined).toBe(true);
  });

  test('has a lobby from which staff let in or turn away', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { policy: { 'join.lobby': true } } });
    const [anna, ben] = [page.connect('anna'), page.connect('ben')];
    await page.pass();
    expect([anna, ben].map((client) => client.getState().connection.why)).toEqual(['lobby', 'lobby']);
    const teacher = page.server.as('instructor');
    const participantOf = (person: string): string => page.server.as(person).participant;
    await teacher.send('person.admit', { participant: participantOf('anna'), admitted: true });
    await teacher.send('person.admit', { participant: participantOf('ben'), admitted: false });
    await page.pass();
    expect(state(anna)).toBe('online');
    expect(ben.getState().connection).toMatchObject({ state: 'failed', error: { code: 'person_not_admitted' } });
  });

  test('closes with the class, which can still be read', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    const news: string[] = [];
    anna.on('room-ended', ({ room }) => news.push(room));
    anna.on('left', () => news.push('left'));
    await page.pass();
    await anna.send('chat.post', { text: 'last words' });
    await page.server.as('instructor').send('room.end', {});
    await page.pass(10_000);
    expect(state(anna)).toBe('ended');
    expect(texts(anna)).toEqual(['last words']);
    expect(news).toEqual(['loopback', 'left']);
    await page.server.as('instructor').send('room.start', {});
    anna.retry();
    await page.pass();
    expect(state(anna)).toBe('online');
  });
});

test('older messages come in pages, until there are no more', async () => {
  page = new LoopbackPage({ people: PEOPLE, snapshotAfterEvents: 10 });
  const ben = page.server.as('ben');
  for (const text of range(220)) await ben.send('chat.post', { text });
  const anna = page.connect('anna');
  await page.pass();
  expect(texts(anna)).toHaveLength(100);
  const [one, two] = [anna.loadOlderMessages(), anna.loadOlderMessages()];
  expect(await one).toBe(true);
  expect(await two).toBe(true);
  expect(texts(anna)).toHaveLength(150);
  expect(await anna.loadOlderMessages()).toBe(true);
  expect(await anna.loadOlderMessages()).toBe(false);
  expect(texts(anna)).toEqual(range(220));
});

test('a busy server is waited for without a word', async () => {
  page = new LoopbackPage({ people: PEOPLE });
  const anna = page.connect('anna');
  await page.pass();
  page.server.refuseNext('busy', { retryAfterMs: 2_000 });
  const sent = ['1', '2', '3'].map((text) => anna.send('chat.post', { text }));
  await page.pass(1_500);
  expect(pending(anna)).toEqual(['1', '2', '3']);
  await page.pass(1_000);
  await Promise.all(sent);
  expect(texts(anna)).toEqual(['1', '2', '3']);
});

test('a seeded class is read as one that has happened', async () => {
  page = new LoopbackPage({ people: PEOPLE });
  await page.server.seed(
    { type: 'person.named', by: 'anna', body: { participant: page.server.as('anna').participant, name: 'Anna' } },
    { type: 'chat.posted', by: 'anna', body: { id: 'm1', text: 'seeded' }, at: 5 },
    { type: 'chat.posted', log: 'me', owner: 'ben', by: 'ben', body: { id: 'm2', text: 'to staff', thread: 'x' } },
  );
  const ben = page.connect('ben');
  await page.pass();
  expect(texts(ben)).toEqual(['seeded', 'to staff']);
  expect(ben.getState().connection.synced).toBe(true);
});

test('a person that nobody knows is a wrong call', () => {
  page = new LoopbackPage();
  expect(() => page.server.as('nobody')).toThrow(TypeError);
});
