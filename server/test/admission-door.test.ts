import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS, type ServerFrameOf } from '@lms-live/protocol';
import type { LiveRoom } from '../src/rooms/live-room.js';
import { come, makeRoom, rosters, say, setPassword, waits, welcomed } from './support/host.js';
import { startRig, TENANT, token, type Peer, type Rig } from './support/rig.js';

const GRACE = { sub: 'grace', role: 'instructor', name: 'Grace' };
const MINUTE_MS = 60_000;

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const lobby = (peer: Peer): ServerFrameOf<'lobby'> | undefined =>
  peer.frames.filter((frame): frame is ServerFrameOf<'lobby'> => frame.frame === 'lobby').at(-1);
const isIn = (peer: Peer): boolean => peer.frames.some(({ frame }) => frame === 'welcome');
const roomOf = async (id = 'algebra'): Promise<LiveRoom> => {
  const live = await rig.server.directory.get(TENANT.id, id);
  if (!live) throw new Error('there is no such room');
  return live;
};

describe('a knock', () => {
  it('brings a word to the staff, cleaned and once for a person, which goes with them', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    const { peer: ada } = await come(rig, { sub: 'ada' });
    await come(rig, { sub: 'ada' });
    ada.send({ frame: 'knock', note: ' My bus\u0007 was <b>late</b> ' });
    await grace.when(() => lobby(grace)?.people[0]?.note === 'My bus was <b>late</b>');
    expect(lobby(grace)?.count).toBe(1);
    ada.send({ frame: 'knock', note: '' });
    await grace.when(() => lobby(grace)?.people[0]?.note === undefined);
    ada.send({ frame: 'knock', note: 'x'.repeat(LIMITS.maxNoteChars + 1) });
    expect(await ada.until((frame) => frame.frame === 'refused')).toMatchObject({ code: 'frame_malformed' });
    expect(ada.closed).toBeNull();
  });

  it('from somebody who is in says nothing to anybody', async () => {
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter({ sub: 'ada' });
    ada.send({ frame: 'knock', note: 'hello', password: 'x' });
    await ada.heard();
    expect(ada.refusals).toEqual([]);
    expect(grace.texts.join('')).not.toContain('hello');
  });
});

describe('a word to those who wait', () => {
  it('reaches all of them, whoever comes later, and nobody in the class', async () => {
    const grace = await rig.enter(GRACE);
    const bob = await rig.enter({ sub: 'bob' });
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    const { peer: ada } = await come(rig, { sub: 'ada' });
    const before = Date.now();
    grace.send({ frame: 'signal', kind: 'lobby.message', body: { text: ' Five\u0000 minutes ' } });
    await ada.when(() => waits(ada).length === 2);
    expect(waits(ada)[1]).toMatchObject({ why: 'lobby', message: { text: 'Five minutes', name: 'Grace' } });
    expect(waits(ada)[1]?.message?.at).toBeGreaterThanOrEqual(before);
    const { first } = await come(rig, { sub: 'eve' });
    expect(first).toMatchObject({ frame: 'waiting', message: { text: 'Five minutes' } });
    await bob.heard();
    expect(bob.texts.join('')).not.toContain('Five');
  });

  it('reaches one of them alone', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    const { peer: ada } = await come(rig, { sub: 'ada', name: 'Ada' });
    const { peer: eve } = await come(rig, { sub: 'eve', name: 'Eve' });
    await grace.when(() => lobby(grace)?.count === 2);
    const participant = lobby(grace)?.people.find(({ name }) => name === 'Ada')?.participant;
    grace.send({ frame: 'signal', kind: 'lobby.message', body: { participant, text: 'You are next' } });
    await ada.when(() => waits(ada).at(-1)?.message?.text === 'You are next');
    await eve.heard();
    expect(waits(eve)).toHaveLength(1);
    expect((await come(rig, { sub: 'kim' })).first).not.toHaveProperty('message');
  });

  it('is for whoever may admit, and has something to say', async () => {
    const grace = await rig.enter(GRACE);
    const bob = await rig.enter({ sub: 'bob' });
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    const { peer: ada } = await come(rig, { sub: 'ada' });
    bob.send({ frame: 'signal', kind: 'lobby.message', body: { text: 'Go home' } });
    expect(await bob.until((frame) => frame.frame === 'refused')).toMatchObject({ code: 'forbidden' });
    grace.send({ frame: 'signal', kind: 'lobby.message', body: { text: ' \u200b ' } });
    expect(await grace.until((frame) => frame.frame === 'refused')).toMatchObject({ code: 'text_empty' });
    ada.send({ frame: 'signal', kind: 'lobby.message', body: { text: 'Me too' } });
    await ada.heard();
    expect(waits(ada)).toHaveLength(1);
  });

  it('is not read by those who wait for another class in the same room', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    await come(rig, { sub: 'ada' });
    grace.send({ frame: 'signal', kind: 'lobby.message', body: { text: 'Five minutes' } });
    await grace.heard();
    await grace.command('room.end', {});
    await grace.command('room.start', {});
    expect((await come(rig, { sub: 'eve' })).first).not.toHaveProperty('message');
  });
});

