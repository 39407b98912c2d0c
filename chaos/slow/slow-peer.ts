import { connect, type Socket } from 'node:net';
import type { SlowKind } from './slow-kinds.js';

/** How one of them fared. */
export interface SlowEnd {
  readonly kind: string;
  /** From its connection to the end of it, milliseconds; null: it is still there. */
  readonly goneMs: number | null;
}

/** Takes a place and keeps it for as long as it is let. */
export class SlowPeer {
  readonly #kind: SlowKind;
  readonly #socket: Socket;
  readonly #drip: NodeJS.Timeout | null;
  #startedMs = performance.now();
  #goneMs: number | null = null;
  #at = 0;

  constructor({
    kind,
    port,
    from,
    everyMs,
  }: {
    readonly kind: SlowKind;
    readonly port: number;
    /** A loopback address: attackers have not the one of those who come to class. */
    readonly from: string;
    readonly everyMs: number;
  }) {
    this.#kind = kind;
    this.#socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
    this.#socket.on('connect', () => {
      this.#startedMs = performance.now();
      if (kind.first.length > 0) this.#socket.write(kind.first);
    });
    if (kind.reads) this.#socket.resume();
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#goneMs = performance.now() - this.#startedMs;
      this.#stop();
    });
    this.#drip = kind.drip.length === 0 ? null : setInterval(() => this.#say(), everyMs);
  }

  get isGone(): boolean {
    return this.#goneMs !== null;
  }

  get end(): SlowEnd {
    return { kind: this.#kind.name, goneMs: this.#goneMs };
  }

  close(): void {
    this.#stop();
    this.#socket.destroy();
  }

  #say(): void {
    const piece = this.#kind.drip[this.#at % this.#kind.drip.length];
    this.#at += 1;
    if (piece !== undefined && this.#socket.writable) this.#socket.write(piece);
  }

  #stop(): void {
    if (this.#drip !== null) clearInterval(this.#drip);
  }
}
