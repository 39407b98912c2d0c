import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LIMITS } from '@lms-live/protocol';
import { settle } from '../testing/fake-clock.js';
import { ScriptedServer } from '../testing/scripted-server.js';
import type { LmsErrorDetail } from '../types.js';

let server: ScriptedServer;
beforeEach(async () => {
  server = await ScriptedServer.create();
});
afterEach(async () => {
  await server.end();
});

describe('hello', () => {
  test('is the first frame, on the sub-protocol, below the address of the server', async () => {
    server.connect({ server: 'https://live.test/school/', room: 'algebra', tenant: 'school', kind: 'livestream' });
    await settle();
    expect(server.socket.url).toBe('wss://live.test/school/v1/socket');
    expect(server.socket.protocol).toBe('lms-live.v1');
    server.socket.open();
    await settle();
    expect(server.socket.sent[0]).toMatchObject({
      frame: 'hello',
      room: 'algebra',
      tenant: 'school',
      kind: 'livestream',
      join: true,
      positions: {},
      client: { hidden: false },
    });
  });

  test('carries the token, which is never in the address', async () => {
    const token = server.token();
    server.connect({ token });
    await settle();
    server.socket.open();
    await settle();
    expect(server.socket.frames('hello')[0]?.token).toBe(token);
    expect(server.socket.url).not.toContain(token.split('.')[1]);
  });

  test('names one tab on every socket', async () => {
    await server.online();
    server.socket.shut();
    await server.clock.advance(250);
    await server.admit();
    const [first, second] = server.sockets.map((socket) => socket.frames('hello')[0]?.client.id);
    expect(first).toBe(second);
  });

  test('says where the logs stand after a loss', async () => {
    await server.online();
    server.socket.sayText(await server.post('one'));
    await settle();
    server.socket.shut();
    await server.clock.advance(250);
    server.socket.open();
    await settle();
    expect(server.socket.frames('hello')[0]?.positions?.all).toEqual(server.logs.all.position);
  });
});

