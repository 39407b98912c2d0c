import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settle } from './testing/fake-clock.js';
import { ScriptedServer } from './testing/scripted-server.js';

const failing = vi.hoisted(() => ({ times: 0 }));
vi.mock('./session.js', async (load) => {
  const { Session } = await load<{ Session: unknown }>();
  return {
    get Session() {
      if (failing.times === 0) return Session;
      failing.times -= 1;
      throw new TypeError('Failed to fetch dynamically imported module');
    },
  };
});

let server: ScriptedServer;
beforeEach(async () => {
  server = await ScriptedServer.create();
});
afterEach(async () => {
  await server.end();
});

test('the socket is being opened while the code of the session is loaded', async () => {
  server.connect();
  expect(server.sockets).toHaveLength(1);
  expect(server.socket.onerror).toBeTypeOf('function');
  server.socket.open();
  expect(server.socket.sent).toEqual([]);
  await settle();
  expect(server.sockets).toHaveLength(1);
  expect(server.socket.frames('hello')).toHaveLength(1);
});

test('a socket that is lost before that is replaced', async () => {
  const client = server.connect();
  server.socket.shut();
  await settle();
  expect(client.getState().connection).toMatchObject({ state: 'connecting', error: { code: 'server_unreachable' } });
  await server.clock.advance(250);
  await server.admit();
  expect(client.getState().connection).toMatchObject({ state: 'online', error: null });
});

test('what is asked for before that is done in order', async () => {
  const client = server.connect({ join: false });
  const sent = ['1', '2', '3'].map((text) => client.send('chat.post', { text }).catch(() => undefined));
  await server.admit();
  expect(server.socket.frames('command').map(({ body }) => body['text'])).toEqual(['1', '2', '3']);
  client.release();
  await server.clock.advance(1_000);
  await Promise.all(sent);
});

test('code that cannot be loaded is asked for again', async () => {
  failing.times = 2;
  const client = server.connect();
  const sent = client.send('chat.post', { text: 'patience' });
  sent.catch(() => undefined);
  await settle();
  const { connection } = client.getState();
  expect(connection).toMatchObject({ state: 'connecting', error: { code: 'server_unreachable' } });
  expect(connection.retryAt).toBe(server.clock.wallMs() + 2_000);
  await server.clock.advance(4_000);
  await server.admit();
  expect(client.getState().connection).toMatchObject({ state: 'online', error: null, retryAt: null });
  expect(server.socket.frames('command')).toMatchObject([{ body: { text: 'patience' } }]);
});

test('whoever lets go before that leaves nothing behind', async () => {
  failing.times = 1;
  const client = server.connect();
  const sent = client.send('chat.post', { text: 'never' });
  sent.catch(() => undefined);
  client.release();
  await server.clock.advance(10_000);
  await expect(sent).rejects.toMatchObject({ code: 'closed' });
  expect(server.socket.readyState).toBe(3);
});
