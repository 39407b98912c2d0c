import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Chain, chainStart, CHAIN_FAULTS } from '../rooms/chain.js';
import { logId } from '../rooms/logs.js';
import { DATABASE_FILE } from '../storage/sqlite/database-file.js';
import { readHeads } from '../storage/sqlite/checkpoint-heads.js';
import { openDriver, type Driver } from '../storage/sqlite/driver.js';
import { EVENT_COLUMNS, eventOf, type EventRecord } from '../storage/sqlite/event-record.js';
import { SqlError } from '../storage/sqlite/sql-error.js';
import type { Checkpoint } from '../storage/types.js';
import { CheckpointCheck } from './checkpoint-check.js';
import { findUnexplained } from './find-unexplained.js';
import type { LogRow } from './log-row.js';
import type { BroughtStatement } from './brought-statement.js';
import { readSigningKeys, readStatements, type KeptStatement } from './read-statements.js';
import { StatementCheck } from './statement-check.js';

/** Something that is wrong; `room` is null where it is of the file, `log` also where it is of the whole room. */
export interface Finding {
  /** Tenant and id. */
  readonly room: string | null;
  /** `all`, `staff`, or `me` with its participant. */
  readonly log: string | null;
  /** Of the first event that does not fit, or the last that does. */
  readonly offset: number | null;
  readonly what: string;
}

export interface AuditReport {
  readonly file: string;
  readonly rooms: number;
  readonly logs: number;
  readonly events: number;
  readonly statements: number;
  readonly findings: readonly Finding[];
}

const PAGE_EVENTS = 1_000;
const MAX_FILE_FINDINGS = 20;
const LOCK_WAIT_MS = 1_000;

/**
 * Checks a data folder without changing anything: the structure of the file as SQLite sees it, the chain of each log
 * from its first event to its head, and what was signed at the ends of classes against both. The connection stays open, with the lock: closing it would write the write-ahead log
 * into the file. The end of the process lets go of both.
 * @param brought statements that a host has kept: they count also where those of the folder were taken out
 * @throws {Error} where there is no database, it cannot be opened, or a server has it
 */
export async function audit(dataDir: string, brought: readonly BroughtStatement[] = []): Promise<AuditReport> {
  const file = join(dataDir, DATABASE_FILE);
  if (!existsSync(file)) throw new Error(`There is no database in ${dataDir}: ${file} is missing.`);
  const driver = await openToRead(file);
  const findings = checkFile(driver);
  const logs = findLogs(driver, findings);
  const rooms = new Map<number, LogRow[]>();
  for (const log of logs) rooms.set(log.key, [...(rooms.get(log.key) ?? []), log]);
  let [events, statements] = [0, 0];
  const keys = findKeys(driver, findings);
  const names = new Set([...rooms.values()].map(([log]) => nameOf(log as LogRow)));
  for (const { name, room } of brought)
    if (!names.has(room ?? ''))
      findings.push({ room, log: null, offset: null, what: `${name} is of no room that is here` });
  for (const ofRoom of rooms.values()) {
    const checked = checkRoom({ driver, logs: ofRoom, keys, brought, findings });
    events += checked.events;
    statements += checked.statements;
  }
  return { file, rooms: rooms.size, logs: logs.length, events, statements, findings };
}

async function openToRead(file: string): Promise<Driver> {
  try {
    const driver = await openDriver(file);
    for (const pragma of [`busy_timeout = ${LOCK_WAIT_MS}`, 'locking_mode = EXCLUSIVE', 'query_only = ON'])
      driver.prepare(`PRAGMA ${pragma}`).all();
    driver.prepare('select 1 from sqlite_schema limit 1').all();
    return driver;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    if (error.fault === 'taken')
      throw new Error(`A server uses ${file}. Stop it first: what is being written cannot be audited.`, {
        cause: error,
      });
    throw new Error(`${file} cannot be read: ${error.message}. Restore the last backup.`, { cause: error });
  }
}

function checkFile(driver: Driver): Finding[] {
  const ofFile = (what: string): Finding => ({ room: null, log: null, offset: null, what });
  return attempt(
    () => [...brokenPages(driver), ...strays(driver)].map(ofFile),
    (error) => [ofFile(error.message)],
  );
}

function brokenPages(driver: Driver): readonly string[] {
  return driver
    .prepare<{ integrity_check: string }>(`PRAGMA integrity_check(${MAX_FILE_FINDINGS})`)
    .all()
    .map((row) => row.integrity_check)
    .filter((line) => line !== 'ok');
}

/** What belongs to nothing: no server writes such rows, and none shows them. */
function strays(driver: Driver): readonly string[] {
  return driver
    .prepare<{ name: string; parent: string; count: number }>(
      'select "table" as name, parent, count(*) as count from pragma_foreign_key_check group by 1, 2 order by 1, 2',
    )
    .all()
    .map(({ name, parent, count }) => `rows of ${name} that belong to none of ${parent}: ${count}`);
}

