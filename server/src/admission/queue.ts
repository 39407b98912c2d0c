/** So much waits already that one more would only wait longer. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

export interface QueueOptions {
  readonly atOnce: number;
  /** Of those that have not begun. */
  readonly maxWaiting: number;
}

/** Work that is costly, a few at a time and in the order in which it came. */
export class Queue {
  readonly #options: QueueOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** @throws {QueueFull} at once, where too many wait; what the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#options.atOnce) this.#running += 1;
    else {
      if (this.#waiting.length >= this.#options.maxWaiting) throw new QueueFull('too much waits already');
      // Whoever ends gives its place on.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
