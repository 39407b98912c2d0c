import type { RoomEvents } from './types.js';

type Listener = (detail: never) => void;

/** Facts, told once to whoever listens. A listener that throws disturbs no other. */
export class Emitter {
  readonly #listeners = new Map<keyof RoomEvents, Set<Listener>>();

  on<K extends keyof RoomEvents>(event: K, listener: (detail: RoomEvents[K]) => void): () => void {
    // A listener that is added twice is called twice, and each is removed by its own function.
    const own = (detail: RoomEvents[K]): void => listener(detail);
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  emit<K extends keyof RoomEvents>(event: K, detail: RoomEvents[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      callSafely(listener as (detail: RoomEvents[K]) => void, detail);
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
