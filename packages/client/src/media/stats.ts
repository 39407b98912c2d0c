import type { LinkQuality, LinkState, LinkStats } from './types.js';

/** What is read of the objects of `getStats` (WebRTC Statistics §8); all of it may be missing somewhere. */
interface Entry {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly state?: string;
  readonly nominated?: boolean;
  /** Firefox alone. */
  readonly selected?: boolean;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly currentRoundTripTime?: number;
  readonly roundTripTime?: number;
  readonly availableOutgoingBitrate?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly jitter?: number;
  readonly framesPerSecond?: number;
  readonly framesDecoded?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesEncoded?: number;
  readonly totalEncodeTime?: number;
}

interface Picture {
  readonly id: string;
  readonly decoded: number;
  readonly width: number;
  readonly height: number;
}

/** The counters of one link at one moment. */
export interface LinkSample {
  readonly atMs: number;
  /** Media packets that have come in, on all tracks. */
  readonly packets: number;
  readonly lost: number;
  /** Of everything, with the reports that come while nothing is played. */
  readonly pathBytes: number;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly framesDecoded: number;
  readonly framesEncoded: number;
  /** Milliseconds of work that the encoders of this link have done. */
  readonly encodeMs: number;
  readonly rttMs: number | null;
  readonly jitterMs: number | null;
  /** Each track that pictures have ever come on; a size stays after the last one. */
  readonly pictures: readonly Picture[];
  readonly path: LinkStats['path'];
  /** What the network takes, as the browser reckons; null where it does not say. */
  readonly availableBps: number | null;
}

const MS_PER_S = 1_000;
const BITS_PER_BYTE = 8;

export function sampleOf(report: RTCStatsReport, atMs: number): LinkSample {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => entries.push(entry));
  const of = (type: string): Entry[] => entries.filter((entry) => entry.type === type);
  const inbound = of('inbound-rtp');
  const outbound = of('outbound-rtp');
  const pair = selectedPair(entries);
  const candidates = entries.filter(({ id }) => id === pair?.localCandidateId || id === pair?.remoteCandidateId);
  const rttS =
    pair?.currentRoundTripTime ?? of('remote-inbound-rtp').find(({ roundTripTime }) => roundTripTime)?.roundTripTime;
  const jitterS = inbound.find(({ kind, jitter }) => kind === 'audio' && jitter !== undefined)?.jitter;
  const inBytes = sum(inbound, 'bytesReceived');
  return {
    atMs,
    packets: sum(inbound, 'packetsReceived'),
    lost: sum(inbound, 'packetsLost'),
    pathBytes: pair?.bytesReceived ?? inBytes,
    inBytes,
    outBytes: sum(outbound, 'bytesSent'),
    framesDecoded: sum(inbound, 'framesDecoded'),
    framesEncoded: sum(outbound, 'framesEncoded'),
    encodeMs: sum(outbound, 'totalEncodeTime') * MS_PER_S,
    rttMs: rttS === undefined ? null : Math.round(rttS * MS_PER_S),
    jitterMs: jitterS === undefined ? null : Math.round(jitterS * MS_PER_S),
    pictures: inbound.flatMap(({ id, framesDecoded = 0, frameWidth: width, frameHeight: height }) =>
      width !== undefined && height !== undefined ? [{ id, decoded: framesDecoded, width, height }] : [],
    ),
    path: pair ? (candidates.some(({ candidateType }) => candidateType === 'relay') ? 'relay' : 'direct') : null,
    availableBps: pair?.availableOutgoingBitrate ?? null,
  };
}

/** What has happened between two samples. */
export function linkStats(now: LinkSample, before: LinkSample): LinkStats {
  const { rttMs, jitterMs, path } = now;
  const picture = largestOf(now, before);
  const elapsedMs = now.atMs - before.atMs;
  const perSecond = (key: 'inBytes' | 'outBytes' | 'framesDecoded'): number | null =>
    elapsedMs > 0 ? (Math.max(0, now[key] - before[key]) * MS_PER_S) / elapsedMs : null;
  const bps = (bytes: number | null): number | null => (bytes === null ? null : Math.round(bytes * BITS_PER_BYTE));
  const lost = Math.max(0, now.lost - before.lost);
  const expected = lost + Math.max(0, now.packets - before.packets);
  const framesPerSecond = perSecond('framesDecoded');
  return Object.freeze({
    rttMs,
    inLossRatio: expected > 0 ? lost / expected : null,
    jitterMs,
    inBitrateBps: bps(perSecond('inBytes')),
    outBitrateBps: bps(perSecond('outBytes')),
    inFramesPerSecond: framesPerSecond === null ? null : Math.round(framesPerSecond),
    inWidth: picture?.width ?? null,
    inHeight: picture?.height ?? null,
    path,
  });
}

/** Of those that have come since. */
function largestOf(now: LinkSample, before: LinkSample): Picture | null {
  const decodedBefore = new Map(before.pictures.map(({ id, decoded }) => [id, decoded]));
  return now.pictures
    .filter(({ id, decoded }) => decoded > (decodedBefore.get(id) ?? 0))
    .reduce<Picture | null>((best, picture) => (picture.width > (best?.width ?? 0) ? picture : best), null);
}

const FAIR = { lossRatio: 0.02, rttMs: 250 };
const POOR = { lossRatio: 0.08, rttMs: 600 };

export function qualityOf(link: LinkState, stats: LinkStats | null): LinkQuality {
  if (link === 'connecting') return null;
  if (link !== 'connected') return 0;
  if (!stats) return null;
  const isOver = ({ lossRatio, rttMs }: typeof FAIR): boolean =>
    (stats.inLossRatio ?? 0) > lossRatio || (stats.rttMs ?? 0) > rttMs;
  return isOver(POOR) ? 1 : isOver(FAIR) ? 2 : 3;
}

function selectedPair(entries: readonly Entry[]): Entry | undefined {
  const selected = entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  const pairs = entries.filter(({ type }) => type === 'candidate-pair');
  return (
    pairs.find(({ id }) => id === selected) ??
    pairs.find((pair) => pair.selected === true) ??
    pairs.find(({ nominated, state }) => nominated === true && state === 'succeeded')
  );
}

function sum(entries: readonly Entry[], key: keyof Entry): number {
  return entries.reduce((total, entry) => total + Number(entry[key] ?? 0), 0);
}
