import type { StoredEvent } from '../types.js';
import { SqlError } from './sql-error.js';
import { fromSql } from './values.js';

const SQLITE_CORRUPT = 11;

/**
 * The columns of an event, as two texts in bytes: events are read by the thousand, each text is a crossing of its own, and
 * some libraries abort on a text that is no UTF-8. What is damaged is found by the hashes.
 */
export const EVENT_COLUMNS = `"offset", at, cast(body as blob) as body,
  cast(json_array(log, owner, id, type, "by", ref, salt, digest, hash) as blob) as head`;

/** A row of `EVENT_COLUMNS`. */
export interface EventRecord {
  readonly offset: number;
  readonly at: number;
  readonly head: string;
  readonly body: string | null;
}

/** @throws {SqlError} "corrupt" where it is no event */
export function eventOf({ offset, at, head, body }: EventRecord): StoredEvent {
  const [log, owner, id, type, by, ref, salt, digest, hash] = parse(head);
  const event = { log, owner, offset, id, at, type, by, ref, salt, digest, hash, body };
  return fromSql(event) as unknown as StoredEvent;
}

function parse(head: string): readonly unknown[] {
  try {
    return JSON.parse(head) as readonly unknown[];
  } catch (error) {
    throw new SqlError('an event is malformed', SQLITE_CORRUPT, { cause: error });
  }
}
