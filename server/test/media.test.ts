import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS, type MediaSession, type RtcBody, type RtcMessage } from '@lms-live/protocol';
import { startRig, token, type Peer, type Rig } from './support/rig.js';

const SDP = `v=0\r\n${'a=ssrc:1 cname:x\r\n'.repeat(2_200)}`;
const rtc = (seq: number, message: RtcMessage = { type: 'offer', negotiation: 1, sdp: SDP }): RtcBody => ({
  epoch: 1,
  ack: 0,
  seq,
  message,
});

let rig: Rig;
afterEach(() => rig.stop());

const sendRtc = (from: Peer, to: string | undefined, body: RtcBody): void => {
  from.send({ frame: 'signal', kind: 'rtc', ...(to === undefined ? {} : { to }), body });
};
const idOf = async (peer: Peer, wish: Parameters<Peer['media']>[0] = {}): Promise<string> =>
  (await peer.media(wish)).session?.session ?? '';
const of = (sessions: readonly MediaSession[], peer: Peer): MediaSession | undefined =>
  sessions.find(({ participant }) => participant === peer.welcome.participant);
/** A teacher, who makes the class, and students. */
async function classOf(...students: readonly string[]): Promise<[Peer, ...Peer[]]> {
  const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
  return [teacher, ...(await Promise.all(students.map((sub) => rig.enter({ sub }))))];
}

