/** Which way media goes, as the browser itself says it (WebRTC Statistics, RTCIceCandidatePairStats). */
import type { Tab } from './tab.js';

export interface Path {
  /** `host`, `srflx`: as a STUN server saw it, `prflx`: as the other side saw it, `relay`. */
  readonly local: RTCIceCandidateType;
  readonly remote: RTCIceCandidateType;
  /** How the relay is reached; null without one. */
  readonly relayBy: string | null;
}

type Watched = typeof globalThis & { madeConnections?: RTCPeerConnection[] };

/** Keeps the connections that a page makes; runs in the page, before its own scripts. */
export function watchPaths(): void {
  const page = globalThis as Watched;
  const made: RTCPeerConnection[] = [];
  page.madeConnections = made;
  const Native = page.RTCPeerConnection;
  page.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      made.push(this);
    }
  };
}

/** The ways of those connections of a page that are connected right now. */
export function pathsOf(tab: Tab): Promise<Path[]> {
  return tab.evaluate(async () => {
    const connected = ((globalThis as Watched).madeConnections ?? []).filter(
      ({ connectionState }) => connectionState === 'connected',
    );
    const paths = connected.map(async (connection) => {
      const stats = new Map<string, Record<string, string | undefined>>();
      (await connection.getStats()).forEach((entry: Record<string, string>) => stats.set(entry['id'] ?? '', entry));
      const transport = [...stats.values()].find((entry) => entry['selectedCandidatePairId'] !== undefined);
      const pair = stats.get(transport?.['selectedCandidatePairId'] ?? '');
      const local = stats.get(pair?.['localCandidateId'] ?? '');
      const remote = stats.get(pair?.['remoteCandidateId'] ?? '');
      return {
        local: local?.['candidateType'] as RTCIceCandidateType,
        remote: remote?.['candidateType'] as RTCIceCandidateType,
        relayBy: local?.['relayProtocol'] ?? null,
      };
    });
    return Promise.all(paths);
  }, null);
}
