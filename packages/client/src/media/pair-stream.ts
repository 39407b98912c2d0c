import { LIMITS, type RtcBody, type RtcMessage } from '@lms-live/protocol';
import type { MediaEnvironment } from './types.js';

/** Messages on their way that are not acknowledged; further ones wait in line. */
const WINDOW = 64;
/** An acknowledgement that finds no message to go with leaves alone after this. */
const ACK_DELAY_MS = 100;
/** Somebody who does not answer is asked less and less often, down to this. */
const MAX_RETRY_MS = 4 * LIMITS.rtcRetryMs;

export interface PairStreamOptions {
  readonly environment: Pick<MediaEnvironment, 'setTimer' | 'clearTimer'>;
  readonly epoch: number;
  /** At most once: what is lost is sent again from here. */
  readonly send: (body: RtcBody) => void;
  /** Each message of the other side, once and in order. */
  readonly deliver: (message: RtcMessage) => void;
}

/** One connection's messages between two media sessions: reliable, in order, each once, over signals that may be lost, doubled or late. */
export class PairStream {
  readonly #options: PairStreamOptions;
  /** Not acknowledged, in order; the first has the number `#acked + 1`. */
  readonly #line: RtcMessage[] = [];
  readonly #early = new Map<number, RtcMessage>();
  #acked = 0;
  #sent = 0;
  #received = 0;
  #retryMs: number = LIMITS.rtcRetryMs;
  #retryTimer: unknown = null;
  #ackTimer: unknown = null;
  #isClosed = false;

  constructor(options: PairStreamOptions) {
    this.#options = options;
  }

  get epoch(): number {
    return this.#options.epoch;
  }

  send(message: RtcMessage): void {
    if (this.#isClosed) return;
    this.#line.push(message);
    this.#flush();
  }

  receive({ ack, seq, message }: RtcBody): void {
    if (this.#isClosed) return;
    if (ack > this.#acked && ack <= this.#sent) {
      this.#line.splice(0, ack - this.#acked);
      this.#acked = ack;
      this.#retryMs = LIMITS.rtcRetryMs;
      this.#stopRetry();
      this.#flush();
    }
    if (seq === undefined || message === undefined || seq > this.#received + WINDOW) return;
    // Also for what has come before: its acknowledgement was lost.
    this.#acknowledgeSoon();
    if (seq <= this.#received) return;
    this.#early.set(seq, message);
    for (let next = this.#next(); next && !this.#hasClosed(); next = this.#next()) this.#options.deliver(next);
  }

  /** Sends what is not acknowledged again at once: there is a connection again. */
  resend(): void {
    this.#retryMs = LIMITS.rtcRetryMs;
    this.#sendAgain();
  }

  /** Tells the other side how far this one is. */
  acknowledge(): void {
    if (!this.#isClosed) this.#transmit({});
  }

  close(): void {
    this.#isClosed = true;
    this.#stopRetry();
    this.#stopAck();
    this.#line.length = 0;
    this.#early.clear();
  }

  #hasClosed(): boolean {
    return this.#isClosed;
  }

  #next(): RtcMessage | undefined {
    const message = this.#early.get(this.#received + 1);
    if (message) this.#early.delete((this.#received += 1));
    return message;
  }

  #flush(): void {
    const end = this.#acked + Math.min(WINDOW, this.#line.length);
    while (this.#sent < end) this.#transmitAt((this.#sent += 1));
    if (this.#sent > this.#acked)
      this.#retryTimer ??= this.#options.environment.setTimer(() => {
        this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
        this.#sendAgain();
      }, this.#retryMs);
  }

  #sendAgain(): void {
    this.#stopRetry();
    for (let seq = this.#acked + 1; seq <= this.#sent; seq += 1) this.#transmitAt(seq);
    this.#flush();
  }

  #transmitAt(seq: number): void {
    const message = this.#line[seq - this.#acked - 1];
    if (message) this.#transmit({ seq, message });
  }

  #transmit(rest: Pick<RtcBody, 'seq' | 'message'>): void {
    this.#stopAck();
    this.#options.send({ epoch: this.epoch, ack: this.#received, ...rest });
  }

  #acknowledgeSoon(): void {
    this.#ackTimer ??= this.#options.environment.setTimer(() => {
      this.#ackTimer = null;
      this.acknowledge();
    }, ACK_DELAY_MS);
  }

  #stopRetry(): void {
    if (this.#retryTimer !== null) this.#options.environment.clearTimer(this.#retryTimer);
    this.#retryTimer = null;
  }

  #stopAck(): void {
    if (this.#ackTimer !== null) this.#options.environment.clearTimer(this.#ackTimer);
    this.#ackTimer = null;
  }
}
