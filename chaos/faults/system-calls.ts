import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const ATTACH_MS = 10_000;
const POLL_MS = 20;

/**
 * `strace` on a process and all of its threads.
 * @throws {Error} where the kernel does not let us trace, with what strace said
 */
export async function straceOn(pid: number, args: readonly string[]): Promise<{ stop(): Promise<void> }> {
  const strace = spawn('strace', ['--follow-forks', `--attach=${String(pid)}`, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  strace.stderr.on('data', (data: Buffer) => (said += data.toString('utf8')));
  await attached(strace, () => said);
  return {
    async stop() {
      if (strace.exitCode !== null) return;
      const gone = once(strace, 'exit');
      strace.kill('SIGINT');
      await gone;
    },
  };
}

/** Lets system calls on some files fail with an error, as the kernel would, until it is stopped. */
export function failCalls({
  pid,
  calls,
  error,
  paths,
}: {
  readonly pid: number;
  readonly calls: readonly string[];
  /** A name of errno(3). */
  readonly error: string;
  readonly paths: readonly string[];
}): Promise<{ stop(): Promise<void> }> {
  const names = calls.join(',');
  return straceOn(pid, [
    ...paths.map((path) => `--trace-path=${path}`),
    `--trace=${names}`,
    `--inject=${names}:error=${error}`,
    '--output=/dev/null',
  ]);
}

async function attached(strace: ChildProcess, said: () => string): Promise<void> {
  const deadline = performance.now() + ATTACH_MS;
  while (!said().includes('attached')) {
    if (strace.exitCode !== null) throw new Error(`strace cannot attach: ${said().trim()}`);
    if (performance.now() > deadline) throw new Error(`strace did not attach within ${String(ATTACH_MS)} ms`);
    await sleep(POLL_MS);
  }
}
