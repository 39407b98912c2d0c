import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settle } from '../testing/fake-clock.js';
import { ScriptedServer } from '../testing/scripted-server.js';

let server: ScriptedServer;
beforeEach(async () => {
  server = await ScriptedServer.create();
});
afterEach(async () => {
  await server.end();
});

function serverPing(): void {
  server.socket.say({ frame: 'ping', heads: [{ log: 'all', position: server.logs.all.position }] });
}

function pong(): void {
  server.socket.say({ frame: 'pong', serverTime: server.clock.wallMs(), heads: [] });
}

describe('a visible page', () => {
  test('notices a dead path 8 s after the last sign of life and opens a new socket without waiting for the old one', async () => {
    const client = await server.online();
    await server.clock.advance(5_999);
    expect(server.socket.frames('ping')).toHaveLength(0);
    await server.clock.advance(1);
    expect(server.socket.frames('ping')).toEqual([{ frame: 'ping', hidden: false }]);
    await server.clock.advance(2_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.isListenedTo).toBe(false);
    expect(client.getState().connection.state).toBe('reconnecting');
    await server.admit();
    expect(client.getState().connection.state).toBe('online');
  });

  test('takes any frame as a sign of life', async () => {
    await server.online();
    for (let second = 0; second < 20; second += 5) {
      await server.clock.advance(5_000);
      server.socket.sayText('{"frame":"of a later version"}');
    }
    expect(server.sockets).toHaveLength(1);
    expect(server.socket.frames('ping')).toHaveLength(0);
  });

  test('is content when the probe is answered', async () => {
    await server.online();
    await server.clock.advance(7_000);
    pong();
    await server.clock.advance(5_000);
    expect(server.sockets).toHaveLength(1);
  });

  test('asks at once when it wakes, and has its verdict within 2 s', async () => {
    await server.online();
    server.page.wake();
    await settle();
    expect(server.socket.frames('ping')).toHaveLength(1);
    await server.clock.advance(2_000);
    expect(server.sockets).toHaveLength(2);
  });

  test('watches over the door too', async () => {
    server.connect();
    await settle();
    server.socket.open();
    await settle();
    server.socket.say({
      frame: 'waiting',
      why: 'lobby',
      room: { id: 'algebra' },
      serverTime: server.clock.wallMs(),
      expiresAt: server.clock.wallMs() + 3_600_000,
    });
    await server.clock.advance(8_000);
    expect(server.sockets).toHaveLength(2);
  });
});

describe('a device that slept', () => {
  test('is noticed by the monotonic clock: another socket is opened at once, and the old one asked', async () => {
    const client = await server.online();
    server.clock.sleep(60_000);
    await server.clock.advance(0);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.frames('ping')).toHaveLength(1);
    expect(client.getState().connection.state).toBe('online');
    await server.admit();
    expect(server.sockets[0]?.readyState).toBe(3);
    expect(client.getState().connection.state).toBe('online');
  });

  test('is noticed by the wall clock where the monotonic one stood still', async () => {
    await server.online();
    server.clock.sleep(60_000, { stopsMonotonic: true });
    await server.clock.advance(2_000);
    expect(server.sockets).toHaveLength(2);
  });

  test('keeps a socket that answers where no other one can be had', async () => {
    const client = await server.online();
    server.clock.sleep(60_000);
    await server.clock.advance(0);
    pong();
    server.sockets[0]?.say({ frame: 'pong', serverTime: server.clock.wallMs(), heads: [] });
    server.sockets[1]?.shut();
    await server.clock.advance(5_000);
    expect(server.sockets).toHaveLength(2);
    expect(client.getState().connection).toMatchObject({ state: 'online', error: null });
  });

  test('has its verdict within 2 s where nothing answers', async () => {
    const client = await server.online();
    server.clock.sleep(60_000);
    await server.clock.advance(1_999);
    expect(client.getState().connection.state).toBe('online');
    await server.clock.advance(1);
    expect(client.getState().connection.state).toBe('reconnecting');
    // The one that was begun on suspicion is not given up for it.
    expect(server.sockets).toHaveLength(2);
    await server.admit();
    expect(client.getState().connection.state).toBe('online');
  });

  test('is told from a hidden page, whose timers are a minute late', async () => {
    await server.online();
    server.page.hide();
    pong();
    await server.clock.advance(2_000);
    pong();
    server.clock.sleep(60_000);
    pong();
    await server.clock.advance(0);
    expect(server.sockets).toHaveLength(1);
  });
});

