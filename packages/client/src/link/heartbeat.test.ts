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
