import { statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../types.js';
import { DATABASE_FILE } from './database-file.js';

/** Why an open will make a new database: there is `none`, or there is an `empty` file in its place. */
export type NewDatabase = 'none' | 'empty';

/**
 * Looks at a data folder before it is opened. @returns null where there is a database
 * @throws {StoreUnavailable} where there is none, but what was written to it: SQLite deletes a log beside an empty file
 */
export function findNewDatabase(dataDir: string): NewDatabase | null {
  const file = join(dataDir, DATABASE_FILE);
  const bytes = bytesOf(file);
  if (bytes > 0) return null;
  if (bytesOf(`${file}-wal`) > 0)
    throw new StoreUnavailable(
      `the data directory ${dataDir} cannot be opened: ${DATABASE_FILE} is missing or empty, but ${DATABASE_FILE}-wal is not, ` +
        'and a start would delete it. Put back the file that belongs to it. Where there is none, move the log away, and restore the last backup.',
      { fault: 'damaged' },
    );
  return bytes === 0 ? 'empty' : 'none';
}

/** -1: there is no such file to be seen. */
function bytesOf(file: string): number {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? -1;
  } catch {
    // A folder on the way is none, or may not be entered: the open says so.
    return -1;
  }
}
