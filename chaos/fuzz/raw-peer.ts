import { connect, type Socket } from 'node:net';
import { textBytes } from './websocket-bytes.js';

/** How long an answer is waited for before the peer is given up. */
const PATIENCE_MS = 10_000;

/** What a server has said to a peer, counted. */
export interface Heard {
  readonly refusals: Map<string, number>;
  readonly closes: Map<number, number>;
}

/** A TCP client that has made the handshake and then says any bytes. It reads just enough of what it is told to count it. */
export class RawPeer {
  readonly #socket: Socket;
  readonly #heard: Heard;
  #pending: Buffer = Buffer.alloc(0);
  #isUpgraded = false;
  #wake: (() => void) | null = null;
  isClosed = false;
  readonly #seen = new Set<string>();

  constructor(port: number, heard: Heard) {
    this.#heard = heard;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    this.#socket.on('close', () => {
      this.isClosed = true;
      this.#wake?.();
    });
    this.#socket.on('error', () => undefined);
    this.#socket.write(HANDSHAKE);
  }

  write(bytes: Buffer | string): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  say(frame: object): void {
    this.write(textBytes(JSON.stringify(frame)));
  }

  /** Until the handshake is answered. @returns whether it was */
  async upgraded(): Promise<boolean> {
    return this.#until(() => this.#isUpgraded);
  }

  /** Until a frame of one of these kinds came. @returns whether it did */
  async hears({ kinds, withinMs = PATIENCE_MS }: { kinds: readonly string[]; withinMs?: number }): Promise<boolean> {
    return this.#until(() => kinds.some((kind) => this.#seen.has(kind)), withinMs);
  }

  /** With FIN, or with RST. */
  end(how: 'fin' | 'reset'): void {
    if (how === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  async #until(holds: () => boolean, ms = PATIENCE_MS): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (!holds() && !this.isClosed) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    return holds();
  }

  #take(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (!this.#isUpgraded) {
      const end = this.#pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#isUpgraded = this.#pending.subarray(0, 12).toString().endsWith('101');
      this.#pending = this.#pending.subarray(end + 4);
      if (!this.#isUpgraded) this.#socket.destroy();
    }
    while (this.#takeFrame());
    this.#wake?.();
  }

  /** One whole frame of the server, which is never masked (RFC 6455 §5.1). @returns whether there was one */
  #takeFrame(): boolean {
    const bytes = this.#pending;
    if (bytes.length < 2) return false;
    const opcode = bytes[0]! & 0x0f;
    const short = bytes[1]! & 0x7f;
    const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < headBytes) return false;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < headBytes + length) return false;
    const payload = bytes.subarray(headBytes, headBytes + length);
    this.#pending = bytes.subarray(headBytes + length);
    if (opcode === 8 && length >= 2) count(this.#heard.closes, payload.readUInt16BE(0));
    if (opcode === 1) this.#count(payload.subarray(0, HEAD_CHARS).toString('latin1'), payload);
    return true;
  }

  #count(start: string, payload: Buffer): void {
    const kind = /^\{"frame":"(\w+)"/u.exec(start)?.[1] ?? '?';
    this.#seen.add(kind);
    if (kind !== 'refused') return;
    const code = /"code":"(\w+)"/u.exec(payload.toString('latin1'))?.[1] ?? '?';
    count(this.#heard.refusals, code);
  }
}

const HEAD_CHARS = 32;
const HANDSHAKE = [
  'GET /v1/socket HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: lms-live.v1',
  '\r\n',
].join('\r\n');

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