describe.each(['uws', 'ws'] as const)('media sessions on %s', (transport) => {
  beforeEach(async () => {
    rig = await startRig({ transport });
  });

  it('are answered at once, told to everyone, and said again to whoever comes later', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    expect(grace.call).toEqual({ frame: 'media', complete: true, sessions: [] });
    const own = await grace.media({ audio: true, video: true });
    expect(own).toMatchObject({
      rev: 1,
      why: null,
      session: { participant: grace.welcome.participant, mode: 'video', live: true, audio: true, video: true },
    });
    expect((await ada.callWhen((sessions) => sessions.length === 1)).sessions).toEqual([own.session]);
    const late = await rig.enter({ sub: 'late' });
    expect(late.call.sessions).toEqual([own.session]);
    await grace.media({ open: false });
    await ada.callWhen((sessions) => sessions.length === 0);
  });

  it('carry an offer of real size from tab to tab, with whom it comes from, and to nobody else', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const [to, from] = [await idOf(grace), await idOf(ada)];
    await idOf(bob);
    sendRtc(ada, to, rtc(1));
    await grace.when(() => grace.signals('rtc').length > 0);
    expect(grace.signals('rtc')).toEqual([
      { frame: 'signal', kind: 'rtc', from: ada.welcome.participant, session: from, body: rtc(1) },
    ]);
    await Promise.all([ada.heard(), bob.heard()]);
    expect([ada, bob].flatMap((peer) => peer.signals('rtc'))).toEqual([]);
  });

  it('are known to the one whom a message reaches before the message', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const to = await idOf(grace);
    // In one breath: the session is opened and speaks.
    ada.send({ frame: 'media', rev: 1, open: true, live: true });
    sendRtc(ada, to, rtc(1));
    await grace.when(() => grace.signals('rtc').length > 0);
    const signal = grace.frames.findIndex((frame) => frame.frame === 'signal');
    const list = grace.frames.findIndex((frame) => frame.frame === 'media' && of(frame.sessions, ada) !== undefined);
    expect(list).toBeGreaterThan(-1);
    expect(list).toBeLessThan(signal);
  });

  it('are gone with whoever is removed: nothing reaches them, nothing comes from them', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const [to, from] = [await idOf(ada), await idOf(bob)];
    await grace.command('person.remove', { participant: ada.welcome.participant });
    await ada.untilClosed();
    await bob.callWhen((sessions) => of(sessions, ada) === undefined);
    sendRtc(bob, to, rtc(1));
    await bob.heard();
    expect(ada.signals('rtc')).toEqual([]);
    const back = await rig.enter({ sub: 'ada' });
    expect((await back.media({ session: to })).session?.session).not.toBe(to);
    sendRtc(bob, to, rtc(2));
    sendRtc(bob, from, rtc(3));
    await Promise.all([bob.heard(), back.heard()]);
    expect([...back.signals('rtc'), ...bob.signals('rtc')]).toEqual([]);
  });

  it('go on over a lost socket: away at first, the same when the tab is back', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const before = (await ada.media({ audio: true })).session;
    await grace.callWhen((sessions) => sessions.length === 1);
    ada.terminate();
    await grace.callWhen((sessions) => of(sessions, ada)?.away === true);
    const back = await rig.enter({ sub: 'ada' });
    const again = await back.media({ rev: 1, audio: true, session: before?.session ?? '' });
    expect(again.session).toEqual(before);
    expect((await grace.callWhen((sessions) => of(sessions, ada)?.away === undefined)).sessions).toEqual([before]);
  });

  it('go on over a restart of the server, under the same ids and numbers, with a list that says that it is not whole', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const [hers, his] = [(await grace.media({ audio: true })).session, (await ada.media({ video: true })).session];
    await idOf(bob);
    await rig.restart();
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    expect(teacher.call).toMatchObject({ complete: false, sessions: [] });
    const again = await teacher.media({ session: hers?.session ?? '', audio: true });
    expect(again.session).toEqual(hers);
    const student = await rig.enter({ sub: 'ada' });
    expect((await student.media({ session: his?.session ?? '', video: true })).session).toEqual(his);
    const list = await teacher.callWhen((sessions) => sessions.length === 2);
    expect(list).toEqual({ frame: 'media', complete: false, sessions: [hers, his] });
    // Who comes for the first time has a number above all of them, and nobody is who they are not.
    const eve = await rig.enter({ sub: 'eve' });
    const stolen = await eve.media({ session: his?.session ?? '' });
    expect(stolen.session?.session).not.toBe(his?.session);
    expect(stolen.session?.number).toBeGreaterThan(Math.max(hers?.number ?? 0, his?.number ?? 0));
  });

  it('speak on with each other after a restart as if nothing had been', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const [to, from] = [await idOf(grace), await idOf(ada)];
    await rig.restart();
    const [teacher, student] = [await rig.enter({ sub: 'grace', role: 'instructor' }), await rig.enter({ sub: 'ada' })];
    await student.media({ session: from });
    sendRtc(student, to, rtc(1));
    await student.heard();
    // Not back yet: dropped, and sent again by whoever wants it to arrive.
    expect(teacher.signals('rtc')).toEqual([]);
    await teacher.media({ session: to });
    sendRtc(student, to, rtc(1));
    await teacher.when(() => teacher.signals('rtc').length > 0);
    expect(teacher.signals('rtc')[0]).toMatchObject({ session: from, from: student.welcome.participant });
  });
});

