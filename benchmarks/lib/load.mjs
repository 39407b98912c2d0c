/** The load generator, driven a command at a time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compile } from './compile.mjs';

/**
 * @typedef {{ room: number, text: string }} Hello of one connection: the number of its room, and what it says first
 * @typedef {Record<string, any>} Answer of the load generator, as JSON
 * @typedef {{
 *   pid: number,
 *   command: (line: string) => Promise<Answer>,
 *   commandOfMany: (line: string, answers: number) => Promise<Answer[]>,
 *   close: () => Promise<void>,
 * }} Generator `command` settles with the answer; some have more than one
 */

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
 * @throws {Error} when there is no C compiler
 */
export function startGenerator({ hellos, ...options }) {
  const program = compile('generator', 'load');
  const dir = mkdtempSync(join(tmpdir(), 'lms-live-load-'));
  const file = join(dir, 'hellos');
  writeFileSync(file, hellos.map(({ room, text }) => `${room}\t${text}\n`).join(''));
  const words = Object.entries({ ...options, hellos: file }).map(([name, value]) => `${name}=${value}`);
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  // Where it has ended, the next command says so.
  child.stdin.on('error', () => {});
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  /** @type {string[]} */
  const lines = [];
  let wake = () => {};
  let isOver = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  const ended = once(child, 'close').then(() => {
    isOver = true;
    process.removeListener('exit', end);
    rmSync(dir, { recursive: true, force: true });
    wake();
  });
  const commandOfMany = async (/** @type {string} */ line, /** @type {number} */ answers) => {
    child.stdin.write(`${line}\n`);
    while (lines.length < answers) {
      if (isOver) throw new Error(`The load generator has ended over \`${line}\`; what it says stands above.`);
      await new Promise((resolve) => {
        wake = () => resolve(undefined);
      });
    }
    return lines.splice(0, answers).map((text) => JSON.parse(text));
  };
  return {
    pid: child.pid ?? 0,
    commandOfMany,
    command: async (line) => (await commandOfMany(line, 1))[0] ?? {},
    async close() {
      child.stdin.end('quit\n');
      await ended;
    },
  };
}
