/** Programs in C, compiled by the C compiler of this machine into the cache. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../.cache/benchmarks/', import.meta.url));
const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra'];

/**
 * @param {string} name of the program
 * @param {string} folder of its sources, below `benchmarks/`
 * @returns {string} the program, compiled anew where a source is younger
 * @throws {Error} when there is no C compiler
 */
export function compile(name, folder) {
  const program = join(CACHE, name);
  const from = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
  const sources = readdirSync(from).filter((file) => /\.[ch]$/u.test(file));
  const youngestMs = Math.max(...sources.map((file) => statSync(join(from, file)).mtimeMs));
  if ((statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0) > youngestMs) return program;
  mkdirSync(CACHE, { recursive: true });
  const units = sources.filter((file) => file.endsWith('.c')).map((file) => join(from, file));
  try {
    execFileSync('cc', [...FLAGS, '-o', program, ...units, '-lm'], { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    throw new Error('The load generator is written in C and there is no compiler: apt-get install gcc libc6-dev', {
      cause: error,
    });
  }
  return program;
}
