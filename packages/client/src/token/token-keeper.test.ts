import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settle } from '../testing/fake-clock.js';
import { ScriptedServer } from '../testing/scripted-server.js';
import type { RoomClient, TokenProvider } from '../types.js';

const MINUTE_MS = 60_000;

let server: ScriptedServer;
let client: RoomClient;
let asked: string[];
beforeEach(async () => {
  server = await ScriptedServer.create();
  asked = [];
});
afterEach(async () => {
  await server.end();
});

/** A host that gives a fresh token each time, or what `answer` says. */
const provider =
  (answer: () => string | Promise<string> = () => server.token()): TokenProvider =>
  ({ reason }) => {
    asked.push(reason);
    return answer();
  };

/** Welcomes the newest socket with a token that lasts so long; answers pings, so that the path stays alive. */
async function admit(lifeMs: number): Promise<void> {
  await settle();
  server.socket.open();
  await settle();
  server.welcome({ expiresAt: server.clock.wallMs() + lifeMs });
  await settle();
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 5_000) {
    await server.clock.advance(Math.min(left, 5_000));
    server.socket.sayText('{}');
  }
}

const tokens = (): string[] => server.socket.frames('token').map(({ token }) => token);
const hello = (): string | undefined => server.socket.frames('hello')[0]?.token;
const state = () => client.getState().connection;

describe('renewing', () => {
  test('happens when a fifth of its life is left, once, on the living connection', async () => {
    client = server.connect({ token: server.token({ lifeMs: 60 * MINUTE_MS }), tokenProvider: provider() });
    await admit(60 * MINUTE_MS);
    await pass(48 * MINUTE_MS - 1_000);
    expect(asked).toEqual([]);
    await pass(1_000);
    expect(asked).toEqual(['expiring']);
    expect(tokens()).toHaveLength(1);
    const events: string[] = [];
    client.on('token-refreshed', () => events.push('refreshed'));
    server.socket.say({ frame: 'token', expiresAt: server.clock.wallMs() + 60 * MINUTE_MS });
    expect(events).toEqual(['refreshed']);
    await pass(47 * MINUTE_MS);
    expect(asked).toEqual(['expiring']);
    expect(server.sockets).toHaveLength(1);
  });

  test('happens a minute before the end of a short one', async () => {
    client = server.connect({ token: server.token({ lifeMs: 4 * MINUTE_MS }), tokenProvider: provider() });
    await admit(4 * MINUTE_MS);
    await pass(3 * MINUTE_MS - 1_000);
    expect(asked).toEqual([]);
    await pass(1_000);
    expect(asked).toEqual(['expiring']);
  });

  test('never happens in the first half of a life, however short', async () => {
    client = server.connect({
      token: server.token({ lifeMs: 40_000 }),
      tokenProvider: provider(() => server.token({ lifeMs: 40_000 })),
    });
    await admit(40_000);
    for (let round = 1; round <= 3; round += 1) {
      await pass(19_000);
      expect(asked).toHaveLength(round - 1);
      await pass(1_000);
      expect(asked).toHaveLength(round);
      server.socket.say({ frame: 'token', expiresAt: server.clock.wallMs() + 40_000 });
    }
  });

  test('that is late because the page slept happens when it wakes', async () => {
    client = server.connect({ token: server.token(), tokenProvider: provider() });
    await admit(60 * MINUTE_MS);
    const { wallMs } = server.clock;
    Object.assign(server.environment, { nowMs: wallMs });
    expect(asked).toEqual([]);
    await pass(48 * MINUTE_MS);
    server.page.wake();
    await settle();
    expect(asked).toEqual(['expiring']);
  });

  test('that fails is tried again, later and later, and told once', async () => {
    client = server.connect({
      token: server.token({ lifeMs: 10 * MINUTE_MS }),
      tokenProvider: provider(() => Promise.reject(new Error('500'))),
    });
    const errors: string[] = [];
    client.on('error', ({ code }) => errors.push(code));
    await admit(10 * MINUTE_MS);
    await pass(8 * MINUTE_MS);
    expect(asked).toHaveLength(1);
    await pass(60_000);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(9);
    expect(errors).toEqual(['token_fetch_failed']);
    expect(state().state).toBe('online');
  });

  test('that gives the same token again is no loop', async () => {
    const token = server.token({ lifeMs: 10 * MINUTE_MS });
    client = server.connect({ token, tokenProvider: provider(() => token) });
    await admit(10 * MINUTE_MS);
    await pass(9 * MINUTE_MS);
    expect(asked.length).toBeLessThan(9);
    expect(tokens()).toEqual([]);
  });

  test('is one request at a time, whoever wants it', async () => {
    let give: (token: string) => void = () => {};
    client = server.connect({
      token: server.token(),
      tokenProvider: provider(() => new Promise((resolve) => (give = resolve))),
    });
    await admit(60 * MINUTE_MS);
    server.socket.say({ frame: 'token' });
    server.socket.say({ frame: 'token' });
    server.socket.say({ frame: 'token' });
    expect(asked).toEqual(['expiring']);
    give(server.token());
    await settle();
    expect(tokens().length).toBeGreaterThan(0);
    expect(new Set(tokens()).size).toBe(1);
  });

  test('is given up after 10 s without an answer', async () => {
    client = server.connect({ tokenProvider: provider(() => new Promise(() => {})) });
    await server.clock.advance(10_000);
    expect(state()).toMatchObject({ state: 'connecting', error: { code: 'token_fetch_failed', retryable: true } });
    await server.clock.advance(250);
    expect(asked).toEqual(['start', 'start']);
  });
});

