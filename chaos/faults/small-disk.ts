import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A small file system of its own, in memory. */
export interface SmallDisk {
  readonly path: string;
  /** Fills it until so many bytes are left. */
  fill(leaveBytes: number): Promise<void>;
  /** Takes away what `fill` has put there. */
  free(): Promise<void>;
  /** Makes it read-only, or writable again; nobody may have a file open for writing. */
  remount(how: 'ro' | 'rw'): Promise<void>;
  close(): Promise<void>;
}

const FILLER = 'filler';

/** Holds the mount for as long as somebody holds its input: however the test ends, it is taken away. */
const HOLD = 'mount -t tmpfs -o size="$2" tmpfs "$1" && { echo mounted; cat; umount --lazy "$1"; }';

/**
 * Mounts a tmpfs, for which one has to be root.
 * @throws {Error} where the kernel does not let us, with what mount said
 */
export async function openSmallDisk(sizeBytes: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'lms-live-disk-'));
  const holder = spawn('sh', ['-c', HOLD, 'sh', path, String(sizeBytes)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  holder.stderr.on('data', (data: Buffer) => (complaint += data.toString('utf8')));
  const gone = once(holder, 'exit');
  await Promise.race([once(holder.stdout, 'data'), gone]);
  if (holder.exitCode !== null) throw new Error(`no small disk: ${complaint.trim()}`);
  return {
    path,
    async fill(leaveBytes) {
      const { bavail, bsize } = await statfs(path);
      await writeFile(join(path, FILLER), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes), 1));
    },
    free: () => unlink(join(path, FILLER)),
    async remount(how) {
      await promisify(execFile)('mount', ['-o', `remount,${how}`, path]);
    },
    async close() {
      holder.stdin.end();
      await gone;
      await rm(path, { recursive: true, force: true });
    },
  };
}
