/** Asks for a fresh token this long before the old one expires. */
const ASK_BEFORE_MS = 30_000;
/** setTimeout takes 31 bits; nobody waits for the rest. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Tokens that expire one after the other are looked at together, this often at most. */
const MIN_INTERVAL_MS = 100;

/** A connection with a token. */
export interface Expiring {
  /** `exp` of its token, milliseconds since 1970. */
  readonly expiresAt: number;
  /** Has been asked for a fresh token. */
  isAsked: boolean;
  onSoon(): void;
  onExpired(): void;
}

/** Watches the `exp` of all connections: asks for a fresh token first, then it is over. One timer for all, since a timer is larger than what it watches. */
export class Expiries {
  readonly #now: () => number;
  readonly #watched = new Set<Expiring>();
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** From now on, or again where the token is another one. */
  watch(expiring: Expiring): void {
    const now = this.#now();
    // A token that is nearly over when it comes is not asked about at once.
    expiring.isAsked = expiring.expiresAt - now <= ASK_BEFORE_MS;
    this.#watched.add(expiring);
    this.#wakeAt(dueAt(expiring), now);
  }

  forget(expiring: Expiring): void {
    if (!this.#watched.delete(expiring) || this.#watched.size > 0) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = Infinity;
  }

  #wakeAt(at: number, now: number): void {
    if (at >= this.#timerAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#timerAt = Infinity;
        this.#look();
      },
      Math.min(Math.max(0, at - now), MAX_TIMER_MS),
    );
  }

  #look(): void {
    const now = this.#now();
    for (const expiring of [...this.#watched]) {
      if (dueAt(expiring) > now) continue;
      if (expiring.isAsked) {
        this.#watched.delete(expiring);
        expiring.onExpired();
      } else {
        expiring.isAsked = true;
        expiring.onSoon();
      }
    }
    let next = Infinity;
    for (const expiring of this.#watched) next = Math.min(next, dueAt(expiring));
    if (next < Infinity) this.#wakeAt(Math.max(next, now + MIN_INTERVAL_MS), now);
  }
}

function dueAt({ expiresAt, isAsked }: Expiring): number {
  return isAsked ? expiresAt : expiresAt - ASK_BEFORE_MS;
}
