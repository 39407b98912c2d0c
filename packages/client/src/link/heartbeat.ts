import { LIMITS } from '@lms-live/protocol';
import type { Environment } from '../types.js';

/** A hidden page is pinged every 25 s and its timers are slow: it is given three of them. */
const HIDDEN_SILENCE_MS = 75_000;

export interface HeartbeatOptions {
  readonly environment: Pick<Environment, 'monotonicMs' | 'setTimer' | 'clearTimer' | 'page'>;
  /** Sends something that the server answers. */
  readonly probe: () => void;
  /** There was no answer: the path is dead, whatever the socket says. */
  readonly dead: () => void;
}

/**
 * Notices a path that is dead without a close (half-open): the browser would call such a socket open for minutes.
 * Whatever the server sends is life. After silence it probes, and gives up when the probe is not answered, so that the verdict comes
 * `LIMITS.silenceMs` after the last sign of life.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt = 0;
  #probedAt: number | null = null;
  #timer: unknown = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.#heardAt = this.#options.environment.monotonicMs();
    this.#probedAt = null;
    this.#schedule();
  }

  stop(): void {
    if (this.#timer !== null) this.#options.environment.clearTimer(this.#timer);
    this.#timer = null;
  }

  heard(): void {
    this.#heardAt = this.#options.environment.monotonicMs();
    this.#probedAt = null;
  }

  /** Asks now: the page woke up, or an answer is overdue. */
  probeNow(): void {
    if (this.#timer === null || this.#probedAt !== null) return;
    this.#probedAt = this.#options.environment.monotonicMs();
    this.#options.probe();
    this.#schedule();
  }

  #schedule(): void {
    const { environment } = this.#options;
    if (this.#timer !== null) environment.clearTimer(this.#timer);
    const dueAt = this.#dueAt();
    this.#timer = environment.setTimer(() => this.#check(dueAt), Math.max(0, dueAt - environment.monotonicMs()));
  }

  #check(dueAt: number): void {
    // Something was heard in between: the deadline has moved.
    if (this.#dueAt() > dueAt) {
      this.#schedule();
      return;
    }
    if (this.#probedAt === null) {
      this.probeNow();
      return;
    }
    this.stop();
    this.#options.dead();
  }

  #dueAt(): number {
    if (this.#probedAt !== null) return this.#probedAt + LIMITS.probeTimeoutMs;
    const silenceMs = this.#options.environment.page?.hidden ? HIDDEN_SILENCE_MS : LIMITS.silenceMs;
    return this.#heardAt + silenceMs - LIMITS.probeTimeoutMs;
  }
}
