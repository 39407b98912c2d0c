import type { Log } from '../observe/index.js';
import type { OnStoreChange } from './health.js';
import { STORE_FAULTS } from './store-fault.js';

/** Tells whoever reads the log that the store is away, what to do about it, and when it is back. */
export function reportStore(log: Log): OnStoreChange {
  return (error) => {
    if (error === null) {
      log.info('The store reads and writes again.');
      return;
    }
    const { message, help } = STORE_FAULTS[error.fault];
    log.error(`Nothing can be saved, and nothing is acknowledged. ${message} ${help}`, { code: error.fault, error });
  };
}
