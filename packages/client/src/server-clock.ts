import type { Environment } from './types.js';

/** A difference smaller than this is not worth a new state: it is shown in seconds. */
const NOTICED_MS = 100;

/** How far the clock of the server is ahead of the page's; the quickest answer tells it best. For showing times only. */
export class ServerClock {
  readonly #environment: Pick<Environment, 'nowMs' | 'monotonicMs'>;
  #offsetMs = 0;
  #bestRttMs = Infinity;
  #pingedAt: number | null = null;

  constructor(environment: Pick<Environment, 'nowMs' | 'monotonicMs'>) {
    this.#environment = environment;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** A new connection: clocks may have been set in between. */
  welcomed(serverTime: number): void {
    this.#bestRttMs = Infinity;
    this.#pingedAt = null;
    this.#take(serverTime);
  }

  pinged(): void {
    this.#pingedAt ??= this.#environment.monotonicMs();
  }

  ponged(serverTime: number): void {
    if (this.#pingedAt === null) return;
    const rttMs = this.#environment.monotonicMs() - this.#pingedAt;
    this.#pingedAt = null;
    if (rttMs > this.#bestRttMs) return;
    this.#bestRttMs = rttMs;
    this.#take(serverTime + rttMs / 2);
  }

  #take(serverNow: number): void {
    const offsetMs = Math.round(serverNow - this.#environment.nowMs());
    if (Math.abs(offsetMs - this.#offsetMs) >= NOTICED_MS) this.#offsetMs = offsetMs;
  }
}
