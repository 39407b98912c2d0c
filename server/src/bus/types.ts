import type { RoomKey } from '../storage/types.js';

/** A room was committed to. The truth is in the store: a hint may be lost, late, doubled, or overtaken by another. */
export interface Hint {
  readonly key: RoomKey;
  /** Where the room stands since. */
  readonly revision: number;
}

/** What the nodes that share a store tell each other. */
export interface Bus {
  /** Whether there may be other nodes: then what a lost hint would have said has to be asked for, now and then. */
  readonly isShared: boolean;
  /** Tells all other nodes, at best; never this one. Returns at once, and never throws. */
  publish(hint: Hint): void;
  /** Calls `listener`, which must not throw, in a later turn than that of `publish`. @returns what ends it */
  subscribe(listener: (hint: Hint) => void): () => void;
  /** Nothing is told or heard after it. */
  close(): Promise<void>;
}
