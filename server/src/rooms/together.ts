/** What many wait for at the same time, done once for all of them. */
export class Together<K> {
  readonly #work: (take: () => readonly K[]) => Promise<void>;
  readonly #keys = new Set<K>();
  #next: Promise<void> | null = null;

  /** @param work takes the keys when it begins; whoever comes after that waits for the next */
  constructor(work: (take: () => readonly K[]) => Promise<void>) {
    this.#work = work;
  }

  /** Settles, or fails, as the work that this key was part of. */
  add(key: K): Promise<void> {
    this.#keys.add(key);
    this.#next ??= Promise.resolve().then(() => this.#work(() => this.#take()));
    return this.#next;
  }

  #take(): readonly K[] {
    this.#next = null;
    const keys = [...this.#keys];
    this.#keys.clear();
    return keys;
  }
}
