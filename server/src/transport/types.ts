/** What a request said before its body; everything is copied, so that it may be read after an `await`. */
export interface RequestHead {
  readonly method: string;
  /** Decoded path without the query, e.g. `/v1/rooms/algebra-1`. An encoded slash stays `%2F`, so that it divides nothing; never with `.` or `..` segments. */
  readonly path: string;
  /** The parts between the slashes, each decoded by itself: `/v1/people/school%2F7` is `['v1', 'people', 'school/7']`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** The peer, or behind a trusted proxy the client that it names. */
  readonly remoteAddress: string;
}

export interface HttpRequest extends RequestHead {
  /** The whole body, at most `maxBodyBytes`; larger ones are answered 413 by the transport. */
  readonly body: Uint8Array;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
}

/** `sent`: on its way · `buffered`: waits in memory · `dropped`: lost, the socket is dead (see `Socket.send`). */
export type SendOutcome = 'sent' | 'buffered' | 'dropped';

/** One WebSocket. Every method may be called at any time; after the close they do nothing. None of them calls its handler before it returns. */
export interface Socket {
  /** Unique in this process. */
  readonly id: number;
  readonly remoteAddress: string;
  /** The `Origin` of the upgrade, or null. */
  readonly origin: string | null;
  readonly isOpen: boolean;
  /** A dropped frame marks the socket dead: nothing more is sent, it is closed with 4002, and the client resumes. */
  send(text: string): SendOutcome;
  /** Receives what is published to the topic from now on. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  bufferedBytes(): number;
  /** Several sends in one system call. */
  cork(write: () => void): void;
  /** Closes with a code and a reason of at most 123 bytes. */
  close(code: number, reason: string): void;
}

export interface SocketHandler {
  /** `binary` frames are passed with null and are refused by the gateway. */
  onMessage(text: string | null): void;
  /** A pong of the WebSocket protocol: the peer's network stack lives. */
  onPong(): void;
  /** After a `buffered`: the send buffer has become empty enough to go on. May also come without one. */
  onDrain(): void;
  /**
   * Called once, after a close by either side; `code` as RFC 6455 §7.4: the peer's or that of our own `close`,
   * 4002 for a slow reader, 1006 for a connection that broke or fell silent.
   */
  onClose(code: number, reason: string): void;
}

export interface TransportHandlers {
  /** Answers a request; must not throw (the transport answers 500 if it does). */
  handle(request: HttpRequest): Promise<HttpResponse>;
  /** Decides about an upgrade from its head alone. `null` accepts. */
  upgrade(head: RequestHead): HttpResponse | null;
  /** A socket is open. */
  connect(socket: Socket): SocketHandler;
}

export interface TransportOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly socketPath: string;
  readonly subprotocol: string;
  readonly maxFrameBytes: number;
  readonly maxBodyBytes: number;
  readonly maxBackpressureBytes: number;
  /** A socket from which nothing, not even a pong, has come for this long is closed. Pings go out four times as often, every 4 s at the latest. */
  readonly idleTimeoutS: number;
  /** Addresses or CIDR ranges of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
}

export interface Transport {
  /** `uws` or `ws`. */
  readonly name: string;
  listen(): Promise<{ readonly port: number }>;
  /** To all sockets that are subscribed; serialised once. */
  publish(topic: string, text: string): void;
  /** Takes no new connections; those that are open go on, HTTP ones until their next answer. */
  stopListening(): void;
  /** Closes every socket (4000) and every connection; waits a bounded time for answers under way. */
  close(): Promise<void>;
}
