/** Whoever reads slowly goes without what is of the moment, not without messages. */
import { LIMITS } from '@lms-live/protocol';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_TENANT_LIMITS } from '../src/config/tenant-options.js';
import { startRig, TENANT, type Rig } from './support/rig.js';

/** One that reads nothing is looked at twice a second. */
const LOOKED_AT_MS = 1_500;
/** Less than what a slow reader is closed for, more than what kernels hold for one connection on loopback. */
const BACKLOG_BYTES = 9_000_000;

let rig: Rig;
afterEach(() => rig.stop());

test.each(['ws', 'uws'] as const)(
  'typing stays away from a socket that does not read, and presence is whole after it has (%s)',
  async (transport) => {
    const limits = { ...DEFAULT_TENANT_LIMITS, roomSignalsPerSecond: 100_000, roomSignalBurst: 100_000 };
    rig = await startRig({ transport, tenants: [{ ...TENANT, limits }] });
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    ada.pause();
    // The list of a call is told to everyone who is in the room: a cheap way to a full buffer.
    const { live } = await roomOf(rig);
    let bytes = 0;
    const member = [...live.membersOf(ada.welcome.participant)][0];
    while (member && member.unsentBytes() <= 2 * LIMITS.signalBacklogBytes && bytes < BACKLOG_BYTES) {
      const text = JSON.stringify({ frame: 'signal', kind: 'test', body: { text: 'x'.repeat(10_000) } });
      member.send(text);
      bytes += text.length;
    }
    expect(member?.unsentBytes()).toBeGreaterThan(LIMITS.signalBacklogBytes);
    await new Promise((resolve) => setTimeout(resolve, LOOKED_AT_MS));

    grace.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👏' } });
    expect(await grace.command('chat.post', { text: 'This arrives.' })).toMatchObject({ frame: 'ack' });
    await grace.when(() => grace.signals('reaction').length === 1);
    const from = ada.frames.length;
    ada.resume();
    await ada.event('chat.posted');
    const presence = await ada.until((frame) => frame.frame === 'presence' && frame.full, from);
    expect(presence).toMatchObject({ count: 2 });
    expect(ada.signals('reaction')).toHaveLength(0);
    expect(ada.closed).toBeNull();

    // And from then on everything again.
    grace.send({ frame: 'signal', kind: 'reaction', body: { emoji: '🎉' } });
    await ada.when(() => ada.signals('reaction').length === 1);
  },
);

async function roomOf({ server }: Rig) {
  const live = await server.directory.get(TENANT.id, 'algebra');
  if (!live) throw new Error('there is no room');
  return { live };
}