describe('everyone at the door', () => {
  it('comes in by one answer, which is remembered and can be taken back', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    const crowd = await Promise.all(['ada', 'bob', 'eve'].map(async (sub) => (await come(rig, { sub })).peer));
    await grace.when(() => lobby(grace)?.count === 3);
    expect(await grace.command('person.admitAll', {})).toMatchObject({ frame: 'ack', result: { admitted: 3 } });
    await Promise.all(crowd.map((peer) => welcomed(peer)));
    expect((await come(rig, { sub: 'late' })).first).toMatchObject({ frame: 'waiting', why: 'lobby' });
    const [ada] = crowd as [Peer];
    const { participant } = ada.welcome;
    await ada.command('person.leave', {});
    ada.terminate();
    expect((await come(rig, { sub: 'ada' }, { join: false })).first).toMatchObject({ frame: 'welcome' });
    await grace.command('person.admit', { participant, admitted: false });
    expect((await come(rig, { sub: 'ada' })).first).toMatchObject({ code: 'person_not_admitted' });
    await grace.command('person.admit', { participant, admitted: true });
    expect((await come(rig, { sub: 'ada' })).first).toMatchObject({ frame: 'welcome' });
  });

  it('is for whoever may admit; and of nobody it is no mistake', async () => {
    const grace = await rig.enter(GRACE);
    const bob = await rig.enter({ sub: 'bob' });
    expect(await bob.command('person.admitAll', {})).toMatchObject({ code: 'forbidden' });
    expect(await grace.command('person.admitAll', {})).toMatchObject({ frame: 'ack', result: { admitted: 0 } });
  });

  it('does not answer those who wait for the class, or have yet to give the password', async () => {
    const live = await makeRoom(rig, 'algebra');
    await setPassword(live, 'open sesame');
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    const { peer: ada } = await come(rig, { sub: 'ada' });
    expect(await grace.command('person.admitAll', {})).toMatchObject({ result: { admitted: 0 } });
    ada.send({ frame: 'knock', password: 'open sesame' });
    await ada.when(() => waits(ada).at(-1)?.why === 'lobby');
  });
});

describe('a class that is full', () => {
  it('says so, and gives a place that frees to whoever has waited the longest', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { capacity: 2 });
    const ada = await rig.enter({ sub: 'ada' });
    const bob = await rig.enter({ sub: 'bob' });
    const waiting: Peer[] = [];
    for (const sub of ['c', 'd', 'e']) {
      const { peer, first } = await come(rig, { sub });
      expect(first).toMatchObject({ frame: 'waiting', why: 'full' });
      waiting.push(peer);
    }
    const [c, d, e] = waiting as [Peer, Peer, Peer];
    await ada.command('person.leave', {});
    await welcomed(c);
    await c.present(c.welcome.participant);
    // Whoever knocks in the very moment does not go before those who wait.
    const f = await rig.open();
    const hello = f.hello(await token({ sub: 'f' }), { join: true });
    await bob.command('person.leave', {});
    await welcomed(d);
    expect(await hello).toMatchObject({ frame: 'waiting', why: 'full' });
    await Promise.all([e.heard(), f.heard()]);
    expect([isIn(e), isIn(f)]).toEqual([false, false]);
    await grace.command('room.change', { capacity: 4 });
    await Promise.all([welcomed(e), welcomed(f)]);
    expect([...waiting, f].flatMap((peer) => peer.refusals)).toEqual([]);
  });

  it('is never fuller than it may be, however many come at once', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { capacity: 10 });
    const crowd = await Promise.all(Array.from({ length: 30 }, (_, at) => come(rig, { sub: `s${String(at)}` })));
    expect(crowd.filter(({ first }) => first.frame === 'welcome')).toHaveLength(10);
    expect(crowd.filter(({ first }) => first.frame === 'waiting')).toHaveLength(20);
    await Promise.all(crowd.map(({ peer }) => peer.heard()));
    expect(crowd.flatMap(({ peer }) => peer.refusals)).toEqual([]);
    expect((await roomOf()).presence.count).toBe(11);
  });

  it('keeps a place for whoever looks at their camera first, and lets the next in where they go', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { capacity: 1 });
    const { peer: ada, first } = await come(rig, { sub: 'ada' }, { join: false });
    expect(first).toMatchObject({ frame: 'welcome' });
    const { peer: bob, first: full } = await come(rig, { sub: 'bob' });
    expect(full).toMatchObject({ frame: 'waiting', why: 'full' });
    ada.terminate();
    await welcomed(bob);
  });

  it('has its places for those who are taught: a teacher who comes takes none, and who becomes one leaves theirs', async () => {
    const grace = await rig.enter(GRACE);
    await grace.command('room.change', { capacity: 2 });
    const ada = await rig.enter({ sub: 'ada' });
    await come(rig, { sub: 'tim', role: 'assistant' }, { join: false });
    await rig.enter({ sub: 'tom', role: 'assistant' });
    const bob = await rig.enter({ sub: 'bob' });
    const { peer: cleo, first } = await come(rig, { sub: 'cleo' });
    expect(first).toMatchObject({ frame: 'waiting', why: 'full' });
    await bob.command('person.leave', {});
    await welcomed(cleo);
    await cleo.present(cleo.welcome.participant);
    const { peer: dora, first: again } = await come(rig, { sub: 'dora' });
    expect(again).toMatchObject({ why: 'full' });
    await grace.command('person.role', { participant: ada.welcome.participant, role: 'assistant' });
    await welcomed(dora);
    expect([cleo, dora].flatMap((peer) => peer.refusals)).toEqual([]);
  });
});

