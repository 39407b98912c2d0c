import { LIMITS } from '@lms-live/protocol';

export interface WorkLoopOptions {
  /** Takes jobs from the queue and settles them. */
  readonly batch: () => Promise<void>;
  /** Everything that waits must be settled here: the loop goes on with what comes after. */
  readonly fail: (error: unknown) => void;
}

/** Runs the batches of one room, one after the other: a lone job at once, under load in windows of a few milliseconds. */
export class WorkLoop<J> {
  readonly queue: J[] = [];
  readonly #options: WorkLoopOptions;
  readonly #alone: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;
  #lastClosedAt = 0;

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  push(job: J): void {
    this.queue.push(job);
    if (this.queue.length >= LIMITS.groupCommitCommands) this.#wake?.();
    this.#running ??= this.#run();
  }

  /** Does something between two batches; settles, or fails, as the work does. */
  alone(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#alone.push(() => work().then(resolve, reject));
      this.#running ??= this.#run();
    });
  }

  /** Settles when nothing is queued or under way. */
  async drained(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // Whatever was submitted in the same turn belongs to the same batch.
    await Promise.resolve();
    while (this.queue.length > 0 || this.#alone.length > 0) {
      for (const work of this.#alone.splice(0)) await work();
      await this.#window();
      try {
        if (this.queue.length > 0) await this.#options.batch();
      } catch (error) {
        this.#options.fail(error);
      }
      this.#lastClosedAt = performance.now();
    }
    // In the same turn as the last look at the queue: whatever comes later starts anew.
    this.#running = null;
  }

  /** Gathering is worth half of the fan-out: one system call carries several messages. */
  async #window(): Promise<void> {
    const waitMs = LIMITS.groupCommitMs - (performance.now() - this.#lastClosedAt);
    if (waitMs <= 0 || this.queue.length === 0 || this.queue.length >= LIMITS.groupCommitCommands) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, waitMs);
      this.#wake = done;
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
    });
    this.#wake = null;
  }
}
