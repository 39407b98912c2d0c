import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_ALL, type EventFrame } from '@lms-live/protocol';
import { selectMessages } from '../selectors.js';
import { settle } from '../testing/fake-clock.js';
import { PARTICIPANT, ScriptedServer, newId } from '../testing/scripted-server.js';
import type { RoomClient } from '../types.js';

let server: ScriptedServer;
let client: RoomClient;
beforeEach(async () => {
  server = await ScriptedServer.create();
});
afterEach(async () => {
  await server.end();
});

const texts = (): (string | null)[] => selectMessages(client.getState()).map(({ text }) => text);
const offsets = (): Record<string, number | undefined> =>
  Object.fromEntries(Object.entries(client.getState().heads).map(([log, head]) => [log, head?.offset]));
const resumes = (): number => server.socket.frames('resume').length;

async function posts(...messages: string[]): Promise<string[]> {
  const frames: string[] = [];
  for (const text of messages) frames.push(await server.post(text));
  return frames;
}

describe('order', () => {
  test('events are folded as they come, and the position moves with them', async () => {
    client = await server.online();
    for (const frame of await posts('one', 'two')) server.socket.sayText(frame);
    expect(texts()).toEqual(['one', 'two']);
    expect(client.getState().heads['all']).toEqual({
      offset: 2,
      hash: server.logs.all.position.hash,
    });
  });

  test('what was seen already is dropped without a word', async () => {
    client = await server.online();
    const [one = '', two = ''] = await posts('one', 'two');
    for (const frame of [one, two, one, two, two]) server.socket.sayText(frame);
    await server.clock.advance(3_000);
    expect(texts()).toEqual(['one', 'two']);
    expect(resumes()).toBe(0);
  });

  test('a gap is asked for once, and what came behind it is kept until it is filled', async () => {
    client = await server.online();
    const [one = '', two = '', three = '', four = ''] = await posts('one', 'two', 'three', 'four');
    server.socket.sayText(one);
    server.socket.sayText(three);
    server.socket.sayText(four);
    expect(texts()).toEqual(['one']);
    expect(server.socket.frames('resume')).toEqual([
      { frame: 'resume', positions: { all: server.logs.all.positionAt(1), me: server.logs.me.position } },
    ]);
    server.socket.sayText(two);
    expect(texts()).toEqual(['one', 'two', 'three', 'four']);
    expect(resumes()).toBe(1);
  });

  test('the next gap is asked for again', async () => {
    client = await server.online();
    const [one = '', two = '', three = '', four = ''] = await posts('one', 'two', 'three', 'four');
    server.socket.sayText(two);
    server.socket.sayText(one);
    server.socket.sayText(four);
    server.socket.sayText(three);
    expect(resumes()).toBe(2);
    expect(texts()).toEqual(['one', 'two', 'three', 'four']);
  });

  test('no more than a thousand events are kept behind a gap', async () => {
    client = await server.online();
    const [first = '', ...rest] = await posts(...Array.from({ length: 1_102 }, (_, index) => String(index)));
    for (const frame of rest) server.socket.sayText(frame);
    server.socket.sayText(first);
    expect(offsets()['all']).toBe(1_001);
  });

  test('a type that this version does not know moves the position and nothing else', async () => {
    client = await server.online();
    const before = client.getState().views;
    server.socket.sayText(
      await server.commit({ log: 'all', type: 'poll.opened' as never, by: null, body: { id: newId() } }),
    );
    await settle();
    expect(client.getState().views.all).toEqual(before.all);
    expect(offsets()['all']).toBe(1);
    expect(resumes()).toBe(0);
  });

  test('a body of an unknown shape moves the position and nothing else', async () => {
    client = await server.online();
    server.socket.sayText(
      await server.commit({ log: 'all', type: 'erased', by: null, body: { messages: 7 } as never }),
    );
    server.socket.sayText(await server.post('goes on'));
    await settle();
    expect(texts()).toEqual(['goes on']);
    expect(offsets()['all']).toBe(2);
  });
});

