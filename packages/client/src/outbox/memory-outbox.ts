import type { Outbox, OutboxItem } from '../types.js';

/** Keeps unsent commands as long as the page lives. */
export class MemoryOutbox implements Outbox {
  readonly #items = new Map<string, OutboxItem>();

  async add(item: OutboxItem): Promise<void> {
    this.#items.set(item.cmid, item);
  }

  async remove(cmid: string): Promise<void> {
    this.#items.delete(cmid);
  }

  async list(): Promise<readonly OutboxItem[]> {
    return [...this.#items.values()];
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }
}
