import type { Database, Statement as LibsqlStatement } from 'libsql';
import type { Driver, SqlValue, Statement } from './driver.js';
import { SqlError } from './sql-error.js';
import { inTransaction } from './transaction.js';
import { fromSql, toSql } from './values.js';

const READS_BYTES = /\bas blob\)/i;

/**
 * libsql, the choice where Node has no SQLite of its own. Rows are read with `.all()` only: `.get()` puts a `_metadata`
 * key of its own into the row.
 */
export async function openLibsql(path: string): Promise<Driver> {
  const { default: Database } = await import('libsql');
  const db = attempt(() => opened(() => new Database(path)));
  const exec = (sql: string) => attempt(() => void db.exec(sql));
  return {
    name: 'libsql',
    prepare<Row>(sql: string): Statement<Row> {
      const statement = attempt(() => prepareSafely(db, sql));
      const bound = (values: readonly SqlValue[]) => values.map(toSql);
      return {
        run: (...values) => attempt(() => statement.run(...bound(values)).changes),
        all: (...values) =>
          attempt(() => (statement.all(...bound(values)) as Record<string, unknown>[]).map(fromSql) as Row[]),
      };
    },
    exec,
    transaction: (work) => inTransaction(exec, work),
    close() {
      giveBackLock(exec);
      attempt(() => void db.close());
    },
  };
}

/**
 * Reading a text that is no UTF-8, as a damaged page may hold it, aborts the process (a panic in libsql's `value.rs`): texts
 * are read as bytes. What reads its texts as bytes itself, since it reads many, is left alone.
 */
function prepareSafely(db: Database, sql: string): LibsqlStatement {
  const statement = db.prepare(sql);
  if (!/^\s*select\b/i.test(sql) || READS_BYTES.test(sql)) return statement;
  const columns = statement.columns().map(({ name }) => `"${name}"`);
  const safe = columns.map(
    (name) => `case typeof(${name}) when 'text' then cast(${name} as blob) else ${name} end as ${name}`,
  );
  return db.prepare(`select ${safe.join(', ')} from (${sql})`);
}

/** libsql keeps a closed connection, and its lock, until the last statement of it is garbage. */
function giveBackLock(exec: (sql: string) => void): void {
  try {
    // A connection in WAL mode never lets go of the file; one in the older mode does after each look at it.
    exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL');
    exec('SELECT 1 FROM sqlite_schema LIMIT 1');
  } catch {
    // Another process has it.
  }
}

/** What libsql says of a file that it cannot open has the code at its end, and nowhere else. */
function opened<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    const [, code] = /: (\d+)"\)$/.exec(error instanceof Error ? error.message : '') ?? [];
    if (code === undefined) throw error;
    throw new SqlError('unable to open database file', Number(code), { cause: error });
  }
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Error) || !('rawCode' in error) || typeof error.rawCode !== 'number') throw error;
    throw new SqlError(error.message, error.rawCode, { cause: error });
  }
}