describe('a call', () => {
  beforeEach(async () => {
    rig = await startRig();
  });

  it('has six with cameras and six with sound; the others take part without, and neither speak nor are spoken to', async () => {
    const [grace, ...students] = await classOf(...Array.from({ length: 13 }, (_, index) => `student-${String(index)}`));
    const sessions: MediaSession[] = [];
    for (const peer of [grace, ...students]) {
      const { session } = await peer.media({ audio: true, video: true });
      if (session) sessions.push(session);
    }
    expect(sessions.map(({ mode }) => mode)).toEqual([
      ...Array<string>(6).fill('video'),
      ...Array<string>(6).fill('audio'),
      'none',
      'none',
    ]);
    expect(sessions.map(({ video }) => video).filter(Boolean)).toHaveLength(6);
    await grace.callWhen((listed) => listed.length === LIMITS.maxMediaSessions);
    const last = students[12] as Peer;
    sendRtc(last, sessions[0]?.session, rtc(1));
    sendRtc(grace, sessions[13]?.session, rtc(1));
    await Promise.all([last.heard(), grace.heard()]);
    await Promise.all([last.heard(), grace.heard()]);
    expect([...grace.signals('rtc'), ...last.signals('rtc')]).toEqual([]);
    const seventh = students[5] as Peer;
    await (students[0] as Peer).media({ open: false });
    expect(await seventh.until((frame) => frame.frame === 'session' && frame.session?.mode === 'video')).toMatchObject({
      session: { video: false, may: { video: true } },
    });
    await grace.callWhen((listed) => of(listed, seventh)?.mode === 'video');
  });

  it('is warmed on the pre-join, and live once the person has joined', async () => {
    const [grace] = await classOf();
    const to = await idOf(grace);
    const ada = await rig.enter({ sub: 'ada' }, { join: false });
    expect((await ada.media({ live: true, audio: true })).session).toMatchObject({ live: false, mode: 'video' });
    sendRtc(ada, to, rtc(1));
    await grace.when(() => grace.signals('rtc').length > 0);
    await ada.command('person.join', {});
    await ada.until((frame) => frame.frame === 'session' && frame.session?.live === true);
    await grace.callWhen((sessions) => of(sessions, ada)?.live === true);
  });

  it('forgets a warmed session with its socket, and all of a person who leaves', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const bob = await rig.enter({ sub: 'bob' }, { join: false });
    await bob.media({ live: false });
    await ada.media();
    await grace.callWhen((sessions) => sessions.length === 2);
    bob.terminate();
    await grace.callWhen((sessions) => sessions.length === 1);
    const from = ada.frames.length;
    await ada.command('person.leave', {});
    await grace.callWhen((sessions) => sessions.length === 0);
    expect(await ada.until((frame) => frame.frame === 'session', from)).toMatchObject({ session: null, why: null });
  });

  it('is in one tab of a person at a time, until another takes it over', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const first = await ada.media({ audio: true });
    const second = await rig.enter({ sub: 'ada' });
    expect(await second.media({ audio: true })).toMatchObject({ session: null, why: 'elsewhere' });
    const from = ada.frames.length;
    const taken = await second.media({ audio: true, take: true });
    expect(taken.session?.number).toBeGreaterThan(first.session?.number ?? 0);
    expect(await ada.until((frame) => frame.frame === 'session', from)).toMatchObject({ session: null, why: 'taken' });
    expect((await grace.callWhen((sessions) => sessions[0]?.session === taken.session?.session)).sessions).toHaveLength(
      1,
    );
  });

  it('lets observers see and hear, and send nothing', async () => {
    const [grace] = await classOf();
    const to = await idOf(grace);
    const inspector = await rig.enter({ sub: 'inspector', role: 'observer' });
    const own = await inspector.media({ audio: true, video: true, share: true });
    expect(own.session).toMatchObject({ mode: 'video', audio: false, video: false, share: false });
    expect(own.session?.may).toEqual({ audio: false, video: false, share: false });
    sendRtc(inspector, to, rtc(1));
    await grace.when(() => grace.signals('rtc').length > 0);
  });

  it('follows policy, blocks and roles as they change', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    await ada.media({ audio: true, video: true });
    const { participant } = ada.welcome;
    const until = (may: MediaSession['may']): Promise<unknown> =>
      grace.callWhen((sessions) => JSON.stringify(of(sessions, ada)?.may) === JSON.stringify(may));
    await until({ audio: true, video: true, share: false });
    await grace.command('room.change', { policy: { 'media.students': 'audio' } });
    await until({ audio: true, video: false, share: false });
    await grace.command('person.media', { participant, audio: false });
    await until({ audio: false, video: false, share: false });
    expect(of(grace.call.sessions, ada)).toMatchObject({ audio: false, video: false });
    await grace.command('person.role', { participant, role: 'assistant' });
    await until({ audio: false, video: true, share: true });
  });

  it('is over with the class, also for those who stay', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    await grace.media();
    await ada.media();
    const from = grace.frames.length;
    await grace.command('room.end', {});
    expect(await grace.until((frame) => frame.frame === 'session', from)).toMatchObject({
      session: null,
      why: 'ended',
    });
    await grace.callWhen((sessions) => sessions.length === 0);
    expect(await grace.media()).toMatchObject({ session: null, why: 'ended' });
  });

  it('is said again with each ping, so that nobody is wrong about it for long', async () => {
    const [grace] = await classOf();
    await grace.media();
    await grace.callWhen((sessions) => sessions.length === 1);
    const from = grace.frames.length;
    await grace.until((frame) => frame.frame === 'media', from);
    expect(grace.frames.slice(from).some((frame) => frame.frame === 'ping')).toBe(true);
  }, 15_000);

  it('is refused where something else carries it, and the wish is answered all the same', async () => {
    const teacher = { sub: 'grace', role: 'instructor', room: '*' };
    for (const [id, body] of [
      ['stream', { kind: 'livestream' }],
      ['jitsi', { kind: 'meeting', engine: 'jitsi' }],
    ] as const) {
      expect((await rig.http('PUT', `/v1/rooms/${id}`, { claims: teacher, body })).status).toBe(201);
      const grace = await rig.enter(teacher, { room: id });
      expect(await grace.media()).toMatchObject({ session: null, why: null });
      const refused = await grace.until((frame) => frame.frame === 'refused');
      expect(refused).toMatchObject({ code: 'not_supported', detail: { kind: body.kind } });
    }
    await rig.http('PUT', '/v1/rooms/mesh', { claims: teacher, body: { kind: 'meeting', engine: 'mesh' } });
    const grace = await rig.enter(teacher, { room: 'mesh' });
    expect((await grace.media()).session).not.toBeNull();
  });

  it('counts its sessions and its messages for the operator', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const [to, from] = [await idOf(grace), await idOf(ada)];
    sendRtc(ada, to, rtc(1));
    sendRtc(ada, from, rtc(2));
    await grace.when(() => grace.signals('rtc').length > 0);
    await ada.heard();
    const text = await rig.server.metrics.text();
    expect(text).toContain('lms_live_rtc_signals_total{outcome="relayed"} 1');
    expect(text).toContain('lms_live_rtc_signals_total{outcome="no_target"} 1');
  });
});

