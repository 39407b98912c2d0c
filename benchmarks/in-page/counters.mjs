/** What all connections of a page have sent and received, whatever library made them. */

/** @typedef {{ bytesSent: number, framesReceived: number, pictures: string[] }} Counters */

/** Runs before the scripts of a page. `window.counters()` gives totals (W3C WebRTC Statistics). */
export function recordCounters() {
  /** @type {Set<RTCPeerConnection>} */
  const connections = new Set();
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      connections.add(this);
    }
  };
  /** @returns {Promise<Counters>} */
  const counters = async () => {
    const totals = { bytesSent: 0, framesReceived: 0, pictures: /** @type {string[]} */ ([]) };
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue;
      for (const [, entry] of await connection.getStats()) {
        if (entry.type === 'transport') totals.bytesSent += entry.bytesSent ?? 0;
        if (entry.type !== 'inbound-rtp' || entry.kind !== 'video' || !entry.framesDecoded) continue;
        totals.framesReceived += entry.framesDecoded;
        totals.pictures.push(`${entry.frameWidth}x${entry.frameHeight}`);
      }
    }
    return totals;
  };
  Object.assign(window, { counters });
}
