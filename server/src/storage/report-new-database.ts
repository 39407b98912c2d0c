import type { Log } from '../observe/index.js';
import type { OnNewDatabase } from './sqlite/store.js';

/** Tells that the server begins with nothing: right at the first start, and at any other one the wrong folder. */
export function reportNewDatabase(log: Log): OnNewDatabase {
  return (what, folder) => {
    if (what === 'none') log.info('A new database was made: there was none in the data folder.', { folder });
    else
      log.warn(
        'A new database was made in place of an empty file. If there were classes in this folder, stop the server and restore the last backup.',
        { folder },
      );
  };
}
