import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { settle } from './testing/fake-clock.js';
import { ScriptedServer } from './testing/scripted-server.js';
import type { ConnectOptions, RoomState } from './types.js';

let server: ScriptedServer;
beforeEach(async () => {
  server = await ScriptedServer.create();
});
afterEach(async () => {
  await server.end();
});

describe('the same person in the same room', () => {
  test('is one connection, whoever holds it', async () => {
    const one = server.connect({ token: server.token() });
    const two = server.connect({ token: server.token({ lifeMs: 7_200_000 }) });
    await server.admit();
    expect(server.sockets).toHaveLength(1);
    expect(one.getState()).toBe(two.getState());
    expect(two.getState().connection.state).toBe('online');
  });

  test('is told apart by person, room, tenant, server and environment', async () => {
    const connect = (options: Partial<ConnectOptions>): void => void server.connect(options);
    connect({});
    connect({ token: server.token({ sub: 'ben' }) });
    connect({ room: 'physics' });
    connect({ tenant: 'another' });
    connect({ server: 'https://other.test' });
    connect({ environment: { ...server.environment } });
    await settle();
    expect(server.sockets).toHaveLength(6);
  });

  test('may name the room that the token names anyway', async () => {
    server.connect({ room: 'algebra' });
    server.connect({});
    await settle();
    expect(server.sockets).toHaveLength(1);
  });

  test('is kept while one holder is left, and closed within a second of the last', async () => {
    const one = server.connect();
    const two = server.connect();
    await server.admit();
    one.release();
    one.release();
    await server.clock.advance(1_000);
    expect(two.getState().connection.state).toBe('online');
    two.release();
    await server.clock.advance(1_000);
    expect(two.getState().connection.state).toBe('closed');
    expect(server.socket.readyState).toBe(3);
  });

  test('is not closed where an element is moved in the page', async () => {
    const one = await server.online();
    one.release();
    await server.clock.advance(200);
    const two = server.connect();
    await server.clock.advance(1_000);
    expect(server.sockets).toHaveLength(1);
    expect(two.getState().connection.state).toBe('online');
  });

  test('is another connection after it was closed', async () => {
    const one = await server.online();
    one.release();
    await server.clock.advance(1_000);
    const two = server.connect();
    await server.admit();
    expect(server.sockets).toHaveLength(2);
    expect(two.getState().connection.state).toBe('online');
  });

  test('takes the fresher token of a new holder', async () => {
    await server.online();
    const fresh = server.token({ lifeMs: 7_200_000 });
    server.connect({ token: fresh });
    await settle();
    expect(server.socket.frames('token').map(({ token }) => token)).toEqual([fresh]);
    server.connect({ token: server.token({ lifeMs: 60_000 }) });
    await settle();
    expect(server.socket.frames('token')).toHaveLength(1);
  });
});