describe('messages between media sessions', () => {
  beforeEach(async () => {
    rig = await startRig();
  });

  it('never cross from one room to another', async () => {
    const grace = await rig.enter({ sub: 'grace', role: 'instructor', room: 'algebra' });
    const other = await rig.enter({ sub: 'kurt', role: 'instructor', room: 'logic' });
    const to = await idOf(grace);
    await idOf(other);
    sendRtc(other, to, rtc(1));
    await other.heard();
    await grace.heard();
    expect(grace.signals('rtc')).toEqual([]);
    expect(grace.call.sessions).toHaveLength(1);
  });

  it('come from whom the server says, whatever the sender writes', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const [to, from] = [await idOf(grace), await idOf(ada)];
    const liar = { frame: 'signal', kind: 'rtc', to, body: { epoch: 1, ack: 1 } };
    ada.send(JSON.stringify({ ...liar, from: grace.welcome.participant }));
    ada.send(JSON.stringify({ ...liar, session: to }));
    ada.send(JSON.stringify({ ...liar, body: { epoch: 1, ack: 1, from: to } }));
    await ada.when(() => ada.refusals.length === 3);
    expect(ada.refusals).toEqual(['frame_malformed', 'frame_malformed', 'frame_malformed']);
    ada.send(JSON.stringify(liar));
    await grace.when(() => grace.signals('rtc').length > 0);
    expect(grace.signals('rtc')).toEqual([
      { frame: 'signal', kind: 'rtc', from: ada.welcome.participant, session: from, body: { epoch: 1, ack: 1 } },
    ]);
  });

  it('are dropped where either side has no session, or none any more', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const to = await idOf(grace);
    sendRtc(ada, to, rtc(1));
    sendRtc(grace, bob.welcome.participant, rtc(1));
    await Promise.all([ada.heard(), grace.heard()]);
    await grace.media({ open: false });
    await ada.media();
    sendRtc(ada, to, rtc(2));
    await ada.heard();
    await Promise.all([grace.heard(), bob.heard()]);
    expect([grace, ada, bob].flatMap((peer) => [...peer.signals('rtc'), ...peer.refusals])).toEqual([]);
  });

  it.each([
    ['without a target', { body: { epoch: 1, ack: 0 } }, 'to'],
    ['without an epoch', { to: 'x', body: { ack: 0 } }, 'body.epoch'],
    [
      'of a kind that there is not',
      { to: 'x', body: { epoch: 1, ack: 0, seq: 1, message: { type: 'hack' } } },
      'body.message.type',
    ],
    [
      'with a description that is too long',
      {
        to: 'x',
        body: { epoch: 1, ack: 0, seq: 1, message: { type: 'offer', negotiation: 1, sdp: 'x'.repeat(50_000) } },
      },
      'body.message.sdp',
    ],
    ['with a number that is none', { to: 'x', body: { epoch: 1.5, ack: 0 } }, 'body.epoch'],
    ['with keys that nobody knows', { to: 'x', body: { epoch: 1, ack: 0, more: 1 } }, 'body.more'],
    ['to a name that is no id', { to: '../etc', body: { epoch: 1, ack: 0 } }, 'to'],
  ])('are refused with a code and the place when they are written %s', async (_what, frame, path) => {
    const [grace] = await classOf();
    await grace.media();
    grace.send(JSON.stringify({ frame: 'signal', kind: 'rtc', ...frame }));
    const refused = await grace.until((one) => one.frame === 'refused');
    expect(refused).toMatchObject({ code: 'frame_malformed', detail: { path } });
    await grace.heard();
    expect(grace.closed).toBeNull();
  });

  it.each([
    ['makes calls', { kind: 'rtc', to: 'x', body: { epoch: 0, ack: 0 } }],
    ['makes calls, to nobody', { kind: 'rtc', body: { epoch: 1, ack: 0 } }],
    ['mutes', { kind: 'mute', body: { source: 'smell' } }],
  ])('close the connection where what %s is malformed again and again', async (_what, frame) => {
    const [grace] = await classOf();
    await grace.media();
    for (let index = 0; index < 20; index += 1) grace.send(JSON.stringify({ frame: 'signal', ...frame }));
    expect(await grace.untilClosed()).toEqual({ code: 4500, reason: 'frame_flood' });
    const refused = Array.from({ length: LIMITS.maxMalformedFrames - 1 }, () => 'frame_malformed');
    expect(grace.refusals).toEqual([...refused, 'frame_flood']);
  });

  it('that a newer page knows and this server does not are refused up to the rate, and the connection goes on', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const to = await idOf(grace);
    await idOf(ada);
    const unknown = { frame: 'signal', kind: 'rtc', to, body: { epoch: 1, ack: 0, seq: 1, message: { type: 'new' } } };
    for (let index = 0; index < LIMITS.rtcBurst * 2; index += 1) ada.send(JSON.stringify(unknown));
    for (let index = 0; index < LIMITS.signalBurst * 2; index += 1)
      ada.send(JSON.stringify({ frame: 'signal', kind: 'wave', body: {} }));
    await ada.heard();
    const [messages, kinds] = ['frame_malformed', 'not_supported'].map(
      (code) => ada.refusals.filter((refused) => refused === code).length,
    ) as [number, number];
    expect(messages).toBeGreaterThanOrEqual(LIMITS.rtcBurst);
    expect(messages).toBeLessThan(LIMITS.rtcBurst * 2);
    expect(kinds).toBeGreaterThanOrEqual(LIMITS.signalBurst);
    expect(kinds).toBeLessThan(LIMITS.signalBurst * 2);
    expect(ada.closed).toBeNull();
    await grace.heard();
    expect(grace.signals('rtc')).toEqual([]);
  });

  it('over the rate are dropped and counted, and the connection goes on', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const to = await idOf(grace);
    await Promise.all([idOf(ada), idOf(bob)]);
    const flood = LIMITS.rtcBurst * 3;
    for (let seq = 1; seq <= flood; seq += 1)
      ada.send({ frame: 'signal', kind: 'rtc', to, body: { epoch: 1, ack: seq } });
    await ada.heard();
    await grace.heard();
    const passed = grace.signals('rtc').length;
    expect(passed).toBeGreaterThanOrEqual(LIMITS.rtcBurst);
    expect(passed).toBeLessThan(flood);
    expect(await rig.server.metrics.text()).toContain(
      `lms_live_rtc_signals_total{outcome="over_rate"} ${String(flood - passed)}`,
    );
    expect(ada.closed).toBeNull();
    expect(ada.refusals).toEqual([]);
    // Nobody else pays for it, and other signals of the same person are another account.
    sendRtc(bob, to, rtc(1));
    ada.send({ frame: 'signal', kind: 'typing' });
    await grace.when(() => grace.signals('rtc').length > passed && grace.signals('typing').length > 0);
  });

  it('over the rate in bytes are dropped and counted, and small ones go on after a while', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const to = await idOf(grace);
    await Promise.all([idOf(ada), idOf(bob)]);
    const frame = { frame: 'signal', kind: 'rtc', to, body: rtc(1) } as const;
    const bytes = Buffer.byteLength(JSON.stringify(frame));
    const flood = Math.ceil((LIMITS.rtcBurstBytes * 3) / bytes);
    expect(flood).toBeLessThan(LIMITS.rtcBurst);
    const startedAt = performance.now();
    for (let index = 0; index < flood; index += 1) ada.send(frame);
    await ada.heard();
    await grace.heard();
    const passed = grace.signals('rtc').length;
    const refilled = ((performance.now() - startedAt) / 1_000) * LIMITS.rtcBytesPerSecond;
    expect(passed).toBeGreaterThanOrEqual(Math.floor(LIMITS.rtcBurstBytes / bytes));
    expect(passed * bytes).toBeLessThanOrEqual(LIMITS.rtcBurstBytes + refilled);
    expect(passed).toBeLessThan(flood);
    expect(await rig.server.metrics.text()).toContain(
      `lms_live_rtc_signals_total{outcome="over_rate"} ${String(flood - passed)}`,
    );
    expect([ada.closed, grace.closed]).toEqual([null, null]);
    // Nobody else pays for it.
    sendRtc(bob, to, rtc(1));
    await grace.when(() => grace.signals('rtc').length > passed);
    // Whoever was dropped and sends again is heard.
    await new Promise((resolve) => setTimeout(resolve, (bytes / LIMITS.rtcBytesPerSecond) * 1_000));
    sendRtc(ada, to, rtc(2));
    await grace.when(() => grace.signals('rtc').some(({ body }) => body['seq'] === 2));
  });

  it.each(['uws', 'ws'] as const)(
    'of a whole class never cost somebody who reads slowly the socket (%s)',
    async (transport) => {
      await rig.stop();
      rig = await startRig({ transport });
      const names = Array.from({ length: LIMITS.maxMediaSessions - 1 }, (_, index) => `student-${String(index)}`);
      const [grace, ...students] = await classOf(...names);
      const to = await idOf(grace);
      await Promise.all(students.map((peer) => idOf(peer)));
      grace.pause();
      const each = Math.floor(LIMITS.rtcBurstBytes / Buffer.byteLength(SDP) / 1.1);
      for (let seq = 1; seq <= each; seq += 1) for (const peer of students) sendRtc(peer, to, rtc(seq));
      await Promise.all(students.map((peer) => peer.heard()));
      const backlog = /lms_live_rtc_signals_total\{outcome="backlog"\} (\d+)/u;
      const dropped = Number(backlog.exec(await rig.server.metrics.text())?.[1] ?? 0);
      grace.resume();
      await grace.when(() => grace.closed !== null || grace.signals('rtc').length === students.length * each - dropped);
      expect(grace.closed).toBeNull();
      expect(dropped).toBeGreaterThan(0);
      const [first] = students as [Peer];
      sendRtc(first, to, { epoch: 2, ack: 0 });
      await grace.when(() => grace.signals('rtc').some(({ body }) => body['epoch'] === 2));
    },
  );

  it('say nothing of where somebody is in a room where media goes through a relay alone', async () => {
    const [grace, ada] = (await classOf('ada')) as [Peer, Peer];
    const to = await idOf(grace);
    await idOf(ada);
    // As the host sets it: a teacher may not where there is no relay.
    const live = await rig.server.directory.get('school', 'algebra');
    await live?.room.submit({
      command: { type: 'room.change', body: { policy: { relayOnly: true } }, cmid: 'the-host-changes-this' },
      actor: {
        ...grace.welcome,
        participant: null,
        role: 'service',
        grants: new Set(['room.manage']),
        name: '',
        picture: null,
      },
    });
    const host = 'candidate:1 1 udp 2122260223 192.0.2.7 50001 typ host';
    const relay = 'candidate:2 1 udp 41885439 203.0.113.5 50000 typ relay';
    const candidate = (text: string): RtcMessage => ({
      type: 'candidate',
      negotiation: 1,
      candidate: { candidate: text },
    });
    sendRtc(ada, to, rtc(1, candidate(host)));
    sendRtc(ada, to, rtc(2, candidate(`${relay} raddr 192.0.2.7 rport 50001`)));
    sendRtc(ada, to, rtc(3, { type: 'offer', negotiation: 1, sdp: `v=0\r\nc=IN IP4 192.0.2.7\r\na=${host}\r\n` }));
    await grace.when(() => grace.signals('rtc').length === 3);
    expect(grace.texts.join('')).not.toContain('192.0.2.7');
    expect(grace.signals('rtc').map(({ body }) => body['message'])).toEqual([
      { type: 'withheld' },
      candidate(`${relay} raddr 0.0.0.0 rport 9`),
      { type: 'offer', negotiation: 1, sdp: 'v=0\r\nc=IN IP4 0.0.0.0\r\n' },
    ]);
  });
});