function findLogs(driver: Driver, findings: Finding[]): readonly LogRow[] {
  return attempt(
    () =>
      driver
        .prepare<LogRow>(
          `select rooms.key, tenant, id as room, log, owner, epoch, "offset", hash
           from logs join rooms on rooms.key = logs.room order by tenant, id, log, owner`,
        )
        .all(),
    (error) => {
      findings.push({ room: null, log: null, offset: null, what: `the list of logs: ${error.message}` });
      return [];
    },
  );
}

function findKeys(driver: Driver, findings: Finding[]): ReadonlyMap<string, KeyObject> {
  try {
    return readSigningKeys(driver);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    findings.push({ room: null, log: null, offset: null, what: `the keys that statements are signed with: ${why}` });
    return new Map();
  }
}

/** @returns how many events and statements it could read */
function checkRoom({
  driver,
  logs,
  keys,
  brought,
  findings,
}: {
  readonly driver: Driver;
  readonly logs: readonly LogRow[];
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly brought: readonly BroughtStatement[];
  readonly findings: Finding[];
}): { readonly events: number; readonly statements: number } {
  const [{ key, tenant, room }] = logs as readonly [LogRow];
  const name = nameOf({ tenant, room });
  const kept = attempt<readonly KeptStatement[]>(
    () => readStatements(driver, key),
    (error) => {
      findings.push({ room: name, log: null, offset: null, what: `the statements: ${error.message}` });
      return [];
    },
  );
  const given = [
    ...kept.map(({ id, jws }) => ({ name: `the statement ${id}`, jws })),
    ...brought.filter((statement) => statement.room === name),
  ];
  const statements = new StatementCheck({ statements: given, keys, tenant, room });
  const checkpoint = attempt(
    () => new CheckpointCheck(readCheckpointRow(driver, key)),
    (error) => {
      findings.push({ room: name, log: null, offset: null, what: `the checkpoint: ${error.message}` });
      return new CheckpointCheck(null);
    },
  );
  let events = 0;
  for (const log of logs) {
    const before = findings.length;
    events += checkLog({ driver, row: log, checkpoint, statements, findings });
    if (log.log !== 'me' && findings.length > before) checkpoint.spoil();
  }
  const what = checkpoint.end(logs.map(({ log, owner, ...position }) => ({ log, owner, position })));
  if (what) findings.push({ room: name, log: null, offset: null, what });
  statements.end(logs);
  findings.push(...statements.findings.map((finding) => ({ room: name, ...finding })));
  attempt(
    () => {
      for (const { log, owner, offset } of findUnexplained(driver, key))
        findings.push({
          room: name,
          log: logId({ log, owner }),
          offset,
          what: 'the content is gone, and nothing in the room says that it was deleted or erased',
        });
    },
    (error) => {
      findings.push({ room: name, log: null, offset: null, what: `what was erased: ${error.message}` });
    },
  );
  return { events, statements: given.length };
}

function readCheckpointRow(driver: Driver, key: number): Checkpoint | null {
  const [row] = driver
    .prepare<{ heads: string; rules: string }>(
      'select cast(heads as blob) as heads, cast(rules as blob) as rules from checkpoints where room = ?',
    )
    .all(key);
  return row ? { heads: readHeads(row.heads), rules: row.rules } : null;
}

/** @returns how many events it could read */
function checkLog({
  driver,
  row,
  checkpoint,
  statements,
  findings,
}: {
  readonly driver: Driver;
  readonly row: LogRow;
  readonly checkpoint: CheckpointCheck;
  readonly statements: StatementCheck;
  readonly findings: Finding[];
}): number {
  const { key, tenant, room, log, owner, offset, hash } = row;
  const chain = new Chain(chainStart(row));
  const tell = (at: number, what: string) => {
    findings.push({
      room: `${tenant}/${room}`,
      log: logId(row),
      offset: at,
      what,
    });
  };
  const page = driver.prepare<EventRecord>(
    `select ${EVENT_COLUMNS} from events
     where room = ? and log = ? and owner = ? and "offset" > ? order by "offset" limit ${PAGE_EVENTS}`,
  );
  let count = 0;
  for (;;) {
    const after = count === 0 ? 0 : chain.at.offset;
    const events = attempt(
      () => page.all(key, log, owner, after).map(eventOf),
      (error) => {
        tell(after + 1, `the events from here on cannot be read: ${error.message}`);
        return null;
      },
    );
    if (events === null) return count;
    if (events.length === 0) break;
    count += events.length;
    for (const event of events) {
      const fault = chain.add(event);
      statements.add(event, fault === null);
      if (fault) {
        tell(event.offset, CHAIN_FAULTS[fault]);
        checkpoint.spoil();
      } else checkpoint.add(event);
    }
  }
  const fault = chain.end({ offset, hash });
  if (fault) tell(chain.at.offset, `${CHAIN_FAULTS[fault]}, which is ${offset}`);
  return count;
}

function nameOf({ tenant, room }: Pick<LogRow, 'tenant' | 'room'>): string {
  return `${tenant}/${room}`;
}

function attempt<T>(read: () => T, otherwise: (error: SqlError) => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SqlError) return otherwise(error);
    throw error;
  }
}
