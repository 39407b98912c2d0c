/** The transport on `ws` and Node's own HTTP server, for platforms without a binary of uWebSockets.js. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, STATUS_CODES, type Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../observe/types.js';
import { TrustedProxies } from './addresses.js';
import { answerTo, checkedAnswer, type Answer } from './answers.js';
import { INTERNAL, LINGER_MS, RESTARTING } from './closing.js';
import { handshakeRefusal, readHead } from './head.js';
import { Heartbeat } from './heartbeat.js';
import { listenError } from './listen-error.js';
import { problem } from './problems.js';
import type { HttpResponse, RequestHead, Transport, TransportHandlers, TransportOptions } from './types.js';
import { Topics, WsSocket } from './ws-socket.js';

const MAX_HEADERS_BYTES = 16_384;
/** An idle connection lives so long, and the headers of the next request come within so long: together less than the 15 s that anybody who is slow may stay. */
const KEEP_ALIVE_MS = 5_000;
const HEADERS_TIMEOUT_MS = 8_000;
/** Node's own is two minutes. */
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
/** The whole request: a body of 64 KiB comes in this time over the worst link. */
const REQUEST_TIMEOUT_MS = 12_000;
const TIMEOUT_CHECK_MS = 1_000;
/** A 64 KiB frame over the worst link comes in fewer pieces. */
const MAX_FRAGMENTS = 1_024;

export class WsTransport implements Transport {
  readonly name = 'ws';
  readonly #options: TransportOptions;
  readonly #handlers: TransportHandlers;
  readonly #log: Log;
  readonly #proxies: TrustedProxies;
  readonly #heartbeat: Heartbeat;
  readonly #topics = new Topics();
  readonly #sockets = new Set<WsSocket>();
  readonly #webSockets: WebSocketServer;
  #server: Server | null = null;
  /** Every connection of a server that stopped listening has ended. */
  #ended: Promise<void> = Promise.resolve();
  #isStopped = false;
  #closing: Promise<void> | null = null;

