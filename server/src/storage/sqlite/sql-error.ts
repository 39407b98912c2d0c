import type { StoreFault } from '../store-fault.js';

/** Primary result codes (sqlite.org/rescode.html) that mean "not now", not "never": the statement was right. */
const FAULTS: ReadonlyMap<number, StoreFault> = new Map([
  [3, 'read_only'], // PERM
  [5, 'taken'], // BUSY
  [6, 'taken'], // LOCKED
  [7, 'unavailable'], // NOMEM
  [8, 'read_only'], // READONLY
  [10, 'io_error'], // IOERR
  [11, 'damaged'], // CORRUPT
  [13, 'disk_full'], // FULL
  [14, 'no_folder'], // CANTOPEN
  [15, 'taken'], // PROTOCOL
  [26, 'damaged'], // NOTADB
]);
const PRIMARY_CODE = 0xff;

/** What SQLite answered where it did not carry out a statement. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** @param code the extended result code */
  constructor(
    message: string,
    readonly code: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** What is wrong with the store; null: the statement was. */
  get fault(): StoreFault | null {
    return FAULTS.get(this.code & PRIMARY_CODE) ?? null;
  }
}
