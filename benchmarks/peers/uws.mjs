/**
 * Bare uWebSockets.js: whoever says hello is subscribed to a room, what comes is published there as it is. No token (but `PEER_SECRET` or
 * `PEER_PUBLIC_KEY`), no order, no log.
 *
 * `PEER_WINDOW_MS`: publishes at once when the last time is longer ago than that, else when it is, or when 64 wait: the rule by which
 * LMS Live commits and publishes.
 */
import uws from 'uWebSockets.js';
import { answer, readHello, tellReady } from './parts/peer.mjs';

const MAX_BACKPRESSURE_BYTES = 1_048_576;
const IDLE_TIMEOUT_S = 120;
const MAX_WAITING = 64;

/** @typedef {{ room: string, isOpen: boolean }} User */
/** @typedef {{ waiting: ArrayBuffer[], timer: NodeJS.Timeout | null, closedAt: number }} Waiting */

const windowMs = Number(process.env['PEER_WINDOW_MS'] ?? 0);
const app = uws.App();
const publish = windowMs > 0 ? inWindows() : atOnce;

app.ws(
  '/*',
  /** @type {import('uWebSockets.js').WebSocketBehavior<User>} */ ({
    compression: uws.DISABLED,
    idleTimeout: IDLE_TIMEOUT_S,
    maxBackpressure: MAX_BACKPRESSURE_BYTES,
    maxPayloadLength: 16_384,
    open: (ws) => {
      ws.getUserData().room = '';
      ws.getUserData().isOpen = true;
    },
    message: (ws, data) => {
      const user = ws.getUserData();
      if (user.room !== '') {
        publish(user.room, data);
        return;
      }
      const greet = (/** @type {string} */ room) => {
        if (!user.isOpen) return;
        user.room = room;
        ws.subscribe(room);
        ws.send(answer(room));
      };
      const room = readHello(Buffer.from(data).toString());
      if (typeof room === 'string') greet(room);
      else
        room.then(greet, () => {
          if (user.isOpen) ws.end(4501, 'token_invalid');
        });
    },
    close: (ws) => {
      ws.getUserData().isOpen = false;
    },
  }),
);
app.listen('127.0.0.1', Number(process.env['PEER_PORT']), (listening) => {
  if (!listening) throw new Error('The port is taken.');
  tellReady();
});

/** @param {string} room @param {ArrayBuffer} data */
function atOnce(room, data) {
  app.publish(room, data, false, false);
}

/** What waits for one room: all of it goes out in one turn, which uWebSockets.js writes to each socket in one system call. */
function inWindows() {
  /** @type {Map<string, Waiting>} */
  const rooms = new Map();
  const flush = (/** @type {string} */ room, /** @type {Waiting} */ state) => {
    if (state.timer !== null) clearTimeout(state.timer);
    state.timer = null;
    state.closedAt = performance.now();
    const { waiting } = state;
    state.waiting = [];
    for (const data of waiting) app.publish(room, data, false, false);
  };
  return (/** @type {string} */ room, /** @type {ArrayBuffer} */ data) => {
    let state = rooms.get(room);
    if (state === undefined) rooms.set(room, (state = { waiting: [], timer: null, closedAt: -Infinity }));
    // The memory is taken back when the handler returns.
    state.waiting.push(data.slice(0));
    const waitMs = windowMs - (performance.now() - state.closedAt);
    if (waitMs <= 0 || state.waiting.length >= MAX_WAITING) flush(room, state);
    else state.timer ??= setTimeout(() => flush(room, state), waitMs);
  };
}
