import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** What a server says instead of one frame: none, one or several. `memory` is of this connection. */
export type Rewrite = (frame: Record<string, unknown>, memory: Map<string, unknown>, text: string) => readonly string[];

/** A server that lies: everything passes, and what it says is rewritten on the way. */
export async function startRewritingProxy(
  target: string,
  { rewrite, onClient = (text) => text }: { rewrite: Rewrite; onClient?: (text: string) => string | null },
) {
  const to = new URL(target);
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const onward = httpRequest({ host: to.hostname, port: to.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (near, { headers }) => {
    const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const far = new WebSocket(target, protocols.filter(Boolean), { perMessageDeflate: false });
    const memory = new Map<string, unknown>();
    const early: string[] = [];
    near.on('message', (data) => {
      const text = onClient((data as Buffer).toString());
      if (text === null) return;
      if (far.readyState === WebSocket.OPEN) far.send(text);
      else early.push(text);
    });
    far.on('open', () => {
      for (const text of early) far.send(text);
    });
    far.on('message', (data) => {
      const text = (data as Buffer).toString();
      for (const said of rewrite(JSON.parse(text) as Record<string, unknown>, memory, text)) near.send(said);
    });
    const closeWith = (socket: WebSocket) => (code: number, reason: Buffer) => {
      if (code >= 3_000 || code === 1_000) socket.close(code, reason);
      else socket.terminate();
    };
    near.on('close', closeWith(far)).on('error', () => undefined);
    far.on('close', closeWith(near)).on('error', () => near.terminate());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${to.pathname}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
