import type { RoomQuery, RoomReader, RoomRow } from '../types.js';
import type { Driver, SqlValue, Statement } from './driver.js';
import { roomOf, ROOM_COLUMNS, type RoomRecord } from './rooms.js';
import { LIST_OF_VALUES, listToSql } from './values.js';

/** A condition, and what it is about. */
interface Part {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** @returns a function that finds rooms; the statement for each set of conditions is prepared once */
export function roomList(driver: Driver): (query: RoomQuery) => RoomRow[] {
  const statements = new Map<string, Statement<RoomRecord>>();
  return (query) => {
    const parts = partsOf(query);
    const where = parts.map(({ sql }) => sql).join(' and ');
    const statement =
      statements.get(where) ??
      driver.prepare<RoomRecord>(`select ${ROOM_COLUMNS} from rooms where ${where} order by id limit ?`);
    statements.set(where, statement);
    return statement.all(...parts.flatMap(({ values }) => values), query.limit).map(roomOf);
  };
}

function partsOf({ tenant, after = '', states, kind, externalRef, from, to, visibleTo }: RoomQuery): Part[] {
  return [
    { sql: 'tenant = ? and id > ?', values: [tenant, after] },
    ...(states ? [{ sql: `state in ${LIST_OF_VALUES}`, values: [listToSql(states)] }] : []),
    ...(kind ? [{ sql: 'kind = ?', values: [kind] }] : []),
    ...(externalRef === undefined ? [] : [{ sql: 'external_ref = ?', values: [externalRef] }]),
    ...(from === undefined ? [] : [{ sql: 'coalesce(ends_at, starts_at) >= ?', values: [from] }]),
    ...(to === undefined ? [] : [{ sql: 'starts_at < ?', values: [to] }]),
    ...(from === undefined && to === undefined ? [] : [{ sql: 'starts_at is not null', values: [] }]),
    ...(visibleTo ? [partOf(visibleTo)] : []),
  ];
}

function partOf({ sub, exact, prefixes, hasLists }: RoomReader): Part {
  const covered = `(rooms.id in ${LIST_OF_VALUES} or exists (select 1 from json_each(?) where substr(rooms.id, 1, length(value)) = value))`;
  return {
    sql: `((visibility = 'public' and listed <> 0)
      or exists (select 1 from roster where room = rooms.key and sub = ?)
      or exists (select 1 from json_each(rooms.owners) where value = ?)
      or (${covered} and ${hasLists ? 'expected is null' : 'true'}))`,
    values: [sub, sub, listToSql(exact), listToSql(prefixes)],
  };
}
