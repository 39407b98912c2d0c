/** What a process and all that it has started have used of the processors, from /proc: Linux alone. */
import { readdirSync, readFileSync } from 'node:fs';

/** Of `/proc/<pid>/stat`: USER_HZ, 100 on every Linux of today (proc(5), sysconf(3)). */
const TICKS_PER_SECOND = 100;

/**
 * @param {number} root
 * @returns {number} seconds of one core, of those that live
 */
export function cpuSeconds(root) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => stat(name));
  const tree = new Set([root]);
  // Whoever was started later may have a lower number: until nothing is added.
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = processes.reduce((sum, { pid, ticks }) => sum + (tree.has(pid) ? ticks : 0), 0);
  return ticks / TICKS_PER_SECOND;
}

/**
 * @param {string} name
 * @returns {{ pid: number, parent: number, ticks: number }[]} nothing where it has just ended
 */
function stat(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
  } catch {
    return [];
  }
}
