import { readEvent, type LogEvent } from '@lms-live/protocol';
import type { StoredEvent } from '../storage/types.js';

/** A stored event as the folds take it; null for a type of a newer version. */
export function toLogEvent({
  log,
  offset,
  id,
  at,
  type,
  by,
  body,
}: Pick<StoredEvent, 'log' | 'offset' | 'id' | 'at' | 'type' | 'by' | 'body'>): LogEvent | null {
  return readEvent({ log, offset, id, at, type, by, body: body === null ? null : (JSON.parse(body) as unknown) });
}
