import type { Random } from '../lib/random.js';

const FIRST_MS = 250;
const SOON_CAP_MS = 1_000;
const SOON_MS = 10_000;
const LATER_CAP_MS = 8_000;

/** The schedule that the protocol asks for: at once the first time, then by chance up to 1 s, up to 8 s after ten seconds. */
export class Backoff {
  readonly #random: Random;
  #lostAt: number | null = null;

  constructor(random: Random) {
    this.#random = random;
  }

  online(): void {
    this.#lostAt = null;
  }

  nextMs(): number {
    const nowMs = performance.now();
    const cap = this.#lostAt === null ? FIRST_MS : nowMs - this.#lostAt < SOON_MS ? SOON_CAP_MS : LATER_CAP_MS;
    this.#lostAt ??= nowMs;
    return this.#random.next() * cap;
  }
}
