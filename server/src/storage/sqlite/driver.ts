/** A synchronous SQLite connection, as little of it as the engine needs, so that the library behind it can change. */
import { openLibsql } from './driver-libsql.js';
import { openNodeSqlite } from './driver-node.js';

export type DriverName = 'libsql' | 'node:sqlite';
export type SqlValue = string | number | boolean | null;

export interface Statement<Row> {
  /** @returns how many rows it changed */
  run(...values: readonly SqlValue[]): number;
  all(...values: readonly SqlValue[]): Row[];
}

/** Where two calls throw for the same reason, they throw the same `SqlError`, whichever library is behind them. */
export interface Driver {
  readonly name: DriverName;
  prepare<Row = unknown>(sql: string): Statement<Row>;
  exec(sql: string): void;
  /** Runs `work` between BEGIN and COMMIT; rolls back and throws on what it, or the COMMIT, threw. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** The file at `path`, with `node:sqlite` where Node has it (22.13 and later) and with libsql elsewhere. */
export async function openDriver(path: string, name?: DriverName): Promise<Driver> {
  if (name === 'libsql') return openLibsql(path);
  const driver = openNodeSqlite(path);
  if (driver !== null) return driver;
  if (name !== undefined) throw new TypeError(`this Node (${process.version}) has no ${name}`);
  return openLibsql(path);
}
