import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release } from 'node:os';

/** What figures depend on. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const load = loadavg().map((value) => value.toFixed(2));
  return `${String(availableParallelism())} × ${cpu?.model.trim() ?? 'unknown processor'}, Linux ${release()}, Node ${process.version}, load average ${load.join(' ')}`;
}

/** The commit that was measured; unknown outside a repository. */
export function describeCommit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