describe('coming back', () => {
  test('tries within 250 ms, then within 1 s for 10 s, then within 8 s, and never stops', async () => {
    const client = await server.online();
    server.socket.shut();
    const waits: number[] = [];
    let opened = server.sockets.length;
    let waitedMs = 0;
    for (let step = 0; step < 240; step += 1) {
      await server.clock.advance(250);
      waitedMs += 250;
      if (server.sockets.length > opened) {
        opened = server.sockets.length;
        waits.push(waitedMs);
        waitedMs = 0;
        server.socket.shut();
      }
    }
    expect(waits[0]).toBe(250);
    expect(waits.slice(1, 10).every((ms) => ms === 1_000)).toBe(true);
    expect(waits.slice(-3)).toEqual([8_000, 8_000, 8_000]);
    expect(client.getState().connection.state).toBe('reconnecting');
  });

  test('waits up to 30 s while the page is hidden', async () => {
    await server.online();
    server.page.hidden = true;
    server.socket.shut();
    await server.clock.advance(250);
    server.socket.shut();
    const { length } = server.sockets;
    await server.clock.advance(29_000);
    expect(server.sockets).toHaveLength(length);
    await server.clock.advance(1_000);
    expect(server.sockets).toHaveLength(length + 1);
  });

  test('says that the server cannot be reached after the first attempt in vain, and keeps trying', async () => {
    const client = server.connect();
    const errors: LmsErrorDetail[] = [];
    client.on('error', (error) => errors.push(error));
    await settle();
    server.socket.shut();
    const { connection } = client.getState();
    expect(connection).toMatchObject({ state: 'connecting', error: { code: 'server_unreachable', retryable: true } });
    expect(connection.retryAt).toBe(server.clock.wallMs() + 250);
    await server.clock.advance(250);
    server.socket.shut();
    await server.clock.advance(1_000);
    await server.admit();
    expect(client.getState().connection).toMatchObject({ state: 'online', error: null, retryAt: null });
    expect(errors.map(({ code }) => code)).toEqual(['server_unreachable']);
  });

  test('shows no error for a loss that the first attempt mends', async () => {
    const client = await server.online();
    server.socket.shut();
    expect(client.getState().connection).toMatchObject({ state: 'reconnecting', error: null });
    await server.clock.advance(250);
    await server.admit();
    expect(client.getState().connection).toMatchObject({ state: 'online', error: null });
  });

  test('gives up an attempt that is not answered for 10 s', async () => {
    server.connect();
    await settle();
    server.socket.open();
    await server.clock.advance(10_250);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.readyState).toBe(3);
  });

  test('waits as long as a busy server asks', async () => {
    const client = server.connect();
    await settle();
    server.socket.open();
    await settle();
    server.socket.say({
      frame: 'refused',
      code: 'busy',
      message: 'Busy.',
      retryable: true,
      retryAfterMs: 5_000,
    });
    server.socket.shut(4003, 'busy');
    expect(client.getState().connection.error?.code).toBe('busy');
    await server.clock.advance(4_999);
    expect(server.sockets).toHaveLength(1);
    await server.clock.advance(251);
    expect(server.sockets).toHaveLength(2);
  });

  test('begins anew, quickly, when something is sent, retried or the page wakes', async () => {
    const client = await server.online();
    const lose = async (): Promise<void> => {
      server.socket.shut();
      await server.clock.advance(250);
      server.socket.shut();
    };
    await lose();
    let { length } = server.sockets;
    client.send('chat.post', { text: 'Hello' }).catch(() => undefined);
    await settle();
    expect(server.sockets).toHaveLength((length += 1));
    server.socket.shut();
    client.retry();
    await settle();
    expect(server.sockets).toHaveLength((length += 1));
    server.socket.shut();
    server.page.wake();
    await settle();
    expect(server.sockets).toHaveLength(length + 1);
  });

  test('hears an error of a socket to its end: nobody else would', async () => {
    await server.online();
    server.page.wake();
    await server.clock.advance(2_000);
    expect(server.sockets).toHaveLength(2);
    for (const { onerror } of server.sockets) expect(onerror).toBeTypeOf('function');
  });

  test('says what the platform threw where it takes no socket', async () => {
    const openSocket = (): never => {
      throw new DOMException('An insecure WebSocket connection may not be initiated.', 'SecurityError');
    };
    const client = server.connect({ environment: { ...server.environment, openSocket } });
    await settle();
    expect(client.getState().connection.error).toMatchObject({
      code: 'server_unreachable',
      detail: { thrown: 'An insecure WebSocket connection may not be initiated.' },
    });
  });

  test('asks at once when the device says that it is offline, and does not wait for silence', async () => {
    const client = await server.online();
    server.page.lose();
    expect(server.socket.frames('ping')).toHaveLength(1);
    await server.clock.advance(LIMITS.probeTimeoutMs + 1);
    expect(client.getState().connection.state).toBe('reconnecting');
  });

  test('leaves an attempt that is stuck when the page wakes', async () => {
    server.connect();
    await settle();
    await server.clock.advance(3_000);
    server.page.wake();
    await settle();
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.isListenedTo).toBe(false);
  });
});

