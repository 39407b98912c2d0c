/** Primary result codes (sqlite.org/rescode.html) that mean "not now", not "never": the statement was right. */
const UNAVAILABLE = new Set([
  3, // PERM
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
  26, // NOTADB
]);
const BUSY = 5;
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

  get isUnavailable(): boolean {
    return UNAVAILABLE.has(this.code & PRIMARY_CODE);
  }

  get isBusy(): boolean {
    return (this.code & PRIMARY_CODE) === BUSY;
  }
}
