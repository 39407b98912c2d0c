/** What keeps the store from serving; `help` says what a person has to do. Neither names a path: `/readyz` is public. */
export const STORE_FAULTS = {
  disk_full: {
    message: 'The disk with the data folder is full.',
    help: 'Free some space, more than a megabyte: a server that runs goes on by itself.',
  },
  read_only: {
    message: 'The data folder can be read but not written.',
    help: 'Make its file system writable again; a system that found an error on its disk makes it read-only, see the system log. A server that runs goes on by itself.',
  },
  io_error: {
    message: 'Reading or writing the data failed.',
    help: 'See the system log for errors of the disk. The server goes on by itself once it works again.',
  },
  damaged: {
    message: 'The database is damaged; nothing more is written to it.',
    help: 'Stop the server, keep a copy of the data folder, see with `lms-live audit` what is lost, and restore the last backup.',
  },
  gone: {
    message: 'The database file is no longer where it was opened.',
    help: 'Put the data folder back, and the server goes on by itself; or restore a backup and restart the server.',
  },
  no_folder: {
    message: 'The data folder cannot be opened.',
    help: 'See that LMS_LIVE_DATA_DIR names a folder, and that the server may read and write in it.',
  },
  taken: {
    message: 'Another process uses the data folder.',
    help: 'Stop that process: one server at a time may have a data folder.',
  },
  lost: {
    message: 'The storage thread died and is being started again.',
    help: 'The server goes on by itself. If this comes back, see the log for why.',
  },
  overloaded: {
    message: 'The disk cannot keep up.',
    help: 'Look for what else uses the disk, or give the server a faster one.',
  },
  closed: {
    message: 'The store is closed.',
    help: 'The server is stopping.',
  },
  unavailable: {
    message: 'The store cannot be used.',
    help: 'See the server log.',
  },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly help: string }>>;

/** Why the store cannot serve, for programs. */
export type StoreFault = keyof typeof STORE_FAULTS;
