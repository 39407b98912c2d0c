/** Whoever was let in and looks at their camera first keeps their place for so long. */
const KEPT_MS = 30_000;

export interface PlacesOptions {
  /** null: there is no end of them. */
  readonly capacity: () => number | null;
  /** How many are joined who take one. */
  readonly taken: () => number;
  readonly isTaken: (participant: string) => boolean;
  /** Who waits for one, with how many are before them. */
  readonly queue: () => ReadonlyMap<string, number>;
  /** A place that was kept for somebody is free. */
  readonly onFreed: () => void;
}

/** The places of a room that may be full: one that frees is for whoever has waited the longest, and not for who knocks at the right moment. */
export class Places {
  readonly #options: PlacesOptions;
  /** Of those who were let in and have not joined yet. */
  readonly #kept = new Map<string, NodeJS.Timeout>();

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Whether there is a place for somebody, behind those who wait for one already. */
  has(participant: string): boolean {
    const { capacity, taken, isTaken, queue } = this.#options;
    const all = capacity();
    if (all === null || this.#kept.has(participant) || isTaken(participant)) return true;
    const waiting = queue();
    return taken() + this.#kept.size + (waiting.get(participant) ?? waiting.size) < all;
  }

  /** Keeps a place for somebody until they join, or are gone. */
  keep(participant: string): void {
    const { capacity, isTaken, onFreed } = this.#options;
    if (capacity() === null || isTaken(participant)) return;
    clearTimeout(this.#kept.get(participant));
    const timer = setTimeout(() => {
      this.#kept.delete(participant);
      onFreed();
    }, KEPT_MS);
    this.#kept.set(participant, timer.unref());
  }

  /** They have joined, or are gone. */
  release(participant: string): void {
    clearTimeout(this.#kept.get(participant));
    this.#kept.delete(participant);
  }

  close(): void {
    for (const timer of this.#kept.values()) clearTimeout(timer);
    this.#kept.clear();
  }
}
