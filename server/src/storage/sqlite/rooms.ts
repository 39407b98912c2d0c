import { NoSuchRoom, type PrivateRecord, type RoomKey, type RoomPatch, type RoomRow } from '../types.js';
import type { Driver, SqlValue, Statement } from './driver.js';

/** A row of `rooms` as it is read: the list of owners is JSON, and SQLite has no booleans. */
export type RoomRecord = Omit<RoomRow, 'owners' | 'listed'> & { readonly owners: string; readonly listed: number };

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
  listed: 'listed',
};

const RECORD_COLUMNS: { readonly [K in keyof PrivateRecord]: string } = {
  owners: 'owners',
  externalRef: 'external_ref',
  passwordHash: 'password_hash',
};

export const ROOM_COLUMNS = [
  ...['key', 'tenant', 'id', 'created_at as createdAt', 'expected'],
  ...Object.entries({ ...PATCH_COLUMNS, ...RECORD_COLUMNS }).map(([name, column]) => `${column} as ${name}`),
].join(', ');

export function roomOf(record: RoomRecord): RoomRow {
  return { ...record, owners: JSON.parse(record.owners) as string[], listed: record.listed !== 0 };
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
  return patcher<RoomPatch>(driver, PATCH_COLUMNS);
}

/** @returns the same for what stands in no log */
export function patchRecord(driver: Driver): (key: RoomKey, patch: Partial<PrivateRecord>) => void {
  return patcher<Partial<PrivateRecord>>(driver, RECORD_COLUMNS);
}

function patcher<P extends object>(
  driver: Driver,
  columns: Readonly<Record<keyof P, string>>,
): (key: RoomKey, patch: P) => void {
  const statements = new Map<string, Statement<unknown>>();
  return (key, patch) => {
    const names = (Object.keys(columns) as (keyof P)[]).filter((name) => patch[name] !== undefined);
    if (names.length === 0) return;
    const assignments = names.map((name) => `${columns[name]} = ?`).join(', ');
    const statement = statements.get(assignments) ?? driver.prepare(`update rooms set ${assignments} where key = ?`);
    statements.set(assignments, statement);
    statement.run(...names.map((name) => valueOf(patch[name])), key);
  };
}

function valueOf(value: unknown): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : (value as SqlValue);
}
