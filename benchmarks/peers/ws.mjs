/**
 * `ws`: whoever says hello is added to a room, what comes is sent to each of it. No order, no log.
 *
 * `PEER_FAULT`, for the check of the load generator: the second member of a room is not sent every tenth message (`lose`), is sent it
 * twice (`twice`), or is sent it after the next one (`swap`).
 */
import { WebSocketServer } from 'ws';
import { answer, readHello, tellReady } from './parts/peer.mjs';

const FAULT_EVERY = 10;
const FAULTY_MEMBER = 1;

const fault = process.env['PEER_FAULT'] ?? null;
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.env['PEER_PORT']),
  perMessageDeflate: false,
  maxPayload: 16_384,
});
/** @type {Map<string, Set<import('ws').WebSocket>>} */
const rooms = new Map();
let count = 0;
/** @type {string | null} */
let heldBack = null;

server.on('connection', (socket) => {
  /** @type {Set<import('ws').WebSocket> | null} */
  let room = null;
  const greet = (/** @type {string} */ name) => {
    room = rooms.get(name) ?? new Set();
    rooms.set(name, room.add(socket));
    socket.send(answer(name));
  };
  socket.on('message', (data) => {
    const text = String(data);
    if (room !== null) {
      publish(room, text);
      return;
    }
    const read = readHello(text);
    if (typeof read === 'string') greet(read);
    else read.then(greet, () => socket.close(4501, 'token_invalid'));
  });
  socket.on('close', () => room?.delete(socket));
});
server.on('listening', tellReady);

/** @param {Set<import('ws').WebSocket>} room @param {string} text */
function publish(room, text) {
  if (fault !== null) {
    publishWithFault(room, text);
    return;
  }
  for (const member of room) member.send(text);
}

/** @param {Set<import('ws').WebSocket>} room @param {string} text */
function publishWithFault(room, text) {
  count += 1;
  const isFaulty = count % FAULT_EVERY === 0;
  [...room].forEach((member, index) => {
    if (index !== FAULTY_MEMBER) {
      member.send(text);
      return;
    }
    if (isFaulty && fault === 'swap') {
      heldBack = text;
      return;
    }
    if (!(isFaulty && fault === 'lose')) member.send(text);
    if (isFaulty && fault === 'twice') member.send(text);
    if (heldBack !== null) member.send(heldBack);
    heldBack = null;
  });
}
