/** The one file of a data folder; the write-ahead log lies beside it. */
export const DATABASE_FILE = 'lms-live.db';
