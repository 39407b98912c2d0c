import { StoreUnavailable } from './types.js';

/** Told once for each change: why the store does not serve; null: it serves again. */
export type OnStoreChange = (error: StoreUnavailable | null) => void;

/** Whether the store serves, by what it answered last: many calls fail of one fault, and a person reads of it once. */
export class StoreHealth {
  readonly #onChange: OnStoreChange;
  #fault: StoreUnavailable['fault'] | null = null;

  constructor(onChange: OnStoreChange = () => undefined) {
    this.#onChange = onChange;
  }

  /** A call failed. */
  failed(error: Error): void {
    if (!(error instanceof StoreUnavailable) || error.fault === this.#fault) return;
    this.#fault = error.fault;
    this.#onChange(error);
  }

  /** Something was written. */
  wrote(): void {
    if (this.#fault === null) return;
    this.#fault = null;
    this.#onChange(null);
  }
}