  constructor(options: TransportOptions, handlers: TransportHandlers, log: Log) {
    this.#options = options;
    this.#handlers = handlers;
    this.#log = log;
    this.#proxies = new TrustedProxies(options.trustedProxies);
    this.#heartbeat = new Heartbeat(options.idleTimeoutS);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.maxFrameBytes,
      maxFragments: MAX_FRAGMENTS,
      perMessageDeflate: false,
      autoPong: false,
      handleProtocols: () => options.subprotocol,
    });
  }

  async listen(): Promise<{ readonly port: number }> {
    const { host, port } = this.#options;
    const server = await this.#createServer();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response));
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, first: Buffer) => {
      stream.on('error', () => stream.destroy());
      this.#upgrade(request, stream, first);
    });
    server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => refuseGarbage(error, stream));
    return await new Promise((resolve, reject) => {
      server.once('error', (cause) => reject(listenError(host, port, cause)));
      server.listen({ host, port }, () => {
        this.#server = server;
        this.#ended = new Promise((ended) => server.once('close', ended));
        resolve({ port: (server.address() as AddressInfo).port });
      });
    });
  }

  publish(topic: string, text: string): void {
    const members = this.#topics.of(topic);
    if (members.length === 0) return;
    const bytes = Buffer.from(text);
    for (const socket of members) socket.sendBytes(bytes);
  }

  stopListening(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#server?.close();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#closeAll());
  }

  async #closeAll(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.stopListening();
    for (const socket of [...this.#sockets]) socket.close(RESTARTING.code, RESTARTING.reason);
    server.closeIdleConnections();
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.terminate();
      server.closeAllConnections();
    }, LINGER_MS);
    await this.#ended;
    clearTimeout(cut);
  }

  async #createServer(): Promise<Server> {
    const { tls } = this.#options;
    const settings = {
      maxHeaderSize: MAX_HEADERS_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    };
    if (tls === undefined) return createServer(settings);
    const [cert, key] = await Promise.all([readFile(tls.certFile), readFile(tls.keyFile)]);
    return createTlsServer({ ...settings, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS, cert, key });
  }

  #upgrade(request: IncomingMessage, stream: Duplex, first: Buffer): void {
    if (rawPathOf(request) !== this.#options.socketPath || request.method !== 'GET') {
      // An upgrade that nobody asked us for is a plain request (RFC 9110 §7.8); its body, if any, is out of reach.
      if (!(stream instanceof NetSocket)) throw new TypeError('An HTTP server has network sockets.');
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      response.assignSocket(stream);
      response.on('finish', () => stream.end());
      this.#serve(request, response);
      return;
    }
    const read = this.#read(request);
    if ('refusal' in read) {
      refuse(stream, read.refusal);
      return;
    }
    const { head } = read;
    const refusal = handshakeRefusal(head, this.#options.subprotocol) ?? this.#decide(head);
    if (refusal !== null || this.#isStopped) {
      refuse(stream, refusal ?? problem('busy'));
      return;
    }
    this.#webSockets.handleUpgrade(request, stream, first, (ws) => this.#open(ws, stream, head));
  }

  #open(ws: WebSocket, stream: Duplex, head: RequestHead): void {
    const guard = (call: () => void) => {
      try {
        call();
      } catch (error) {
        this.#log.error('A socket handler failed.', { connection: socket.id, error });
        socket.close(INTERNAL.code, INTERNAL.reason);
      }
    };
    const socket = new WsSocket(ws, stream, {
      remoteAddress: head.remoteAddress,
      origin: head.headers.get('origin') ?? null,
      maxBackpressureBytes: this.#options.maxBackpressureBytes,
      topics: this.#topics,
      guard,
    });
    ws.on('message', (data: Buffer, isBinary: boolean) =>
      guard(() => socket.received(isBinary ? null : data.toString())),
    );
    ws.on('pong', () => guard(() => socket.ponged()));
    ws.on('ping', (payload: Buffer) => guard(() => socket.pinged(payload)));
    // A broken frame; `ws` closes with its code, and `close` follows.
    ws.on('error', () => undefined);
    ws.on('close', (code: number, reason: Buffer) => {
      this.#sockets.delete(socket);
      this.#heartbeat.remove(socket);
      guard(() => socket.closed(code, reason.toString()));
    });
    stream.on('drain', () => guard(() => socket.drained()));
    this.#sockets.add(socket);
    this.#heartbeat.add(socket);
    guard(() => socket.attach(this.#handlers.connect(socket)));
  }

  #decide(head: RequestHead): HttpResponse | null {
    try {
      return this.#handlers.upgrade(head);
    } catch (error) {
      this.#log.error('The decision about an upgrade failed.', { error });
      return problem('internal');
    }
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    response.on('error', () => undefined);
    const read = this.#read(request);
    if ('refusal' in read) {
      this.#write(request, response, { answer: checkedAnswer(read.refusal), last: true });
      return;
    }
    const { head } = read;
    const { maxBodyBytes } = this.#options;
    const tooLarge = () => {
      const answer = checkedAnswer(problem('frame_too_large', `A body is at most ${maxBodyBytes} bytes.`));
      this.#write(request, response, { answer, last: true });
    };
    if (Number(head.headers.get('content-length') ?? 0) > maxBodyBytes) {
      tooLarge();
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else if (!response.headersSent) tooLarge();
    });
    request.on('error', () => undefined);
    request.on('end', () => {
      if (bytes > maxBodyBytes) return;
      const complete = { ...head, body: Buffer.concat(chunks), signal: gone.signal };
      void answerTo(this.#handlers, complete, this.#log).then((answer) =>
        this.#write(request, response, { answer, last: false }),
      );
    });
  }

  #read(request: IncomingMessage): ReturnType<typeof readHead> {
    const { rawHeaders } = request;
    const headers: [string, string][] = [];
    for (let at = 0; at < rawHeaders.length; at += 2) headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
    const rawPath = rawPathOf(request);
    return readHead(
      {
        method: request.method ?? 'GET',
        rawPath,
        rawQuery: (request.url ?? '').slice(rawPath.length + 1),
        headers,
        peer: request.socket.remoteAddress ?? '',
      },
      this.#proxies,
    );
  }

  /** @param written.last closes the connection after the answer */
  #write(
    request: IncomingMessage,
    response: ServerResponse,
    { answer, last }: { readonly answer: Answer; readonly last: boolean },
  ): void {
    if (response.headersSent || response.destroyed) return;
    if (last || this.#isStopped) response.setHeader('connection', 'close');
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    if (answer.status !== 204 && answer.status !== 304) response.setHeader('content-length', answer.bodyBytes);
    response.writeHead(answer.status);
    response.end(request.method === 'HEAD' ? undefined : (answer.body ?? undefined));
    // What still comes of a body that was refused is read and forgotten, so that the answer is not lost in a reset.
    if (last) request.resume();
  }
}

function rawPathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

/** An answer to an upgrade, where Node gives no response object. */
function refuse(stream: Duplex, response: HttpResponse): void {
  const { status, headers, body, bodyBytes } = checkedAnswer(response);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  stream.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}content-length: ${bodyBytes}\r\nconnection: close\r\n\r\n`,
  );
  stream.end(body ?? '');
}

/** What is no HTTP gets the shortest answer there is; nobody would read one before the end of a TLS handshake. */
function refuseGarbage(error: NodeJS.ErrnoException, stream: Duplex): void {
  if (error.code === 'ECONNRESET' || error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT' || !stream.writable) {
    stream.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
}