describe('the right to come in always', () => {
  const ALWAYS = { grants: { 'room.enterAlways': true } };
  const NOT_ALWAYS = { ...GRACE, grants: { 'room.enterAlways': false } };
  const startsAt = Date.now() + 60 * MINUTE_MS;

  it('brings a student past password, lobby, lock and a full class, and past no start', async () => {
    const live = await makeRoom(rig, 'algebra', { startsAt });
    expect((await come(rig, { sub: 'ada', ...ALWAYS })).first).toMatchObject({ why: 'not_started' });
    await say(live, 'room.start', {});
    await rig.enter({ sub: 'bob' });
    await setPassword(live, 'open sesame');
    await say(live, 'room.change', { policy: { 'join.lobby': true }, locked: true, capacity: 1 });
    const { peer, first } = await come(rig, { sub: 'ada', ...ALWAYS });
    expect(first).toMatchObject({ frame: 'welcome', role: 'student' });
    await peer.present(peer.welcome.participant);
    expect(peer.refusals).toEqual([]);
  });

  it('where a token takes it from a teacher, lets them come before the class, and wait as others do', async () => {
    const live = await makeRoom(rig, 'algebra', { startsAt });
    const early = await rig.enter(NOT_ALWAYS);
    await early.command('person.leave', {});
    early.terminate();
    await rig.enter({ sub: 'tim', role: 'assistant' });
    await say(live, 'room.start', {});
    await rig.enter({ sub: 'bob' });
    for (const [why, change, back] of [
      ['locked', { locked: true }, { locked: false }],
      ['lobby', { policy: { 'join.lobby': true } }, { policy: { 'join.lobby': false } }],
      ['full', { capacity: 1 }, { capacity: null }],
    ] as const) {
      await say(live, 'room.change', change);
      const { peer, first } = await come(rig, NOT_ALWAYS);
      expect(first).toMatchObject({ frame: 'waiting', why });
      const overHttp = await rig.http('GET', '/v1/rooms/algebra/people', { claims: NOT_ALWAYS });
      expect(overHttp.status).toBe(403);
      await say(live, 'room.change', back);
      await welcomed(peer);
      await peer.present(peer.welcome.participant);
      expect(peer.refusals).toEqual([]);
      await peer.command('person.leave', {});
      peer.terminate();
    }
    await setPassword(live, 'open sesame');
    expect((await come(rig, NOT_ALWAYS)).first).toMatchObject({ frame: 'waiting', why: 'password' });
  });
});

