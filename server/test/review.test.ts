/** What was once wrong, each with the test that would have found it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS, type ServerFrameOf } from '@lms-live/protocol';
import { idOf, startRig, token, type Claims, type Rig } from './support/rig.js';

const TEACHER: Claims = { sub: 'grace', role: 'instructor', name: 'Grace', room: '*' };
const STUDENT: Claims = { sub: 'ada', name: 'Ada', room: '*' };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

function enter(room: string, claims: Claims): ReturnType<Rig['enter']> {
  return rig.enter({ ...claims, room }, { room });
}

describe('the door', () => {
  it.each([
    ['lobby', { policy: { 'join.lobby': true } }, 'room_waiting'],
    ['lock', { locked: true }, 'room_locked'],
  ] as const)('holds over HTTP as on the socket: %s', async (name, change, code) => {
    const room = `door-http-${name}`;
    const teacher = await enter(room, TEACHER);
    await teacher.command('chat.post', { text: 'among us' });
    await teacher.command('room.change', change);
    for (const [method, path, body] of [
      ['GET', 'messages', undefined],
      ['GET', 'questions', undefined],
      ['POST', 'messages', { text: 'let me in' }],
      ['POST', 'questions', { text: 'may I?' }],
      ['POST', 'join', undefined],
    ] as const) {
      const answer = await rig.http(method, `/v1/rooms/${room}/${path}`, { claims: STUDENT, body });
      expect({ path, status: answer.status, code: answer.body['code'] }).toEqual({ path, status: 403, code });
    }
    expect(await rig.http('GET', `/v1/rooms/${room}/messages`, { claims: TEACHER })).toMatchObject({ status: 200 });
  });

  it('is shut over HTTP to whom was removed', async () => {
    const teacher = await enter('removed-http', TEACHER);
    const ada = await enter('removed-http', STUDENT);
    await teacher.command('person.remove', { participant: ada.welcome.participant });
    await ada.untilClosed();
    const answer = await rig.http('POST', '/v1/rooms/removed-http/messages', {
      claims: STUDENT,
      body: { text: 'still here' },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'person_removed' } });
  });

  it('hides what was said before from a made-up position, at hello and on a resume', async () => {
    const teacher = await enter('hidden-history', TEACHER);
    await teacher.command('chat.post', { text: 'before you came' });
    await teacher.command('room.change', { policy: { 'chat.history': false } });
    const { epoch } = teacher.position('all');
    const positions = { all: { epoch, offset: 0, hash: '0'.repeat(32) } };
    const ada = await rig.open();
    await ada.hello(await token({ ...STUDENT, room: 'hidden-history' }));
    ada.send({ frame: 'resume', positions });
    await ada.until((frame) => frame.frame === 'reset' && frame.log === 'all', ada.frames.length);
    const late = await rig.open();
    late.send({
      frame: 'hello',
      token: await token({ sub: 'late', room: 'hidden-history' }),
      client: { id: 'a-tab' },
      positions,
    });
    await late.until((frame) => frame.frame === 'reset' && frame.log === 'me');
    expect([...ada.texts, ...late.texts].join('')).not.toContain('before you came');
  });
});

describe('asking', () => {
  it('again and again is limited, and a flood of it closed', async () => {
    const peer = await enter('resume-flood', TEACHER);
    const positions = { all: peer.position('all') };
    for (let index = 0; index < LIMITS.controlBurst + LIMITS.maxMalformedFrames + 5; index += 1)
      peer.send({ frame: 'resume', positions });
    expect(await peer.untilClosed()).toEqual({ code: 4500, reason: 'frame_flood' });
    expect(peer.frames.some((frame) => frame.frame === 'refused' && frame.code === 'rate_limited')).toBe(true);
  });

  it('is counted for each of those who wait at the door by itself', async () => {
    const room = 'crowded-door';
    const waiting = await Promise.all(Array.from({ length: 3 }, () => rig.open()));
    for (const [index, peer] of waiting.entries()) {
      expect(await peer.hello(await token({ sub: `early-${String(index)}`, room }))).toMatchObject({
        frame: 'waiting',
      });
    }
    // Together more than one person may ask for, each of them less.
    for (const peer of waiting)
      for (let index = 0; index < LIMITS.controlBurst - 10; index += 1) peer.send({ frame: 'ping' });
    for (const peer of waiting) {
      await peer.when(
        () =>
          peer.frames.filter(({ frame }) => frame === 'pong' || frame === 'refused').length ===
          LIMITS.controlBurst - 10,
      );
      expect(peer.frames.some(({ frame }) => frame === 'refused')).toBe(false);
    }
  });

  it('has one rate for one person, however many tabs', async () => {
    const tabs = await Promise.all(Array.from({ length: 3 }, () => enter('many-tabs', TEACHER)));
    const answers = await Promise.all(
      tabs.flatMap((tab) =>
        Array.from({ length: LIMITS.maxUnacked }, (_, index) =>
          tab.command('chat.post', { text: `message ${String(index)}` }),
        ),
      ),
    );
    expect(answers.some((answer) => answer.frame === 'refused' && answer.code === 'rate_limited')).toBe(true);
  });

  it('with a malformed hello is told what is wrong with it', async () => {
    const peer = await rig.open();
    peer.send({ frame: 'hello', token: await token(), client: { id: 'a-tab' }, kind: 'party' as 'meeting' });
    expect(await peer.until((frame) => frame.frame === 'refused')).toMatchObject({
      code: 'frame_malformed',
      detail: { path: 'kind' },
    });
    expect((await peer.untilClosed()).code).toBe(4500);
    const other = await rig.open();
    other.send({ frame: 'hello', token: 'x'.repeat(LIMITS.maxTokenBytes + 1), client: { id: 'a-tab' } });
    expect(await other.until((frame) => frame.frame === 'refused')).toMatchObject({ code: 'token_malformed' });
  });
});

describe('a room', () => {
  it('keeps its record for its owner on the socket too, and its settings for whoever teaches', async () => {
    await enter('owned-room', TEACHER);
    const other = await enter('owned-room', { ...TEACHER, sub: 'hopper' });
    expect(await other.command('room.change', { title: 'Mine now' })).toMatchObject({
      code: 'forbidden',
      detail: { grant: 'owner' },
    });
    expect(await other.command('room.change', { policy: { 'chat.mode': 'frozen' } })).toMatchObject({ frame: 'ack' });
    expect(await rig.http('DELETE', '/v1/rooms/owned-room', { claims: { ...TEACHER, sub: 'hopper' } })).toMatchObject({
      status: 403,
    });
  });

  it('that is deleted sends everyone away, at its door as well', async () => {
    const teacher = await enter('deleted-room', TEACHER);
    await teacher.command('room.change', { locked: true });
    const ada = await rig.open();
    await ada.hello(await token({ ...STUDENT, room: 'deleted-room' }));
    expect(await rig.http('DELETE', '/v1/rooms/deleted-room', { claims: TEACHER })).toMatchObject({ status: 204 });
    expect(await teacher.untilClosed()).toEqual({ code: 4501, reason: 'room_unknown' });
    expect(await ada.untilClosed()).toEqual({ code: 4501, reason: 'room_unknown' });
  });

  it('is made once for one idempotency key', async () => {
    const headers = { 'idempotency-key': 'one-key-for-one-room' };
    const first = await rig.http('POST', '/v1/rooms', { claims: TEACHER, body: { title: 'Once' }, headers });
    const again = await rig.http('POST', '/v1/rooms', { claims: TEACHER, body: { title: 'Once' }, headers });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body['id']).toBe(first.body['id']);
    const other = await rig.http('POST', '/v1/rooms', {
      claims: { ...TEACHER, sub: 'hopper' },
      body: { title: 'Once' },
      headers,
    });
    expect(other.body['id']).not.toBe(first.body['id']);
  });

  it('shows a pinned message to who comes a hundred messages later', async () => {
    const teacher = await enter('pinned-room', TEACHER);
    const pinned = idOf(await teacher.command('chat.post', { text: 'read this first' }));
    await teacher.command('chat.pin', { id: pinned, pinned: true });
    const claims: Claims = { sub: 'writer', role: 'service', room: '*' };
    await rig.http('GET', '/v1/rooms/pinned-room', { claims });
    for (let index = 0; index < LIMITS.snapshotMessages + 5; index += 1) {
      const sub = `writer-${String(index % 30)}`;
      await rig.http('POST', '/v1/rooms/pinned-room/messages', {
        claims: { sub, room: '*' },
        body: { text: `m${String(index)}` },
      });
    }
    const late = await enter('pinned-room', STUDENT);
    const reset = late.frames.find(
      (frame): frame is ServerFrameOf<'reset'> => frame.frame === 'reset' && frame.log === 'all',
    );
    const snapshot = reset?.snapshot as {
      messages: { id: string }[];
      pins: string[];
      pinned: [string, { text: string }][];
    };
    expect(snapshot.messages.some(({ id }) => id === pinned)).toBe(false);
    expect(snapshot.pins).toEqual([pinned]);
    expect(snapshot.pinned).toEqual([[pinned, expect.objectContaining({ text: 'read this first' })]]);
  });
});

describe('signals', () => {
  it('of whoever may not speak reach nobody, and reactions are pictures only', async () => {
    const teacher = await enter('quiet-signals', TEACHER);
    const ada = await enter('quiet-signals', STUDENT);
    const bob = await enter('quiet-signals', { ...STUDENT, sub: 'bob' });
    await teacher.command('person.bar', { participant: ada.welcome.participant, bar: 'chat', barred: true });
    await ada.event('person.barred');
    ada.send({ frame: 'signal', kind: 'typing', body: {} });
    ada.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👍' } });
    bob.send({ frame: 'signal', kind: 'reaction', body: { emoji: '<b>hi</b>' } });
    expect(await bob.until((frame) => frame.frame === 'refused')).toMatchObject({ code: 'frame_malformed' });
    bob.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👩🏽‍🏫' } });
    await teacher.until((frame) => frame.frame === 'signal');
    const signals = teacher.frames.filter((frame) => frame.frame === 'signal');
    expect(signals).toMatchObject([{ from: bob.welcome.participant, kind: 'reaction' }]);
  });
});
