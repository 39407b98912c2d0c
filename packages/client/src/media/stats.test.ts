import { describe, expect, test } from 'vitest';
import { linkStats, qualityOf, sampleOf } from './stats.js';

const report = (...entries: Record<string, unknown>[]): RTCStatsReport =>
  new Map(entries.map((entry) => [entry['id'], entry])) as unknown as RTCStatsReport;

const LOCAL = { id: 'L', type: 'local-candidate', candidateType: 'host' };
const REMOTE = { id: 'R', type: 'remote-candidate', candidateType: 'srflx' };
const PAIR = {
  id: 'P',
  type: 'candidate-pair',
  state: 'succeeded',
  nominated: true,
  localCandidateId: 'L',
  remoteCandidateId: 'R',
  currentRoundTripTime: 0.045,
  bytesReceived: 4_000,
};

/** The same link as two browsers tell it; `at` grows with time. */
const CHROMIUM = (at: number): RTCStatsReport =>
  report(
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    { ...PAIR, id: 'P0', currentRoundTripTime: 9, bytesReceived: 1 },
    { ...PAIR, availableOutgoingBitrate: 600_000, bytesReceived: 4_000 * at },
    LOCAL,
    REMOTE,
    {
      id: 'A',
      type: 'inbound-rtp',
      kind: 'audio',
      packetsReceived: 100 * at,
      packetsLost: at,
      bytesReceived: 1_000 * at,
      jitter: 0.012,
    },
    {
      id: 'C',
      type: 'inbound-rtp',
      kind: 'video',
      packetsReceived: 50 * at,
      bytesReceived: 2_000 * at,
      framesDecoded: 30 * at,
      frameWidth: 320,
      frameHeight: 180,
    },
    {
      id: 'S',
      type: 'inbound-rtp',
      kind: 'video',
      packetsReceived: 9,
      framesDecoded: 9,
      frameWidth: 1_600,
      frameHeight: 900,
    },
    {
      id: 'O',
      type: 'outbound-rtp',
      kind: 'video',
      bytesSent: 3_000 * at,
      framesEncoded: 30 * at,
      totalEncodeTime: 0.1 * at,
    },
  );
const FIREFOX = (at: number): RTCStatsReport =>
  report(
    { ...PAIR, currentRoundTripTime: undefined, selected: true, bytesReceived: 4_000 * at },
    LOCAL,
    REMOTE,
    { id: 'I', type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.045 },
    {
      id: 'A',
      type: 'inbound-rtp',
      kind: 'audio',
      packetsReceived: 100 * at,
      packetsLost: at,
      bytesReceived: 1_000 * at,
      jitter: 0.012,
    },
    {
      id: 'C',
      type: 'inbound-rtp',
      kind: 'video',
      packetsReceived: 50 * at,
      bytesReceived: 2_000 * at,
      framesDecoded: 30 * at,
      frameWidth: 320,
      frameHeight: 180,
    },
    {
      id: 'S',
      type: 'inbound-rtp',
      kind: 'video',
      packetsReceived: 9,
      framesDecoded: 9,
      frameWidth: 1_600,
      frameHeight: 900,
    },
    { id: 'O', type: 'outbound-rtp', kind: 'video', bytesSent: 3_000 * at, framesEncoded: 30 * at },
  );

describe('the figures of a link', () => {
  test.each([
    ['Chromium', CHROMIUM],
    ['Firefox', FIREFOX],
  ])('have one shape, whatever %s tells', (_browser, tell) => {
    const stats = linkStats(sampleOf(tell(2), 4_000), sampleOf(tell(1), 2_000));
    expect(stats).toEqual({
      rttMs: 45,
      inLossRatio: 1 / 151,
      jitterMs: 12,
      inBitrateBps: 12_000,
      outBitrateBps: 12_000,
      inFramesPerSecond: 15,
      // Not of the screen: no more pictures of it have come.
      inWidth: 320,
      inHeight: 180,
      path: 'direct',
    });
  });

  test('are null where nothing is known', () => {
    const nothing = sampleOf(report(), 0);
    expect(Object.values(linkStats(nothing, nothing)).filter((value) => value !== null)).toEqual([]);
  });

  test('tell a relay at either end', () => {
    for (const end of [LOCAL, REMOTE]) {
      const relayed = report({ id: 'T', type: 'transport', selectedCandidatePairId: 'P' }, PAIR, LOCAL, REMOTE, {
        ...end,
        candidateType: 'relay',
      });
      expect(sampleOf(relayed, 0).path).toBe('relay');
    }
  });

  test('count what a browser works for, and what the network takes', () => {
    expect(sampleOf(CHROMIUM(3), 0)).toMatchObject({
      encodeMs: expect.closeTo(300) as number,
      framesEncoded: 90,
      availableBps: 600_000,
      pathBytes: 12_000,
    });
    expect(sampleOf(FIREFOX(3), 0)).toMatchObject({ encodeMs: 0, availableBps: null, pathBytes: 12_000 });
  });

  test('never run backwards where a counter begins anew', () => {
    const stats = linkStats(sampleOf(CHROMIUM(1), 4_000), sampleOf(CHROMIUM(9), 2_000));
    expect(stats).toMatchObject({ inBitrateBps: 0, outBitrateBps: 0, inFramesPerSecond: 0, inLossRatio: null });
  });
});

test('the quality of a link follows its state first, then loss and delay', () => {
  const stats = linkStats(sampleOf(CHROMIUM(2), 4_000), sampleOf(CHROMIUM(1), 2_000));
  expect(qualityOf('connecting', null)).toBeNull();
  expect(qualityOf('connected', null)).toBeNull();
  expect(qualityOf('connected', stats)).toBe(3);
  expect(qualityOf('connected', { ...stats, inLossRatio: 0.05 })).toBe(2);
  expect(qualityOf('connected', { ...stats, rttMs: 700 })).toBe(1);
  for (const link of ['unstable', 'reconnecting', 'limited'] as const) expect(qualityOf(link, stats)).toBe(0);
});