describe('frames about media', () => {
  beforeEach(async () => {
    rig = await startRig();
  });

  it.each([
    ['without a number', { open: true }, 'rev'],
    ['with a number below 0', { rev: -1, open: true }, 'rev'],
    ['with words for truth', { rev: 1, open: 'yes' }, 'open'],
    ['with a session that is no id', { rev: 1, open: true, session: 'a b' }, 'session'],
    ['with more than is known', { rev: 1, open: true, mode: 'video' }, 'mode'],
  ])('are refused with a code and the place when they are written %s', async (_what, frame, path) => {
    const [grace] = await classOf();
    grace.send(JSON.stringify({ frame: 'media', ...frame }));
    expect(await grace.until((one) => one.frame === 'refused')).toMatchObject({
      code: 'frame_malformed',
      detail: { path },
    });
    expect((await grace.media()).session).not.toBeNull();
  });

  it('are not taken at the door', async () => {
    await classOf();
    const { http } = rig;
    await http('PATCH', '/v1/rooms/algebra', { claims: { sub: 'grace', role: 'instructor' }, body: { locked: true } });
    const ada = await rig.open();
    await ada.hello(await token({ sub: 'ada' }), { join: true });
    ada.send({ frame: 'media', rev: 1, open: true });
    expect(await ada.until((frame) => frame.frame === 'refused')).toMatchObject({ code: 'room_not_started' });
    sendRtc(ada, 'anybody', rtc(1));
    await ada.heard();
    expect(ada.closed).toBeNull();
  });

  it('in a flood are refused by rate, and then the connection ends', async () => {
    const [grace] = await classOf();
    for (let rev = 1; rev <= LIMITS.controlBurst + 20; rev += 1)
      grace.send({ frame: 'media', rev, open: true, audio: rev % 2 === 0 });
    expect((await grace.untilClosed()).code).toBe(4500);
    expect(grace.refusals).toContain('rate_limited');
  });
});