describe('what the close code says', () => {
  test.each([
    [4500, 'protocol_error', 'failed'],
    [4501, 'room_unknown', 'failed'],
    [4502, 'person_removed', 'failed'],
    [4503, 'person_banned', 'failed'],
    [4599, '', 'failed'],
  ])('%i %s: stays away, and tells what the server refused', async (code, reason, state) => {
    const client = await server.online();
    const errors: string[] = [];
    client.on('error', (error) => errors.push(error.code));
    if (reason !== '')
      server.socket.say({ frame: 'refused', code: reason, message: 'No.', help: 'Look.', retryable: false });
    server.socket.shut(code, reason);
    await server.clock.advance(60_000);
    expect(server.sockets).toHaveLength(1);
    expect(client.getState().connection.state).toBe(state);
    if (reason !== '')
      expect(client.getState().connection.error).toMatchObject({ code: reason, message: 'No.', help: 'Look.' });
    expect(errors).toHaveLength(1);
  });

  test('4504: the class is over, and what was said can be read', async () => {
    const client = await server.online();
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const sent = client.send('chat.post', { text: 'too late' });
    sent.catch(() => undefined);
    server.socket.sayText(await server.post('Goodbye'));
    await settle();
    server.socket.say({ frame: 'refused', code: 'room_ended', message: 'Over.', retryable: false });
    server.socket.shut(4504, 'room_ended');
    await server.clock.advance(60_000);
    expect(server.sockets).toHaveLength(1);
    expect(client.getState().connection).toMatchObject({ state: 'ended', error: null });
    expect(errors).toEqual([]);
    await expect(sent).rejects.toMatchObject({ code: 'room_ended' });
    expect(client.getState().views.all.messages.last?.text).toBe('Goodbye');
    expect(client.getState().joined).toBe(false);
  });

  test('an unknown code, or none: comes back', async () => {
    const client = await server.online();
    server.socket.shut(4042, 'something new');
    expect(client.getState().connection.state).toBe('reconnecting');
    await server.clock.advance(250);
    expect(server.sockets).toHaveLength(2);
  });

  test('a final refusal of the hello without a close code of its own is final', async () => {
    const client = server.connect();
    await settle();
    server.socket.open();
    server.socket.say({ frame: 'refused', code: 'frame_malformed', message: 'No.', retryable: false });
    server.socket.shut(1006);
    expect(client.getState().connection).toMatchObject({ state: 'failed', error: { code: 'frame_malformed' } });
  });

  test('a final refusal of the hello with a code that says to come back is not final, and nothing that waits is lost', async () => {
    const client = await server.online();
    server.socket.shut();
    const sent = client.send('chat.post', { text: 'kept' });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      client.retry();
      await settle();
      server.socket.open();
      await settle();
      server.socket.say({ frame: 'refused', code: 'internal', message: 'Broken.', retryable: false });
      server.socket.shut(4003, 'internal');
      await settle();
      expect(client.getState().connection).toMatchObject({ state: 'reconnecting', error: { code: 'internal' } });
      expect(await server.outbox.list()).toHaveLength(1);
    }
    expect(client.getState().connection.retryAt).not.toBe(null);
    client.retry();
    await server.admit();
    const command = server.socket.frames('command').find(({ type }) => type === 'chat.post');
    server.socket.say({ frame: 'ack', cmid: command?.cmid ?? '', positions: {}, result: { id: 'made' } });
    expect(await sent).toEqual({ id: 'made' });
  });

  test('comes back from failed by retry', async () => {
    const client = await server.online();
    server.socket.shut(4501, 'room_unknown');
    client.retry();
    await server.admit();
    expect(client.getState().connection).toMatchObject({ state: 'online', error: null });
  });
});

describe('waiting at the door', () => {
  test('stays connected and is let in on the same socket', async () => {
    const client = server.connect();
    await settle();
    server.socket.open();
    await settle();
    const opened: string[] = [];
    client.on('room-opened', ({ room }) => opened.push(room));
    server.socket.say({
      frame: 'waiting',
      why: 'not_started',
      room: { id: 'algebra', title: 'Algebra', startsAt: 7 },
      serverTime: server.clock.wallMs(),
      expiresAt: server.clock.wallMs() + 3_600_000,
    });
    expect(client.getState().connection).toMatchObject({ state: 'waiting', why: 'not_started', error: null });
    client.send('vote.set', { question: 'q', value: true }).catch(() => undefined);
    expect(client.getState().roomId).toBe('algebra');
    expect(client.getState().views.all.room).toMatchObject({ id: 'algebra', title: 'Algebra', startsAt: 7 });
    server.welcome();
    await settle();
    expect(client.getState().connection).toMatchObject({ state: 'online', why: null });
    expect(client.getState().joined).toBe(true);
    expect(server.sockets).toHaveLength(1);
    expect(opened).toEqual(['algebra']);
  });
});

