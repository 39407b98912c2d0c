/** What one person, one room and one school may take of a server, and what they are told when it is too much. */
import { LIMITS, SOCKET_PATH, SUBPROTOCOL } from '@lms-live/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { DEFAULT_TENANT_LIMITS } from '../src/config/tenant-options.js';
import type { TenantLimits } from '../src/config/types.js';
import { ORIGIN, startRig, TENANT, type Peer, type Rig } from './support/rig.js';

let rig: Rig;
afterEach(() => rig.stop());

const school = (limits: Partial<TenantLimits>) => ({ ...TENANT, limits: { ...DEFAULT_TENANT_LIMITS, ...limits } });
const enterStaff = () => rig.enter({ sub: 'grace', role: 'instructor' });
const post = (peer: Peer, text: string) => peer.command('chat.post', { text });

describe('the rate of a room', () => {
  test('refuses what is over it with the time to wait and the name of the limit, and takes it later', async () => {
    rig = await startRig({ tenants: [school({ roomCommandBurst: 2, roomCommandsPerSecond: 20 })] });
    await enterStaff();
    const [ada, bob] = [await rig.enter({ sub: 'ada' }), await rig.enter({ sub: 'bob' })];
    expect(await post(ada, 'one')).toMatchObject({ frame: 'ack' });
    expect(await post(bob, 'two')).toMatchObject({ frame: 'ack' });
    const refused = await ada.command('chat.post', { text: 'three' }, { cmid: 'the-third-of-this-room' });
    expect(refused).toMatchObject({
      frame: 'refused',
      code: 'rate_limited',
      retryable: true,
      expect: 2,
      detail: { limit: 'roomCommandsPerSecond' },
    });
    const { retryAfterMs } = refused as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    // Those who wait because of others come back at different times, within a second of the least.
    expect(retryAfterMs).toBeLessThanOrEqual(1_050);
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    expect(await ada.command('chat.post', { text: 'three' }, { cmid: 'the-third-of-this-room' })).toMatchObject({
      frame: 'ack',
    });
  });

  test('is not for the staff, who quieten a class that is too loud', async () => {
    rig = await startRig({ tenants: [school({ roomCommandBurst: 1, roomCommandsPerSecond: 1 })] });
    const grace = await enterStaff();
    const ada = await rig.enter({ sub: 'ada' });
    await post(ada, 'one');
    expect(await post(ada, 'two')).toMatchObject({ code: 'rate_limited' });
    expect(await grace.command('room.change', { policy: { 'chat.mode': 'frozen' } })).toMatchObject({ frame: 'ack' });
  });

  test('is of each room', async () => {
    rig = await startRig({ tenants: [school({ roomCommandBurst: 1, roomCommandsPerSecond: 1 })] });
    const rooms = { room: ['algebra', 'biology'] };
    await rig.enter({ sub: 'grace', role: 'instructor', ...rooms }, { room: 'algebra' });
    await rig.enter({ sub: 'grace', role: 'instructor', ...rooms }, { room: 'biology' });
    const here = await rig.enter({ sub: 'ada', ...rooms }, { room: 'algebra' });
    const there = await rig.enter({ sub: 'ada', ...rooms }, { room: 'biology' });
    await post(here, 'one');
    expect(await post(here, 'two')).toMatchObject({ code: 'rate_limited' });
    expect(await post(there, 'one')).toMatchObject({ frame: 'ack' });
  });

  test('drops signals over it and counts them, so that a class that types does not drown the messages', async () => {
    rig = await startRig({ tenants: [school({ roomSignalBurst: 3, roomSignalsPerSecond: 1 })] });
    const grace = await enterStaff();
    const ada = await rig.enter({ sub: 'ada' });
    for (let count = 0; count < 10; count += 1) ada.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👏' } });
    await post(ada, 'done');
    await grace.event('chat.posted');
    const reactions = grace.frames.filter((frame) => frame.frame === 'signal' && frame.kind === 'reaction');
    expect(reactions).toHaveLength(3);
    expect(await rig.server.metrics.text()).toContain('lms_live_signals_dropped_total{limit="roomSignalsPerSecond"} 7');
  });
});

