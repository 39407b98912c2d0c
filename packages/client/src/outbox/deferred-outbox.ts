import type { Outbox, OutboxItem } from '../types.js';

/** An outbox that is opened once it is known whose it is. What is asked of it before waits. */
export class DeferredOutbox implements Outbox {
  readonly #opened: Promise<Outbox | null>;
  #open: (outbox: Outbox | null) => void = () => undefined;

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Once; further calls change nothing. */
  open(create: () => Outbox): void {
    let outbox: Outbox | null = null;
    try {
      outbox = create();
    } catch {
      // Storage is forbidden here: commands live as long as the page.
    }
    this.#open(outbox);
  }

  async add(item: OutboxItem): Promise<void> {
    await (await this.#opened)?.add(item);
  }

  async remove(cmid: string): Promise<void> {
    await (await this.#opened)?.remove(cmid);
  }

  async list(): Promise<readonly OutboxItem[]> {
    return (await (await this.#opened)?.list()) ?? [];
  }

  async close(): Promise<void> {
    this.#open(null);
    await (await this.#opened)?.close();
  }
}
