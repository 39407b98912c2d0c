import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

/** A frame as it came; the tests look at few fields. */
export interface Frame {
  readonly frame: string;
  readonly [field: string]: unknown;
}

interface Position {
  readonly epoch: string;
  readonly offset: number;
  readonly hash: string;
}

interface Entry {
  readonly cmid: string;
  readonly text: string;
  isSent: boolean;
}

const SUBPROTOCOL = 'lms-live.v1';
const CMID_CHARS = 22;
const REFUSED_AGAIN_MS = 200;
const RECONNECT_MS = 200;

/**
 * One person in a class who speaks the frames by hand and loses nothing: what is not acknowledged is sent again, in its
 * order and under its `cmid`, on whatever connection there is.
 */
export class ClassMember {
  readonly #url: string;
  readonly #token: string;
  readonly #outbox: Entry[] = [];
  readonly #waiters = new Set<() => void>();
  #socket: WebSocket | null = null;
  #seq = 0;
  #posted = 0;
  #isClosed = false;
  #sending: Promise<void> | null = null;
  /** Of the log of the class. */
  #position: Position | null = null;
  readonly name: string;
  /** What was acknowledged: text by `cmid`. */
  readonly acked = new Map<string, string>();
  /** Refusals of messages, in their order. */
  readonly refusals: Frame[] = [];
  /** Everything that is not about one's own messages. */
  readonly frames: Frame[] = [];
  connections = 0;

  constructor({ url, token, name }: { readonly url: string; readonly token: string; readonly name: string }) {
    this.#url = url;
    this.#token = token;
    this.name = name;
  }

  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Texts that are not acknowledged yet. */
  get unsent(): readonly string[] {
    return this.#outbox.map(({ text }) => text);
  }

  /** Comes in, and comes back whenever the connection is lost. */
  async enter(): Promise<void> {
    for (;;) {
      try {
        await this.#connect();
        return;
      } catch {
        await sleep(RECONNECT_MS);
      }
    }
  }

  /** Tries once; settles when it is in, or turned away. */
  async knock(): Promise<void> {
    await this.#connect().catch(() => undefined);
  }

  /** Writes messages and sends them one after the other; `until` all are acknowledged, or one is refused. */
  post(texts: readonly string[]): void {
    for (const text of texts) {
      this.#posted += 1;
      const cmid = `${this.name}-${String(this.#posted)}`.padEnd(CMID_CHARS, '-');
      this.#outbox.push({ cmid, text, isSent: false });
    }
    this.#sending ??= this.#drain().finally(() => {
      this.#sending = null;
    });
  }

  async untilSent(): Promise<void> {
    await this.#sending;
  }

  /** Waits until something holds; it is looked at with each frame. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiters.delete(wake);
          resolve();
        };
        this.#waiters.add(wake);
      });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.terminate();
    this.#wake();
  }

  async #drain(): Promise<void> {
    while (!this.#isClosed) {
      const entry = this.#outbox[0];
      if (!entry) return;
      if (!this.isConnected) await this.enter();
      const answer = await this.#send(entry);
      if (answer?.frame === 'ack') {
        this.#outbox.shift();
        this.acked.set(entry.cmid, entry.text);
      } else if (answer?.['retryable'] === true) {
        await sleep(Number(answer['retryAfterMs'] ?? REFUSED_AGAIN_MS));
      } else if (answer) throw new Error(`refused for good: ${JSON.stringify(answer)}`);
    }
  }

  /** @returns null where the connection was lost before the answer */
  async #send(entry: Entry): Promise<Frame | null> {
    const { cmid, text } = entry;
    const socket = this.#socket;
    if (!socket) return null;
    let answer: Frame | null = null;
    const onMessage = (data: WebSocket.RawData) => {
      const frame = JSON.parse((data as Buffer).toString('utf8')) as Frame;
      if ((frame.frame === 'ack' || frame.frame === 'refused') && frame['cmid'] === cmid) answer = frame;
    };
    socket.on('message', onMessage);
    this.#seq += 1;
    const frame = { frame: 'command', cmid, seq: this.#seq, type: 'chat.post', body: { text } };
    socket.send(JSON.stringify({ ...frame, ...(entry.isSent && { resend: true }) }));
    entry.isSent = true;
    await this.until(() => answer !== null || this.#socket !== socket || this.#isClosed);
    socket.off('message', onMessage);
    const given = answer as Frame | null;
    if (given?.frame === 'refused') {
      this.refusals.push(given);
      if (typeof given['expect'] === 'number') this.#seq = given['expect'] - 1;
    }
    return given;
  }

  async #connect(): Promise<void> {
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    this.connections += 1;
    this.#seq = 0;
    const state = { isIn: false, isGone: false };
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString('utf8')) as Frame;
      this.frames.push(frame);
      this.#follow(frame);
      if (frame.frame === 'welcome') state.isIn = true;
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      state.isGone = true;
      if (this.#socket === socket) this.#socket = null;
      this.#wake();
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    this.#socket = socket;
    const client = { id: `tab-of-${this.name}` };
    const positions = this.#position ? { all: this.#position } : {};
    socket.send(JSON.stringify({ frame: 'hello', token: this.#token, client, join: true, positions }));
    await this.until(() => state.isIn || state.isGone || this.#isClosed);
    if (!state.isIn) throw new Error('the connection was closed before the welcome');
  }

  /** Where it stands, as a page would know it. */
  #follow(frame: Frame): void {
    if (frame.frame === 'welcome') this.#position ??= (frame['positions'] as { all?: Position }).all ?? null;
    if (frame.frame === 'reset' && frame['log'] === 'all') this.#position = frame['position'] as Position;
    if (frame.frame !== 'event' || frame['log'] !== 'all' || !this.#position) return;
    this.#position = { ...this.#position, offset: Number(frame['offset']), hash: String(frame['hash']) };
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake();
  }
}
