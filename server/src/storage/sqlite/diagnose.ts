import { accessSync, constants, statfsSync } from 'node:fs';
import type { StoreFault } from '../store-fault.js';

/** SQLite says "I/O error" of whatever a system call refuses, and "cannot open" of a file system without space: the system is asked for what it really is. */
const VAGUE: ReadonlySet<StoreFault> = new Set(['io_error', 'no_folder']);

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
