import type { KeyObject } from 'node:crypto';
import { KEY_SETTINGS, readJwks, SigningKeys } from '../signing/signing-keys.js';
import type { Driver } from '../storage/sqlite/driver.js';

/** A statement as it was kept, or as a host has brought it. */
export interface KeptStatement {
  readonly id: string;
  readonly jws: string;
}

/** The keys that a data folder signs with, by `kid`. @throws {Error} where one cannot be read */
export function readSigningKeys(driver: Driver): ReadonlyMap<string, KeyObject> {
  const rows = driver
    .prepare<{ value: string }>('select value from settings where substr(name, 1, length(?)) = ? order by name')
    .all(KEY_SETTINGS, KEY_SETTINGS);
  return readJwks(SigningKeys.read(rows).jwks);
}

/** The statements of a room; none in a database of before there were any. */
export function readStatements(driver: Driver, room: number): readonly KeptStatement[] {
  if (driver.prepare("select 1 from sqlite_schema where name = 'statements'").all().length === 0) return [];
  return driver
    .prepare<KeptStatement>(
      'select cast(id as blob) as id, cast(jws as blob) as jws from statements where room = ? order by at, id',
    )
    .all(room);
}
