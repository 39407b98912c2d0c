import { TokenBucket } from './token-bucket.js';

/** One bucket for each caller; the oldest are forgotten, which only ever forgives. */
export class RateLimits {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #options: { readonly burst: number; readonly perSecond: number; readonly maxCallers: number };

  constructor(options: { readonly burst: number; readonly perSecond: number; readonly maxCallers: number }) {
    this.#options = options;
  }

  /** @returns 0, or the milliseconds to wait */
  take(caller: string, count = 1): number {
    const nowMs = performance.now();
    const bucket = this.#buckets.get(caller) ?? new TokenBucket({ ...this.#options, nowMs });
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#options.maxCallers && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.take(nowMs, count);
  }

  /** What was taken was not used up. */
  giveBack(caller: string, count = 1): void {
    this.#buckets.get(caller)?.giveBack(count);
  }
}