describe('what the server says of its heads', () => {
  test('is let be for a second, then asked for', async () => {
    client = await server.online();
    await posts('lost');
    server.socket.say({ frame: 'ping', heads: [{ log: 'all', position: server.logs.all.position }] });
    await server.clock.advance(999);
    expect(resumes()).toBe(0);
    await server.clock.advance(1);
    expect(resumes()).toBe(1);
  });

  test('is no loss where it arrives within the second', async () => {
    client = await server.online();
    const [late = ''] = await posts('late');
    server.socket.say({ frame: 'pong', serverTime: 0, heads: [{ log: 'all', position: server.logs.all.position }] });
    await server.clock.advance(500);
    server.socket.sayText(late);
    await server.clock.advance(1_000);
    expect(resumes()).toBe(0);
  });

  test('is compared by hash where the offset is the same', async () => {
    client = await server.online();
    const [one = ''] = await posts('one');
    server.socket.sayText(one);
    const position = { ...server.logs.all.position, hash: '0'.repeat(32) };
    server.socket.say({ frame: 'ping', heads: [{ log: 'all', position }] });
    await server.clock.advance(1_000);
    expect(resumes()).toBe(1);
  });

  test('counts for one’s own log too', async () => {
    client = await server.online();
    await server.commit({
      log: 'me',
      type: 'person.admitted',
      by: null,
      body: { participant: PARTICIPANT, admitted: true },
    });
    server.socket.say({ frame: 'pong', serverTime: 0, heads: [{ log: 'me', position: server.logs.me.position }] });
    await server.clock.advance(1_000);
    expect(resumes()).toBe(1);
  });
});

describe('catching up', () => {
  test('is over when the heads of the welcome are reached', async () => {
    const frames = await posts('one', 'two');
    client = server.connect();
    await server.admit();
    expect(client.getState().connection).toMatchObject({ state: 'online', synced: false });
    server.socket.sayText(frames[0] ?? '');
    expect(client.getState().connection.synced).toBe(false);
    server.socket.sayText(frames[1] ?? '');
    expect(client.getState().connection.synced).toBe(true);
  });

  test('tells no news of what was before', async () => {
    const [old = ''] = await posts('old');
    client = server.connect();
    const news: string[] = [];
    client.on('message-posted', ({ id }) => news.push(id));
    await server.admit();
    server.socket.sayText(old);
    const id = newId();
    server.socket.sayText(await server.post('new', 'participant-ben', id));
    expect(news).toEqual([id]);
  });

  test('thousands of events are a handful of notifications', async () => {
    const frames = await posts(...Array.from({ length: 500 }, (_, index) => String(index)));
    client = server.connect();
    await server.admit();
    let count = 0;
    client.subscribe(() => (count += 1));
    for (const [index, frame] of frames.entries()) {
      server.socket.sayText(frame);
      if (index % 50 === 0) await server.clock.advance(10);
    }
    await server.clock.advance(100);
    expect(texts()).toHaveLength(500);
    expect(count).toBeLessThanOrEqual(5);
  });
});

