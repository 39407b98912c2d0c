/** The load generator, compiled from `load/` by the C compiler of this machine, and driven a command at a time. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../load/', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/benchmarks/', import.meta.url));
const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra'];

/**
 * @typedef {{ room: number, text: string }} Hello of one connection: the number of its room, and what it says first
 * @typedef {{
 *   command: (line: string, answers?: number) => Promise<Record<string, any>[]>,
 *   close: () => Promise<void>,
 * }} Generator `command` settles with the answers, most have one
 */

/**
 * @returns {string} the program, compiled anew where its sources are younger
 * @throws {Error} when there is no C compiler
 */
export function compileGenerator() {
  const program = join(CACHE, 'generator');
  const sources = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  const youngest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if ((statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0) > youngest) return program;
  mkdirSync(CACHE, { recursive: true });
  try {
    execFileSync('cc', [...FLAGS, '-o', program, ...sources.filter((path) => path.endsWith('.c')), '-lm']);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    throw new Error('The load generator is written in C and there is no compiler: apt-get install gcc libc6-dev', {
      cause: error,
    });
  }
  return program;
}

/**
 * @param {{
 *   dialect: 'ours' | 'plain' | 'socketio',
 *   port: number,
 *   hellos: readonly Hello[],
 *   messages?: number,
 *   path?: string,
 *   subprotocol?: string,
 *   addresses?: number,
 * }} options `messages`: the most that are sent in its life; `addresses`: sources 127.0.0.1 and on
 * @returns {Generator}
 */
export function startGenerator({ hellos, ...options }) {
  const dir = mkdtempSync(join(tmpdir(), 'lms-live-load-'));
  const file = join(dir, 'hellos');
  writeFileSync(file, hellos.map(({ room, text }) => `${room}\t${text}\n`).join(''));
  const words = Object.entries({ ...options, hellos: file }).map(([name, value]) => `${name}=${value}`);
  const child = spawn(compileGenerator(), words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  /** @type {string[]} */
  const read = [];
  /** @type {{ resolve: () => void, reject: (error: Error) => void } | null} */
  let waiting = null;
  let isOver = false;
  lines.on('line', (line) => {
    read.push(line);
    waiting?.resolve();
  });
  const ended = once(child, 'close').then(() => {
    isOver = true;
    rmSync(dir, { recursive: true, force: true });
    waiting?.reject(new Error('The load generator has ended; what it says stands above.'));
  });
  return {
    async command(line, answers = 1) {
      if (isOver) throw new Error('The load generator has ended; what it says stands above.');
      child.stdin.write(`${line}\n`);
      while (read.length < answers)
        await new Promise((resolve, reject) => {
          waiting = { resolve: () => resolve(undefined), reject };
        });
      waiting = null;
      return read.splice(0, answers).map((text) => JSON.parse(text));
    },
    async close() {
      child.stdin.end('quit\n');
      await ended;
    },
  };
}
