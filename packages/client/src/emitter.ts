import type { RoomEvents } from './types.js';

type Listener = (detail: never) => void;

/** Facts, told once to whoever listens. A listener that throws disturbs no other. */
export class Emitter<E extends object = RoomEvents> {
  readonly #listeners = new Map<keyof E, Set<Listener>>();

  on<K extends keyof E>(event: K, listener: (detail: E[K]) => void): () => void {
    // A listener that is added twice is called twice, and each is removed by its own function.
    const own = (detail: E[K]): void => listener(detail);
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  emit<K extends keyof E>(event: K, detail: E[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      callSafely(listener as (detail: E[K]) => void, detail);
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** Calls code of the page; what it throws is reported as an uncaught error and stops nothing here. */
export function callSafely<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
