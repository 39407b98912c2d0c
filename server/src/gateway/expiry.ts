/** Asks for a fresh token this long before the old one expires. */
const ASK_BEFORE_MS = 30_000;
/** setTimeout takes 31 bits; nobody waits for the rest. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface ExpiryOptions {
  readonly now: () => number;
  readonly onSoon: () => void;
  readonly onExpired: () => void;
}

/** Watches the `exp` of one connection: asks for a fresh token first, then it is over. */
export class Expiry {
  readonly #options: ExpiryOptions;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ExpiryOptions) {
    this.#options = options;
  }

  /** @param expiresAt milliseconds since 1970 */
  watch(expiresAt: number): void {
    this.close();
    const leftMs = Math.max(0, expiresAt - this.#options.now());
    if (leftMs <= ASK_BEFORE_MS) {
      this.#after(leftMs, this.#options.onExpired);
      return;
    }
    this.#after(leftMs - ASK_BEFORE_MS, () => {
      this.#options.onSoon();
      this.#after(ASK_BEFORE_MS, this.#options.onExpired);
    });
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #after(ms: number, work: () => void): void {
    this.#timer = setTimeout(work, Math.min(ms, MAX_TIMER_MS));
  }
}
