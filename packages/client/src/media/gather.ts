/** Connections of one tab that gather candidates at once; more of them would only be slower together. */
const MAX_GATHERING = 4;

/** A turnstile for those who gather: the next begins when one is done. */
export class GatherGate {
  readonly #waiting = new Set<() => void>();
  #gathering = 0;

  /** Calls `start` at once or when it is its turn. @returns gives the place back, or stops waiting; again it does nothing */
  enter(start: () => void): () => void {
    let isIn = false;
    let isDone = false;
    const begin = (): void => {
      isIn = true;
      this.#gathering += 1;
      start();
    };
    const leave = (): void => {
      if (isDone) return;
      isDone = true;
      this.#waiting.delete(begin);
      if (!isIn) return;
      this.#gathering -= 1;
      const [next] = this.#waiting;
      if (!next) return;
      this.#waiting.delete(next);
      next();
    };
    if (this.#gathering < MAX_GATHERING) begin();
    else this.#waiting.add(begin);
    return leave;
  }
}
