import { AFTER_A_BREAK, type BreakPlace } from './broken-log.js';
import { CHAIN_FAULTS } from './chain.js';
import { logId } from './logs.js';

/** What lies further back in a log than a load looks does not fit: whoever needs it gets the room as it is now instead. */
export class BrokenHistory extends Error {
  override readonly name = 'BrokenHistory';
  readonly log: string;

  constructor({ room, key, offset, what }: BreakPlace) {
    super(
      `the log ${logId(key)} of room ${room} is broken at offset ${offset}: ${CHAIN_FAULTS[what]}. The room goes on without it. ${AFTER_A_BREAK}`,
    );
    this.log = logId(key);
  }
}
