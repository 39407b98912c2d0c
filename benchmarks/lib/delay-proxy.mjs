/** A wire with a length: what goes in comes out later, in order, on both ways. In user space, so that it needs no rights and slows only us down. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Listens on a free port of loopback and passes everything to a server there.
 *
 * @param {{ targetPort: number, roundTripMs: number }} options `roundTripMs` is what an exchange of one message takes longer; 0 passes on at once,
 * through the same code.
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function openDelayProxy({ targetPort, roundTripMs }) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    passOn(near, far, roundTripMs / 2);
    passOn(far, near, roundTripMs / 2);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * @param {import('node:net').Socket} from
 * @param {import('node:net').Socket} to
 * @param {number} delayMs
 */
function passOn(from, to, delayMs) {
  // Timers of one length fire in the order in which they were set.
  const later = (/** @type {() => void} */ act) => (delayMs === 0 ? act() : void setTimeout(act, delayMs));
  from.on('data', (chunk) => later(() => to.writable && to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
}
