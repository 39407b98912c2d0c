import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '@lms-live/protocol';
import { idOf, ORIGIN, Peer, startRig, TENANT, token, type Rig } from './support/rig.js';

describe('the gateway', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.stop());

  describe('at hello', () => {
    it.each([
      ['a token of another school', { iss: 'https://elsewhere.test' }, 'token_issuer', 4501],
      [
        'a token signed with another secret',
        { secret: 'another-secret-that-is-long-enough-too' },
        'token_signature',
        4501,
      ],
      ['an expired token', { expiresInS: -60 }, 'token_expired', 4100],
      ['a token for another room', { room: 'history' }, 'room_not_covered', 4501],
      ['a token without a role', { role: null as unknown as string }, 'token_claims', 4501],
    ] as const)('refuses %s with its own code', async (_what, claims, code, close) => {
      const peer = await rig.open();
      const answer = await peer.hello(await token(claims), { room: 'algebra' });
      expect(answer).toMatchObject({ frame: 'refused', code });
      expect((answer as { message: string }).message).toMatch(/\w{3,}/u);
      expect(await peer.untilClosed()).toEqual({ code: close, reason: code });
    });

    it('asks for the room where the token covers several', async () => {
      const peer = await rig.open();
      expect(await peer.hello(await token({ room: ['algebra', 'history'] }))).toMatchObject({ code: 'room_missing' });
    });

    it('does not make up a room for whom a prefix covers it', async () => {
      const peer = await rig.open();
      expect(await peer.hello(await token({ room: 'alg*' }), { room: 'algebra' })).toMatchObject({
        code: 'room_unknown',
      });
      expect((await peer.untilClosed()).code).toBe(4501);
    });

    it('refuses a page of another origin before it says a word', async () => {
      await expect(Peer.open(rig.url, 'https://evil.test')).rejects.toThrow('403');
    });

    it('refuses a page of another tenant', async () => {
      await rig.stop();
      const other = { ...TENANT, id: 'other', issuer: 'https://other.test', origins: ['https://other.test'] };
      rig = await startRig({ tenants: [TENANT, other] });
      const peer = await rig.open({ origin: 'https://other.test' });
      expect(await peer.hello(await token())).toMatchObject({ code: 'origin_refused' });
    });

    it('lets a program without an origin in', async () => {
      await rig.enter({ sub: 'grace', role: 'instructor' });
      const peer = await rig.open({ origin: null });
      expect(await peer.hello(await token())).toMatchObject({ frame: 'welcome' });
    });

    it('closes a socket that says nothing, or something else first', async () => {
      const other = await rig.open();
      other.send({ frame: 'ping' });
      expect(await other.untilClosed()).toEqual({ code: 4500, reason: 'hello_expected' });
      const twice = await rig.enter({ sub: 'grace', role: 'instructor' });
      await twice.hello(await token({ sub: 'grace', role: 'instructor' })).catch(() => undefined);
      expect(await twice.untilClosed()).toEqual({ code: 4500, reason: 'hello_expected' });
    });

    it('keeps two rooms of one id in two schools apart', async () => {
      await rig.stop();
      const other = { ...TENANT, id: 'other', issuer: 'https://other.test', origins: [ORIGIN] };
      rig = await startRig({ tenants: [TENANT, other] });
      const here = await rig.enter({ sub: 'grace', role: 'instructor' });
      const there = await rig.enter({ sub: 'grace', role: 'instructor', iss: 'https://other.test' });
      await here.command('chat.post', { text: 'only here' });
      await there.command('chat.post', { text: 'only there' });
      await there.event('chat.posted');
      expect(there.texts.join('')).not.toContain('only here');
      expect(there.welcome.participant).not.toBe(here.welcome.participant);
    });

    it('gives way to the newer connection of the same tab', async () => {
      const first = await rig.enter({ sub: 'grace', role: 'instructor' }, { client: { id: 'one-tab' } });
      await rig.enter({ sub: 'grace', role: 'instructor' }, { client: { id: 'one-tab' } });
      expect(await first.untilClosed()).toEqual({ code: 4006, reason: 'replaced' });
    });

    it('allows a dozen tabs of one person and no more', async () => {
      for (let tab = 0; tab < LIMITS.maxConnectionsPerPerson; tab += 1)
        await rig.enter({ sub: 'grace', role: 'instructor' });
      const peer = await rig.open();
      expect(await peer.hello(await token({ sub: 'grace', role: 'instructor' }))).toMatchObject({
        code: 'too_many_connections',
        retryable: true,
      });
      expect((await peer.untilClosed()).code).toBe(4005);
    });
  });

  describe('with frames', () => {
    it('answers what it cannot read, and closes a flood of it', async () => {
      const peer = await rig.enter({ sub: 'grace', role: 'instructor' });
      const garbage = ['{', '[]', 'null', '"hello"', '{"frame":"unknown"}'];
      for (const [index, text] of garbage.entries()) {
        const from = peer.frames.length;
        peer.send(text);
        expect(await peer.until((frame) => frame.frame === 'refused', from)).toMatchObject({
          code: index < 4 ? 'frame_malformed' : 'frame_flood',
        });
      }
      expect(await peer.untilClosed()).toEqual({ code: 4500, reason: 'frame_flood' });
      const other = await rig.enter({ sub: 'ada' });
      expect(await other.command('chat.post', { text: 'still here' })).toMatchObject({ frame: 'ack' });
    });

    it('refuses binary frames, deep JSON and frames over the limit', async () => {
      const peer = await rig.enter({ sub: 'grace', role: 'instructor' });
      peer.send(randomBytes(64));
      await peer.until((frame) => frame.frame === 'refused' && frame.code === 'frame_malformed');
      const before = peer.frames.length;
      peer.send('['.repeat(20_000) + ']'.repeat(20_000));
      await peer.until((frame) => frame.frame === 'refused' && frame.code === 'frame_malformed', before);
      const big = JSON.stringify({
        frame: 'command',
        cmid: 'a-command-too-big-to-take',
        seq: 1,
        type: 'chat.post',
        body: { text: 'x'.repeat(LIMITS.maxFrameBytes) },
      });
      const from = peer.frames.length;
      peer.send(big);
      expect(await peer.until((frame) => frame.frame === 'refused', from)).toMatchObject({ code: 'frame_too_large' });
    });

    it('refuses unknown, reserved and wrong commands by name, and goes on with the next', async () => {
      const peer = await rig.enter({ sub: 'grace', role: 'instructor' });
      expect(await peer.command('poll.open' as never, {} as never)).toMatchObject({
        code: 'not_supported',
        retryable: false,
      });
      expect(await peer.command('no.such' as never, {} as never)).toMatchObject({ code: 'frame_malformed' });
      expect(await peer.command('chat.post', { text: 1 } as never)).toMatchObject({
        code: 'frame_malformed',
        detail: { path: 'body.text' },
      });
      expect(await peer.command('chat.post', { text: 'x'.repeat(LIMITS.maxMessageChars + 1) })).toMatchObject({
        code: 'text_too_long',
      });
      expect(await peer.command('chat.post', { text: 'fine', by: 'someone-else' } as never)).toMatchObject({
        code: 'frame_malformed',
      });
      expect(await peer.command('chat.post', { text: 'fine' })).toMatchObject({ frame: 'ack' });
    });

    it('keeps the order of one sender: a hole refuses what comes behind it', async () => {
      const peer = await rig.enter({ sub: 'grace', role: 'instructor' });
      expect(await peer.command('chat.post', { text: 'second' }, { seq: 2 })).toMatchObject({
        code: 'seq_expected',
        expect: 1,
        retryable: true,
      });
      expect(await peer.command('chat.post', { text: 'first' }, { seq: 1 })).toMatchObject({ frame: 'ack' });
    });

    it('limits the rate of one person, says how long to wait, and loses nothing that is sent again', async () => {
      const peer = await rig.enter({ sub: 'grace', role: 'instructor' });
      let refused: Awaited<ReturnType<typeof peer.command>> | undefined;
      let sent = 0;
      while (!refused && sent < 100) {
        const answer = await peer.command('chat.post', { text: `message ${String(sent)}` });
        if (answer.frame === 'refused') refused = answer;
        else sent += 1;
      }
      expect(refused).toMatchObject({ code: 'rate_limited', retryable: true, expect: sent + 1 });
      expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
      await vi.waitFor(async () => {
        expect(await peer.command('chat.post', { text: 'after the wait' })).toMatchObject({ frame: 'ack' });
      }, 2_000);
    });

    it('answers a ping with the head of the own log', async () => {
      const peer = await rig.enter({ sub: 'grace', role: 'instructor' });
      peer.send({ frame: 'ping' });
      const pong = await peer.until((frame) => frame.frame === 'pong');
      expect(pong).toMatchObject({ heads: [{ log: 'me', position: { offset: peer.position('me').offset } }] });
    });

    it('passes signals on to those who are there, and only what the policy allows', async () => {
      const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
      const ada = await rig.enter({ sub: 'ada' });
      ada.send({ frame: 'signal', kind: 'typing', body: {} });
      expect(await teacher.until((frame) => frame.frame === 'signal')).toMatchObject({
        kind: 'typing',
        from: ada.welcome.participant,
      });
      await teacher.command('room.change', { policy: { 'reactions.enabled': false } });
      await ada.event('room.changed');
      const from = teacher.frames.length;
      ada.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👍' } });
      ada.send({ frame: 'signal', kind: 'typing', body: {} });
      const next = await teacher.until((frame) => frame.frame === 'signal', from);
      expect(next).toMatchObject({ kind: 'typing' });
    });
  });

  describe('on return', () => {
    it('notices another epoch, another hash and an offset from the future, and sends a snapshot instead', async () => {
      await rig.enter({ sub: 'grace', role: 'instructor' });
      const ada = await rig.enter({ sub: 'ada' });
      const all = ada.position('all');
      for (const [why, position] of [
        ['epoch', { ...all, epoch: 'another-epoch' }],
        ['hash', { ...all, hash: '0'.repeat(32) }],
        ['hash', { ...all, offset: all.offset + 50 }],
      ] as const) {
        const back = await rig.enter({ sub: 'ada' }, { positions: { all: position } });
        expect(back.frames.find((frame) => frame.frame === 'reset' && frame.log === 'all')).toMatchObject({ why });
      }
    });

    it('sends again from a position that a living connection names', async () => {
      const ada = await rig.enter({ sub: 'grace', role: 'instructor' });
      const before = ada.position('all');
      await ada.command('chat.post', { text: 'once more' });
      await ada.event('chat.posted');
      const from = ada.frames.length;
      ada.send({ frame: 'resume', positions: { all: before } });
      expect(await ada.event('chat.posted', from)).toMatchObject({ body: { text: 'once more' } });
    });

    it('ignores a staff position of a student', async () => {
      const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
      const ada = await rig.enter({ sub: 'ada' }, { positions: { staff: teacher.position('staff') } });
      await teacher.command('chat.post', { text: 'among us', to: 'staff' });
      await teacher.command('chat.post', { text: 'to all' });
      await ada.event('chat.posted');
      expect(ada.texts.join('')).not.toContain('among us');
      expect(ada.welcome.positions.staff).toBeUndefined();
    });

    it('hides what was said before from who comes late, where the policy says so', async () => {
      const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
      await teacher.command('chat.post', { text: 'before' });
      await teacher.command('room.change', { policy: { 'chat.history': false } });
      const ada = await rig.enter({ sub: 'ada' });
      expect(ada.texts.join('')).not.toContain('before');
      const page = await rig.http('GET', '/v1/rooms/algebra/messages', { claims: { sub: 'ada' } });
      expect(page.body['items']).toEqual([]);
    });
  });

  describe('with tokens', () => {
    it('takes a fresh one of the same person on a living connection', async () => {
      const ada = await rig.enter({ sub: 'grace', role: 'instructor' });
      ada.send({ frame: 'token', token: await token({ sub: 'grace', role: 'instructor', expiresInS: 1_200 }) });
      const answer = await ada.until((frame) => frame.frame === 'token');
      expect((answer as { expiresAt: number }).expiresAt).toBeGreaterThan(ada.welcome.expiresAt);
    });

    it('refuses one of somebody else, and closes', async () => {
      const ada = await rig.enter({ sub: 'grace', role: 'instructor' });
      ada.send({ frame: 'token', token: await token({ sub: 'eve' }) });
      expect(await ada.untilClosed()).toEqual({ code: 4501, reason: 'token_person_changed' });
    });

    it('asks for a fresh one in time, and closes when none comes', async () => {
      await rig.enter({ sub: 'grace', role: 'instructor' });
      const ada = await rig.enter({ sub: 'ada', expiresInS: 2 });
      expect(await ada.untilClosed()).toEqual({ code: 4100, reason: 'token_expired' });
    });
  });
});

