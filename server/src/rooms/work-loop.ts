import { LIMITS } from '@lms-live/protocol';

/** Timers count whole milliseconds. Better one late than one early: messages that come evenly, a window apart, then share one. */
const TIMER_MS = 1;

export interface WorkLoopOptions {
  /** Takes jobs from the queue and settles them. */
  readonly batch: () => Promise<void>;
  /** Everything that waits must be settled here: the loop goes on with what comes after. */
  readonly fail: (error: unknown) => void;
}

/**
 * Runs the batches of one room, one after the other. A lone job goes at once; one that comes while a batch is under way,
 * or soon after it, opens a window of a few milliseconds and shares its batch with what comes in that time.
 */
export class WorkLoop<J> {
  readonly queue: J[] = [];
  readonly #options: WorkLoopOptions;
  readonly #alone: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;
  /** When the first of the jobs came that no batch has seen. */
  #firstAtMs = 0;
  /** How many those are. */
  #unseen = 0;
  #batches = 0;
  /** When the last batch was over; Infinity: it is under way. */
  #closedAtMs = -Infinity;

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  push(job: J): void {
    if (this.queue.length === 0 || this.#unseen === 0) this.#firstAtMs = performance.now();
    this.#unseen += 1;
    this.queue.push(job);
    if (this.queue.length >= LIMITS.groupCommitCommands) this.#wake?.();
    this.#running ??= this.#run();
  }

  /** Does something between two batches; settles, or fails, as the work does. */
  alone(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#alone.push(() => work().then(resolve, reject));
      this.#wake?.();
      this.#running ??= this.#run();
    });
  }

  /** Settles when nothing is queued or under way. */
  async drained(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    await untilTurnIsOver();
    while (this.queue.length > 0 || this.#alone.length > 0) {
      for (const work of this.#alone.splice(0)) await work();
      if (this.queue.length === 0) continue;
      await this.#window();
      if (this.#alone.length === 0) await this.#batch();
    }
    // In the same turn as the last look at the queue: whatever comes later starts anew.
    this.#running = null;
  }

  async #batch(): Promise<void> {
    this.#unseen = 0;
    this.#batches += 1;
    this.#closedAtMs = Infinity;
    try {
      await this.#options.batch();
    } catch (error) {
      this.#options.fail(error);
    }
    // What the batch saw and left has waited already: the next one follows at once.
    if (this.queue.length > this.#unseen) this.#firstAtMs = -Infinity;
    void this.#close();
  }

  /** What was published is written at the end of a turn of the event loop, and in a large room that is most of the work: the batch is under way until then. */
  async #close(): Promise<void> {
    const batches = this.#batches;
    await untilTurnIsOver();
    await untilTurnIsOver();
    if (batches === this.#batches) this.#closedAtMs = performance.now();
  }

  /** Gathering is worth half of the fan-out: one system call carries several messages. Counted from the first that waits, so that none waits longer. */
  async #window(): Promise<void> {
    const isAlone = this.#firstAtMs - this.#closedAtMs > LIMITS.groupCommitMs;
    const waitMs = LIMITS.groupCommitMs + TIMER_MS - (performance.now() - this.#firstAtMs);
    if (isAlone || waitMs <= 0 || this.queue.length >= LIMITS.groupCommitCommands) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, waitMs);
      this.#wake = done;
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
    });
    this.#wake = null;
    await untilTurnIsOver();
  }
}

/** What has arrived by now and is read in this turn of the event loop belongs to the same batch. */
function untilTurnIsOver(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