describe('the rate of a tenant', () => {
  test('is of all its rooms together, and leaves other schools alone', async () => {
    const other = { ...TENANT, id: 'other', issuer: 'https://other.test', origins: [ORIGIN] };
    rig = await startRig({ tenants: [school({ tenantCommandBurst: 2, tenantCommandsPerSecond: 1 }), other] });
    const here = await rig.enter({ sub: 'grace', role: 'instructor', room: 'algebra' });
    const beside = await rig.enter({ sub: 'grace', role: 'instructor', room: 'biology' });
    const there = await rig.enter({ sub: 'grace', role: 'instructor', iss: 'https://other.test' });
    expect(await post(here, 'one')).toMatchObject({ frame: 'ack' });
    expect(await post(beside, 'two')).toMatchObject({ frame: 'ack' });
    expect(await post(here, 'three')).toMatchObject({
      code: 'rate_limited',
      detail: { limit: 'tenantCommandsPerSecond' },
    });
    expect(await post(there, 'one')).toMatchObject({ frame: 'ack' });
  });

  test('is not spent by somebody who floods: their own is spent first', async () => {
    rig = await startRig({
      tenants: [school({ tenantCommandBurst: LIMITS.commandBurst + 5, tenantCommandsPerSecond: 1 })],
    });
    const grace = await enterStaff();
    const ada = await rig.enter({ sub: 'ada' });
    const limits = new Set<unknown>();
    for (let count = 0; count < LIMITS.commandBurst + 15; count += 1) {
      const answer = await post(ada, 'again');
      if (answer.frame === 'ack') continue;
      limits.add(answer.detail?.['limit']);
    }
    expect([...limits]).toEqual(['commandsPerSecond']);
    expect(await post(grace, 'Quiet, please.')).toMatchObject({ frame: 'ack' });
  });

  test('of connections refuses one more with the time to wait, and takes it when another has gone', async () => {
    rig = await startRig({ tenants: [school({ maxConnectionsPerTenant: 2 })] });
    await enterStaff();
    const ada = await rig.enter({ sub: 'ada' });
    const bob = await rig.enter({ sub: 'bob' });
    expect(bob.frames).toEqual([
      expect.objectContaining({
        frame: 'refused',
        code: 'busy',
        retryAfterMs: 5_000,
        detail: { limit: 'maxConnectionsPerTenant', count: 2 },
      }),
    ]);
    expect((await bob.untilClosed()).code).toBe(4003);
    ada.terminate();
    await expect
      .poll(async () => (await rig.enter({ sub: 'bob' })).frames[0]?.frame, { timeout: 5_000 })
      .toBe('welcome');
  });
});

describe.each(['ws', 'uws'] as const)('sockets that say nothing (%s)', (transport) => {
  const upgrade = () =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(rig.url.replace('http', 'ws') + SOCKET_PATH, SUBPROTOCOL, { origin: ORIGIN });
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.on('open', () => resolve(101));
      socket.on('error', () => undefined);
    });

  test('are so many from one address; one more is told to come back, and those who are in take no place', async () => {
    rig = await startRig({ transport, settings: { maxPendingHellosPerAddress: 3 } });
    await enterStaff();
    await rig.enter({ sub: 'ada' });
    const waits = await rig.enter({ sub: 'bob', room: 'not-there-yet' }, { room: 'not-there-yet' });
    expect(waits.frames[0]).toMatchObject({ frame: 'waiting' });
    expect([await upgrade(), await upgrade(), await upgrade()]).toEqual([101, 101, 101]);
    expect(await upgrade()).toBe(503);
    expect(await rig.server.metrics.text()).toContain('lms_live_upgrades_turned_away_total 1');
  });

  test('give way to somebody who comes, so that nobody keeps their address out by opening sockets', async () => {
    rig = await startRig({ transport, settings: { maxPendingHellosPerAddress: 20 } });
    await enterStaff();
    for (let count = 0; count < 20; count += 1) expect(await upgrade()).toBe(101);
    expect(await upgrade()).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const students = await Promise.all(Array.from('abcdefgh').map((sub) => rig.enter({ sub })));
    expect(students.every(({ frames }) => frames[0]?.frame === 'welcome')).toBe(true);
  });

  test('give their places back when they are closed for saying nothing', { timeout: 20_000 }, async () => {
    rig = await startRig({ transport, settings: { maxPendingHellosPerAddress: 1 } });
    expect(await upgrade()).toBe(101);
    expect(await upgrade()).toBe(503);
    await expect.poll(upgrade, { timeout: LIMITS.helloTimeoutMs + 5_000, interval: 500 }).toBe(101);
  });
});

describe('a person', () => {
  test('has one rate for the socket and for HTTP', async () => {
    rig = await startRig();
    await enterStaff();
    const ada = await rig.enter({ sub: 'ada' });
    for (let count = 0; count < LIMITS.commandBurst; count += 1) expect((await post(ada, 'again')).frame).toBe('ack');
    // Fewer than a fresh bucket would take.
    const responses = await Promise.all(
      Array.from({ length: LIMITS.commandBurst / 2 }, () =>
        rig.http('POST', '/v1/rooms/algebra/messages', { claims: { sub: 'ada' }, body: { text: 'once more' } }),
      ),
    );
    const refused = responses.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ code: 'rate_limited', limit: 'commandsPerSecond' });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
