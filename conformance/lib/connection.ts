import { once } from 'node:events';
import { WebSocket } from 'ws';
import { shapeFaults } from './shapes.js';
import type { FrameKind, Frames } from './frames.js';

/** One frame as it came. */
export interface Received<K extends FrameKind = FrameKind> {
  readonly kind: K;
  readonly frame: Frames[K];
  readonly text: string;
  /** Its place among everything that this connection was sent. */
  readonly index: number;
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
}

/** The end of a connection. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
  readonly atMs: number;
}

/** How a connection is opened; by default as the page has it. */
export interface DialOptions {
  readonly subprotocols?: readonly string[];
  readonly origin?: string;
  /** Offers compression, which is to be ignored. */
  readonly offersCompression?: boolean;
  /** Told of each frame that has not the shape of the page. */
  readonly onFault?: (fault: string) => void;
}

/** The upgrade was answered with something else than 101. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  constructor(readonly status: number) {
    super(`The upgrade was answered with ${status}.`);
  }
}

/** How long a server may take for anything that has no time of its own. */
export const PATIENCE_MS = 5_000;
const HANDSHAKE_MS = 10_000;
const SUBPROTOCOL = 'lms-live.v1';

/** One WebSocket with everything that came over it, to look at in any order. */
export class Connection {
  readonly received: Received[] = [];
  closed: Closed | null = null;
  readonly #socket: WebSocket;
  readonly #wakers = new Set<() => void>();

  private constructor(socket: WebSocket, onFault: (fault: string) => void) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      const text = (data as Buffer).toString();
      for (const fault of isBinary ? ['a binary frame'] : shapeFaults(text)) onFault(fault);
      const frame = read(text);
      this.received.push({ ...frame, text, index: this.received.length, atMs: performance.now() });
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString(), atMs: performance.now() };
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** @throws {HandshakeRefused} where the answer is not 101 */
  static async dial(url: string, options: DialOptions = {}): Promise<Connection> {
    const { subprotocols = [SUBPROTOCOL], origin, offersCompression = false, onFault = () => undefined } = options;
    const socket = new WebSocket(url, [...subprotocols], {
      perMessageDeflate: offersCompression,
      handshakeTimeout: HANDSHAKE_MS,
      ...(origin === undefined ? {} : { origin }),
    });
    const connection = new Connection(socket, onFault);
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      socket.emit('error', new HandshakeRefused(response.statusCode ?? 0));
    });
    await once(socket, 'open');
    return connection;
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: true });
  }

  /** Reads no more, or again. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** What came so far ends here: for `from`. */
  mark(): number {
    return this.received.length;
  }

  /** What came of a kind. */
  all<K extends FrameKind>(kind: K, from = 0): readonly Received<K>[] {
    return this.received.slice(from).filter((one): one is Received<K> => one.kind === kind);
  }

  /** The first frame for which `isIt` holds, now or in a while; each frame is asked once, in order. @throws where none comes in time, or the connection ends before */
  async any(
    isIt: (received: Received) => boolean,
    { from = 0, withinMs = PATIENCE_MS, what }: { from?: number; withinMs?: number; what: string },
  ): Promise<Received> {
    let next = from;
    return this.#until(what, withinMs, () => {
      for (; next < this.received.length; next += 1) {
        const one = this.received[next]!;
        if (isIt(one)) return one;
      }
      if (this.closed !== null)
        throw new Error(
          `${what} did not come before the connection was closed with ${this.closed.code} ${this.closed.reason}`,
        );
      return undefined;
    });
  }

  /** The first frame of a kind for which `where` holds, as `any` finds it. */
  async frame<K extends FrameKind>(
    kind: K,
    {
      where = () => true,
      what = `a frame \`${kind}\``,
      ...options
    }: {
      readonly where?: (frame: Frames[K], received: Received<K>) => boolean;
      readonly from?: number;
      readonly withinMs?: number;
      readonly what?: string;
    } = {},
  ): Promise<Received<K>> {
    const isIt = (one: Received) => one.kind === kind && where(one.frame as Frames[K], one as Received<K>);
    return (await this.any(isIt, { what, ...options })) as Received<K>;
  }

  /** The end of the connection. @throws where it does not come in time */
  async close(withinMs = PATIENCE_MS): Promise<Closed> {
    return this.#until('the close of the connection', withinMs, () => this.closed ?? undefined);
  }

  /** Everything that the server had said to this connection when it read this has come. */
  async settled(): Promise<void> {
    const from = this.mark();
    this.send({ frame: 'ping' });
    await this.frame('pong', { from });
  }

  /** Ends it, with a close frame and without waiting. */
  end(): void {
    this.#socket.close(1000);
  }

  /** Cuts it, as a lost network does. */
  cut(): void {
    this.#socket.terminate();
  }

  async #until<T>(what: string, withinMs: number, look: () => T | undefined): Promise<T> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) throw new Error(`${what} did not come within ${withinMs} ms`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#wakers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, leftMs);
        this.#wakers.add(done);
      });
    }
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }
}

function read(text: string): Pick<Received, 'kind' | 'frame'> {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // The shape says so.
  }
  const frame = typeof json === 'object' && json !== null ? json : {};
  return { kind: (frame as { frame?: FrameKind }).frame ?? ('' as FrameKind), frame: frame };
}
