import type { LogHead } from '../storage/types.js';
import type { Heads } from './logs.js';

/** Heads above those of a room: what a batch moves is kept aside, so that a large room is not copied for each, and a failed commit leaves nothing behind. */
export class SpeculativeHeads {
  readonly #base: Heads;
  readonly #moved: Heads = new Map();

  constructor(base: Heads) {
    this.#base = base;
  }

  /** What was set here. */
  get moved(): ReadonlyMap<string, LogHead> {
    return this.#moved;
  }

  has(id: string): boolean {
    return this.#moved.has(id) || this.#base.has(id);
  }

  get(id: string): LogHead | undefined {
    return this.#moved.get(id) ?? this.#base.get(id);
  }

  set(id: string, head: LogHead): void {
    this.#moved.set(id, head);
  }
}