describe('the gateway at the door', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.stop());

  it.each([
    ['locked', { locked: true }, { locked: false }],
    ['full', { capacity: 1 }, { capacity: null }],
    ['lobby', { policy: { 'join.lobby': true } }, { policy: { 'join.lobby': false } }],
  ] as const)(
    'lets a student wait while the room is %s, in when it is not, and the teacher always',
    async (why, closed, opened) => {
      const room = `door-${why}`;
      const teacher = await rig.enter({ sub: 'grace', role: 'instructor', room });
      await rig.enter({ sub: 'bob', room });
      await teacher.command('room.change', closed);
      const ada = await rig.open();
      expect(await ada.hello(await token({ sub: 'ada', room }), { join: true })).toMatchObject({
        frame: 'waiting',
        why,
      });
      expect(await ada.command('chat.post', { text: 'let me in' })).toMatchObject({ code: 'room_not_started' });
      await rig.enter({ sub: 'hopper', role: 'instructor', room });
      await teacher.command('room.change', opened);
      await ada.until((frame) => frame.frame === 'welcome');
    },
  );

  it('admits the one whom a teacher lets in from the lobby', async () => {
    const room = 'lobby-one';
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor', room });
    const ada = await rig.enter({ sub: 'ada', room });
    await teacher.command('room.change', { policy: { 'join.lobby': true } });
    const bob = await rig.open();
    await bob.hello(await token({ sub: 'bob', room }));
    await teacher.command('person.admit', { participant: ada.welcome.participant, admitted: true });
    const back = await rig.enter({ sub: 'ada', room });
    expect(back.welcome.participant).toBe(ada.welcome.participant);
    expect(bob.frames.some((frame) => frame.frame === 'welcome')).toBe(false);
  });

  it('writes attendance from the first sight to the last, as one for two tabs', async () => {
    const room = 'attendance';
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor', room });
    const ada = await rig.enter({ sub: 'ada', room });
    const second = await rig.enter({ sub: 'ada', room });
    ada.terminate();
    await second.command('person.leave', {});
    const closed = await teacher.event('attendance.closed');
    const opened = teacher
      .events('attendance.opened')
      .filter((event) => (event.body as { participant: string }).participant === ada.welcome.participant);
    expect(opened).toHaveLength(1);
    expect(closed).toMatchObject({ log: 'staff', body: { participant: ada.welcome.participant } });
  });

  it('erases a person at the word of the host: text and name go, the chain stays', async () => {
    const room = 'erasure';
    await rig.enter({ sub: 'grace', role: 'instructor', room });
    const ada = await rig.enter({ sub: 'ada', name: 'Ada Lovelace', room });
    const positions = { all: ada.position('all') };
    idOf(await ada.command('chat.post', { text: 'my secret words' }));
    await ada.event('chat.posted');
    const bob = await rig.enter({ sub: 'bob', room });
    const from = bob.frames.length;
    await rig.erase(room, ada.welcome.participant);
    await bob.until((frame) => frame.frame === 'event' && frame.type === 'erased', from);
    const late = await rig.enter({ sub: 'carl', room }, { positions });
    expect(late.texts.join('')).not.toContain('my secret words');
    expect(late.texts.join('')).not.toContain('Lovelace');
    await bob.caughtUp({ all: late.position('all') });
    await late.caughtUp({ all: bob.position('all') });
    expect(late.position('all')).toEqual(bob.position('all'));
  });
});
