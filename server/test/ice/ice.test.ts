import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IceServer } from '@lms-live/protocol';
import { turnCredential } from '../../src/ice/turn-credential.js';
import type { Log, LogFields } from '../../src/observe/index.js';
import { bindingRequest, readAnswer } from '../stun/stun-client.js';
import { idOf, PUBLIC_URL, SILENT, startRig, TENANT, token, type Rig } from '../support/rig.js';

const SECRET = 'a-turn-secret-that-exists-in-tests-only';
const TURN = { urls: ['turn:turn.test:3478?transport=udp', 'turn:turn.test:3478?transport=tcp'], secret: SECRET };
const STUN = { host: '127.0.0.1', port: 0, isRequired: true };
const TEACHER = { sub: 'tess', role: 'instructor' };

let rig: Rig;
const logged: string[] = [];
const log: Log = {
  ...SILENT,
  warn: (sentence: string, fields?: LogFields) => void logged.push(JSON.stringify([sentence, fields])),
  info: (sentence: string, fields?: LogFields) => void logged.push(JSON.stringify([sentence, fields])),
};

const start = async (config: Parameters<typeof startRig>[0] = {}) => {
  logged.length = 0;
  rig = await startRig({ log, ...config });
};
afterEach(() => rig.stop());

const turnOf = (ice: readonly IceServer[]): IceServer => {
  const found = ice.find(({ credential }) => credential !== undefined);
  if (!found) throw new Error('no TURN server with a credential');
  return found;
};

describe('with a STUN server on this machine alone', () => {
  it('nobody is told of it, and the log says so', async () => {
    await start({
      settings: { stun: STUN, publicUrl: 'http://localhost:8080' },
      tenants: [{ ...TENANT, audiences: [PUBLIC_URL] }],
    });
    const { welcome } = await rig.enter(TEACHER);
    expect(welcome.ice).toEqual([]);
    expect(logged.find((line) => line.includes('not announced'))).toContain(
      JSON.stringify({ port: rig.server.stunPort }),
    );
  });

  it('the log says nothing of the kind where browsers are told', async () => {
    await start({ settings: { stun: STUN } });
    expect(logged.join('\n')).toContain('The STUN server is ready');
    expect(logged.join('\n')).not.toContain('not announced');
  });
});

describe('with TURN and STUN', () => {
  beforeEach(() => start({ settings: { stun: STUN, turn: TURN } }));

  it('whoever is let in is told the STUN server, and a credential that the TURN server will take', async () => {
    const { welcome } = await rig.enter(TEACHER);
    expect(welcome.ice[0]).toEqual({ urls: `stun:live.test:${String(rig.server.stunPort)}` });
    const { urls, username = '', credential } = turnOf(welcome.ice);
    expect(urls).toEqual(TURN.urls);
    const [expiry = '', user = ''] = username.split(':');
    expect(user).toBe(`school.${welcome.participant}.1`);
    expect(credential).toBe(turnCredential({ secret: SECRET, user, expiresAt: Number(expiry) * 1_000 }).credential);
  });

  it('no credential outlives the token', async () => {
    const { welcome } = await rig.enter({ ...TEACHER, expiresInS: 120 });
    expect(Number(turnOf(welcome.ice).username?.split(':')[0]) * 1_000).toBe(welcome.expiresAt);
  });

  it('a fresh token brings a fresh credential', async () => {
    const peer = await rig.enter({ ...TEACHER, expiresInS: 120 });
    const from = peer.frames.length;
    peer.send({ frame: 'token', token: await token({ ...TEACHER, expiresInS: 900 }) });
    const frame = await peer.until(({ frame: name }) => name === 'ice', from);
    if (frame.frame !== 'ice') throw new Error('unreachable');
    const lifeS = Number(turnOf(frame.ice).username?.split(':')[0]) - Date.now() / 1_000;
    expect(lifeS).toBeGreaterThan(850);
    expect(lifeS).toBeLessThanOrEqual(900);
  });

  it('nobody who waits at the door gets one, by socket or by HTTP', async () => {
    await rig.enter(TEACHER);
    expect(
      (await rig.http('PATCH', '/v1/rooms/algebra', { claims: TEACHER, body: { policy: { 'join.lobby': true } } }))
        .status,
    ).toBe(200);
    const student = await rig.open();
    const first = await student.hello(await token());
    expect(first).toMatchObject({ frame: 'waiting', why: 'lobby' });
    student.send({ frame: 'token', token: await token() });
    await student.until(({ frame }) => frame === 'token');
    expect(student.texts.join('')).not.toContain('turn:');
    expect(await rig.http('GET', '/v1/rooms/algebra/ice')).toMatchObject({
      status: 403,
      body: { code: 'room_waiting' },
    });
  });

  it('a member gets the same over HTTP, with the end of it, and nobody may keep it', async () => {
    const { welcome } = await rig.enter(TEACHER);
    const { status, headers, body } = await rig.http('GET', '/v1/rooms/algebra/ice', { claims: TEACHER });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const { username } = turnOf(body['ice'] as IceServer[]);
    expect(username?.split(':')[1]).toBe(`school.${welcome.participant}.http`);
    expect(Math.floor(Number(body['expiresAt']) / 1_000)).toBe(Number(username?.split(':')[0]));
    expect((await rig.http('POST', '/v1/rooms/algebra/join', { claims: TEACHER })).body['ice']).toHaveLength(2);
  });

  it.each([
    ['nobody', null, 401, 'token_missing'],
    ['a service', { role: 'service', sub: 'backend' }, 403, 'forbidden'],
    ['somebody of another class', { room: 'biology' }, 403, 'room_not_covered'],
  ])('%s gets none over HTTP', async (_, claims, status, code) => {
    await rig.enter(TEACHER);
    const answer = await rig.http('GET', '/v1/rooms/algebra/ice', { claims });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(answer.body)).not.toContain('turn:');
  });

  it('somebody who was removed or banned gets none, and none in a class that is over', async () => {
    const teacher = await rig.enter(TEACHER);
    const student = await rig.enter();
    await teacher.command('person.remove', { participant: student.welcome.participant });
    await student.untilClosed();
    expect((await rig.http('GET', '/v1/rooms/algebra/ice')).status).toBe(403);
    await teacher.command('person.bar', {
      participant: student.welcome.participant,
      bar: 'room',
      barred: true,
      reason: 'spam',
    });
    for (const [method, path] of [
      ['GET', '/v1/rooms/algebra/ice'],
      ['POST', '/v1/rooms/algebra/join'],
    ] as const) {
      const answer = await rig.http(method, path);
      expect(answer).toMatchObject({ status: 403, body: { code: 'person_banned' } });
      expect(JSON.stringify(answer.body)).not.toContain('turn:');
    }
    await teacher.command('room.end', {});
    expect(await rig.http('GET', '/v1/rooms/algebra/ice', { claims: { sub: 'bob' } })).toMatchObject({
      body: { code: 'room_ended' },
    });
  });

  it('neither secret nor credential is in a log line or a metric', async () => {
    const peer = await rig.enter(TEACHER);
    await rig.http('GET', '/v1/rooms/algebra/ice', { claims: TEACHER });
    const { credential = '' } = turnOf(peer.welcome.ice);
    for (const text of [...logged, await rig.server.metrics.text()]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(credential);
    }
    expect(peer.texts.join('')).not.toContain(SECRET);
    expect(logged.length).toBeGreaterThan(0);
  });

  it('a class may be relay-only', async () => {
    const teacher = await rig.enter(TEACHER);
    expect(await teacher.command('room.change', { policy: { relayOnly: true } })).toMatchObject({ frame: 'ack' });
    const student = await rig.enter();
    expect(student.frames.filter(({ frame }) => frame === 'refused')).toEqual([]);
  });
});

