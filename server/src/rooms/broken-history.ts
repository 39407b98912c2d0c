import type { LogKey } from '../storage/types.js';
import { CHAIN_FAULTS, type ChainFault } from './chain.js';
import { logId } from './logs.js';

/** What lies further back in a log than a load looks does not fit: whoever needs it gets the room as it is now instead. */
export class BrokenHistory extends Error {
  override readonly name = 'BrokenHistory';
  readonly log: string;

  constructor({
    room,
    key,
    offset,
    what,
  }: {
    readonly room: string;
    readonly key: LogKey;
    readonly offset: number;
    readonly what: ChainFault;
  }) {
    super(
      `the log ${logId(key)} of room ${room} is broken at offset ${offset}: ${CHAIN_FAULTS[what]}. The room goes on without it. ` +
        'Stop the server, keep a copy of the data folder, see with `lms-live audit` what else is broken, and restore the last backup',
    );
    this.log = logId(key);
  }
}
