/** One WebSocket of `ws`, with what uWebSockets.js brings along: topics, a limit of what waits, one write per turn. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ABNORMAL, LINGER_MS, SLOW_READER, checkCloseCode, clipReason, nextSocketId } from './closing.js';
import type { Heart } from './heartbeat.js';
import type { SendOutcome, Socket, SocketHandler } from './types.js';

const FLUSH_BYTES = 65_536;

export interface WsSocketSetup {
  readonly remoteAddress: string;
  readonly origin: string | null;
  readonly maxBackpressureBytes: number;
  readonly topics: Topics;
  /** Runs a handler so that an exception ends the socket and not the process. */
  readonly guard: (call: () => void) => void;
}

/** Who hears what is published. */
export class Topics {
  readonly #members = new Map<string, Set<WsSocket>>();

  add(topic: string, socket: WsSocket): void {
    const members = this.#members.get(topic);
    if (members === undefined) this.#members.set(topic, new Set([socket]));
    else members.add(socket);
  }

  remove(topic: string, socket: WsSocket): void {
    const members = this.#members.get(topic);
    if (members?.delete(socket) === true && members.size === 0) this.#members.delete(topic);
  }

  /** A copy: a socket that drops a frame leaves at once. */
  of(topic: string): readonly WsSocket[] {
    return [...(this.#members.get(topic) ?? [])];
  }
}

export class WsSocket implements Socket, Heart {
  readonly id = nextSocketId();
  readonly remoteAddress: string;
  readonly origin: string | null;
  heardAtMs = 0;
  #handler: SocketHandler | null = null;
  /** Of a close inside `connect`, before there is a handler to tell. */
  #early: readonly [code: number, reason: string] | null = null;
  readonly #setup: WsSocketSetup;
  readonly #topics = new Set<string>();
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  #isOpen = true;
  #isCorked = false;
  #linger: NodeJS.Timeout | null = null;

  constructor(ws: WebSocket, stream: Duplex, setup: WsSocketSetup) {
    this.#ws = ws;
    this.#stream = stream;
    this.#setup = setup;
    this.remoteAddress = setup.remoteAddress;
    this.origin = setup.origin;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  attach(handler: SocketHandler): void {
    const early = this.#early;
    if (early === null) this.#handler = handler;
    else this.#tellLater(handler, early);
  }

  received(text: string | null): void {
    this.heardAtMs = performance.now();
    if (this.#isOpen) this.#handler?.onMessage(text);
  }

  ponged(): void {
    this.heardAtMs = performance.now();
    if (this.#isOpen) this.#handler?.onPong();
  }

  send(text: string): SendOutcome {
    return this.sendBytes(Buffer.from(text));
  }

  /** What is published is encoded once for all. */
  sendBytes(bytes: Buffer): SendOutcome {
    if (!this.#isOpen) return 'dropped';
    if (this.#isFull()) {
      this.#end(SLOW_READER.code, SLOW_READER.reason);
      return 'dropped';
    }
    this.#corkForThisTurn();
    this.#ws.send(bytes, { binary: false, compress: false });
    return this.#stream.writableNeedDrain ? 'buffered' : 'sent';
  }

  subscribe(topic: string): void {
    if (!this.#isOpen) return;
    this.#topics.add(topic);
    this.#setup.topics.add(topic, this);
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
    this.#setup.topics.remove(topic, this);
  }

  bufferedBytes(): number {
    // Above this it is worth a write of its own to know what the network takes, and what only waits for the end of the turn.
    if (this.#stream.writableLength > FLUSH_BYTES) this.#uncork();
    return this.#isOpen ? this.#stream.writableLength : 0;
  }

  /** Every turn is corked already. */
  cork(write: () => void): void {
    write();
  }

  close(code: number, reason: string): void {
    checkCloseCode(code);
    if (this.#isOpen) this.#end(code, clipReason(reason));
  }

  ping(): void {
    if (this.#isOpen && !this.#isFull()) this.#ws.ping();
  }

  /** A peer that pings and does not read must not fill our memory with pongs. */
  pinged(payload: Buffer): void {
    this.heardAtMs = performance.now();
    if (!this.#isOpen) return;
    if (this.#isFull()) this.#end(SLOW_READER.code, SLOW_READER.reason);
    else this.#ws.pong(payload);
  }

  silent(): void {
    if (this.#isOpen) this.#leave(ABNORMAL.code, ABNORMAL.reason);
    this.#ws.terminate();
  }

  drained(): void {
    if (this.#isOpen) this.#handler?.onDrain();
  }

  /** The connection is gone. */
  closed(code: number, reason: string): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    if (this.#isOpen) this.#leave(code, reason);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  #end(code: number, reason: string): void {
    this.#ws.close(code, reason);
    // The close frame waits behind what is buffered, and then for the peer's.
    this.#linger = setTimeout(() => this.#ws.terminate(), LINGER_MS);
    this.#leave(code, reason);
  }

  #leave(code: number, reason: string): void {
    this.#isOpen = false;
    for (const topic of this.#topics) this.#setup.topics.remove(topic, this);
    this.#topics.clear();
    const handler = this.#handler;
    this.#handler = null;
    if (handler === null) this.#early = [code, reason];
    else this.#tellLater(handler, [code, reason]);
  }

  /** We may be inside our caller's `send` or `close`. */
  #tellLater(handler: SocketHandler, why: readonly [code: number, reason: string]): void {
    queueMicrotask(() => this.#setup.guard(() => handler.onClose(...why)));
  }

  #isFull(): boolean {
    if (this.#stream.writableLength <= this.#setup.maxBackpressureBytes) return false;
    // What was written in this turn has not had its chance yet.
    this.#uncork();
    return this.#stream.writableLength > this.#setup.maxBackpressureBytes;
  }

  #corkForThisTurn(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#stream.cork();
    setImmediate(() => this.#uncork());
  }

  #uncork(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#stream.uncork();
  }
}
