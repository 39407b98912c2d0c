import type { PageEvents } from '../types.js';

type PageNews = Parameters<Parameters<PageEvents['listen']>[0]>[0];

/** A page that hides, wakes and goes online when a test says so. */
export class FakePage implements PageEvents {
  hidden = false;
  readonly listeners = new Set<(what: PageNews) => void>();

  listen(callback: (what: PageNews) => void): () => void {
    this.listeners.add(callback);
    return () => void this.listeners.delete(callback);
  }

  hide(): void {
    this.hidden = true;
    this.#tell('hidden');
  }

  wake(): void {
    this.hidden = false;
    this.#tell('wake');
  }

  /** It was frozen, or without network. */
  back(): void {
    this.#tell('back');
  }

  lose(): void {
    this.#tell('offline');
  }

  #tell(what: PageNews): void {
    for (const listener of [...this.listeners]) listener(what);
  }
}
