/** A rate limit: `burst` at once, refilled at `perSecond`. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  constructor({
    burst,
    perSecond,
    nowMs,
  }: {
    readonly burst: number;
    readonly perSecond: number;
    readonly nowMs: number;
  }) {
    this.#burst = burst;
    this.#perMs = perSecond / 1_000;
    this.#tokens = burst;
    this.#at = nowMs;
  }

  /** Takes one. @returns 0, or the milliseconds until there is one */
  take(nowMs: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, nowMs - this.#at) * this.#perMs);
    this.#at = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - this.#tokens) / this.#perMs);
  }
}
