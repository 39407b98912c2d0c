import type { Bus, Hint } from './types.js';

/** How one hint gets to one node: calls `deliver` once, or, as a network would, never, twice, later, out of turn. */
export type Carry = (deliver: () => void) => void;

/** Joins several nodes in one process that share one store object: for tests, and for programs that hold several servers. */
export class BusHub {
  readonly #nodes = new Set<HubBus>();
  readonly #carry: Carry;

  /** @param carry default: each hint arrives in the next turn */
  constructor(carry: Carry = (deliver) => setImmediate(deliver)) {
    this.#carry = carry;
  }

  join(): Bus {
    const node = new HubBus({
      tell: (hint) => {
        for (const other of this.#nodes) if (other !== node) this.#carry(() => other.hear(hint));
      },
      leave: () => this.#nodes.delete(node),
    });
    this.#nodes.add(node);
    return node;
  }
}

class HubBus implements Bus {
  readonly isShared = true;
  readonly #listeners = new Set<(hint: Hint) => void>();
  readonly #tell: (hint: Hint) => void;
  readonly #leave: () => void;
  #isClosed = false;

  constructor({ tell, leave }: { readonly tell: (hint: Hint) => void; readonly leave: () => void }) {
    this.#tell = tell;
    this.#leave = leave;
  }

  publish(hint: Hint): void {
    if (!this.#isClosed) this.#tell(hint);
  }

  subscribe(listener: (hint: Hint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hear(hint: Hint): void {
    for (const listener of this.#listeners) listener(hint);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#leave();
  }
}
