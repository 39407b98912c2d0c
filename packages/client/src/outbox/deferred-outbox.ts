import type { Outbox, OutboxItem } from '../types.js';

/** An outbox that is opened once it is known whose it is. What is asked of it before waits. */
export class DeferredOutbox implements Outbox {
  #opened: Promise<Outbox | null> = Promise.resolve(null);
  #open: (outbox: Promise<Outbox | null>) => void = () => undefined;

  constructor() {
    this.#begin();
  }

  /** Once; further calls change nothing. */
  open(create: () => Outbox | Promise<Outbox>): void {
    const refused = (): null => null;
    try {
      this.#open(Promise.resolve(create()).catch(refused));
    } catch {
      // Storage is forbidden here: commands live as long as the page.
      this.#open(Promise.resolve(null));
    }
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

  /** From now on nothing is kept, and nothing is left of what was. */
  async wipe(): Promise<void> {
    const before = this.#opened;
    this.#opened = before.then(() => null);
    const outbox = await before;
    if (!outbox) return;
    if (outbox.wipe) {
      await outbox.wipe();
      return;
    }
    for (const { cmid } of await outbox.list()) await outbox.remove(cmid);
    await outbox.close();
  }

  /** Lets go of the outbox as it is, for that of somebody else. */
  async change(): Promise<void> {
    const closed = this.close();
    this.#begin();
    await closed;
  }

  async close(): Promise<void> {
    this.#open(Promise.resolve(null));
    await (await this.#opened)?.close();
  }

  #begin(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }
}
