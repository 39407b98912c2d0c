import { LIMITS, afterClose, type LogName, type Position, type Positions, type ServerFrame } from '@lms-live/protocol';
import type { Entry } from '../checker/history.js';
import { now } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { Backoff } from './backoff.js';
import { LightOutbox, type Outcome } from './light-outbox.js';
import { openWire, type Wire } from './open-wire.js';
import type { ReaderIdentity } from './wire-tap.js';

export interface LightClientOptions {
  readonly reader: ReaderIdentity;
  readonly history: Entry[];
  /** Asked at each attempt: the way may be another one. */
  readonly url: () => string;
  readonly token: string;
  readonly random: Random;
  /** See `LightOutboxOptions.maxCopies`; default 1. */
  readonly maxCopies?: number;
  /** Be present in the class; default true. */
  readonly joins?: boolean;
  /** Comes back whatever the server says: for somebody who was sent away. */
  readonly isRude?: boolean;
  readonly withholds?: (frame: ServerFrame) => boolean;
  /** See `WireTap`; default true. */
  readonly checksChain?: boolean;
}

const LOGS: readonly LogName[] = ['all', 'me', 'staff'];
const ANSWER_TIMEOUT_MS = 10_000;
const WATCH_MS = 500;

/** A client of the protocol as its document describes it, without folds: positions, gaps, resumes, an outbox, a heartbeat. Cheap enough for thousands. */
export class LightClient {
  readonly outbox: LightOutbox;
  readonly #options: LightClientOptions;
  readonly #backoff: Backoff;
  readonly #positions = new Map<LogName, Position>();
  /** Events ahead of a gap, by log. */
  readonly #ahead = new Map<LogName, Map<number, string>>();
  readonly #expected = new Map<LogName, number>();
  #wire: Wire | null = null;
  #retry: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #heardAt = 0;
  #isRunning = false;
  #isWelcome = false;
  #isPaused = false;
  /** Called with each frame after it was taken. */
  onFrame: ((frame: ServerFrame, text: string) => void) | null = null;
  participant: string | null = null;
  /** The code of the last close. */
  closeCode: number | null = null;

  constructor(options: LightClientOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random.fork('backoff'));
    this.outbox = new LightOutbox({
      random: options.random.fork('copies'),
      maxCopies: options.maxCopies ?? 1,
      send: (frame) => {
        if (this.#wire?.readyState === 1) this.#wire.send(JSON.stringify(frame));
      },
      failed: (cmid, code) => {
        options.history.push({ t: now(), kind: 'failed', reader: options.reader.reader, cmid, code });
      },
    });
  }

  get name(): string {
    return this.#options.reader.reader;
  }

  get identity(): ReaderIdentity {
    return this.#options.reader;
  }

  get isUp(): boolean {
    return this.#isWelcome;
  }