describe('the hash chain', () => {
  const altered = (frame: string): string => frame.replace('"text":"one"', '"text":"won"');

  test('is followed from the beginning of a log', async () => {
    client = await server.online();
    for (const frame of await posts('one', 'two')) server.socket.sayText(frame);
    await settle();
    expect(resumes()).toBe(0);
  });

  test('that breaks takes the view back to the last place that was right, and asks from there', async () => {
    client = await server.online();
    const [zero = '', one = ''] = await posts('zero', 'one');
    server.socket.sayText(zero);
    await settle();
    server.socket.sayText(altered(one));
    expect(texts()).toEqual(['zero', 'won']);
    await settle();
    expect(texts()).toEqual(['zero']);
    expect(server.socket.frames('resume').at(-1)?.positions.all).toEqual(server.logs.all.positionAt(1));
    server.socket.sayText(one);
    await settle();
    expect(texts()).toEqual(['zero', 'one']);
    expect(resumes()).toBe(1);
  });

  test('that breaks twice at one place is read anew', async () => {
    client = await server.online();
    const [one = '', two = ''] = await posts('one', 'two');
    server.socket.sayText(altered(one));
    await settle();
    server.socket.sayText(altered(one));
    server.socket.sayText(two);
    await settle();
    expect(server.sockets).toHaveLength(2);
    server.socket.open();
    await settle();
    expect(server.socket.frames('hello')[0]?.positions?.all).toBeUndefined();
    server.welcome();
    server.socket.say({
      frame: 'reset',
      log: 'all',
      why: 'new',
      position: server.logs.all.position,
      snapshot: { ...EMPTY_ALL, messages: [{ offset: 1, id: newId(), at: 0, by: null, text: 'one' }] },
    });
    await settle();
    expect(texts()).toEqual(['one']);
    expect(client.getState().connection.synced).toBe(true);
  });

  test('holds over an erased body, by its digest', async () => {
    client = await server.online();
    const id = newId();
    await server.post('secret', 'participant-ben', id);
    await server.logs.all.wipe([id], ['chat.posted']);
    const [erased = ''] = server.logs.all.after(0);
    expect(JSON.parse(erased) as EventFrame).toMatchObject({ body: null });
    server.socket.sayText(erased);
    server.socket.sayText(await server.post('next'));
    await settle();
    expect(texts()).toEqual([null, 'next']);
    expect(resumes()).toBe(0);
  });

  test('breaks where an event has neither salt nor digest', async () => {
    client = await server.online();
    const [one = ''] = await posts('one');
    server.socket.sayText(one.replace(/"salt":"\w+",/u, ''));
    await settle();
    expect(resumes()).toBe(1);
  });

  test('is not followed where the page has no SHA-256', async () => {
    client = await server.online({ environment: { ...server.environment, sha256: null } });
    const [one = ''] = await posts('one');
    server.socket.sayText(altered(one));
    await settle();
    expect(texts()).toEqual(['won']);
    expect(resumes()).toBe(0);
  });
});

describe('a reset', () => {
  const snapshot = (text: string, offset: number) => ({
    ...EMPTY_ALL,
    messages: [{ offset, id: newId(), at: 0, by: null, text, replyTo: null, thread: null, editedAt: null }],
  });

  test('replaces the log and its position', async () => {
    client = await server.online();
    server.socket.sayText(await server.post('old'));
    const position = { epoch: 'another', offset: 40, hash: 'a'.repeat(32) };
    server.socket.say({ frame: 'reset', log: 'all', why: 'epoch', position, snapshot: snapshot('restored', 39) });
    expect(texts()).toEqual(['restored']);
    expect(client.getState().heads['all']).toEqual({ offset: 40, hash: 'a'.repeat(32) });
    server.page.wake();
    server.socket.shut();
    await server.clock.advance(250);
    server.socket.open();
    await settle();
    expect(server.socket.frames('hello')[0]?.positions?.all).toEqual(position);
  });

  test('shows no message beside the pending command that made it', async () => {
    client = await server.online();
    const sent = client.send('chat.post', { text: 'mine' });
    await settle();
    const message = { id: 'm', at: 0, by: PARTICIPANT, text: 'mine', replyTo: null, thread: null, editedAt: null };
    const position = { epoch: 'another', offset: 40, hash: 'a'.repeat(32) };
    const messages = [{ ...message, offset: 39 }];
    server.socket.say({
      frame: 'reset',
      log: 'all',
      why: 'too_far',
      position,
      snapshot: { ...EMPTY_ALL, messages },
    });
    expect(client.getState().pending).toEqual([]);
    const { cmid } = server.socket.frames('command')[0]!;
    server.socket.say({ frame: 'ack', cmid, positions: { all: position }, result: { id: 'm' } });
    expect(await sent).toEqual({ id: 'm' });
    expect(client.getState().pending).toEqual([]);
    expect(texts()).toEqual(['mine']);
  });

  test('keeps what is pending', async () => {
    client = await server.online();
    client.send('chat.post', { text: 'mine' }).catch(() => undefined);
    const position = { epoch: 'another', offset: 40, hash: 'a'.repeat(32) };
    server.socket.say({ frame: 'reset', log: 'all', why: 'too_far', position, snapshot: snapshot('restored', 39) });
    expect(client.getState().pending).toMatchObject([{ type: 'chat.post', body: { text: 'mine' }, error: null }]);
  });

  test('of rubbish is an empty log', async () => {
    client = await server.online();
    const position = { epoch: 'another', offset: 3, hash: 'a'.repeat(32) };
    server.socket.say({ frame: 'reset', log: 'all', why: 'epoch', position, snapshot: 'rubbish' });
    expect(client.getState().views.all).toEqual(EMPTY_ALL);
  });
});

