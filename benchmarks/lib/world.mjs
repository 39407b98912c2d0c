/** All that the pages talk to, each behind a wire of the asked length: signalling, PeerServer, and the live server as it is built. */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { WebSocketServer } from 'ws';
import { openDelayProxy } from './delay-proxy.mjs';
import { freePort, startLiveServer } from './live-server.mjs';
import { pageNames, servePages } from './pages.mjs';
import { openSignalling } from './signalling.mjs';

/**
 * Its module form looks for a name that the older `ws` of the tree does not export; this form is handed one.
 * @type {typeof import('peer')}
 */
const { PeerServer } = createRequire(import.meta.url)('peer');

/**
 * @typedef {object} Visit
 * @property {string} page
 * @property {string} room
 * @property {string} person
 * @property {string} role
 * @property {number} others in the room already
 * @property {number} roundTripMs
 * @property {Readonly<Record<string, string | number>>} [parameters] of this kind of page
 */

/** @typedef {{ address: (visit: Visit) => string, close: () => Promise<void> }} World */

/**
 * @param {object} options
 * @param {readonly number[]} options.roundTripsMs each gets its own wires
 * @param {Readonly<Record<'width' | 'height' | 'framesPerSecond', number>>} options.capture what the hand-written pages and the libraries ask the camera for
 * @param {boolean} [options.areSources] our packages as they stand in the sources, for trying something out; default: as they are built
 * @returns {Promise<World>}
 */
export async function openWorld({ roundTripsMs, capture, areSources = false }) {
  /** @type {(() => Promise<void>)[]} */
  const opened = [];
  const keep = (/** @type {() => Promise<void>} */ close) => void opened.unshift(close);
  const close = async () => {
    for (const shut of opened.splice(0)) await shut();
  };
  try {
    const pages = await servePages(pageNames(), { areSources });
    keep(pages.close);
    const signalling = await openSignalling();
    keep(signalling.close);
    const peerPort = await openPeerServer(keep);
    const live = await startLiveServer({ origin: pages.origin });
    keep(live.close);
    /** @type {Map<number, Readonly<Record<'signalling' | 'peerServer' | 'live', string>>>} */
    const wires = new Map();
    for (const roundTripMs of roundTripsMs) {
      const [near, peer, far] = await Promise.all(
        [signalling.port, peerPort, live.port].map((targetPort) => openDelayProxy({ targetPort, roundTripMs })),
      );
      if (!near || !peer || !far) throw new Error('A wire is missing.');
      for (const wire of [near, peer, far]) keep(wire.close);
      wires.set(roundTripMs, {
        signalling: `ws://localhost:${near.port}`,
        peerServer: `http://localhost:${peer.port}`,
        live: `http://localhost:${far.port}`,
      });
    }
    const address = (/** @type {Visit} */ { page, room, person, role, others, roundTripMs, parameters = {} }) => {
      const query = new URLSearchParams({
        ...wires.get(roundTripMs),
        ...strings(capture),
        room,
        token: live.token({ sub: person, role, room }),
        others: String(others),
        ...strings(parameters),
      });
      return `${pages.origin}/${page}.html?${query.toString()}`;
    };
    return { address, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * @param {(close: () => Promise<void>) => void} keep
 * @returns {Promise<number>} its port
 */
async function openPeerServer(keep) {
  const port = await freePort();
  /** @type {import('node:http').Server} */
  const server = await new Promise((resolve) => {
    const createWebSocketServer = (/** @type {object} */ options) => new WebSocketServer(options);
    PeerServer({ port, host: '127.0.0.1', path: '/', createWebSocketServer }, (http) =>
      resolve(/** @type {never} */ (http)),
    );
  });
  keep(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return port;
}

/** @param {Readonly<Record<string, string | number>>} values */
const strings = (values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
