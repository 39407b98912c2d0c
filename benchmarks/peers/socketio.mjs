/** socket.io on `ws`, WebSocket alone: whoever connects joins a room, what comes is emitted there. `PEER_RECOVERY`: with its connection state recovery. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { tellReady, verify } from './parts/peer.mjs';

const RECOVERY_MS = 120_000;

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
  ...(process.env['PEER_RECOVERY'] !== undefined && {
    connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS, skipMiddlewares: false },
  }),
});
io.use((socket, next) => {
  verify(socket.handshake.auth['token']).then(() => next(), next);
});
io.on('connection', (socket) => {
  /** @type {string} */
  const room = socket.handshake.auth['room'];
  // Where it was recovered it is in its rooms already.
  if (!socket.recovered) void socket.join(room);
  socket.on('m', (message) => io.to(room).emit('m', message));
});
http.listen({ host: '127.0.0.1', port: Number(process.env['PEER_PORT']), backlog: 4_096 }, tellReady);
