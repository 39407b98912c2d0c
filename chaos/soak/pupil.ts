import { WebSocket } from 'ws';
import type { Random } from '../lib/random.js';

interface Position {
  readonly epoch: string;
  readonly offset: number;
  readonly hash: string;
}

interface Frame {
  readonly frame: string;
  readonly log?: 'all' | 'me' | 'staff';
  readonly offset?: number;
  readonly hash?: string;
  readonly position?: Position;
  readonly cmid?: string;
  readonly type?: string;
  readonly expect?: number;
  readonly expiresAt?: number;
  readonly code?: string;
  readonly body?: { readonly id?: string } | null;
}

/** One person's page in a class, with as much of a client as a soak needs: it resumes, refreshes its token, and counts what is amiss. */
export class Pupil {
  readonly #url: string;
  readonly #token: () => string;
  readonly #random: Random;
  readonly #onFault: (fault: string) => void;
  readonly #positions = new Map<string, Position>();
  #socket: WebSocket | null = null;
  #seq = 1;
  /** A question of the class to vote for. */
  question: string | null = null;

  constructor(options: {
    readonly url: string;
    readonly token: () => string;
    readonly random: Random;
    readonly onFault: (fault: string) => void;
  }) {
    this.#url = options.url;
    this.#token = options.token;
    this.#random = options.random;
    this.#onFault = options.onFault;
  }

  /** Comes in and joins. @returns whether it was let in */
  async join(): Promise<boolean> {
    const socket = new WebSocket(this.#url, 'lms-live.v1', { perMessageDeflate: false });
    this.#socket = socket;
    this.#seq = 1;
    return new Promise((resolve) => {
      socket.on('open', () => {
        const positions = Object.fromEntries(this.#positions);
        const hello = {
          frame: 'hello',
          token: this.#token(),
          join: true,
          positions,
          client: { id: this.#random.id() },
        };
        socket.send(JSON.stringify(hello));
      });
      socket.on('message', (data) => {
        const frame = JSON.parse((data as Buffer).toString()) as Frame;
        if (frame.frame === 'media' || frame.frame === 'waiting') resolve(true);
        // What an older socket still brings is what the newer one brings again.
        if (socket === this.#socket) this.#take(frame);
      });
      socket.on('close', () => resolve(false));
      socket.on('error', () => undefined);
    });
  }

  /** The page is loaded again, or the network was lost: the same person on a new socket. */
  async reload(): Promise<boolean> {
    if (this.#random.chance(0.5)) this.#socket?.terminate();
    else this.#socket?.close(1000);
    return this.join();
  }

  say(type: string, body: object = {}): void {
    this.#send({ frame: 'command', cmid: this.#random.id(), seq: this.#seq, type, body });
    this.#seq += 1;
  }

  signal(kind: string, body: object): void {
    this.#send({ frame: 'signal', kind, body });
  }

  refresh(): void {
    this.#send({ frame: 'token', token: this.#token() });
  }

  /** Reads nothing for a while. */
  async sleepy(ms: number): Promise<void> {
    const socket = this.#socket;
    socket?.pause();
    await new Promise((resolve) => setTimeout(resolve, ms));
    socket?.resume();
  }

  close(): void {
    this.#socket?.close(1000);
    const socket = this.#socket;
    this.#socket = null;
    setTimeout(() => socket?.terminate(), CLOSE_MS).unref();
  }

  #send(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #take(frame: Frame): void {
    const { log } = frame;
    switch (frame.frame) {
      case 'reset':
        if (log !== undefined && frame.position !== undefined) this.#positions.set(log, frame.position);
        break;
      case 'event': {
        const before = log === undefined ? undefined : this.#positions.get(log);
        if (log === undefined || before === undefined) break;
        const { offset = 0, hash = '' } = frame;
        if (offset !== before.offset + 1) this.#onFault(`${log}: ${String(offset)} after ${String(before.offset)}`);
        this.#positions.set(log, { epoch: before.epoch, offset, hash });
        if (frame.type === 'question.asked') this.question = frame.body?.id ?? this.question;
        break;
      }
      case 'token':
        if (frame.expiresAt === undefined) this.refresh();
        break;
      case 'refused':
        if (frame.expect !== undefined) this.#seq = frame.expect;
        if (frame.code === 'internal' || frame.code === 'frame_malformed') this.#onFault(`refused as ${frame.code}`);
        break;
      default:
        break;
    }
  }
}

const CLOSE_MS = 1_000;
