import type { Driver } from '../storage/sqlite/driver.js';
import type { LogKey } from '../storage/types.js';

export interface Unexplained extends LogKey {
  readonly offset: number;
}

/** The events of a room without content of which nothing in the room says that it was deleted or erased. */
export function findUnexplained(driver: Driver, room: number): readonly Unexplained[] {
  return (
    driver
      // In bytes, as all texts of an audit: some libraries abort on one that is no UTF-8.
      .prepare<{ log: string; owner: string; offset: number }>(
        `with gone (id) as (
           select ref from events where room = ? and type in ('chat.deleted', 'question.changed') and ref is not null
           union select item.value from events, json_tree(events.body) as item
             where room = ? and events.type = 'erased' and body is not null and item.type = 'text'
         )
         select cast(log as blob) as log, cast(owner as blob) as owner, "offset" from events
         where room = ? and body is null and (ref is null or ref not in (select id from gone))
         order by log, owner, "offset"`,
      )
      .all(room, room, room) as unknown as readonly Unexplained[]
  );
}
