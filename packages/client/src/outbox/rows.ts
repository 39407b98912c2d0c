import type { OutboxItem } from '../types.js';

const DATABASE = 'lms-live';
const VERSION = 1;
const TABLE = 'outbox';
const BY_SCOPE = 'scope';
const BY_CMID = 'cmid';

/** A database that does not open by then is done without: somebody else holds it, or the browser has lost it. */
const OPEN_TIMEOUT_MS = 3_000;
/** What is said waits for being stored, but not for ever. */
const WRITE_TIMEOUT_MS = 2_000;

/** One unsent command. */
export interface Row {
  /** The server, the tenant, the room and the participant: who may send it. */
  readonly scope: string;
  readonly server: string;
  readonly person: string | null;
  /** The tab that sends it. */
  readonly lane: string;
  readonly cmid: string;
  readonly item: OutboxItem;
}

export interface RowsOptions {
  readonly indexedDB: IDBFactory;
  readonly setTimer: (callback: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
  /** The database was closed by the browser: its data were cleared, or a newer version of this code wants another shape. */
  readonly lost: () => void;
}

/** The unsent commands of this origin, one database for all: in the order in which they were written (Indexed Database API 3.0). */
export class Rows {
  readonly #database: IDBDatabase;
  readonly #options: RowsOptions;

  private constructor(database: IDBDatabase, options: RowsOptions) {
    this.#database = database;
    this.#options = options;
    database.onversionchange = () => {
      database.close();
      options.lost();
    };
    database.onclose = options.lost;
  }

  /** @throws {DOMException} where storage is refused, of a newer version, or does not answer */
  static async open(options: RowsOptions): Promise<Rows> {
    const request = options.indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const table = request.result.createObjectStore(TABLE, { autoIncrement: true });
      table.createIndex(BY_SCOPE, 'scope');
      table.createIndex(BY_CMID, 'cmid');
    };
    try {
      return new Rows(await within(OPEN_TIMEOUT_MS, done(request), options), options);
    } catch (error) {
      // It may still come, when nobody wants it any more.
      request.onsuccess = () => request.result.close();
      throw error;
    }
  }

  /** Whether anything was ever stored here; true where the browser does not say. */
  static async areThere({ indexedDB }: Pick<RowsOptions, 'indexedDB'>): Promise<boolean> {
    if (typeof (indexedDB as Partial<IDBFactory>).databases !== 'function') return true;
    return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
  }

  /** Settles when it is on the disk. A row that is there keeps its place. */
  async add(row: Row): Promise<void> {
    await this.#change(async (table) => {
      const key = await done(table.index(BY_CMID).getKey(row.cmid));
      table.put(row, key);
    });
  }

  async remove(cmid: string): Promise<void> {
    await this.#change(async (table) => {
      const key = await done(table.index(BY_CMID).getKey(cmid));
      if (key !== undefined) table.delete(key);
    });
  }

  /** The oldest first: an index lists equal keys in the order of the primary ones. */
  async ofScope(scope: string): Promise<readonly Row[]> {
    const table = this.#database.transaction(TABLE, 'readonly').objectStore(TABLE);
    return within(OPEN_TIMEOUT_MS, done(table.index(BY_SCOPE).getAll(scope)) as Promise<Row[]>, this.#options);
  }

  /** Gives the rows of one lane to another, in their places. @returns them */
  async hand(scope: string, from: string, to: string): Promise<readonly Row[]> {
    const handed: Row[] = [];
    await this.#each(scope, (row, cursor) => {
      if (row.lane !== from) return;
      const own = { ...row, lane: to };
      cursor.update(own);
      handed.push(own);
    });
    return handed;
  }

  /** Gives the rows of other scopes to this one, in their places and lanes. */
  async move(scope: string, isMeant: (row: Row) => boolean): Promise<void> {
    await this.#each(null, (row, cursor) => {
      if (row.scope !== scope && isMeant(row)) cursor.update({ ...row, scope });
    });
  }

  /** @param scope null: all of this origin */
  async removeWhere(scope: string | null, isMeant: (row: Row) => boolean): Promise<void> {
    await this.#each(scope, (row, cursor) => {
      if (isMeant(row)) cursor.delete();
    });
  }

  close(): void {
    this.#database.close();
  }

  #each(scope: string | null, visit: (row: Row, cursor: IDBCursorWithValue) => void): Promise<void> {
    return this.#change((table) => {
      const request = scope === null ? table.openCursor() : table.index(BY_SCOPE).openCursor(scope);
      return new Promise((resolve, reject) => {
        request.onerror = () => reject(failureOf(request));
        request.onsuccess = () => {
          const cursor = request.result;
          if (!cursor) {
            resolve();
            return;
          }
          visit(cursor.value as Row, cursor);
          cursor.continue();
        };
      });
    });
  }

  /** One transaction. Those of one table run one after another, in the order in which they were begun. */
  #change(work: (table: IDBObjectStore) => Promise<void>): Promise<void> {
    // `strict`: on the disk, and not only with the operating system, which dies with an empty battery.
    const transaction = this.#database.transaction(TABLE, 'readwrite', { durability: 'strict' });
    const completed = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new DOMException('Aborted', 'AbortError'));
    });
    return within(WRITE_TIMEOUT_MS, Promise.all([work(transaction.objectStore(TABLE)), completed]), this.#options).then(
      () => undefined,
    );
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failureOf(request));
  });
}

function failureOf({ error }: IDBRequest): DOMException {
  return error ?? new DOMException('The request failed.', 'UnknownError');
}

async function within<T>(
  ms: number,
  promise: Promise<T>,
  { setTimer, clearTimer }: Pick<RowsOptions, 'setTimer' | 'clearTimer'>,
): Promise<T> {
  let timer: unknown = null;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimer(() => reject(new DOMException('The database does not answer.', 'TimeoutError')), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimer(timer);
  }
}
