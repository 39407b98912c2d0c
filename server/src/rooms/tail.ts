import { bodyDigest, bodyTextOf, encodeEventFrame, EVENTS, LIMITS, type EventType } from '@lms-live/protocol';
import type { StoredEvent } from '../storage/types.js';
import { sha256 } from './crypto.js';

/** A tail is cut when it has so many too many, and not at each event. */
const SPARE_EVENTS = 64;

/** What an `event` frame says of an event. */
export type FramedEvent = Omit<StoredEvent, 'owner' | 'ref' | 'digest'>;

/** The `event` frame of a stored event: with its salt, or with its digest once it was erased. */
export function frameOf(event: Omit<StoredEvent, 'owner' | 'ref'>): string {
  const { log, offset, id, at, type, by, hash, salt, digest, body } = event;
  const head = { frame: 'event' as const, log, offset, id, at, type, by, hash, body: null };
  return body === null || salt === null
    ? encodeEventFrame({ ...head, digest }, 'null')
    : encodeEventFrame({ ...head, salt }, body);
}

/** The newest events of one log as their frames, for resumes that need no store. */
export class Tail {
  /** In the order of the log, without a hole. */
  #frames: string[] = [];
  #lastOffset = 0;

  push({ offset }: Pick<StoredEvent, 'offset'>, frame: string): void {
    // Where something is missing before it, the tail begins here: whoever is further behind reads the store.
    if (offset !== this.#lastOffset + 1) this.#frames = [];
    this.#frames.push(frame);
    this.#lastOffset = offset;
    if (this.#frames.length >= LIMITS.tailEvents + SPARE_EVENTS) this.#frames = this.#frames.slice(-LIMITS.tailEvents);
  }

  /** All frames after an offset, or null where the tail does not reach back that far. */
  framesAfter(offset: number): readonly string[] | null {
    if (this.#frames.length === 0) return null;
    if (offset >= this.#lastOffset) return [];
    return offset < this.#firstOffset - 1 ? null : this.#frames.slice(offset + 1 - this.#firstOffset);
  }

  eventsAfter(offset: number): readonly FramedEvent[] | null {
    return this.framesAfter(offset)?.map(readFrame) ?? null;
  }

  hashAt(offset: number): string | undefined {
    const frame = this.#frames[offset - this.#firstOffset];
    return frame === undefined ? undefined : readFrame(frame).hash;
  }

  /** What was wiped in the store is wiped here too. */
  wipe(refs: ReadonlySet<string>, types: ReadonlySet<EventType>): void {
    this.#frames = this.#frames.map((frame) => {
      const event = readFrame(frame);
      const { type, salt, body } = event;
      if (salt === null || body === null || !types.has(type) || !refs.has(refOf(type, body))) return frame;
      const digest = bodyDigest(sha256, salt, body);
      return frameOf({ ...event, digest, salt: null, body: null });
    });
  }

  get #firstOffset(): number {
    return this.#lastOffset - this.#frames.length + 1;
  }
}

function readFrame(frame: string): FramedEvent {
  const { salt, ...event } = JSON.parse(frame) as Omit<FramedEvent, 'salt' | 'body'> & { readonly salt?: string };
  return salt === undefined ? { ...event, salt: null, body: null } : { ...event, salt, body: bodyTextOf(frame) };
}

/** What an event is about, as its row names it; empty: nothing. */
function refOf(type: EventType, body: string): string {
  const { ref } = EVENTS[type];
  const value = ref === undefined ? undefined : (JSON.parse(body) as Record<string, unknown>)[ref];
  return typeof value === 'string' ? value : '';
}