describe('an answer of the staff', () => {
  it('is for whoever has come to the door or is on the list, and for nobody else', async () => {
    const live = await makeRoom(rig, 'algebra', { policy: { 'join.lobby': true } });
    const grace = await rig.enter(GRACE);
    const { peer: ada } = await come(rig, { sub: 'ada' });
    await grace.when(() => lobby(grace)?.count === 1);
    const waiting = lobby(grace)?.people[0]?.participant ?? '';
    ada.terminate();
    await live.setRoster([{ sub: 'bob', role: null, name: 'Bob' }]);
    await grace.until((frame) => frame.frame === 'roster');
    const expected = rosters(grace).at(-1)?.people[0]?.participant ?? '';
    const nobody = 'nobody-has-this-id-00';
    for (const participant of [waiting, expected])
      expect(await grace.command('person.admit', { participant, admitted: true })).toMatchObject({ frame: 'ack' });
    for (const [type, body] of [
      ['person.admit', { admitted: true }],
      ['person.remove', {}],
      ['person.bar', { bar: 'room', barred: true }],
    ] as const)
      expect(await grace.command(type, { participant: nobody, ...body })).toMatchObject({
        code: 'person_unknown',
      });
    expect(grace.texts.join('')).not.toContain(`"participant":"${nobody}"`);
  });

  it('that somebody go, whom the class has not seen yet, is told to them and not to the class', async () => {
    const grace = await rig.enter(GRACE);
    const bob = await rig.enter({ sub: 'bob' });
    const { peer: ada } = await come(rig, { sub: 'ada' }, { join: false });
    const { participant } = ada.welcome;
    await grace.command('person.admit', { participant, admitted: true });
    expect(await grace.command('person.remove', { participant })).toMatchObject({ frame: 'ack' });
    expect(await ada.untilClosed()).toMatchObject({ code: 4502 });
    expect(ada.refusals).toEqual(['person_removed']);
    expect(await bob.command('chat.post', { text: 'Hi', to: participant })).toMatchObject({ frame: 'refused' });
    expect(await grace.command('chat.post', { text: 'Hi', to: participant })).toMatchObject({
      code: 'person_unknown',
    });
    expect(bob.texts.join('')).not.toContain(participant);
  });
});

describe('a teacher', () => {
  const INSIDE = { frame: 'welcome', role: 'instructor' };

  it.each([
    ['a lobby', async (live: LiveRoom) => say(live, 'room.change', { policy: { 'join.lobby': true } })],
    ['a lock', async (live: LiveRoom) => say(live, 'room.change', { locked: true })],
    [
      'a full class',
      async (live: LiveRoom) => {
        await say(live, 'room.start', {});
        await rig.enter({ sub: 'bob' });
        return say(live, 'room.change', { capacity: 1 });
      },
    ],
    ['a password', async (live: LiveRoom) => setPassword(live, 'open sesame')],
    ['an early hour', async (live: LiveRoom) => say(live, 'room.change', { startsAt: Date.now() + 60 * MINUTE_MS })],
    ['a class that is over', async (live: LiveRoom) => say(live, 'room.end', {})],
    [
      'all of them together',
      async (live: LiveRoom) => {
        await setPassword(live, 'open sesame');
        const startsAt = Date.now() + 60 * MINUTE_MS;
        await say(live, 'room.change', { policy: { 'join.lobby': true }, locked: true, capacity: 1, startsAt });
      },
    ],
  ] as const)('gets in past %s', async (_what, close) => {
    const live = await makeRoom(rig, 'algebra');
    await close(live);
    const tim = await rig.enter({ sub: 'tim', role: 'assistant' });
    const { peer, first } = await come(rig, GRACE);
    expect(first).toMatchObject(INSIDE);
    await peer.present(peer.welcome.participant);
    expect(peer.refusals).toEqual([]);
    const { first: student } = await come(rig, { sub: 'ada' });
    if (live.room.state !== 'ended') expect(student.frame).toBe('waiting');
    tim.terminate();
  });

  it('who was given the role in class gets in again as well', async () => {
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter({ sub: 'ada' });
    await grace.command('person.role', { participant: ada.welcome.participant, role: 'instructor' });
    await grace.command('room.change', { locked: true, capacity: 1 });
    await ada.command('person.leave', {});
    ada.terminate();
    expect((await come(rig, { sub: 'ada' })).first).toMatchObject(INSIDE);
  });
});

describe('a ban', () => {
  it('stands over a rejoin, other tabs, a new token, a restart and an erasure', async () => {
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter({ sub: 'ada' });
    const tab = await rig.enter({ sub: 'ada' });
    const { participant } = ada.welcome;
    await grace.command('person.bar', { participant, bar: 'room', barred: true });
    expect(await ada.untilClosed()).toMatchObject({ code: 4503 });
    expect(await tab.untilClosed()).toMatchObject({ code: 4503 });
    const attempts = [{ sub: 'ada' }, { sub: 'ada', role: 'instructor' }, { sub: 'ada', name: 'Somebody else' }];
    const expectBanned = async (): Promise<void> => {
      for (const claims of attempts) {
        const { first } = await come(rig, claims);
        expect(first).toMatchObject({ frame: 'refused', code: 'person_banned' });
      }
    };
    await expectBanned();
    await rig.erase('algebra', participant);
    await expectBanned();
    await rig.restart();
    await expectBanned();
    expect((await come(rig, { sub: 'bob' }, { join: false })).first).toMatchObject({ frame: 'welcome' });
  });
});
