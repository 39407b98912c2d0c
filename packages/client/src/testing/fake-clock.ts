/** Time that moves when a test says so, and the timers that are set in it. */
export class FakeClock {
  #nowMs = 0;
  #lastId = 0;
  /** What the wall clock has gone on while the other one stood still. */
  #stoodStillMs = 0;
  readonly #timers = new Map<number, { readonly dueAt: number; readonly callback: () => void }>();

  /** 2026-01-01T00:00:00Z at the start. */
  readonly wallMs = (): number => Date.UTC(2026, 0, 1) + this.#nowMs + this.#stoodStillMs;
  readonly monotonicMs = (): number => this.#nowMs;

  readonly setTimer = (callback: () => void, ms: number): unknown => {
    this.#lastId += 1;
    this.#timers.set(this.#lastId, { dueAt: this.#nowMs + ms, callback });
    return this.#lastId;
  };

  readonly clearTimer = (timer: unknown): void => {
    this.#timers.delete(timer as number);
  };

  get timers(): number {
    return this.#timers.size;
  }

  /** When each timer is due, in milliseconds from now. */
  get dueIn(): readonly number[] {
    return [...this.#timers.values()].map(({ dueAt }) => dueAt - this.#nowMs).sort((a, b) => a - b);
  }

  /** Moves on, timer by timer; what each sets off is done before the next. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      const [id, { dueAt, callback }] = next;
      this.#timers.delete(id);
      this.#nowMs = Math.max(this.#nowMs, dueAt);
      callback();
      await settle();
    }
    this.#nowMs = until;
  }

  /** Time passes and no timer runs, as while a device is asleep. */
  sleep(ms: number, { stopsMonotonic = false } = {}): void {
    if (stopsMonotonic) this.#stoodStillMs += ms;
    else this.#nowMs += ms;
  }

  #next(until: number): [number, { dueAt: number; callback: () => void }] | undefined {
    return [...this.#timers].filter(([, { dueAt }]) => dueAt <= until).sort(([, a], [, b]) => a.dueAt - b.dueAt)[0];
  }
}

const ROUNDS = 6;

/** Lets everything happen that waits for promises, and for the threads that hash, but for no time. */
export async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
