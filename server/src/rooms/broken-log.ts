import { StoreUnavailable, type LogKey } from '../storage/types.js';
import { CHAIN_FAULTS, type ChainFault } from './chain.js';
import { logId } from './logs.js';

/** A log does not fit its own hashes: the file was damaged or changed. Nothing of its room is served until it is mended. */
export class BrokenLog extends StoreUnavailable {
  override readonly name = 'BrokenLog';
  readonly log: string;
  readonly offset: number;

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
      `the log ${logId(key)} of room ${room} is broken at offset ${offset}: ${CHAIN_FAULTS[what]}. Nothing of this room is served. ` +
        'Stop the server, keep a copy of the data folder, see with `lms-live audit` what else is broken, and restore the last backup',
      { fault: 'damaged' },
    );
    this.log = logId(key);
    this.offset = offset;
  }
}
