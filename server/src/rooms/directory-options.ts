import type { Bus } from '../bus/index.js';
import type { Store } from '../storage/types.js';
import type { Room } from './room.js';

export interface DirectoryOptions {
  readonly store: Store;
  /** To the other nodes on the same store; whoever opened it closes it. Default: there are none. */
  readonly bus?: Bus;
  readonly now: () => number;
  readonly publish: (topic: string, text: string) => void;
  readonly onError: (error: unknown, room: string) => void;
  /** A room has come into memory: for those who listen to all of them. */
  readonly onRoom?: (room: Room) => void;
  /** A room was deleted: it has ended, and was kept for as long as its policy says. */
  readonly onOutdated?: (room: Room) => void;
  readonly onCommit?: (batch: { readonly commands: number; readonly events: number; readonly ms: number }) => void;
}
