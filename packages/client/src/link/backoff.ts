import type { Environment } from '../types.js';

const FIRST_MS = 250;
const SOON_CAP_MS = 1_000;
/** How long after the loss it is tried often. */
const SOON_MS = 10_000;
const LATER_CAP_MS = 8_000;
const HIDDEN_CAP_MS = 30_000;
/** A connection that has lived this long was a success; one that dies sooner belongs to the same outage. */
const STABLE_MS = 5_000;

/**
 * How long to wait before the next attempt: at once, then full jitter, so that a class that lost its server does not come back in one wave.
 * It never says to stop.
 */
export class Backoff {
  readonly #environment: Pick<Environment, 'random' | 'monotonicMs' | 'page'>;
  #outageSince: number | null = null;
  #onlineSince: number | null = null;

  constructor(environment: Pick<Environment, 'random' | 'monotonicMs' | 'page'>) {
    this.#environment = environment;
  }

  online(): void {
    this.#onlineSince = this.#environment.monotonicMs();
  }

  /** @param atLeastMs what the server has asked for */
  nextMs(atLeastMs = 0): number {
    const { random, monotonicMs, page } = this.#environment;
    const now = monotonicMs();
    if (this.#onlineSince !== null && now - this.#onlineSince >= STABLE_MS) this.#outageSince = null;
    this.#onlineSince = null;
    const isFirst = this.#outageSince === null;
    this.#outageSince ??= now;
    return (
      atLeastMs +
      random() * this.#capMs({ isFirst, isHidden: page?.hidden ?? false, outageMs: now - this.#outageSince })
    );
  }

  #capMs({ isFirst, isHidden, outageMs }: { isFirst: boolean; isHidden: boolean; outageMs: number }): number {
    if (isFirst) return FIRST_MS;
    if (isHidden) return HIDDEN_CAP_MS;
    return outageMs < SOON_MS ? SOON_CAP_MS : LATER_CAP_MS;
  }
}
