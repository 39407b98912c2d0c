import { LIMITS } from '@lms-live/protocol';
import type { Environment } from '../types.js';

/** A hidden page is pinged every 25 s and its timers are slow: it is given three of them. */
const HIDDEN_SILENCE_MS = 75_000;
/** A visible page looks at the clock so often, to notice that its device was asleep. */
const WATCH_MS = 2_000;
/** A timer that is later than this was not late: the device slept, or the page was stopped. */
const ASLEEP_MS = 10_000;
/** A timer of a busy or throttled page that is later than this runs before the answers that have come meanwhile are read. */
const LATE_MS = 500;
/** Then they are given this much. */
const READ_MS = 100;

export interface HeartbeatOptions {
  readonly environment: Pick<Environment, 'monotonicMs' | 'nowMs' | 'setTimer' | 'clearTimer' | 'page'>;
  /** Sends something that the server answers. */
  readonly probe: () => void;
  /** There was no answer: the path is dead, whatever the socket says. */
  readonly dead: () => void;
  /** Time has jumped: the device was asleep, and the path is most likely dead. */
  readonly slept: () => void;
}

/** When a timer was to run, by both clocks: the monotonic one may stand still while a device sleeps (High Resolution Time §2). */
interface Tick {
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly isHidden: boolean;
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

  /** A probe is out, and nothing was heard since. */
  get isAsking(): boolean {
    return this.#probedAt !== null;
  }

  /** Asks now: the page woke up, or an answer is overdue. */
  probeNow(): void {
    if (this.#timer === null || this.#probedAt !== null) return;
    this.#probedAt = this.#options.environment.monotonicMs();
    this.#options.probe();
    this.#schedule();
  }

  #schedule(atLeastMs = 0): void {
    const { environment } = this.#options;
    if (this.#timer !== null) environment.clearTimer(this.#timer);
    const isHidden = environment.page?.hidden ?? false;
    const now = environment.monotonicMs();
    const waitMs = Math.max(atLeastMs, Math.min(this.#dueAt() - now, isHidden ? Infinity : WATCH_MS));
    const tick = { monotonicMs: now + waitMs, wallMs: environment.nowMs() + waitMs, isHidden };
    this.#timer = environment.setTimer(() => this.#check(tick), waitMs);
  }

  #check(tick: Tick): void {
    const now = this.#options.environment.monotonicMs();
    if (this.#hasSlept(tick)) {
      // What was asked before is not answered any more.
      this.#probedAt = null;
      this.#schedule();
      this.#options.slept();
    } else if (now < this.#dueAt()) this.#schedule();
    else if (this.#probedAt === null) this.probeNow();
    else if (now - tick.monotonicMs > LATE_MS) this.#schedule(READ_MS);
    else {
      this.stop();
      this.#options.dead();
    }
  }

  #hasSlept({ monotonicMs, wallMs, isHidden }: Tick): boolean {
    const { environment } = this.#options;
    const lateMs = environment.monotonicMs() - monotonicMs;
    const wallLateMs = environment.nowMs() - wallMs;
    // The timers of a hidden page are late by up to a minute, by both clocks alike.
    const isThrottled = isHidden || (environment.page?.hidden ?? false);
    return (isThrottled ? wallLateMs - lateMs : Math.max(lateMs, wallLateMs)) > ASLEEP_MS;
  }

  #dueAt(): number {
    if (this.#probedAt !== null) return this.#probedAt + LIMITS.probeTimeoutMs;
    const silenceMs = this.#options.environment.page?.hidden ? HIDDEN_SILENCE_MS : LIMITS.silenceMs;
    return this.#heardAt + silenceMs - LIMITS.probeTimeoutMs;
  }
}
