import { expect, test, vi } from 'vitest';
import { connect, selectMessages, selectPeople, selectPendingMessages, selectQuestions } from './index.js';
import { createLoopbackServer } from './loopback.js';

test('a message that one writes is read by the other', async () => {
  const server = createLoopbackServer();
  const teacher = connect({
    server: server.url,
    token: server.tokenFor('instructor'),
    environment: server.environment('instructor'),
  });
  const anna = connect({
    server: server.url,
    token: server.tokenFor('student'),
    environment: server.environment('student'),
  });
  await vi.waitFor(() => expect(anna.getState().joined && teacher.getState().joined).toBe(true));
  await server.settled();
  expect(teacher.getState().connection).toMatchObject({ state: 'online', synced: true, error: null });
  expect(anna.getState().joined).toBe(true);
  const sent = anna.send('chat.post', { text: 'Hello' });
  expect(selectPendingMessages(anna.getState())).toHaveLength(1);
  await sent;
  const q = await anna.send('question.ask', { text: 'Why?', anonymous: true });
  await teacher.send('vote.set', { question: q['id'] as string, value: true });
  await server.settled();
  await server.settled();
  expect(selectPendingMessages(anna.getState())).toHaveLength(0);
  for (const client of [teacher, anna]) {
    expect(selectMessages(client.getState()).map(({ text }) => text)).toEqual(['Hello']);
    expect(selectQuestions(client.getState()).open.map(({ text, votes, own }) => [text, votes, own])).toEqual([
      ['Why?', 1, client === anna],
    ]);
    expect(selectPeople(client.getState()).map(({ name }) => name)).toEqual(['Ms Okafor', 'Anna Kovács']);
  }
  teacher.release();
  anna.release();
});
