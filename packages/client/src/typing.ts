import type { Environment } from './types.js';

/** Somebody is shown as writing for this long after the last sign of it … */
const SHOWN_MS = 6_000;
/** … and says so no more often than this. */
const SAID_EVERY_MS = 3_000;

export interface TypingOptions {
  readonly environment: Pick<Environment, 'monotonicMs' | 'setTimer' | 'clearTimer'>;
  readonly changed: (participants: readonly string[]) => void;
}

/** Who is writing right now. */
export class Typing {
  readonly #options: TypingOptions;
  readonly #until = new Map<string, number>();
  #saidAt = -Infinity;
  #timer: unknown = null;

  constructor(options: TypingOptions) {
    this.#options = options;
  }

  /** Whether it is time to say again that this person is writing. */
  mayTell(): boolean {
    const now = this.#options.environment.monotonicMs();
    if (now - this.#saidAt < SAID_EVERY_MS) return false;
    this.#saidAt = now;
    return true;
  }

  /** The next word starts anew: the message was sent. */
  told(): void {
    this.#saidAt = -Infinity;
  }

  started(participant: string): void {
    const isNew = !this.#until.has(participant);
    // Last in the map is who stops last.
    this.#until.delete(participant);
    this.#until.set(participant, this.#options.environment.monotonicMs() + SHOWN_MS);
    if (isNew) this.#tell();
    this.#schedule();
  }

  stopped(participant: string): void {
    if (this.#until.delete(participant)) this.#tell();
  }

  clear(): void {
    const wasEmpty = this.#until.size === 0;
    this.#until.clear();
    this.#schedule();
    if (!wasEmpty) this.#tell();
  }

  #expire(): void {
    const now = this.#options.environment.monotonicMs();
    for (const [participant, until] of [...this.#until]) if (until <= now) this.#until.delete(participant);
    this.#tell();
    this.#schedule();
  }

  #tell(): void {
    this.#options.changed(Object.freeze([...this.#until.keys()]));
  }

  #schedule(): void {
    const { environment } = this.#options;
    if (this.#timer !== null) environment.clearTimer(this.#timer);
    this.#timer = null;
    const [first] = this.#until.values();
    if (first !== undefined)
      this.#timer = environment.setTimer(() => this.#expire(), Math.max(0, first - environment.monotonicMs()));
  }
}