describe('a token that comes later', () => {
  const later = (): { readonly tokenProvider: () => Promise<string>; give: (token: string) => void } => {
    const waiting: ((token: string) => void)[] = [];
    return {
      tokenProvider: () => new Promise((resolve) => waiting.push(resolve)),
      give: (token) => waiting.splice(0).forEach((resolve) => resolve(token)),
    };
  };

  test('shares by where it comes from until it is there', async () => {
    const { tokenProvider, give } = later();
    const one = server.connect({ tokenProvider });
    const two = server.connect({ tokenProvider });
    await settle();
    expect(server.sockets).toHaveLength(0);
    give(server.token());
    await server.admit();
    expect(server.sockets).toHaveLength(1);
    expect(one.getState()).toBe(two.getState());
  });

  test('joins the connection that this person has already, with what was said in the meantime', async () => {
    const known = await server.online();
    const { tokenProvider, give } = later();
    const client = server.connect({ tokenProvider });
    const states: RoomState[] = [];
    const news: string[] = [];
    client.subscribe((state) => states.push(state));
    client.on('message-posted', ({ id }) => news.push(id));
    const sent = client.send('chat.post', { text: 'said early' });
    await settle();
    expect(client.getState().connection.state).toBe('connecting');
    give(server.token());
    await server.clock.advance(10);
    expect(server.sockets).toHaveLength(1);
    expect(client.getState()).toBe(known.getState());
    expect(states.at(-1)).toBe(known.getState());
    const [command] = server.socket.frames('command').filter(({ type }) => type === 'chat.post');
    expect(command).toMatchObject({ body: { text: 'said early' } });
    server.socket.say({ frame: 'ack', cmid: command!.cmid, positions: {}, result: { id: 'm' } });
    expect(await sent).toEqual({ id: 'm' });
    server.socket.sayText(await server.post('news', 'participant-ben', 'news'));
    expect(news).toEqual(['news']);
  });

  test('keeps a connection of its own for another person', async () => {
    await server.online();
    const { tokenProvider, give } = later();
    const client = server.connect({ tokenProvider });
    give(server.token({ sub: 'ben' }));
    await settle();
    expect(server.sockets).toHaveLength(1);
    await settle();
    give(server.token({ sub: 'ben' }));
    await server.admit();
    expect(server.sockets).toHaveLength(2);
    expect(client.getState().connection.state).toBe('online');
  });

  test('brings the known connection a way to renew', async () => {
    const known = await server.online();
    server.connect({ tokenProvider: () => server.token() });
    await settle();
    server.socket.shut(4100, 'token_expired');
    expect(known.getState().connection.state).toBe('reconnecting');
    await server.clock.advance(250);
    await server.admit();
    expect(known.getState().connection.state).toBe('online');
  });

  test('is not waited for by a holder that has let go', async () => {
    const { tokenProvider, give } = later();
    const client = server.connect({ tokenProvider });
    const sent = client.send('chat.post', { text: 'never' });
    sent.catch(() => undefined);
    client.release();
    await server.clock.advance(1_000);
    await expect(sent).rejects.toMatchObject({ code: 'closed' });
    give(server.token());
    await settle();
    expect(server.sockets).toHaveLength(0);
    await server.clock.advance(10_000);
  });
});

describe('being present', () => {
  const commands = () => server.socket.frames('command').map(({ type }) => type);

  test('is asked for in the hello by default', async () => {
    const client = server.connect();
    const events: string[] = [];
    client.on('joined', ({ participant }) => events.push(participant));
    await server.admit();
    expect(server.socket.frames('hello')[0]?.join).toBe(true);
    expect(client.getState().joined).toBe(true);
    expect(events).toEqual([client.getState().me?.participant]);
    expect(commands()).toEqual([]);
  });

  test('waits for join() where the page says so, and is asked for again after a loss', async () => {
    const client = server.connect({ join: false });
    await server.admit();
    expect(server.socket.frames('hello')[0]?.join).toBe(false);
    expect(client.getState().joined).toBe(false);
    const joined = client.join();
    await settle();
    expect(commands()).toEqual(['person.join']);
    const cmid = server.socket.frames('command')[0]!.cmid;
    server.socket.say({ frame: 'ack', cmid, positions: {}, result: {} });
    await joined;
    expect(client.getState().joined).toBe(true);
    server.socket.shut();
    await server.clock.advance(250);
    await server.admit();
    expect(server.socket.frames('hello')[0]?.join).toBe(true);
    expect(client.getState().joined).toBe(true);
  });

  test('is wanted if any holder wants it', async () => {
    server.connect({ join: false });
    server.connect({ join: true });
    await server.admit();
    expect(server.socket.frames('hello')[0]?.join).toBe(true);
  });

  test('ends when the last holder that wants it lets go', async () => {
    const chat = server.connect({ join: false });
    const stage = server.connect({ join: true });
    await server.admit();
    stage.release();
    await server.clock.advance(1_000);
    expect(commands()).toEqual(['person.leave']);
    expect(chat.getState().connection.state).toBe('online');
  });

  test('settles when the class has begun, for whoever waits at the door', async () => {
    const client = server.connect({ join: false });
    await settle();
    let isJoined = false;
    void client.join().then(() => (isJoined = true));
    await settle();
    server.socket.open();
    await settle();
    server.socket.say({ frame: 'waiting', why: 'lobby', room: { id: 'a' }, serverTime: 0, expiresAt: 9e12 });
    await settle();
    expect(isJoined).toBe(false);
    server.welcome();
    await settle();
    expect(isJoined).toBe(true);
  });

  test('rejects where the server says to stay away', async () => {
    const client = server.connect({ join: false });
    const joined = client.join();
    joined.catch(() => undefined);
    await settle();
    server.socket.open();
    server.socket.say({ frame: 'refused', code: 'person_banned', message: 'No.', retryable: false });
    server.socket.shut(4503, 'person_banned');
    await expect(joined).rejects.toMatchObject({ code: 'person_banned' });
  });

  test('ends by leave(), for the whole page', async () => {
    const client = await server.online();
    const events: string[] = [];
    client.on('left', () => events.push('left'));
    const left = client.leave();
    await settle();
    expect(commands()).toEqual(['person.leave']);
    server.socket.shut(4505, 'left');
    await left;
    expect(events).toEqual(['left']);
    expect(client.getState()).toMatchObject({ joined: false, connection: { state: 'closed', error: null } });
    const joined = client.join();
    await server.admit();
    await joined;
    expect(client.getState().joined).toBe(true);
  });
});

