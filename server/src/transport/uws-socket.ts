/** One WebSocket of uWebSockets.js. A `ws` throws once it is closed; here is the one place that knows. */
import type { WebSocket } from 'uWebSockets.js';
import { ABNORMAL, LINGER_MS, SLOW_READER, checkCloseCode, clipReason, nextSocketId } from './closing.js';
import type { Heart } from './heartbeat.js';
import type { SendOutcome, Socket, SocketHandler } from './types.js';

/** What uWebSockets.js keeps beside each socket. */
export interface UwsUser {
  readonly socket: UwsSocket;
}

interface Close {
  readonly code: number;
  readonly reason: string;
}

/** The types lack these. All fragments of a message have to be sent before anything else is: in one turn. */
interface Fragments {
  sendFirstFragment(message: Uint8Array, isBinary: boolean): number;
  sendFragment(message: Uint8Array): number;
  sendLastFragment(message: Uint8Array): number;
}

/**
 * The builds for Node 20 keep the memory of what did not fit into their cork buffer of 16 KiB for as long as the socket
 * lives (uWebSockets#1792): a snapshot of a large room would cost its size for each member. So it goes in fragments
 * (RFC 6455 §5.4) that fit.
 */
const MAX_FRAGMENT_BYTES = 15_000;
/** UTF-16 units of a text that fits for sure. */
const FITS_CHARS = MAX_FRAGMENT_BYTES / 3;

/** Results of `send` in uWebSockets.js. */
const BACKPRESSURE = 0;
const DROPPED = 2;

/** What all sockets of a transport share. */
export interface UwsSocketSetup {
  readonly maxBackpressureBytes: number;
  /** Told in the middle of a native loop: nothing native may be called from it. */
  readonly onDropped: (socket: UwsSocket) => void;
  /** Runs a handler so that an exception ends the socket and not the process. */
  readonly guard: (socket: UwsSocket, call: (socket: UwsSocket) => void) => void;
}

export class UwsSocket implements Socket, Heart {
  readonly id = nextSocketId();
  readonly remoteAddress: string;
  readonly origin: string | null;
  heardAtMs = 0;
  #handler: SocketHandler | null = null;
  readonly #setup: UwsSocketSetup;
  #ws: WebSocket<UwsUser> | null = null;
  #dropped = false;
  /** Why we closed, while uWebSockets.js is at it. */
  #closing: Close | null = null;
  #linger: NodeJS.Timeout | null = null;

  constructor(setup: UwsSocketSetup, { remoteAddress, origin }: Pick<Socket, 'remoteAddress' | 'origin'>) {
    this.#setup = setup;
    this.remoteAddress = remoteAddress;
    this.origin = origin;
  }

  get isOpen(): boolean {
    return this.#ws !== null && !this.#dropped;
  }

  opened(ws: WebSocket<UwsUser>): void {
    this.#ws = ws;
  }

  /** The handler may come after the close: `connect` may have closed the socket. */
  attach(handler: SocketHandler): void {
    if (this.#ws !== null) this.#handler = handler;
    else if (this.#closing !== null) this.#tellLater(handler, this.#closing);
  }

  received(text: string | null): void {
    this.heardAtMs = performance.now();
    if (this.isOpen) this.#handler?.onMessage(text);
  }

  ponged(): void {
    this.heardAtMs = performance.now();
    if (this.isOpen) this.#handler?.onPong();
  }

  send(text: string): SendOutcome {
    if (this.#ws === null || this.#dropped) return 'dropped';
    const outcome =
      text.length <= FITS_CHARS ? this.#ws.send(text, false, false) : this.#sendLarge(this.#ws, Buffer.from(text));
    // A drop among what was published before counts as well, hence the flag.
    if (outcome === DROPPED || this.#isDropped()) return 'dropped';
    return outcome === BACKPRESSURE ? 'buffered' : 'sent';
  }

  subscribe(topic: string): void {
    if (this.#ws === null || this.#dropped) return;
    this.#ws.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#ws === null || this.#dropped) return;
    this.#ws.unsubscribe(topic);
  }

  bufferedBytes(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  cork(write: () => void): void {
    if (this.#ws === null) {
      write();
      return;
    }
    let failure: { readonly error: unknown } | null = null;
    this.#ws.cork(() => {
      try {
        write();
      } catch (error) {
        failure = { error };
      }
    });
    const failed = failure as { readonly error: unknown } | null;
    if (failed !== null) throw failed.error;
  }

  close(code: number, reason: string): void {
    checkCloseCode(code);
    if (this.#dropped) return;
    this.#end({ code, reason: clipReason(reason) });
  }

  ping(): void {
    if (!this.#dropped) this.#ws?.ping();
  }

  silent(): void {
    this.#cut(this.#dropped ? SLOW_READER : ABNORMAL);
  }

  /** Called by uWebSockets.js for each lost frame, possibly from the middle of its own loop over topics. */
  markDropped(): void {
    if (this.#dropped || this.#ws === null) return;
    this.#dropped = true;
    this.#setup.onDropped(this);
  }

  /** The rest of `markDropped`, from a safe place. */
  retire(): void {
    const ws = this.#ws;
    if (ws === null) return;
    for (const topic of ws.getTopics()) ws.unsubscribe(topic);
    // The close frame has to wait behind what is buffered; a peer that reads again gets it, one that does not is cut off.
    this.#linger ??= setTimeout(() => this.#cut(SLOW_READER), LINGER_MS);
  }

  drained(): void {
    const ws = this.#ws;
    if (ws === null) return;
    const bufferedBytes = ws.getBufferedAmount();
    if (!this.#dropped) {
      if (bufferedBytes <= this.#setup.maxBackpressureBytes / 4) this.#handler?.onDrain();
    } else if (bufferedBytes === 0) {
      this.#end(SLOW_READER);
    }
  }

  /** From now on nothing native may be touched. */
  closed(code: number, reason: string): void {
    this.#ws = null;
    if (this.#linger !== null) clearTimeout(this.#linger);
    const handler = this.#handler;
    const closing = this.#closing;
    this.#handler = null;
    if (handler === null) return;
    if (closing === null) handler.onClose(code, reason);
    else this.#tellLater(handler, closing);
  }

  #sendLarge(ws: WebSocket<UwsUser>, bytes: Buffer): number {
    // The limit is looked at before each part, and half a message is none: what could reach it goes whole.
    const reachesLimit = ws.getBufferedAmount() + bytes.length > this.#setup.maxBackpressureBytes;
    if (bytes.length <= MAX_FRAGMENT_BYTES || reachesLimit) return ws.send(bytes, false, false);
    const fragments = ws as unknown as Fragments;
    fragments.sendFirstFragment(bytes.subarray(0, MAX_FRAGMENT_BYTES), false);
    let at = MAX_FRAGMENT_BYTES;
    for (; bytes.length - at > MAX_FRAGMENT_BYTES; at += MAX_FRAGMENT_BYTES)
      fragments.sendFragment(bytes.subarray(at, at + MAX_FRAGMENT_BYTES));
    return fragments.sendLastFragment(bytes.subarray(at));
  }

  #isDropped(): boolean {
    return this.#dropped;
  }

  #end(why: Close): void {
    if (this.#ws === null) return;
    this.#closing = why;
    this.#ws.end(why.code, why.reason);
  }

  #cut(why: Close): void {
    if (this.#ws === null) return;
    this.#closing = why;
    this.#ws.close();
  }

  /** We are inside our caller's `close`. */
  #tellLater(handler: SocketHandler, { code, reason }: Close): void {
    queueMicrotask(() => this.#setup.guard(this, () => handler.onClose(code, reason)));
  }
}
