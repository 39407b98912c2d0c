/**
 * The transport on uWebSockets.js, the only module that loads it.
 * Its rules: `req` is gone after the first `await`, `res` after the abort or the end, a `ws` after its close;
 * a handler without `onAborted` ends the process. Its HTTP is plain: the builds for Node 20 answer 505 to a request line
 * that arrives in two pieces (uWebSockets#1776), and pipelined requests are cut off; a request with an underscore in the
 * name of a header (`_method`) is never handed to us, waits unanswered, and its connection ends with the native idle
 * timeout. A proxy that normalises HTTP/1.1 belongs in front.
 */
import { readFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import type * as Uws from 'uWebSockets.js';
import type { Log } from '../observe/types.js';
import { TrustedProxies } from './addresses.js';
import { answerTo, checkedAnswer, type Answer } from './answers.js';
import { INTERNAL, LINGER_MS, RESTARTING } from './closing.js';
import { handshakeRefusal, readHead } from './head.js';
import { Heartbeat } from './heartbeat.js';
import { listenError } from './listen-error.js';
import { problem } from './problems.js';
import type { HttpResponse, RequestHead, Transport, TransportHandlers, TransportOptions } from './types.js';
import { UwsSocket, type UwsSocketSetup, type UwsUser } from './uws-socket.js';

type Module = (typeof Uws)['default'];

/** Newer builds refuse more than 4 KiB of headers unless they are told; an 8 KiB token has to fit. */
const MAX_HEADERS_BYTES = 16_384;
/** Without it two processes may listen on one port, and neither knows. */
const EXCLUSIVE_PORT = 1;
/** The native idle timeout is only the backstop of the heartbeat: coarse, and never below 8 s. */
const BACKSTOP_S = 12;
const MAX_NATIVE_IDLE_S = 960;
/** How often `close` looks whether answers and sockets are done. */
const POLL_MS = 20;
/** From our close frames to the end of every connection, so that they are read. */
const FAREWELL_MS = 100;

/** @throws where there is no binary for this platform, Node or C library */
export async function loadUws(): Promise<Module> {
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(MAX_HEADERS_BYTES);
  const { default: uws } = await import('uWebSockets.js');
  if (typeof uws.App !== 'function') throw new TypeError('uWebSockets.js has no App.');
  // No `uWebSockets: 20` header in every answer; the types lack this.
  (uws as Partial<{ _cfg: (key: string) => void }>)._cfg?.('silent');
  return uws;
}

export class UwsTransport implements Transport {
  readonly name = 'uws';
  readonly #uws: Module;
  readonly #options: TransportOptions;
  readonly #handlers: TransportHandlers;
  readonly #log: Log;
  readonly #proxies: TrustedProxies;
  readonly #heartbeat: Heartbeat;
  readonly #setup: UwsSocketSetup;
  readonly #sockets = new Set<UwsSocket>();
  /** Sockets that have lost a frame and are still subscribed. */
  readonly #dropped = new Set<UwsSocket>();
  #app: Uws.TemplatedApp | null = null;
  #listenSocket: Uws.us_listen_socket | null = null;
  #answering = 0;
  #stopped = false;
  #closing: Promise<void> | null = null;

  constructor(uws: Module, options: TransportOptions, handlers: TransportHandlers, log: Log) {
    this.#uws = uws;
    this.#options = options;
    this.#handlers = handlers;
    this.#log = log;
    this.#proxies = new TrustedProxies(options.trustedProxies);
    this.#heartbeat = new Heartbeat(options.idleTimeoutS);
    this.#setup = {
      maxBackpressureBytes: options.maxBackpressureBytes,
      onDropped: (dropped) => {
        this.#dropped.add(dropped);
        setImmediate(() => this.#retireDropped());
      },
      guard: (guarded, call) => this.#guard(guarded, call),
    };
  }

  async listen(): Promise<{ readonly port: number }> {
    const { host, port, socketPath } = this.#options;
    const app = await this.#createApp();
    this.#app = app;
    app.ws<UwsUser>(socketPath, this.#behavior());
    app.any('/*', (res, req) => this.#serve(res, req));
    // The types lack this overload: host, port, options, callback.
    const listen = app.listen.bind(app) as unknown as (
      host: string,
      port: number,
      options: number,
      listening: (listenSocket: Uws.us_listen_socket | false) => void,
    ) => void;
    const chosen = port === 0 ? await freePort(host) : port;
    return await new Promise((resolve, reject) => {
      listen(host, chosen, EXCLUSIVE_PORT, (listenSocket) => {
        if (listenSocket === false) {
          this.#app = null;
          app.close();
          reject(listenError(host, port));
          return;
        }
        this.#listenSocket = listenSocket;
        resolve({ port: this.#uws.us_socket_local_port(listenSocket) });
      });
    });
  }

  publish(topic: string, text: string): void {
    this.#retireDropped();
    this.#app?.publish(topic, text, false, false);
    this.#retireDropped();
  }

  stopListening(): void {
    this.#stopped = true;
    if (this.#listenSocket !== null) this.#uws.us_listen_socket_close(this.#listenSocket);
    this.#listenSocket = null;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#closeAll());
  }

  async #closeAll(): Promise<void> {
    this.stopListening();
    const farewells = this.#sockets.size > 0;
    for (const socket of [...this.#sockets]) socket.close(RESTARTING.code, RESTARTING.reason);
    const deadlineMs = performance.now() + LINGER_MS;
    while ((this.#answering > 0 || this.#sockets.size > 0) && performance.now() < deadlineMs) await pause(POLL_MS);
    if (farewells) await pause(FAREWELL_MS);
    this.#app?.close();
    this.#app = null;
  }

  async #createApp(): Promise<Uws.TemplatedApp> {
    const { tls } = this.#options;
    if (tls === undefined) return this.#uws.App();
    // Missing files would otherwise be noticed at the first handshake.
    await Promise.all([readFile(tls.certFile), readFile(tls.keyFile)]);
    return this.#uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile });
  }

  #behavior(): Uws.WebSocketBehavior<UwsUser> {
    const { maxFrameBytes, maxBackpressureBytes, idleTimeoutS } = this.#options;
    return {
      maxPayloadLength: maxFrameBytes,
      maxBackpressure: maxBackpressureBytes,
      idleTimeout: Math.min(Math.ceil(idleTimeoutS) + BACKSTOP_S, MAX_NATIVE_IDLE_S),
      // We ping more often than an idle timeout needs: pongs are what attendance counts.
      sendPingsAutomatically: false,
      compression: this.#uws.DISABLED,
      upgrade: (res, req, context) => this.#upgrade(res, req, context),
      open: (ws) => this.#guard(ws.getUserData().socket, (socket) => this.#open(socket, ws)),
      message: (ws, data, isBinary) =>
        this.#guard(ws.getUserData().socket, (socket) =>
          socket.received(isBinary ? null : Buffer.from(data).toString()),
        ),
      pong: (ws) => this.#guard(ws.getUserData().socket, hearPong),
      dropped: (ws) => ws.getUserData().socket.markDropped(),
      drain: (ws) => this.#guard(ws.getUserData().socket, (socket) => socket.drained()),
      close: (ws, code, reason) =>
        this.#guard(ws.getUserData().socket, (socket) => {
          this.#sockets.delete(socket);
          this.#dropped.delete(socket);
          this.#heartbeat.remove(socket);
          socket.closed(code, code === 1006 ? '' : Buffer.from(reason).toString());
        }),
    };
  }

  #upgrade(res: Uws.HttpResponse, req: Uws.HttpRequest, context: Uws.us_socket_context_t): void {
    res.onAborted(() => undefined);
    let refusal: HttpResponse | null;
    const read = this.#read(res, req);
    if ('refusal' in read) {
      refusal = read.refusal;
    } else {
      refusal = handshakeRefusal(read.head, this.#options.subprotocol) ?? this.#decide(read.head);
    }
    if (refusal !== null || 'refusal' in read) {
      this.#write(res, 'GET', this.#checked(refusal ?? problem('internal')), true);
      return;
    }
    const { headers, remoteAddress } = read.head;
    const socket = new UwsSocket(this.#setup, { remoteAddress, origin: headers.get('origin') ?? null });
    const user: UwsUser = { socket };
    // No extensions: compression costs memory and leaks lengths of secrets.
    res.upgrade(user, headers.get('sec-websocket-key') ?? '', this.#options.subprotocol, '', context);
  }

  #open(socket: UwsSocket, ws: Uws.WebSocket<UwsUser>): void {
    socket.opened(ws);
    this.#sockets.add(socket);
    this.#heartbeat.add(socket);
    socket.attach(this.#handlers.connect(socket));
  }

  #decide(head: RequestHead): HttpResponse | null {
    try {
      return this.#handlers.upgrade(head);
    } catch (error) {
      this.#log.error('The decision about an upgrade failed.', { error });
      return problem('internal');
    }
  }

  #serve(res: Uws.HttpResponse, req: Uws.HttpRequest): void {
    const gone = new AbortController();
    let done = false;
    res.onAborted(() => {
      done = true;
      gone.abort();
    });
    const method = req.getCaseSensitiveMethod().toUpperCase();
    const answer = (response: HttpResponse, last: boolean) => {
      if (done) return;
      done = true;
      this.#write(res, method, this.#checked(response), last);
    };

    const read = this.#read(res, req);
    if ('refusal' in read) {
      answer(read.refusal, true);
      return;
    }
    const { maxBodyBytes } = this.#options;
    if (Number(read.head.headers.get('content-length') ?? 0) > maxBodyBytes) {
      answer(problem('frame_too_large', `A body is at most ${maxBodyBytes} bytes.`), true);
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    res.onData((chunk, isLast) => {
      if (done) return;
      bytes += chunk.byteLength;
      if (bytes > maxBodyBytes) {
        answer(problem('frame_too_large', `A body is at most ${maxBodyBytes} bytes.`), true);
        return;
      }
      // The memory is taken back when this returns.
      if (chunk.byteLength > 0) chunks.push(Buffer.from(Buffer.from(chunk)));
      if (!isLast) return;
      this.#answering += 1;
      const request = { ...read.head, body: Buffer.concat(chunks), signal: gone.signal };
      void answerTo(this.#handlers, request, this.#log).then((checked) => {
        this.#answering -= 1;
        if (done) return;
        done = true;
        this.#write(res, method, checked, false);
      });
    });
  }

  #read(res: Uws.HttpResponse, req: Uws.HttpRequest): ReturnType<typeof readHead> {
    const headers: [string, string][] = [];
    req.forEach((name, value) => headers.push([name, value]));
    return readHead(
      {
        method: req.getCaseSensitiveMethod(),
        rawPath: req.getUrl(),
        rawQuery: req.getQuery(),
        headers,
        peer: Buffer.from(res.getRemoteAddressAsText()).toString(),
      },
      this.#proxies,
    );
  }

  #checked(response: HttpResponse): Answer {
    try {
      return checkedAnswer(response);
    } catch (error) {
      this.#log.error('An answer could not be written.', { error });
      return checkedAnswer(problem('internal'));
    }
  }

  /** @param last closes the connection after the answer */
  #write(res: Uws.HttpResponse, method: string, answer: Answer, last: boolean): void {
    const close = last || this.#stopped;
    res.cork(() => {
      res.writeStatus(`${answer.status} ${STATUS_CODES[answer.status] ?? 'Unknown'}`);
      for (const [name, value] of answer.headers) res.writeHeader(name, value);
      const isBare = answer.status === 204 || answer.status === 304;
      if (method !== 'HEAD' && !isBare) res.end(answer.body ?? '', close);
      else if (close) res.endWithoutBody(answer.bodyBytes, true);
      else {
        // Given a length, it would wait for as many bytes and serve nothing more on this connection.
        if (!isBare) res.writeHeader('Content-Length', String(answer.bodyBytes));
        res.endWithoutBody();
      }
    });
  }

  /** An exception that reached the native side would end the process. */
  #guard(socket: UwsSocket, call: (socket: UwsSocket) => void): void {
    try {
      call(socket);
    } catch (error) {
      this.#log.error('A socket handler failed.', { connection: socket.id, error });
      socket.close(INTERNAL.code, INTERNAL.reason);
    }
  }

  /** Topics may not change while uWebSockets.js walks over them, and nothing may follow a gap: so before and after each publish. */
  #retireDropped(): void {
    if (this.#dropped.size === 0) return;
    const dropped = [...this.#dropped];
    this.#dropped.clear();
    for (const socket of dropped) socket.retire();
  }
}

/** Made once: pongs are most of what an idle server hears. */
function hearPong(socket: UwsSocket): void {
  socket.ponged();
}

/**
 * On port 0 uSockets leaves SO_REUSEADDR out, and the next server could not take the port while connections of this one linger.
 */
async function freePort(host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (cause) => reject(listenError(host, 0, cause)));
    probe.listen({ host, port: 0 }, resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
