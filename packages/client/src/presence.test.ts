import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Presence } from '@lms-live/protocol';
import { settle } from './testing/fake-clock.js';
import { PARTICIPANT, ScriptedServer } from './testing/scripted-server.js';
import type { RoomClient } from './types.js';

let server: ScriptedServer;
let client: RoomClient;
let told: string[];
beforeEach(async () => {
  server = await ScriptedServer.create();
  client = await server.online();
  told = [];
  client.on('person-joined', ({ participant, name }) => told.push(`${name ?? participant} came`));
  client.on('person-left', ({ participant, name }) => told.push(`${name ?? participant} left`));
});
afterEach(async () => {
  await server.end();
});

const person = (participant: string, away = false) => ({ participant, role: 'student', away }) as const;

function say(presence: Partial<Presence> & { version: number }): void {
  server.socket.say({ frame: 'presence', full: false, count: 2, joined: [], left: [], ...presence });
}

const here = (): string[] => [...client.getState().presence.people.keys()];

describe('who is here', () => {
  test('is known from a full list, without news', () => {
    say({ version: 4, full: true, count: 3, joined: [person(PARTICIPANT), person('ben')] });
    expect(here()).toEqual([PARTICIPANT, 'ben']);
    expect(client.getState().presence.count).toBe(3);
    expect(told).toEqual([]);
  });

  test('changes by differences, which are news', async () => {
    say({ version: 4, full: true, joined: [person(PARTICIPANT), person('ben')] });
    server.socket.sayText(
      await server.commit({
        log: 'all',
        type: 'person.named',
        by: 'cleo',
        body: { participant: 'cleo', name: 'Cleo' },
      }),
    );
    say({ version: 5, count: 3, joined: [person('cleo')] });
    say({ version: 6, joined: [person('ben', true)] });
    expect(client.getState().presence.people.get('ben')?.away).toBe(true);
    say({ version: 7, left: ['ben'] });
    expect(here()).toEqual([PARTICIPANT, 'cleo']);
    expect(told).toEqual(['Cleo came', 'ben left']);
  });

  test('is only counted where they are too many to be named, and nobody is said to have left', () => {
    say({ version: 4, full: true, joined: [person('ben')] });
    say({ version: 5, full: true, count: 201 });
    expect(client.getState().presence.count).toBe(201);
    expect(here()).toEqual([]);
    expect(told).toEqual([]);
  });

  test('tells nobody of themselves', () => {
    say({ version: 4, full: true, joined: [person('ben')] });
    say({ version: 5, joined: [person(PARTICIPANT)] });
    say({ version: 6, left: [PARTICIPANT] });
    expect(told).toEqual([]);
  });

  test('ignores a difference that is in the list already', () => {
    say({ version: 4, full: true, joined: [person('ben')] });
    say({ version: 4, left: ['ben'] });
    expect(here()).toEqual(['ben']);
  });

  test('asks for a full list where a difference is missing, and applies none until it comes', async () => {
    say({ version: 4, full: true, joined: [person('ben')] });
    say({ version: 6, joined: [person('cleo')] });
    say({ version: 7, joined: [person('dan')] });
    expect(here()).toEqual(['ben']);
    await server.clock.advance(1_000);
    expect(server.socket.frames('resume')).toHaveLength(1);
    say({ version: 7, full: true, joined: [person('ben'), person('cleo'), person('dan')] });
    expect(here()).toEqual(['ben', 'cleo', 'dan']);
    say({ version: 8, left: ['ben'] });
    expect(here()).toEqual(['cleo', 'dan']);
    await server.clock.advance(2_000);
    expect(server.socket.frames('resume')).toHaveLength(1);
  });

  test('stays shown over a loss, until the server has said who is here now', async () => {
    say({ version: 4, full: true, joined: [person('ben')] });
    server.socket.shut();
    await server.clock.advance(250);
    await server.admit();
    expect(here()).toEqual(['ben']);
    say({ version: 1, full: true, joined: [person('cleo')] });
    expect(here()).toEqual(['cleo']);
    expect(told).toEqual([]);
  });
});

describe('who is writing', () => {
  const types = (from: string): void => server.socket.say({ frame: 'signal', kind: 'typing', from, body: {} });

  test('is shown for six seconds after the last sign', async () => {
    types('ben');
    await server.clock.advance(4_000);
    types('ben');
    types('cleo');
    expect(client.getState().typing).toEqual(['ben', 'cleo']);
    await server.clock.advance(5_999);
    expect(client.getState().typing).toEqual(['ben', 'cleo']);
    await server.clock.advance(1);
    expect(client.getState().typing).toEqual([]);
  });

  test('is over with the message, and with leaving', async () => {
    types('participant-ben');
    types('cleo');
    server.socket.sayText(await server.post('Here it is'));
    expect(client.getState().typing).toEqual(['cleo']);
    say({ version: 4, full: true, joined: [person('cleo')] });
    say({ version: 5, left: ['cleo'] });
    expect(client.getState().typing).toEqual([]);
  });

  test('is not oneself', () => {
    types(PARTICIPANT);
    expect(client.getState().typing).toEqual([]);
  });

  test('is told to others every three seconds at most, and again after a message', async () => {
    const signals = () => server.socket.frames('signal').length;
    client.signal('typing', {});
    client.signal('typing', {});
    expect(signals()).toBe(1);
    await server.clock.advance(3_000);
    client.signal('typing', {});
    expect(signals()).toBe(2);
    client.send('chat.post', { text: 'x' }).catch(() => undefined);
    client.signal('typing', {});
    expect(signals()).toBe(3);
  });
});

test('a signal is silently dropped while offline', async () => {
  server.socket.shut();
  client.signal('reaction', { emoji: '👍' });
  await server.clock.advance(250);
  await server.admit();
  expect(server.socket.frames('signal')).toEqual([]);
});

test('a reaction is told with its participant', async () => {
  const seen: unknown[] = [];
  client.on('reaction', (reaction) => seen.push(reaction));
  server.socket.say({ frame: 'signal', kind: 'reaction', from: 'ben', body: { emoji: '👏' } });
  server.socket.say({ frame: 'signal', kind: 'reaction', from: 'ben', body: {} });
  await settle();
  expect(seen).toEqual([{ participant: 'ben', emoji: '👏' }]);
});