describe('staff', () => {
  beforeEach(async () => {
    rig = await startRig();
  });
  const mute = (from: Peer, body: { participant?: string; source: string }): void => {
    from.send({ frame: 'signal', kind: 'mute', body });
  };

  it('mute one person: they learn who it was and then their session, the others the list', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    await ada.media({ audio: true, video: true });
    await bob.media({ audio: true });
    const from = ada.frames.length;
    mute(grace, { participant: ada.welcome.participant, source: 'audio' });
    const session = await ada.until((frame) => frame.frame === 'session', from);
    expect(session).toMatchObject({ session: { audio: false, video: true, may: { audio: true } } });
    const signal = ada.frames.findIndex((frame) => frame.frame === 'signal' && frame.kind === 'mute');
    expect(ada.frames[signal]).toMatchObject({ from: grace.welcome.participant, body: { source: 'audio' } });
    expect(signal).toBeLessThan(ada.frames.indexOf(session));
    await bob.callWhen((sessions) => of(sessions, ada)?.audio === false);
    expect([...bob.signals('mute'), ...grace.signals('mute')]).toEqual([]);
    expect(of(bob.call.sessions, bob)).toMatchObject({ audio: true });
    // The same wish said again does not undo it, a new one does.
    expect((await ada.media({ rev: 1, audio: true, video: true })).session).toMatchObject({ audio: false });
    expect((await ada.media({ rev: 2, audio: true, video: true })).session).toMatchObject({ audio: true });
  });

  it('mute all at once, but not each other', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const assistant = await rig.enter({ sub: 'tim', role: 'assistant' });
    for (const peer of [grace, assistant, ada, bob]) await peer.media({ audio: true });
    mute(assistant, { source: 'audio' });
    const { sessions } = await grace.callWhen((all) => of(all, bob)?.audio === false && of(all, ada)?.audio === false);
    expect([grace, assistant].map((peer) => of(sessions, peer)?.audio)).toEqual([true, true]);
  });

  it('ask one person, in the tab that has their media', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    await Promise.all([ada.media(), bob.media()]);
    const second = await rig.enter({ sub: 'ada' });
    const body = { participant: ada.welcome.participant, source: 'video' };
    grace.send({ frame: 'signal', kind: 'ask', body });
    await ada.when(() => ada.signals('ask').length > 0);
    expect(ada.signals('ask')).toEqual([{ frame: 'signal', kind: 'ask', from: grace.welcome.participant, body }]);
    await Promise.all([bob.heard(), second.heard(), grace.heard()]);
    expect([bob, second, grace].flatMap((peer) => peer.signals('ask'))).toEqual([]);
  });

  it('may neither where they are none, nor over somebody above them, and are told so', async () => {
    const [grace, ada, bob] = (await classOf('ada', 'bob')) as [Peer, Peer, Peer];
    const assistant = await rig.enter({ sub: 'tim', role: 'assistant' });
    for (const peer of [grace, bob]) await peer.media({ audio: true });
    mute(ada, { participant: bob.welcome.participant, source: 'audio' });
    mute(ada, { source: 'audio' });
    ada.send({ frame: 'signal', kind: 'ask', body: { participant: bob.welcome.participant, source: 'audio' } });
    await ada.when(() => ada.refusals.length === 3);
    expect(ada.refusals).toEqual(['forbidden', 'forbidden', 'forbidden']);
    mute(assistant, { participant: grace.welcome.participant, source: 'audio' });
    mute(assistant, { participant: 'nobody', source: 'audio' });
    mute(assistant, { source: 'microphone' });
    await assistant.when(() => assistant.refusals.length === 3);
    expect(assistant.refusals).toEqual(['role_required', 'person_unknown', 'frame_malformed']);
    expect([grace, bob].map((peer) => of(grace.call.sessions, peer)?.audio)).toEqual([true, true]);
    await bob.heard();
    expect([...bob.signals('ask'), ...bob.signals('mute'), ...grace.signals('mute')]).toEqual([]);
  });
});
