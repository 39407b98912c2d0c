import type { Environment } from './types.js';

/** How long the server may be ahead before it is asked to send again: what is on its way needs this much at most. */
const PATIENCE_MS = 1_000;

export interface CatchUpOptions {
  readonly environment: Pick<Environment, 'setTimer' | 'clearTimer'>;
  /** Asks the server to send again from where the logs stand. */
  readonly resume: () => void;
}

/** Notices that the server has said more than has arrived, gives it a moment, and asks. */
export class CatchUp {
  readonly #options: CatchUpOptions;
  #doubts: (() => boolean)[] = [];
  #timer: unknown = null;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** @param isBehind asked now and once more in a moment */
  soon(isBehind: () => boolean): void {
    if (!isBehind()) return;
    this.#doubts.push(isBehind);
    this.#timer ??= this.#options.environment.setTimer(() => this.#check(), PATIENCE_MS);
  }

  cancel(): void {
    if (this.#timer !== null) this.#options.environment.clearTimer(this.#timer);
    this.#timer = null;
    this.#doubts = [];
  }

  #check(): void {
    const isBehind = this.#doubts.some((doubt) => doubt());
    this.cancel();
    if (isBehind) this.#options.resume();
  }
}
