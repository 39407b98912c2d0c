import type { Driver, SqlValue, Statement } from './driver.js';
import { SqlError } from './sql-error.js';
import { inTransaction } from './transaction.js';
import { fromSql, toSql } from './values.js';

/** What we use of `node:sqlite`; the typings of Node 20 do not have it. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => {
    prepare(sql: string): {
      run(...values: readonly (string | number | null)[]): { readonly changes: number | bigint };
      all(...values: readonly (string | number | null)[]): Record<string, unknown>[];
    };
    exec(sql: string): void;
    close(): void;
  };
}

/** @returns null where this Node has no `node:sqlite` */
export function openNodeSqlite(path: string): Driver | null {
  // A module by name, since an import of it would stop Node 20 (and bundlers) at once.
  const sqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
  if (sqlite === undefined) return null;
  const db = attempt(() => new sqlite.DatabaseSync(path));
  const exec = (sql: string) => attempt(() => db.exec(sql));
  return {
    name: 'node:sqlite',
    prepare<Row>(sql: string): Statement<Row> {
      const statement = attempt(() => db.prepare(sql));
      const bound = (values: readonly SqlValue[]) => values.map(toSql);
      return {
        run: (...values) => attempt(() => Number(statement.run(...bound(values)).changes)),
        all: (...values) => attempt(() => statement.all(...bound(values)).map(fromSql) as Row[]),
      };
    },
    exec,
    transaction: (work) => inTransaction(exec, work),
    close: () => attempt(() => db.close()),
  };
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') throw error;
    throw new SqlError(error.message, error.errcode, { cause: error });
  }
}
