import { openCheckpoint } from '../rooms/checkpoint.js';
import { toLogEvent } from '../rooms/events.js';
import { logId } from '../rooms/logs.js';
import { EMPTY_ROOM_RULES, foldRules, writeCheckpoint, type RoomRules } from '../rooms/room-rules.js';
import type { Checkpoint, LogHead, StoredEvent } from '../storage/types.js';

/** Folds the shared logs of a room again, to compare what its checkpoint says with what happened. */
export class CheckpointCheck {
  readonly #checkpoint: Checkpoint | null;
  #rules: RoomRules = EMPTY_ROOM_RULES;
  #isWhole = true;

  constructor(checkpoint: Checkpoint | null) {
    this.#checkpoint = checkpoint;
  }

  /** Something in the shared logs does not fit: there is nothing to compare with. */
  spoil(): void {
    this.#isWhole = false;
  }

  /** Goes on to an event that fits its hash; those of each log in their order. */
  add(event: StoredEvent): void {
    if (!this.#isWhole) return;
    const upTo = this.#checkpoint?.heads.find(({ log }) => log === event.log)?.position.offset ?? 0;
    if (event.log === 'me' || event.offset > upTo) return;
    const folded = toLogEvent(event);
    if (folded) this.#rules = foldRules(this.#rules, folded, event.owner);
  }

  /** @returns what is wrong with the checkpoint of logs that end here; null: nothing, or there is none that is used */
  end(heads: readonly LogHead[]): string | null {
    const opened = openCheckpoint(this.#checkpoint, new Map(heads.map((head) => [logId(head), head])));
    if (opened.kind === 'broken')
      return 'the checkpoint is not what was written; a start ignores it, and reads the log instead';
    if (opened.kind !== 'usable' || !this.#isWhole) return null;
    return writeCheckpoint(opened.rules) === writeCheckpoint(this.#rules)
      ? null
      : 'the checkpoint says something else than the log';
  }
}
