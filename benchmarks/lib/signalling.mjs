/** The signalling server of the hand-written pages: rooms, and messages from one member to another. As little as it can be. */
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

/**
 * Understands `{join: room}`, with `as: id` where the member brings a name, answered by `{joined: id, peers: [ids]}` and told to the others as `{came: id}`,
 * and `{to: id, data}`, passed on as `{from: id, data}`; without `to` it goes to everyone else. Whoever goes is told as `{left: id}`.
 *
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function openSignalling() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  /** @type {Map<string, Map<string, import('ws').WebSocket>>} */
  const rooms = new Map();
  let count = 0;
  server.on('connection', (socket) => {
    count += 1;
    let id = `p${count}`;
    /** @type {Map<string, import('ws').WebSocket>} */
    let room = new Map();
    const tell = (/** @type {import('ws').WebSocket} */ member, /** @type {unknown} */ message) =>
      member.send(JSON.stringify(message));
    socket.on('message', (text) => {
      const message = JSON.parse(String(text));
      if (typeof message.join === 'string') {
        room = rooms.get(message.join) ?? new Map();
        rooms.set(message.join, room);
        id = message.as ?? id;
        tell(socket, { joined: id, peers: [...room.keys()] });
        for (const member of room.values()) tell(member, { came: id });
        room.set(id, socket);
        return;
      }
      const receivers = message.to === undefined ? [...room.values()] : [room.get(message.to)];
      for (const receiver of receivers)
        if (receiver && receiver !== socket) tell(receiver, { from: id, data: message.data });
    });
    socket.on('close', () => {
      room.delete(id);
      for (const member of room.values()) tell(member, { left: id });
    });
  });
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    close: async () => {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
