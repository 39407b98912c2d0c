import { Kysely, Migrator, SqliteDialect, type SqliteDatabase } from 'kysely';
import type { Driver, SqlValue } from './driver.js';
import { MIGRATIONS } from './migrations/index.js';

const GIVES_ROWS = /^\s*(select|pragma|with)\b|\breturning\b/i;

/**
 * Brings the tables to what this version knows. All migrations are one transaction: they are done, or nothing is.
 * @throws where the file was written by a later version: there is no way down
 */
export async function migrate(driver: Driver, migrations = MIGRATIONS): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: databaseOf(driver) }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  // kysely's SQLite dialect runs migrations outside of a transaction, although SQLite's DDL takes part in one.
  driver.exec('BEGIN IMMEDIATE');
  const { error } = await migrator.migrateToLatest();
  driver.exec(error === undefined ? 'COMMIT' : 'ROLLBACK');
  if (error === undefined) return;
  throw error instanceof Error ? error : new Error('the tables could not be migrated', { cause: error });
}

/** The connection as kysely wants to see it. It stays open: its owner closes it. */
function databaseOf(driver: Driver): SqliteDatabase {
  return {
    close() {
      // Kysely is not the owner.
    },
    prepare(sql) {
      const statement = driver.prepare(sql);
      return {
        reader: GIVES_ROWS.test(sql),
        all: (values) => statement.all(...(values as readonly SqlValue[])),
        run: (values) => ({ changes: statement.run(...(values as readonly SqlValue[])), lastInsertRowid: 0 }),
        iterate: (values) => statement.all(...(values as readonly SqlValue[]))[Symbol.iterator](),
      };
    },
  };
}
