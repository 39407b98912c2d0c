import { callSafely } from '../emitter.js';
import type { CallState } from './types.js';

/** The one frozen state of a call. It changes at once; who has subscribed hears of the changes of one turn together, in a microtask. */
export class CallStore {
  readonly #listeners = new Set<(state: CallState) => void>();
  #state: CallState;
  #told: CallState;
  #isPlanned = false;

  constructor(state: CallState) {
    this.#state = Object.freeze(state);
    this.#told = this.#state;
  }

  get state(): CallState {
    return this.#state;
  }

  subscribe(listener: (state: CallState) => void): () => void {
    const own = (state: CallState): void => listener(state);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  update(changes: Partial<CallState>): void {
    const keys = Object.keys(changes) as (keyof CallState)[];
    if (keys.every((key) => changes[key] === this.#state[key])) return;
    this.#state = Object.freeze({ ...this.#state, ...changes });
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => this.flush());
  }

  /** Tells now what has changed. */
  flush(): void {
    this.#isPlanned = false;
    if (this.#told === this.#state) return;
    this.#told = this.#state;
    for (const listener of [...this.#listeners]) callSafely(listener, this.#state);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
