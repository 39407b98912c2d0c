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

  /** Takes so many, or none of them. @returns 0, or the milliseconds until there are enough */
  take(nowMs: number, count = 1): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, nowMs - this.#at) * this.#perMs);
    this.#at = nowMs;
    if (this.#tokens >= count) {
      this.#tokens -= count;
      return 0;
    }
    return Math.ceil((count - this.#tokens) / this.#perMs);
  }

  /** Puts back what was taken, and never more than fits. */
  giveBack(count: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + count);
  }
}