describe('a token that the server does not take', () => {
  const refuse = (code = 'token_expired', close = 4100): void => {
    server.socket.say({ frame: 'refused', code, message: code, retryable: true });
    server.socket.shut(close, code);
  };

  test('is replaced before coming back', async () => {
    client = server.connect({ token: server.token(), tokenProvider: provider() });
    await admit(60 * MINUTE_MS);
    refuse();
    expect(state()).toMatchObject({ state: 'reconnecting', error: null });
    await server.clock.advance(250);
    expect(asked).toEqual(['refused']);
    const refreshed: unknown[] = [];
    client.on('token-refreshed', (event) => refreshed.push(event));
    await admit(60 * MINUTE_MS);
    expect(hello()).not.toBe(server.sockets[0]?.frames('hello')[0]?.token);
    expect(state()).toMatchObject({ state: 'online', error: null });
    expect(refreshed).toHaveLength(1);
  });

  test('three times in a row ends it', async () => {
    client = server.connect({ tokenProvider: provider() });
    await settle();
    for (let round = 0; round < 3; round += 1) {
      server.socket.open();
      await settle();
      refuse('token_not_yet', 4101);
      await server.clock.advance(1_000);
    }
    expect(state()).toMatchObject({ state: 'failed', error: { code: 'token_not_yet' } });
    expect(server.sockets).toHaveLength(3);
    expect(asked).toEqual(['start', 'refused', 'refused']);
  });

  test('ends it where no other can be had', async () => {
    client = await server.online();
    server.socket.shut(4100, 'token_expired');
    expect(state()).toMatchObject({ state: 'failed', error: { code: 'token_expired' } });
    await server.clock.advance(MINUTE_MS);
    expect(server.sockets).toHaveLength(1);
  });

  test('and another one from the host brings it back', async () => {
    client = await server.online();
    server.socket.shut(4100, 'token_expired');
    const fresh = server.token({ lifeMs: 7_200_000 });
    client.setToken(fresh);
    await server.admit();
    expect(hello()).toBe(fresh);
    expect(state()).toMatchObject({ state: 'online', error: null });
  });
});

describe('where tokens come from', () => {
  const answering = (body: string, status = 200): typeof fetch => {
    const answer: typeof fetch = async (url, init) => {
      asked.push(`${url as string} ${String(init?.credentials)}`);
      return new Response(body, { status });
    };
    return answer;
  };
  const connectBy = (fetch: typeof globalThis.fetch): RoomClient =>
    server.connect({ tokenUrl: '/live-token', environment: { ...server.environment, fetch } });

  test.each([
    ['JSON', (token: string) => JSON.stringify({ token })],
    ['a JSON string', (token: string) => JSON.stringify(token)],
    ['bare text', (token: string) => `${token}\n`],
  ])('a URL that answers with %s, fetched with the cookies of the page', async (_what, write) => {
    const token = server.token();
    client = connectBy(answering(write(token)));
    await server.admit();
    expect(hello()).toBe(token);
    expect(asked).toEqual(['/live-token same-origin']);
  });

  test.each([
    ['an error', answering('no', 500)],
    ['no token', answering('{"access":"x"}')],
    ['nothing', answering('')],
    ['a token that is no string', answering('{"token":{"value":"x"}}')],
    ['half a token', answering('{"token":"eyJhbGciOiJIUzI1NiJ9.e30"}')],
    ['JSON that is cut off', answering('{"token":"eyJ')],
    ['text that is no token', answering('Please sign in.')],
  ])('a URL that answers with %s is tried again', async (_what, fetch) => {
    client = connectBy(fetch);
    await settle();
    expect(state()).toMatchObject({ state: 'connecting', error: { code: 'token_fetch_failed' } });
    expect(server.sockets).toHaveLength(0);
    await server.clock.advance(2_000);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('a URL that leads to the page for signing in says so, and is tried again', async () => {
    let isSignedIn = false;
    const token = server.token();
    client = connectBy(async () => {
      if (isSignedIn) return Response.json({ token });
      const headers = { 'content-type': 'text/html; charset=utf-8' };
      return Object.defineProperty(new Response('<!doctype html><p>secret of the page', { headers }), 'redirected', {
        value: true,
      });
    });
    await settle();
    expect(server.sockets).toHaveLength(0);
    expect(state()).toMatchObject({ state: 'connecting', error: { code: 'token_fetch_failed', retryable: true } });
    expect(state().error?.help).toBe(
      '`token-url` answered 200 with text/html; charset=utf-8, after a redirect (to a page for signing in?). Expected: 200 with {"token": "…"} or the bare token, a compact JWS (`header.payload.signature`).',
    );
    isSignedIn = true;
    await server.clock.advance(2_000);
    await server.admit();
    expect(hello()).toBe(token);
    expect(state()).toMatchObject({ state: 'online', error: null });
  });

  test('a function that gives no token says so, and is asked again', async () => {
    client = server.connect({ tokenProvider: provider(() => '<!doctype html>') });
    await settle();
    expect(state()).toMatchObject({
      state: 'connecting',
      error: {
        code: 'token_fetch_failed',
        help: '`tokenProvider` gave no compact JWS (`header.payload.signature`).',
      },
    });
    await server.clock.advance(2_000);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('the host may set one at any time', async () => {
    client = await server.online();
    const fresh = server.token({ lifeMs: 7_200_000 });
    client.setToken(fresh);
    await settle();
    expect(tokens()).toEqual([fresh]);
  });

  test('the server may ask for one', async () => {
    client = server.connect({ token: server.token(), tokenProvider: provider() });
    await admit(60 * MINUTE_MS);
    server.socket.say({ frame: 'token' });
    await settle();
    expect(asked).toEqual(['expiring']);
    expect(tokens()).toHaveLength(1);
  });
});
