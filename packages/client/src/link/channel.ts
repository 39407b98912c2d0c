import { encodeClientFrame, type ClientFrameInput, type ServerFrame } from '@lms-live/protocol';
import type { SocketLike } from '../types.js';
import { readServerFrame } from './read-frame.js';

const OPEN = 1;
const NORMAL_CLOSURE = 1000;
/** RFC 6455 §7.1.5: closed without a close frame. */
const ABNORMAL_CLOSURE = 1006;

export interface ChannelHandlers {
  opened(): void;
  /** @param text the frame as it arrived: what hashes cover */
  frame(frame: ServerFrame, text: string): void;
  /** Anything at all has arrived. */
  heard(): void;
  /** Once, unless this side has closed it. */
  closed(code: number, reason: string): void;
}

/** One socket from opening to its end, in frames. */
export class Channel {
  readonly #socket: SocketLike;
  #handlers: ChannelHandlers | null;

  constructor(socket: SocketLike, handlers: ChannelHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.onopen = () => this.#handlers?.opened();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
    // Says nothing, and a close follows. Without anybody who hears it, `ws` in Node would throw it; also when nobody cares any more.
    socket.onerror = ignore;
  }

  /** Takes up what has become of the socket before anybody listened. */
  start(): void {
    const { readyState } = this.#socket;
    if (readyState === OPEN) this.#handlers?.opened();
    else if (readyState > OPEN) this.#end(ABNORMAL_CLOSURE, '');
  }

  send(frame: ClientFrameInput): void {
    if (!this.#handlers || this.#socket.readyState !== OPEN) return;
    try {
      this.#socket.send(encodeClientFrame(frame));
    } catch {
      this.#end(ABNORMAL_CLOSURE, '');
    }
  }

  /** From now on nothing of it is heard; a dead path is not waited for. */
  close(): void {
    this.#detach();
    try {
      this.#socket.close(NORMAL_CLOSURE);
    } catch {
      // It is closed already, or never was open.
    }
  }

  #receive(data: unknown): void {
    this.#handlers?.heard();
    const frame = readServerFrame(data);
    if (frame) this.#handlers?.frame(frame, data as string);
  }

  #end(code: number, reason: string): void {
    const handlers = this.#handlers;
    this.#detach();
    handlers?.closed(code, reason);
  }

  #detach(): void {
    this.#handlers = null;
    this.#socket.onopen = null;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
  }
}

function ignore(): void {
  // See `onerror` above.
}