describe('a page that was cut off', () => {
  test('opens another socket at once, and leaves the old one when it is let in', async () => {
    const client = await server.online();
    const states: string[] = [];
    client.on('connection-changed', ({ state }) => states.push(state));
    server.page.back();
    await settle();
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.frames('ping')).toHaveLength(1);
    await server.admit();
    expect(server.sockets[0]?.readyState).toBe(3);
    expect(states).toEqual([]);
  });

  test('opens one and not two where several things tell of it', async () => {
    await server.online();
    server.page.back();
    server.page.back();
    server.page.wake();
    await settle();
    expect(server.sockets).toHaveLength(2);
  });

  test('sends again on the other socket what was not answered on the old one', async () => {
    const client = await server.online();
    client.send('chat.post', { text: 'on its way' }).catch(() => undefined);
    await settle();
    const [first] = server.socket.frames('command');
    server.page.back();
    await server.admit();
    expect(server.socket.frames('command')).toMatchObject([{ cmid: first?.cmid, seq: 1, resend: true }]);
    expect(client.getState().pending).toHaveLength(1);
  });

  test('takes an answer that still comes on the old socket, and does not ask again', async () => {
    const client = await server.online();
    const sent = client.send('vote.set', { question: 'q', value: true });
    await settle();
    const [first] = server.socket.frames('command');
    server.page.back();
    await settle();
    server.sockets[0]?.say({ frame: 'ack', cmid: first?.cmid ?? '', positions: {}, result: {} });
    await sent;
    await server.admit();
    expect(server.socket.frames('command')).toEqual([]);
  });
});

test('a throttled timer reads the answers that have come before it gives up', async () => {
  await server.online();
  await server.clock.advance(6_000);
  expect(server.socket.frames('ping')).toHaveLength(1);
  // The page was busy, or its timers are aligned to the second: the answer is there, and is read after the timer.
  server.clock.sleep(3_000);
  await server.clock.advance(0);
  expect(server.sockets).toHaveLength(1);
  pong();
  await server.clock.advance(1_000);
  expect(server.sockets).toHaveLength(1);
});

test('a hidden page says so, and is given 75 s', async () => {
  await server.online();
  server.page.hide();
  expect(server.socket.frames('ping')).toEqual([{ frame: 'ping', hidden: true }]);
  pong();
  await server.clock.advance(74_000);
  expect(server.sockets).toHaveLength(1);
  await server.clock.advance(1_000);
  expect(server.sockets).toHaveLength(2);
  expect(server.sockets[1]?.sent).toEqual([]);
});

test('every fourth ping of the server is answered with one that brings the head of one’s own log', async () => {
  await server.online();
  for (let count = 1; count <= 8; count += 1) {
    serverPing();
    await settle();
    expect(server.socket.frames('ping')).toHaveLength(Math.floor(count / 4));
    pong();
  }
});

test('the clock of the server is known by the quickest answer', async () => {
  const client = server.connect();
  await settle();
  server.socket.open();
  await settle();
  server.welcome({ serverTime: server.clock.wallMs() + 60_000 });
  expect(client.getState().clockOffsetMs).toBe(60_000);
  server.page.wake();
  await server.clock.advance(400);
  server.socket.say({ frame: 'pong', serverTime: server.clock.wallMs() + 59_000, heads: [] });
  expect(client.getState().clockOffsetMs).toBe(59_200);
  server.page.wake();
  await server.clock.advance(1_000);
  server.socket.say({ frame: 'pong', serverTime: server.clock.wallMs() + 10_000, heads: [] });
  expect(client.getState().clockOffsetMs).toBe(59_200);
});
