/** A few milliseconds of work: between two turns commands are read, committed and told. */
const PER_TURN = 32;

/**
 * Lets so many in at each turn of the event loop, in the order in which they came. When thousands come back at once,
 * those who never left do not wait for all of them.
 */
export class Turnstile {
  readonly #perTurn: number;
  #waiting: (() => void)[] = [];
  #passed = 0;
  #isTurning = false;

  constructor(perTurn = PER_TURN) {
    this.#perTurn = perTurn;
  }

  /** @returns null where one may go on at once; else what settles at one's turn */
  pass(): Promise<void> | null {
    this.#turnSoon();
    if (this.#waiting.length === 0 && this.#passed < this.#perTurn) {
      this.#passed += 1;
      return null;
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #turnSoon(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#turn();
    });
  }

  #turn(): void {
    this.#isTurning = false;
    const next = this.#waiting.slice(0, this.#perTurn);
    this.#waiting = this.#waiting.slice(this.#perTurn);
    this.#passed = next.length;
    if (next.length > 0) this.#turnSoon();
    for (const resolve of next) resolve();
  }
}
