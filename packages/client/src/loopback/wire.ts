import type { Environment, SocketLike } from '../types.js';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
const ABNORMAL_CLOSURE = 1006;

/** What lies between a page and the server: how long frames take, and whether they arrive. */
export interface Path {
  latencyMs(): number;
  /** Whether this frame gets through. */
  passes(text: string): boolean;
  readonly setTimer: Environment['setTimer'];
}

export interface WireHandlers {
  readonly received: (text: string) => void;
  readonly closed: () => void;
}

/** A socket whose other end is in the same page. What is sent arrives in order, in a later task. */
export class Wire implements SocketLike {
  readyState = CONNECTING;
  readonly bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #path: Path;
  #server: WireHandlers | null = null;

  /** @param connect called once the socket is open; null: nobody is there */
  constructor(path: Path, connect: ((wire: Wire) => WireHandlers) | null) {
    this.#path = path;
    this.#later(() => {
      if (this.readyState !== CONNECTING) return;
      if (!connect) {
        this.#end(ABNORMAL_CLOSURE, '');
        return;
      }
      this.readyState = OPEN;
      this.#server = connect(this);
      this.onopen?.();
    });
  }

  /** From the page. */
  send(text: string): void {
    if (this.readyState !== OPEN || !this.#path.passes(text)) return;
    this.#later(() => this.#server?.received(text));
  }

  /** From the page. */
  close(): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    const server = this.#server;
    this.#server = null;
    this.#later(() => {
      server?.closed();
      this.onclose?.({ code: 1000, reason: '' });
    });
  }

  /** From the server. */
  deliver(text: string): void {
    if (!this.#path.passes(text)) return;
    this.#later(() => {
      if (this.readyState === OPEN) this.onmessage?.({ data: text });
    });
  }

  /** From the server, behind what it has sent. */
  shut(code: number, reason: string): void {
    const server = this.#server;
    this.#server = null;
    server?.closed();
    this.#later(() => this.#end(code, reason));
  }

  /** The path breaks: both sides are told, and nothing more arrives. */
  break(): void {
    const server = this.#server;
    this.#server = null;
    server?.closed();
    this.#end(ABNORMAL_CLOSURE, '');
  }

  #end(code: number, reason: string): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.onclose?.({ code, reason });
  }

  #later(work: () => void): void {
    const latencyMs = this.#path.latencyMs();
    if (latencyMs === 0) queueMicrotask(work);
    else this.#path.setTimer(work, latencyMs);
  }
}
