/** BEGIN, the work, COMMIT; or ROLLBACK, and what was thrown. */
export function inTransaction<T>(exec: (sql: string) => void, work: () => T): T {
  exec('BEGIN');
  try {
    const result = work();
    exec('COMMIT');
    return result;
  } catch (error) {
    try {
      exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself (sqlite.org/lang_transaction.html §3): the first error is the one to tell.
    }
    throw error;
  }
}
