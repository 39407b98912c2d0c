import type { EventType, LogEvent, ReportEvent } from '@lms-live/protocol';
import { toLogEvent } from '../rooms/events.js';
import type { LogKey, RoomKey, Store, StoredEvent } from '../storage/types.js';

/** Events that are read and folded in one go: between two the event loop is free, and so is the store. */
const STEP_EVENTS = 250;

export interface LogPart extends LogKey {
  readonly key: RoomKey;
  readonly types: readonly EventType[];
  /** The last offset that is read. */
  readonly upTo: number;
}

/** Walks over the events of some types of a log, page by page. */
export async function* readLog(store: Store, { key, log, owner, types, upTo }: LogPart): AsyncGenerator<StoredEvent> {
  for (let after = 0; after < upTo; after += STEP_EVENTS) {
    yield* await store.readOfTypes({ key, log, owner, types, after, upTo: Math.min(after + STEP_EVENTS, upTo) });
  }
}

/** A stored event as the reports fold it; null for a type of a newer version. */
export function toReportEvent(event: StoredEvent): ReportEvent | null {
  const folded: LogEvent | null = toLogEvent(event);
  return folded && { ...folded, ref: event.ref };
}
