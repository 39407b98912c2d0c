import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRig, type Rig } from './support/rig.js';

describe.each(['uws', 'ws'] as const)('calls on %s', (transport) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig({ transport });
  });
  afterEach(() => rig.stop());

  it('gives two people sessions, and hands an offer to the one it is for', async () => {
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    grace.send({ frame: 'media', rev: 1, open: true, live: true, audio: true });
    ada.send({ frame: 'media', rev: 1, open: true, live: true, video: true });
    const own = await grace.until((frame) => frame.frame === 'session');
    const hers = await ada.until((frame) => frame.frame === 'session');
    if (own.frame !== 'session' || hers.frame !== 'session') throw new Error('no session');
    expect(own).toMatchObject({ rev: 1, session: { live: true, audio: true, video: false, mode: 'video' } });
    await grace.until((frame) => frame.frame === 'media' && frame.sessions.length === 2);
    const body = { epoch: 1, ack: 0, seq: 1, message: { type: 'offer', negotiation: 1, sdp: 'v=0' } };
    ada.send({ frame: 'signal', kind: 'rtc', to: own.session?.session ?? '', body });
    const offer = await grace.until((frame) => frame.frame === 'signal' && frame.kind === 'rtc');
    expect(offer).toEqual({
      frame: 'signal',
      kind: 'rtc',
      from: ada.welcome.participant,
      session: hers.session?.session,
      body,
    });
  });
});
