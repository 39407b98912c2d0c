import { StoreUnavailable, type LogKey } from '../storage/types.js';
import { CHAIN_FAULTS, type ChainFault } from './chain.js';
import { logId } from './logs.js';

/** Where a log is broken, and how. */
export interface BreakPlace {
  readonly room: string;
  readonly key: LogKey;
  readonly offset: number;
  readonly what: ChainFault;
}

/** What an operator does about it: the end of the sentence. */
export const AFTER_A_BREAK =
  'Stop the server, keep a copy of the data folder, see with `lms-live audit` what else is broken, and restore the last backup';

/** A log does not fit its own hashes: the file was damaged or changed. Nothing of its room is served until it is mended. */
export class BrokenLog extends StoreUnavailable {
  override readonly name = 'BrokenLog';
  readonly log: string;
  readonly offset: number;

  constructor({ room, key, offset, what }: BreakPlace) {
    super(
      `the log ${logId(key)} of room ${room} is broken at offset ${offset}: ${CHAIN_FAULTS[what]}. Nothing of this room is served. ${AFTER_A_BREAK}`,
      { fault: 'damaged' },
    );
    this.log = logId(key);
    this.offset = offset;
  }
}
