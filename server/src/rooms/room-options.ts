import type { LogEvent } from '@lms-live/protocol';
import type { RoomRow, Store, StoredEvent } from '../storage/types.js';

/** What a room tells those who listen, after each commit and in the order of the logs. */
export interface RoomListener {
  /** A committed event with its frame. */
  onEvent(event: StoredEvent, frame: string, folded: LogEvent | null): void;
}

export interface RoomOptions {
  readonly store: Store;
  readonly row: RoomRow;
  readonly now: () => number;
  /** Names a person for the ban list without naming them: a keyed hash of `sub`. */
  readonly subHash: (participant: string) => Promise<string | null>;
  /** The participants who wait for an answer at the door right now. Default: none. */
  readonly waiting?: () => readonly string[];
  /** When somebody was last seen who is present and whose connections are lost; null: they are here. Default: everyone is. */
  readonly lastSeenAt?: (participant: string) => number | null;
  /** The room goes on; somebody has to look. */
  readonly onError?: (error: unknown) => void;
  /** Whether other nodes may commit to this room. Default: no. */
  readonly isShared?: boolean;
  /** This node has committed: the room stands at this revision. */
  readonly onMoved?: (revision: number) => void;
  readonly onCommit?: (batch: { readonly commands: number; readonly events: number; readonly ms: number }) => void;
}