describe('without a relay', () => {
  beforeEach(() => start({ settings: { stun: STUN } }));

  it('nobody makes a class relay-only, by socket or by HTTP, and all are told why', async () => {
    const teacher = await rig.enter(TEACHER);
    for (const relayOnly of [true, { value: true, teacherEditable: false }]) {
      expect(await teacher.command('room.change', { policy: { relayOnly } })).toMatchObject({
        frame: 'refused',
        code: 'relay_missing',
        retryable: false,
        help: expect.stringContaining('LMS_LIVE_TURN_URLS') as string,
      });
    }
    const body = { policy: { relayOnly: true } };
    const claims = { role: 'service', sub: 'backend', room: [] };
    expect(await rig.http('PATCH', '/v1/rooms/algebra', { claims, body })).toMatchObject({
      status: 409,
      body: { code: 'relay_missing' },
    });
    expect(await rig.http('PUT', '/v1/rooms/new', { claims, body })).toMatchObject({
      status: 409,
      body: { code: 'relay_missing' },
    });
    expect((await rig.http('GET', '/v1/rooms/new', { claims })).status).toBe(404);
  });

  it('other settings are taken as ever, and so is turning it off', async () => {
    const teacher = await rig.enter(TEACHER);
    expect(idOf(await teacher.command('chat.post', { text: 'hello' }))).toBeTruthy();
    for (const policy of [{ 'join.muted': true }, { relayOnly: false }])
      expect(await teacher.command('room.change', { policy })).toMatchObject({ frame: 'ack' });
  });

  it('a student who may not set it is told so, and not what the server has', async () => {
    await rig.enter(TEACHER);
    const student = await rig.enter();
    expect(await student.command('room.change', { policy: { relayOnly: true } })).toMatchObject({ code: 'forbidden' });
  });
});

describe('a relay that was taken away', () => {
  it('shows to everyone in a class that needs it, and to the operator; chat goes on', async () => {
    await start({ settings: { turn: TURN } });
    const teacher = await rig.enter(TEACHER);
    await teacher.command('room.change', { policy: { relayOnly: true } });
    await rig.restart({ turn: null });
    const student = await rig.enter();
    const refused = await student.until(({ frame }) => frame === 'refused');
    expect(refused).toMatchObject({ code: 'relay_missing' });
    expect(student.closed).toBeNull();
    expect(await student.command('chat.post', { text: 'Can you hear me?' })).toMatchObject({ frame: 'ack' });
    expect(logged.filter((line) => line.includes('through a relay alone')).length).toBe(1);
    expect(logged.find((line) => line.includes('through a relay alone'))).toContain('"room":"algebra"');
  });
});

describe('the STUN server beside the others', () => {
  it('is announced only where it runs, and its packets are counted', async () => {
    await start({ settings: { stun: STUN } });
    expect((await rig.enter(TEACHER)).welcome.ice).toHaveLength(1);
    const socket = createSocket('udp4');
    const packet = bindingRequest();
    socket.send(packet, rig.server.stunPort ?? 0, '127.0.0.1');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(readAnswer(answer)).toMatchObject({ address: '127.0.0.1', port: socket.address().port });
    socket.close();
    expect(await rig.server.metrics.text()).toContain('lms_live_stun_requests_total{outcome="answered"} 1');
    await rig.restart({ stun: null });
    expect(rig.server.stunPort).toBeNull();
    expect((await rig.enter(TEACHER)).welcome.ice).toEqual([]);
  });
});
