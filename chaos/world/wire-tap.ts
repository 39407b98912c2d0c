import {
  bodyDigest,
  bodyTextOf,
  linkHash,
  type EventFrame,
  type LogName,
  type Positions,
  type Role,
  type ServerFrame,
} from '@lms-live/protocol';
import type { Entry } from '../checker/history.js';
import { now } from '../lib/clock.js';
import { sha256 } from '../lib/sha256.js';

/** Who sits at one end of a wire. */
export interface ReaderIdentity {
  /** One tab. */
  readonly reader: string;
  readonly tenant: string;
  readonly room: string;
  readonly sub: string;
  /** Of the token. */
  readonly role: Role;
  /** It begins at a place that it was given, in the place of one that it has come to. */
  readonly isBorrowed?: boolean;
}

let lastConnection = 0;

/** Writes down what goes over one socket, and computes the chain from what comes. */
export class WireTap {
  readonly connection: string;
  readonly #reader: ReaderIdentity;
  readonly #history: Entry[];
  /** The hash after an offset, of each log, as it was said or has followed. */
  readonly #chain = new Map<LogName, { readonly offset: number; readonly hash: string }>();

  readonly #checksChain: boolean;

  /** @param checksChain false: spares two digests for each event; what comes is still held against the store by its hash */
  constructor(history: Entry[], reader: ReaderIdentity, checksChain = true) {
    this.#checksChain = checksChain;
    lastConnection += 1;
    this.connection = `${reader.reader}#${String(lastConnection)}`;
    this.#history = history;
    this.#reader = reader;
  }

  sent(text: string): void {
    const frame = JSON.parse(text) as { frame: string; positions?: Positions };
    const { connection } = this;
    if (frame.frame === 'hello') {
      const positions = frame.positions ?? {};
      for (const log of ['all', 'me', 'staff'] as const) {
        const position = positions[log];
        if (position) this.#chain.set(log, position);
      }
      this.#history.push({ t: now(), kind: 'opened', connection, ...this.#reader, positions });
    }
    if (frame.frame === 'resume')
      this.#history.push({ t: now(), kind: 'asked', connection, positions: frame.positions ?? {} });
  }

  received(frame: ServerFrame, text: string): void {
    const { connection } = this;
    const t = now();
    switch (frame.frame) {
      case 'welcome':
        this.#history.push({ t, kind: 'welcomed', connection, participant: frame.participant, heads: frame.positions });
        break;
      case 'reset':
        this.#chain.set(frame.log, frame.position);
        this.#history.push({ t, kind: 'reset', connection, log: frame.log, why: frame.why, position: frame.position });
        break;
      case 'event': {
        const { log, offset, hash } = frame;
        this.#history.push({ t, kind: 'event', connection, log, offset, hash, computed: this.#follow(frame, text) });
        break;
      }
      case 'ack': {
        const { cmid, positions, result } = frame;
        this.#history.push({ t, kind: 'acked', connection, cmid, answer: JSON.stringify({ positions, result }) });
        break;
      }
      default:
        break;
    }
  }

  withheld({ log, offset }: { readonly log: LogName; readonly offset: number }): void {
    this.#history.push({ t: now(), kind: 'withheld', connection: this.connection, log, offset });
  }

  closed(code: number): void {
    this.#history.push({ t: now(), kind: 'closed', connection: this.connection, code });
  }

  #follow(frame: EventFrame, text: string): string | null {
    const { log, offset, hash, salt } = frame;
    const before = this.#chain.get(log);
    this.#chain.set(log, { offset, hash });
    if (!this.#checksChain || before?.offset !== offset - 1) return null;
    const digest = frame.digest ?? bodyDigest(sha256, salt ?? '', bodyTextOf(text));
    const follows = linkHash(sha256, before.hash, { ...frame, digest });
    // A long run keeps millions of these.
    return follows === hash ? hash : follows;
  }
}