describe('the log of the staff', () => {
  const noted = () =>
    server.commit({ log: 'staff', type: 'audit', by: null, body: { action: 'room.start', note: 'secret' } });

  test('is wiped with its position when the right to read it is lost', async () => {
    client = await server.online({ role: 'instructor' });
    server.socket.sayText(await noted());
    await settle();
    expect(client.getState().views.staff.audits).toHaveLength(1);
    server.socket.say({ frame: 'rights', role: 'student', grants: ['chat.post'] });
    expect(client.getState().me).toMatchObject({ role: 'student' });
    expect(client.getState().views.staff.audits).toEqual([]);
    expect(offsets()).not.toHaveProperty('staff');
    server.socket.shut();
    await server.clock.advance(250);
    server.socket.open();
    await settle();
    expect(server.socket.frames('hello')[0]?.positions).not.toHaveProperty('staff');
  });

  test('comes as a reset when the right is gained', async () => {
    client = await server.online();
    await noted();
    server.socket.say({ frame: 'rights', role: 'assistant', grants: ['chat.post', 'staff.read'] });
    server.socket.say({
      frame: 'reset',
      log: 'staff',
      why: 'role',
      position: server.logs.staff.position,
      snapshot: { audits: [{ offset: 1, at: 0, by: null, action: 'room.start', about: null, text: null, note: null }] },
    });
    server.socket.sayText(await noted());
    await settle();
    expect(client.getState().views.staff.audits).toHaveLength(2);
    expect(offsets()['staff']).toBe(2);
    expect(client.getState().connection.synced).toBe(true);
  });

  test('is asked for anew where it does not come', async () => {
    client = await server.online();
    await noted();
    server.socket.say({ frame: 'rights', role: 'assistant', grants: ['chat.post', 'staff.read'] });
    server.socket.say({ frame: 'ping', heads: [{ log: 'staff', position: server.logs.staff.position }] });
    await server.clock.advance(1_000);
    expect(server.sockets).toHaveLength(2);
  });

  test('is wiped when a new welcome does not name it', async () => {
    client = await server.online({ role: 'instructor' });
    server.socket.sayText(await noted());
    server.socket.shut();
    await server.clock.advance(250);
    await server.admit({ role: 'student' });
    expect(client.getState().views.staff.audits).toEqual([]);
  });
});

test('another participant id means another person: nothing of the old one stays', async () => {
  client = await server.online();
  server.socket.sayText(await server.post('one'));
  await settle();
  server.socket.shut();
  await server.clock.advance(250);
  server.socket.open();
  await settle();
  server.welcome({ participant: 'someone-else', positions: {} });
  expect(texts()).toEqual([]);
  expect(client.getState().me?.participant).toBe('someone-else');
});
