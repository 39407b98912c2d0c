import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DraftEvent } from '@lms-live/protocol';
import { settle } from './testing/fake-clock.js';
import { PARTICIPANT, ROOM, ScriptedServer } from './testing/scripted-server.js';
import type { RoomClient, RoomEvents } from './types.js';

const EVENTS = [
  'message-posted',
  'question-asked',
  'question-answered',
  'hand-raised',
  'room-opened',
  'room-ended',
] as const satisfies readonly (keyof RoomEvents)[];

let server: ScriptedServer;
let news: unknown[];
beforeEach(async () => {
  server = await ScriptedServer.create();
  news = [];
});
afterEach(async () => {
  await server.end();
});

async function online(role: 'student' | 'instructor' = 'student'): Promise<RoomClient> {
  const client = await server.online({ role });
  for (const event of EVENTS) client.on(event, (detail) => news.push([event, detail]));
  return client;
}

async function happens(draft: Pick<DraftEvent, 'log' | 'type' | 'by' | 'body'>): Promise<void> {
  server.socket.sayText(await server.commit(draft));
  await settle();
}

const question = { id: 'q', text: 'Why?', askedAt: 0 };

test('a message tells who wrote it, and whether it is one’s own', async () => {
  await online();
  await happens({ log: 'all', type: 'chat.posted', by: 'ben', body: { id: 'a', text: 'x' } });
  await happens({ log: 'all', type: 'chat.posted', by: PARTICIPANT, body: { id: 'b', text: 'x' } });
  expect(news).toEqual([
    ['message-posted', { id: 'a', by: 'ben', own: false }],
    ['message-posted', { id: 'b', by: PARTICIPANT, own: true }],
  ]);
});

test('a listener reads a state that shows the news', async () => {
  const client = await online();
  let seen: string | null | undefined;
  client.on('message-posted', ({ id }) => (seen = client.getState().views.all.messages.get(id)?.text));
  await happens({ log: 'all', type: 'chat.posted', by: 'ben', body: { id: 'a', text: 'here' } });
  expect(seen).toBe('here');
});

test('a message of a private thread is told once to staff who read it in two logs', async () => {
  await online('instructor');
  const body = { id: 'a', text: 'x', thread: PARTICIPANT };
  await happens({ log: 'staff', type: 'chat.posted', by: PARTICIPANT, body });
  await happens({ log: 'me', type: 'chat.posted', by: PARTICIPANT, body });
  expect(news).toEqual([['message-posted', { id: 'a', by: PARTICIPANT, own: true }]]);
});

test('a question that waits to be published is told to its asker once', async () => {
  await online();
  await happens({ log: 'me', type: 'question.asked', by: PARTICIPANT, body: { ...question, state: 'pending' } });
  await happens({ log: 'all', type: 'question.asked', by: PARTICIPANT, body: { ...question, state: 'open' } });
  expect(news).toEqual([['question-asked', { id: 'q', own: true }]]);
});

test('an anonymous question is one’s own where one asked it', async () => {
  await online();
  await happens({
    log: 'me',
    type: 'question.author',
    by: null,
    body: { question: 'q', participant: PARTICIPANT, cmid: 'c' },
  });
  await happens({ log: 'all', type: 'question.asked', by: null, body: { ...question, alias: 'fox', state: 'open' } });
  expect(news).toEqual([['question-asked', { id: 'q', own: true }]]);
});

test('answers, hands, and the course of the class are told', async () => {
  await online();
  await happens({ log: 'all', type: 'question.answered', by: 'teacher', body: { id: 'q', text: 'So.' } });
  await happens({ log: 'all', type: 'hand.raised', by: 'ben', body: { participant: 'ben' } });
  await happens({ log: 'all', type: 'room.changed', by: null, body: { id: ROOM, state: 'scheduled' } });
  await happens({ log: 'all', type: 'room.changed', by: null, body: { state: 'open' } });
  await happens({ log: 'all', type: 'room.changed', by: null, body: { state: 'live' } });
  await happens({ log: 'all', type: 'room.changed', by: null, body: { state: 'held', why: 'staff' } });
  await happens({ log: 'all', type: 'room.changed', by: null, body: { state: 'live', why: null } });
  await happens({ log: 'all', type: 'room.changed', by: null, body: { title: 'Algebra' } });
  await happens({ log: 'all', type: 'room.changed', by: null, body: { state: 'ended' } });
  expect(news).toEqual([
    ['question-answered', { id: 'q' }],
    ['hand-raised', { participant: 'ben' }],
    ['room-opened', { room: ROOM }],
    ['room-ended', { room: ROOM }],
  ]);
});

test('an erased event is no news', async () => {
  await online();
  await happens({ log: 'all', type: 'chat.posted', by: 'ben', body: null as never });
  expect(news).toEqual([]);
});

test('a change of the connection is told once, when the state shows it', async () => {
  const client = await server.online();
  const seen: unknown[] = [];
  client.on('connection-changed', ({ state }) => seen.push([state, client.getState().connection.state]));
  server.socket.shut();
  await server.clock.advance(250);
  await server.admit();
  expect(seen).toEqual([
    ['reconnecting', 'reconnecting'],
    ['online', 'online'],
  ]);
});