describe('a server that goes away', () => {
  test('is left for a new socket before the old one is closed', async () => {
    const client = await server.online();
    const [old] = server.sockets;
    old?.say({ frame: 'drain', inMs: 2_000 });
    await server.clock.advance(1_999);
    expect(server.sockets).toHaveLength(1);
    await server.clock.advance(1);
    expect(server.sockets).toHaveLength(2);
    expect(client.getState().connection.state).toBe('online');
    old?.sayText(await server.post('still from the old one'));
    await settle();
    expect(client.getState().views.all.messages.length).toBe(1);
    await server.admit();
    expect(old?.readyState).toBe(3);
    expect(client.getState().connection.state).toBe('online');
  });

  test('has what was on its way sent again on the new one, which may be answered on either', async () => {
    const client = await server.online();
    const acked = client.send('vote.set', { question: 'q', value: true });
    client.send('chat.post', { text: 'unanswered' }).catch(() => undefined);
    await settle();
    const [old] = server.sockets;
    const [first, second] = old?.frames('command') ?? [];
    old?.say({ frame: 'drain', inMs: 0 });
    await server.clock.advance(1);
    old?.say({ frame: 'ack', cmid: first?.cmid ?? '', positions: {}, result: {} });
    await acked;
    await server.admit();
    expect(server.socket.frames('command')).toMatchObject([{ cmid: second?.cmid, seq: 1, resend: true }]);
  });

  test('is left without a flicker: what was said in between is news, who writes goes on writing', async () => {
    const client = await server.online();
    const told: string[] = [];
    client.on('message-posted', ({ id }) => told.push(id));
    client.on('connection-changed', ({ state }) => told.push(state));
    const [old] = server.sockets;
    old?.say({ frame: 'signal', kind: 'typing', from: 'participant-ben', body: {} });
    old?.say({ frame: 'drain', inMs: 0 });
    await server.clock.advance(1);
    server.socket.open();
    await settle();
    const event = await server.post('in between', 'participant-eva', 'm1');
    server.welcome();
    server.socket.sayText(event);
    await settle();
    expect(old?.readyState).toBe(3);
    expect(told).toEqual(['m1']);
    expect(client.getState().typing).toEqual(['participant-ben']);
    server.socket.shut();
    await server.clock.advance(250);
    await settle();
    server.socket.open();
    await settle();
    const missed = await server.post('while away', 'participant-eva', 'm2');
    server.welcome();
    server.socket.sayText(missed);
    await settle();
    expect(told.filter((one) => one === 'm2')).toEqual([]);
  });

  test('keeps who waits at the door in sight while the connection moves', async () => {
    const client = await server.online({ role: 'instructor' });
    const waiting = { frame: 'lobby', count: 1, people: [{ participant: 'p', name: 'Eva', since: 0 }] } as const;
    server.socket.say({ ...waiting, people: [...waiting.people] });
    server.socket.say({ frame: 'drain', inMs: 0 });
    await server.clock.advance(1);
    await server.admit({ role: 'instructor' });
    expect(client.getState().lobby.count).toBe(1);
    server.socket.say({ frame: 'drain', inMs: 0 });
    await server.clock.advance(1);
    await server.admit({ role: 'student' });
    expect(client.getState().lobby.count).toBe(0);
  });

  test('may close the old socket as replaced while the new one is being let in', async () => {
    const client = await server.online();
    server.socket.say({ frame: 'drain', inMs: 0 });
    await server.clock.advance(1);
    const states: string[] = [];
    client.on('connection-changed', ({ state }) => states.push(state));
    server.sockets[0]?.shut(4006, 'replaced');
    const sent = client.send('chat.post', { text: 'in between' });
    sent.catch(() => undefined);
    await server.admit();
    expect(server.sockets).toHaveLength(2);
    expect(states).toEqual([]);
    expect(server.socket.frames('command')).toMatchObject([{ body: { text: 'in between' } }]);
  });

  test('is lost as any other where the new socket is refused after the old one was replaced', async () => {
    const client = await server.online();
    server.socket.say({ frame: 'drain', inMs: 0 });
    await server.clock.advance(1);
    server.sockets[0]?.shut(4006, 'replaced');
    server.socket.shut();
    expect(client.getState().connection).toMatchObject({
      state: 'reconnecting',
      error: { code: 'server_unreachable' },
    });
  });

  test('keeps the old socket while no new one can be had', async () => {
    const client = await server.online();
    server.socket.say({ frame: 'drain', inMs: 0 });
    await server.clock.advance(1);
    server.socket.shut();
    expect(client.getState().connection).toMatchObject({ state: 'online', error: null });
    await server.clock.advance(1_000);
    expect(server.sockets).toHaveLength(3);
  });
});

test('garbage from the server changes nothing and throws nothing', async () => {
  const client = await server.online();
  const before = client.getState();
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '"hello"',
    '{"frame":"welcome"}',
    '{"frame":"event","log":"all"}',
    '{"frame":"constructor"}',
  ])
    expect(() => server.socket.sayText(text)).not.toThrow();
  expect(() => server.socket.onmessage?.({ data: new ArrayBuffer(2) })).not.toThrow();
  await settle();
  expect(client.getState()).toBe(before);
});
