import { encodeEventFrame, LIMITS, type EventType } from '@lms-live/protocol';
import type { StoredEvent } from '../storage/types.js';

/** The `event` frame of a stored event: with its salt, or with its digest once it was erased. */
export function frameOf(event: StoredEvent): string {
  const { log, offset, id, at, type, by, hash, salt, digest, body } = event;
  const head = { frame: 'event' as const, log, offset, id, at, type, by, hash, body: null };
  return body === null || salt === null
    ? encodeEventFrame({ ...head, digest }, 'null')
    : encodeEventFrame({ ...head, salt }, body);
}

interface Entry {
  event: StoredEvent;
  frame: string;
}

/** The newest events of one log with their frames, for resumes that need no store. */
export class Tail {
  #entries: Entry[] = [];

  push(event: StoredEvent, frame: string): void {
    this.#entries.push({ event, frame });
    if (this.#entries.length > 2 * LIMITS.tailEvents) this.#entries = this.#entries.slice(-LIMITS.tailEvents);
  }

  /** All frames after an offset, or null where the tail does not reach back that far. */
  framesAfter(offset: number): readonly string[] | null {
    const first = this.#entries[0];
    const last = this.#entries.at(-1);
    if (!first || !last) return null;
    if (offset >= last.event.offset) return [];
    if (offset < first.event.offset - 1) return null;
    return this.#entries.slice(offset + 1 - first.event.offset).map(({ frame }) => frame);
  }

  eventsAfter(offset: number): readonly StoredEvent[] | null {
    const first = this.#entries[0];
    const last = this.#entries.at(-1);
    if (!first || !last) return null;
    if (offset >= last.event.offset) return [];
    if (offset < first.event.offset - 1) return null;
    return this.#entries.slice(offset + 1 - first.event.offset).map(({ event }) => event);
  }

  hashAt(offset: number): string | undefined {
    const first = this.#entries[0];
    return first && this.#entries[offset - first.event.offset]?.event.hash;
  }

  /** What was wiped in the store is wiped here too. */
  wipe(refs: ReadonlySet<string>, types: ReadonlySet<EventType>): void {
    for (const entry of this.#entries) {
      const { event } = entry;
      if (event.ref === null || !refs.has(event.ref) || !types.has(event.type)) continue;
      entry.event = { ...event, body: null, salt: null };
      entry.frame = frameOf(entry.event);
    }
  }
}