  /** Everything up to the heads of the last welcome is here. */
  get isSynced(): boolean {
    return (
      this.#isWelcome &&
      [...this.#expected].every(([log, offset]) => (this.#positions.get(log)?.offset ?? -1) >= offset)
    );
  }

  position(log: LogName): Position | undefined {
    return this.#positions.get(log);
  }

  /** Comes, or comes back; nothing where it is on its way. */
  start(): void {
    this.#isRunning = true;
    if (!this.#wire) this.#connect();
  }

  /** Leaves and does not come back. */
  stop(): void {
    this.#isRunning = false;
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    this.cut();
  }

  /** The connection is lost; with `comesBack` false it stays away until `start`. */
  cut(comesBack = this.#isRunning): void {
    this.#isRunning = comesBack;
    const wire = this.#wire;
    if (wire) {
      wire.onmessage = null;
      wire.onclose = null;
      wire.cut();
      this.#lost();
    }
  }

  /** As somebody who was last here at that place. */
  returnTo(positions: Positions): void {
    for (const log of LOGS) {
      const position = positions[log];
      if (position) this.#positions.set(log, position);
    }
  }

  /** Reads nothing, and does not take that for silence. */
  pauseReading(): void {
    this.#isPaused = true;
    this.#wire?.pause();
  }

  resumeReading(): void {
    this.#isPaused = false;
    this.#heardAt = performance.now();
    this.#wire?.resume();
  }

  /** Sends a command, over as many connections as it takes. */
  send(type: string, body: Readonly<Record<string, unknown>>): Promise<Outcome> {
    const cmid = this.#options.random.id();
    this.#options.history.push({ t: now(), kind: 'invoked', reader: this.name, cmid, type, body });
    return this.outbox.push({ cmid, type, body });
  }

  /** Says something past the log. */
  signal(kind: string, body: Readonly<Record<string, unknown>>): void {
    if (this.#isWelcome) this.#wire?.send(JSON.stringify({ frame: 'signal', kind, body }));
  }

  #connect(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    const { url, history, reader, withholds, token, joins = true, checksChain = true } = this.#options;
    const wire = openWire({ url: url(), history, reader, checksChain, ...(withholds && { withholds }) });
    this.#wire = wire;
    this.#heardAt = performance.now();
    wire.onopen = () => {
      const positions = Object.fromEntries(this.#positions);
      const client = { id: reader.reader, name: 'chaos' };
      wire.send(JSON.stringify({ frame: 'hello', token, room: reader.room, join: joins, positions, client }));
    };
    wire.onmessage = ({ data }) => {
      this.#heardAt = performance.now();
      this.#take(JSON.parse(data as string) as ServerFrame, data as string);
    };
    wire.onclose = ({ code }) => {
      if (this.#wire !== wire) return;
      this.closeCode = code;
      if (afterClose(code) === 'stop' && this.#options.isRude !== true) this.#isRunning = false;
      this.#lost();
    };
    this.#watch ??= setInterval(() => {
      this.#checkLife();
    }, WATCH_MS);
  }

  #lost(): void {
    this.#wire = null;
    this.#isWelcome = false;
    this.outbox.down();
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
    if (!this.#isRunning) return;
    this.#retry ??= setTimeout(() => {
      this.#connect();
    }, this.#backoff.nextMs());
  }

  #checkLife(): void {
    if (this.#isPaused) return;
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs > (this.#isWelcome ? LIMITS.silenceMs : ANSWER_TIMEOUT_MS)) this.cut();
  }

  #take(frame: ServerFrame, text: string): void {
    switch (frame.frame) {
      case 'welcome':
        this.participant = frame.participant;
        this.#isWelcome = true;
        this.#backoff.online();
        this.#ahead.clear();
        this.#expected.clear();
        for (const log of LOGS) {
          const head = frame.positions[log];
          if (head) this.#expected.set(log, head.offset);
          else this.#positions.delete(log);
        }
        this.outbox.up();
        break;
      case 'reset':
        this.#positions.set(frame.log, frame.position);
        this.#ahead.delete(frame.log);
        break;
      case 'event':
        this.#event(frame);
        break;
      case 'ack':
        this.outbox.acked(frame);
        break;
      case 'refused':
        if (frame.cmid !== undefined) this.outbox.refused(frame);
        break;
      case 'rights':
        if (!frame.grants.includes('staff.read')) {
          this.#positions.delete('staff');
          this.#expected.delete('staff');
        }
        break;
      case 'ping':
      case 'pong':
        this.#compare(frame.heads);
        break;
      default:
        break;
    }
    this.onFrame?.(frame, text);
    if (frame.frame === 'ping') this.#wire?.send('{"frame":"ping"}');
  }

  #event({ log, offset, hash }: { readonly log: LogName; readonly offset: number; readonly hash: string }): void {
    const here = this.#positions.get(log);
    if (!here || offset <= here.offset) return;
    if (offset > here.offset + 1) {
      const ahead = this.#ahead.get(log) ?? new Map<number, string>();
      const isNew = ahead.size === 0;
      this.#ahead.set(log, ahead.set(offset, hash));
      if (isNew) this.#ask(log);
      return;
    }
    this.#positions.set(log, { ...here, offset, hash });
    const next = this.#ahead.get(log)?.get(offset + 1);
    if (next === undefined) return;
    this.#ahead.get(log)?.delete(offset + 1);
    this.#event({ log, offset: offset + 1, hash: next });
  }

  #compare(heads: readonly { readonly log: LogName; readonly position: Position }[]): void {
    for (const { log, position } of heads) {
      const here = this.#positions.get(log);
      if (here && (position.epoch !== here.epoch || position.offset > here.offset)) this.#ask(log);
    }
  }

  #ask(log: LogName): void {
    const position = this.#positions.get(log);
    if (position) this.#wire?.send(JSON.stringify({ frame: 'resume', positions: { [log]: position } }));
  }
}
