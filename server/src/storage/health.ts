import { StoreUnavailable } from './types.js';

/** Told once for each change: why the store does not serve; null: it serves again. */
export type OnStoreChange = (error: StoreUnavailable | null) => void;

/** How often a store that does not serve is asked whether it does. */
const PROBE_MS = 1_000;

export interface StoreHealthOptions {
  /** Fails as long as the store does not serve. */
  readonly probe: () => Promise<void>;
  /** Default: nobody is told. */
  readonly onChange?: OnStoreChange | undefined;
}

/** Whether the store serves: many calls fail of one fault, and a person reads of it once. */
export class StoreHealth {
  readonly #options: StoreHealthOptions;
  #fault: StoreUnavailable['fault'] | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: StoreHealthOptions) {
    this.#options = options;
  }

  /** A call failed. */
  failed(error: Error): void {
    if (this.#isClosed || !(error instanceof StoreUnavailable) || error.fault === this.#fault) return;
    this.#fault = error.fault;
    this.#options.onChange?.(error);
    this.#probeSoon();
  }

  /** A probe, of whoever, went through. That something else was written says little: what is small fits on a disk that is almost full. */
  works(): void {
    if (this.#fault === null) return;
    this.#fault = null;
    this.#options.onChange?.(null);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #probeSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#options.probe().then(
        () => {
          this.works();
        },
        () => {
          if (!this.#isClosed) this.#probeSoon();
        },
      );
    }, PROBE_MS);
    this.#timer.unref();
  }
}
