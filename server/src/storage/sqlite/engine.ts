import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STORE_FAULTS, type StoreFault } from '../store-fault.js';
import { CommandConflict, NoSuchRoom, RoomMoved, StoreUnavailable } from '../types.js';
import { DATABASE_FILE } from './database-file.js';
import { diagnose, isAlmostFull } from './diagnose.js';
import { openDriver, type Driver, type DriverName } from './driver.js';
import { failureOf, WRITES, type Failure, type Operation, type Reply, type Request } from './messages.js';
import { migrate } from './migrate.js';
import { OpenFiles } from './open-files.js';
import { prepareOperations, type Operations } from './operations.js';
import { SqlError } from './sql-error.js';

/** A directory that nobody else on the machine looks into. */
const ONLY_OURS = 0o700;
/** How long an open waits for a process that is just ending; after it, nobody else has the file. */
const LOCK_WAIT_MS = 1000;
/** Pages in the write-ahead log before it is carried over into the file: 8 MB, which many of the pages reach more than once. */
const CHECKPOINT_PAGES = 2000;
/** Longer than that it only becomes in a transaction that is. */
const MAX_IDLE_LOG_BYTES = 16_777_216;
/** The lock is the system's and goes with the process, so a start after kill -9 has nothing to clean up. */
const SETUP = [
  `PRAGMA busy_timeout = ${LOCK_WAIT_MS}`,
  'PRAGMA locking_mode = EXCLUSIVE',
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = ON',
  // What is erased is written over in the file; from the write-ahead log `tidy` removes it.
  'PRAGMA secure_delete = ON',
  // The log keeps its length when it begins anew: a flush of bytes that replace others does not wait for the journal of the file system.
  `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  `PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES}`,
  'PRAGMA temp_store = MEMORY',
];

export interface EngineOptions {
  readonly dataDir: string;
  readonly driver?: DriverName | undefined;
}

/**
 * Opens the file, takes the lock, brings the tables up to date.
 * @throws {StoreUnavailable} with what is in the way
 */
export async function openEngine({ dataDir, driver: name }: EngineOptions): Promise<Engine> {
  const path = join(dataDir, DATABASE_FILE);
  try {
    mkdirSync(dataDir, { recursive: true, mode: ONLY_OURS });
    return await engineOn(await openDriver(path, name), path);
  } catch (error) {
    const fault = faultAtOpen(error, dataDir);
    const why = error instanceof Error ? error.message : String(error);
    const { message, help } = STORE_FAULTS[fault];
    throw new StoreUnavailable(`the data directory ${dataDir} cannot be opened: ${why}. ${message} ${help}`, {
      cause: error,
      fault,
    });
  }
}

async function engineOn(driver: Driver, path: string): Promise<Engine> {
  try {
    for (const statement of SETUP) driver.prepare(statement).all();
    await migrate(driver);
    return new Engine({ driver, operations: prepareOperations(driver), path });
  } catch (error) {
    driver.close();
    throw error;
  }
}

function faultAtOpen(error: unknown, dataDir: string): StoreFault {
  if (error instanceof SqlError) return diagnose(error.fault ?? 'unavailable', dataDir);
  const isOfTheSystem = error instanceof Error && 'syscall' in error;
  return isOfTheSystem ? diagnose('no_folder', dataDir) : 'unavailable';
}

/** Carries out requests in their order. Synchronous, so it belongs in a thread of its own. */
export class Engine {
  readonly #driver: Driver;
  readonly #operations: Operations;
  readonly #files: OpenFiles;
  readonly #path: string;
  /** From the start: what the process before has wiped it may not have come to tidy. */
  #hasWiped = true;
  #damage: StoreUnavailable | null = null;

  constructor({
    driver,
    operations,
    path,
  }: {
    readonly driver: Driver;
    readonly operations: Operations;
    /** Of the database, which is open. */
    readonly path: string;
  }) {
    this.#driver = driver;
    this.#operations = operations;
    this.#path = path;
    this.#files = new OpenFiles([path, `${path}-wal`]);
  }

  /**
   * Requests that wait together share one transaction, and so one flush to the disk. One that is wrong by itself is
   * taken back alone; where the disk or the lock fails the transaction, each is carried out again in one of its own.
   */
  handle(requests: readonly Request[]): Reply[] {
    const replies = this.#handleTogether(requests);
    return this.#files.areThere() ? replies : replies.map(withoutFiles);
  }

  /** To be called after answering: what was wiped shall not stay in the write-ahead log until that is written over. */
  tidy(): void {
    if (!this.#hasWiped) return;
    try {
      this.#driver.prepare('pragma wal_checkpoint(TRUNCATE)').all();
      this.#hasWiped = false;
    } catch {
      // The disk fails. What was answered stands; the next call tries again.
    }
  }

  close(): void {
    this.#driver.close();
  }

  #handleTogether(requests: readonly Request[]): Reply[] {
    if (requests.length === 1) return requests.map((request) => this.#handleAlone(request));
    try {
      return this.#driver.transaction(() => requests.map((request) => this.#handleAmongOthers(request)));
    } catch {
      return requests.map((request) => this.#handleAlone(request));
    }
  }

  #handleAlone(request: Request): Reply {
    try {
      return { id: request.id, ok: true, value: this.#driver.transaction(() => this.#carryOut(request)) };
    } catch (error) {
      return { id: request.id, ok: false, failure: this.#failureOf(error) };
    }
  }

  #handleAmongOthers(request: Request): Reply {
    this.#driver.exec('SAVEPOINT request');
    try {
      const value = this.#carryOut(request);
      this.#driver.exec('RELEASE request');
      return { id: request.id, ok: true, value };
    } catch (error) {
      if (!isOfTheRequest(error)) throw error;
      this.#driver.exec('ROLLBACK TO request');
      this.#driver.exec('RELEASE request');
      return { id: request.id, ok: false, failure: failureOf(error) };
    }
  }

  #carryOut(request: Request): unknown {
    const operations = this.#operations as Readonly<Record<Operation, (...args: readonly unknown[]) => unknown>>;
    if (this.#damage && WRITES.has(request.operation)) throw this.#damage;
    if (erases(request)) this.#hasWiped = true;
    const value = operations[request.operation](...request.args);
    // What is small still fits where the next message does not.
    if (request.operation === 'check' && isAlmostFull(dirname(this.#path)))
      throw new StoreUnavailable(STORE_FAULTS.disk_full.message, { fault: 'disk_full' });
    return value;
  }

  #failureOf(error: unknown): Failure {
    const failure = failureOf(error);
    if (failure.kind !== 'unavailable') return failure;
    const fault = diagnose(failure.fault, dirname(this.#path));
    // What SQLite finds broken may be all that is broken, or not: writing on would break more.
    if (fault !== 'damaged') return { ...failure, fault };
    this.#damage ??= new StoreUnavailable(`${this.#path}: ${failure.message}`, { fault });
    return failureOf(this.#damage);
  }
}

/** What was asked may have been carried out, but in files that nobody finds again. */
function withoutFiles({ id }: Reply): Reply {
  const error = new StoreUnavailable(STORE_FAULTS.gone.message, { fault: 'gone', isUnknown: true });
  return { id, ok: false, failure: failureOf(error) };
}

function isOfTheRequest(error: unknown): boolean {
  return [CommandConflict, NoSuchRoom, RoomMoved, StoreUnavailable].some((kind) => error instanceof kind);
}

function erases({ operation, args }: Request): boolean {
  if (operation === 'deleteRoom') return true;
  if (operation !== 'commit') return false;
  const [batch] = args as Request<'commit'>['args'];
  return batch.steps.some(({ kind }) => kind === 'wipe' || kind === 'forget');
}
