import { NoSuchRoom, type RoomKey, type RoomPatch, type RoomRow } from '../types.js';
import type { Driver, SqlValue, Statement } from './driver.js';

/** A row of `rooms` as it is read: the list of owners is JSON. */
export type RoomRecord = Omit<RoomRow, 'owners'> & { readonly owners: string };

/** Every key that a patch may have, and its column. */
const PATCH_COLUMNS: { readonly [K in keyof Required<RoomPatch>]: string } = {
  kind: 'kind',
  state: 'state',
  visibility: 'visibility',
  title: 'title',
  startsAt: 'starts_at',
  endsAt: 'ends_at',
  liveSince: 'live_since',
  dueAt: 'due_at',
  owners: 'owners',
};

export const ROOM_COLUMNS = [
  ...['key', 'tenant', 'id', 'created_at as createdAt'],
  ...Object.entries(PATCH_COLUMNS).map(([name, column]) => `${column} as ${name}`),
].join(', ');

export function roomOf(record: RoomRecord): RoomRow {
  return { ...record, owners: JSON.parse(record.owners) as string[] };
}

/** @returns a check that a room is there, for what would break a foreign key otherwise */
export function roomCheck(driver: Driver): (key: RoomKey) => void {
  const find = driver.prepare('select 1 from rooms where key = ?');
  return (key) => {
    if (find.all(key).length === 0) throw new NoSuchRoom(key);
  };
}

/** @returns a function that writes the keys of a patch; the statement for each set of keys is prepared once */
export function patchRoom(driver: Driver): (key: RoomKey, patch: RoomPatch) => void {
  const statements = new Map<string, Statement<unknown>>();
  return (key, patch) => {
    const names = (Object.keys(PATCH_COLUMNS) as (keyof RoomPatch)[]).filter((name) => patch[name] !== undefined);
    if (names.length === 0) return;
    const assignments = names.map((name) => `${PATCH_COLUMNS[name]} = ?`).join(', ');
    const statement = statements.get(assignments) ?? driver.prepare(`update rooms set ${assignments} where key = ?`);
    statements.set(assignments, statement);
    statement.run(...names.map((name) => valueOf(patch[name])), key);
  };
}

function valueOf(value: RoomPatch[keyof RoomPatch]): SqlValue {
  if (value === undefined) return null;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
