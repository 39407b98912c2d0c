import { accessSync, constants, statfsSync } from 'node:fs';
import type { StoreFault } from '../store-fault.js';

/** SQLite says "I/O error" of whatever a system call refuses, and "cannot open" of a file system without space: the system is asked for what it really is. */
const VAGUE: ReadonlySet<StoreFault> = new Set(['io_error', 'no_folder']);

/** Less than this is no room for a class. */
const MIN_FREE_BYTES = 1_048_576;

/** Whether the disk of a folder will be full in no time; false where the system does not say. */
export function isAlmostFull(dataDir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    return bavail * bsize < MIN_FREE_BYTES;
  } catch {
    return false;
  }
}

/** @returns the fault, or a nearer one */
export function diagnose(fault: StoreFault, dataDir: string): StoreFault {
  if (!VAGUE.has(fault)) return fault;
  try {
    accessSync(dataDir, constants.W_OK);
    return statfsSync(dataDir).bavail === 0 ? 'disk_full' : fault;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EROFS' ? 'read_only' : fault;
  }
}
