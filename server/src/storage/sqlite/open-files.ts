import { statSync } from 'node:fs';

/**
 * Whether files that are open can still be found where they were opened. The system lets a process write on to a file that
 * was removed or moved away (unlink(2)), and SQLite with it: what is committed then is gone with the process.
 */
export class OpenFiles {
  readonly #files: readonly { readonly path: string; readonly identity: string | null }[];

  /** @param paths of files that are open; one that is not there yet is not looked after */
  constructor(paths: readonly string[]) {
    this.#files = paths.map((path) => ({ path, identity: identityOf(path) }));
  }

  areThere(): boolean {
    return this.#files.every(({ path, identity }) => identity === null || identityOf(path) === identity);
  }
}

/** Device and inode, which no other file has while this one is open; null: there is none to be seen. */
function identityOf(path: string): string | null {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats ? `${stats.dev}/${stats.ino}` : null;
  } catch {
    // A folder on the way is gone, or may not be entered.
    return null;
  }
}
