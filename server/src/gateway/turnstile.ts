/** Between two turns commands are read, committed and told. */
const TURN_MS = 8;
/** What fits into that, also where each of them is told what they missed. */
const PER_TURN = 32;

/**
 * Lets people in for a part of each turn of the event loop, in the order in which they came. When thousands come back at once,
 * those who never left do not wait for all of them.
 */
export class Turnstile {
  readonly #nowMs: () => number;
  #waiting: (() => void)[] = [];
  #turnedAtMs = 0;
  #isTurning = false;

  /** @param nowMs a clock that only goes forward */
  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** @returns null where one may go on at once; else what settles at one's turn */
  pass(): Promise<void> | null {
    this.#turnSoon();
    // What those before have started was done before this was called: promises settle between two messages.
    if (this.#waiting.length === 0 && this.#nowMs() - this.#turnedAtMs < TURN_MS) return null;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #turnSoon(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#turnedAtMs = this.#nowMs();
    setImmediate(() => {
      this.#turn();
    });
  }

  #turn(): void {
    this.#isTurning = false;
    const next = this.#waiting.slice(0, PER_TURN);
    this.#waiting = this.#waiting.slice(PER_TURN);
    if (next.length > 0) this.#turnSoon();
    for (const resolve of next) resolve();
  }
}
