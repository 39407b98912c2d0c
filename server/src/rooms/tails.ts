import type { EventType, LogName } from '@lms-live/protocol';
import { logId } from './logs.js';
import { Tail } from './tail.js';

/** In place of the tail of a person's own log: short, and read by one person, it is not worth its memory in each room and for each member. */
class NoTail extends Tail {
  override push(): void {
    // Whoever is behind reads the store.
  }
}
const NO_TAIL = new NoTail();

/** The tails of a room's shared logs, made when they are first asked for. */
export class Tails {
  readonly #tails: Map<string, Tail>;

  constructor(tails: ReadonlyMap<string, Tail> = new Map()) {
    this.#tails = new Map(tails);
  }

  of(log: LogName, owner = ''): Tail {
    if (log === 'me') return NO_TAIL;
    const id = logId({ log, owner });
    const known = this.#tails.get(id);
    if (known) return known;
    const tail = new Tail();
    this.#tails.set(id, tail);
    return tail;
  }

  wipe(refs: readonly string[], types: readonly EventType[]): void {
    const about = new Set(refs);
    const kinds = new Set(types);
    for (const tail of this.#tails.values()) tail.wipe(about, kinds);
  }
}
