import { LIMITS, type ServerFrameOf } from '@lms-live/protocol';
import type { Random } from '../lib/random.js';

/** How a command ended for its sender. */
export type Outcome =
  | { readonly ok: true; readonly result: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: string };

interface Item {
  readonly cmid: string;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Copies that were sent on this connection and not answered. */
  inFlight: number;
  /** Copies still to be sent on this connection. */
  copies: number;
  wasSent: boolean;
  /** Was sent on an earlier connection. */
  isResend: boolean;
  refusal: string | null;
  readonly settle: (outcome: Outcome) => void;
}

export interface LightOutboxOptions {
  readonly random: Random;
  /** How often a command is transmitted at most; each copy has a `seq` of its own. */
  readonly maxCopies: number;
  readonly send: (frame: object) => void;
  readonly failed: (cmid: string, code: string) => void;
}

const RETRY_MS = 300;

/** Sends commands in order, at most eight unanswered, again on each connection until they are answered; some of them more than once. */
export class LightOutbox {
  readonly #options: LightOutboxOptions;
  #items: Item[] = [];
  #nextSeq: number | null = null;
  #unanswered = 0;
  /** The number to go on at once everything in flight was answered. */
  #rewindTo: number | null = null;
  #pausedUntil = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LightOutboxOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#items.length;
  }

  push(command: Pick<Item, 'cmid' | 'type' | 'body'>): Promise<Outcome> {
    return new Promise((settle) => {
      this.#items.push({
        ...command,
        inFlight: 0,
        copies: this.#drawCopies(),
        wasSent: false,
        isResend: false,
        refusal: null,
        settle,
      });
      this.#pump();
    });
  }

  up(): void {
    this.#nextSeq = 1;
    this.#unanswered = 0;
    this.#rewindTo = null;
    for (const item of this.#items) {
      item.inFlight = 0;
      item.isResend = item.wasSent;
      item.refusal = null;
      item.copies = this.#drawCopies();
    }
    this.#pump();
  }

  down(): void {
    this.#nextSeq = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  acked({ cmid, result }: ServerFrameOf<'ack'>): void {
    this.#unanswered -= 1;
    const item = this.#find(cmid);
    if (item) {
      this.#remove(item);
      item.settle({ ok: true, result });
    }
    this.#pump();
  }

  refused({ cmid, code, retryable, retryAfterMs, expect }: ServerFrameOf<'refused'>): void {
    this.#unanswered -= 1;
    const item = this.#find(cmid ?? '');
    if (item) item.inFlight -= 1;
    if (retryable) {
      this.#rewindTo = Math.min(this.#rewindTo ?? Infinity, expect ?? 1);
      if (item) item.copies = Math.max(1, item.copies);
      const waitMs = retryAfterMs ?? (code === 'seq_expected' ? 0 : RETRY_MS);
      this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + waitMs);
    } else if (item) item.refusal = code;
    // Another copy of it may still be taken: only the last answer says that it was refused for good.
    if (item?.refusal && item.inFlight === 0) {
      this.#remove(item);
      this.#options.failed(item.cmid, item.refusal);
      item.settle({ ok: false, code: item.refusal });
    }
    this.#pump();
  }

  #pump(): void {
    if (this.#nextSeq === null) return;
    if (this.#rewindTo !== null) {
      if (this.#unanswered > 0) return;
      this.#nextSeq = this.#rewindTo;
      this.#rewindTo = null;
    }
    const waitMs = this.#pausedUntil - performance.now();
    if (waitMs > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        this.#pump();
      }, waitMs);
      return;
    }
    for (const item of this.#items) {
      while (item.copies > 0 && item.refusal === null) {
        if (this.#unanswered >= LIMITS.maxUnacked) return;
        this.#transmit(item);
      }
    }
  }

  #transmit(item: Item): void {
    if (this.#nextSeq === null) return;
    const { cmid, type, body, isResend } = item;
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    this.#unanswered += 1;
    item.copies -= 1;
    item.inFlight += 1;
    item.wasSent = true;
    this.#options.send({ frame: 'command', cmid, seq, type, body, ...(isResend && { resend: true }) });
  }

  #drawCopies(): number {
    const { random, maxCopies } = this.#options;
    // Most of them once, as a healthy client does.
    return maxCopies > 1 && random.chance(0.2) ? random.integer(2, maxCopies) : 1;
  }

  #find(cmid: string): Item | undefined {
    return this.#items.find((item) => item.cmid === cmid);
  }

  #remove(item: Item): void {
    this.#items = this.#items.filter((other) => other !== item);
  }
}
