/** A server that is asked to stop lets everyone move before it closes. */
import { LIMITS } from '@lms-live/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { startRig, type Peer, type Rig } from './support/rig.js';

let rig: Rig;
afterEach(() => rig.stop());

const drains = (peer: Peer) => peer.frames.flatMap((frame) => (frame.frame === 'drain' ? [frame.inMs] : []));

describe.each(['ws', 'uws'] as const)('a server that stops (%s)', (transport) => {
  test('asks each connection to move at a moment of its own, serves those that are still there, and takes nobody new', async () => {
    rig = await startRig({ transport });
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    const students = await Promise.all(Array.from('abcdefgh').map((sub) => rig.enter({ sub })));
    const stopping = rig.server.stop({ drainMs: 1_500 });
    await expect.poll(() => [grace, ...students].every((peer) => drains(peer).length === 1)).toBe(true);
    const moments = [grace, ...students].flatMap(drains);
    expect(moments.every((inMs) => inMs >= 0 && inMs < 1_500)).toBe(true);
    expect(new Set(moments).size).toBeGreaterThan(3);

    expect((await rig.http('GET', '/readyz', { claims: null })).status).toBe(503);
    expect((await rig.http('GET', '/healthz', { claims: null })).status).toBe(200);
    await expect(rig.open()).rejects.toThrow('503');
    expect(await grace.command('chat.post', { text: 'Still here.' })).toMatchObject({ frame: 'ack' });
    await expect.poll(() => students.every((peer) => peer.events('chat.posted').length === 1)).toBe(true);

    await stopping;
    for (const peer of [grace, ...students]) expect((await peer.untilClosed()).code).toBe(4000);
    expect(grace.closed?.reason).toBe('restarting');
  });

  test('does not wait for people who have gone', async () => {
    rig = await startRig({ transport });
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    const startedAt = performance.now();
    const stopping = rig.server.stop({ drainMs: LIMITS.maxDrainMs });
    await expect.poll(() => drains(grace)).toHaveLength(1);
    grace.terminate();
    await stopping;
    expect(performance.now() - startedAt).toBeLessThan(LIMITS.maxDrainMs / 2);
  });

  test('stops at once when it is asked again', async () => {
    rig = await startRig({ transport });
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    const first = rig.server.stop({ drainMs: LIMITS.maxDrainMs });
    const startedAt = performance.now();
    await rig.server.stop();
    await first;
    expect(performance.now() - startedAt).toBeLessThan(LIMITS.maxDrainMs / 2);
    expect((await grace.untilClosed()).code).toBe(4000);
  });
});
