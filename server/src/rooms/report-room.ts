import type { Log } from '../observe/index.js';
import { StoreUnavailable } from '../storage/index.js';
import { BrokenHistory } from './broken-history.js';
import { BrokenLog } from './broken-log.js';
import { BrokenCheckpoint } from './checkpoint.js';

/** Writes down what went wrong with a room, each as what it means for those in it. */
export function reportRoom(log: Log, error: unknown, room: string): void {
  if (error instanceof BrokenLog) log.error('A room is broken: nobody is let in.', { room, error });
  else if (error instanceof BrokenHistory)
    log.error('A part of the history of a room is broken: whoever needs it gets the room as it is now.', {
      room,
      error,
    });
  else if (error instanceof BrokenCheckpoint)
    log.warn('A checkpoint is broken: the room is read from its log.', { room, error });
  // A store that is away says so once, by itself.
  else if (error instanceof StoreUnavailable) log.debug('A room waits for the store.', { room, error });
  else log.error('A room failed; it is read again from the store.', { room, error });
}