describe('wrong options', () => {
  test.each([
    [{ server: '' }, 'attribute_invalid', 'server'],
    [{ server: 'live.school.example' }, 'attribute_invalid', 'server'],
    [{ server: 'ftp://live.school.example' }, 'attribute_invalid', 'server'],
    [{ server: undefined as unknown as string }, 'attribute_invalid', 'server'],
    [{ room: 'a room' }, 'attribute_invalid', 'room'],
    [{ tenant: '' }, 'attribute_invalid', 'tenant'],
    [{ token: 7 as unknown as string }, 'attribute_invalid', 'token'],
    [{ tokenUrl: {} as unknown as string }, 'attribute_invalid', 'token-url'],
    [{ tokenProvider: 'x' as unknown as () => string }, 'attribute_invalid', 'tokenProvider'],
    [{ token: '' }, 'token_missing', undefined],
    [{ token: undefined }, 'token_missing', undefined],
  ])('%o fail with a code and never throw', async (options, code, attribute) => {
    const client = server.connect(options);
    const codes: string[] = [];
    client.on('error', (error) => codes.push(error.code));
    const { state, error } = client.getState().connection;
    expect(state).toBe('failed');
    expect(error).toMatchObject({ code, retryable: false });
    expect(error?.detail?.['attribute']).toBe(attribute);
    await settle();
    expect(codes).toEqual([code]);
    expect(server.sockets).toHaveLength(0);
    await expect(client.send('hand.raise', {})).rejects.toMatchObject({ code });
  });

  test('a platform without WebSocket is told what to pass', async () => {
    const { openSocket: _openSocket, ...environment } = server.environment;
    vi.stubGlobal('WebSocket', undefined);
    try {
      const client = server.connect({ environment });
      await settle();
      expect(client.getState().connection).toMatchObject({
        state: 'failed',
        error: { code: 'attribute_invalid', detail: { attribute: 'environment.openSocket' } },
      });
      expect(client.getState().connection.error?.help).toContain('environment.openSocket');
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

test('a listener that throws disturbs no other', async () => {
  const client = await server.online();
  const seen: string[] = [];
  const later = vi.fn<(callback: () => void) => void>();
  vi.stubGlobal('queueMicrotask', later);
  client.on('reaction', () => {
    throw new Error('of the page');
  });
  client.on('reaction', ({ emoji }) => seen.push(emoji));
  server.socket.say({ frame: 'signal', kind: 'reaction', from: 'ben', body: { emoji: '👏' } });
  expect(seen).toEqual(['👏']);
  vi.unstubAllGlobals();
  expect(later.mock.calls[0]?.[0]).toThrow('of the page');
});

test('whoever stops listening hears nothing more', async () => {
  const client = await server.online();
  const seen: string[] = [];
  const stops = [client.subscribe(() => seen.push('state')), client.on('reaction', () => seen.push('event'))];
  for (const stop of stops) stop();
  server.socket.say({ frame: 'signal', kind: 'reaction', from: 'ben', body: { emoji: '👏' } });
  server.socket.sayText(await server.post('news'));
  await server.clock.advance(100);
  expect(seen).toEqual([]);
});
