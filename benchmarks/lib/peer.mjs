/** A peer as a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './live-server.mjs';

/**
 * @typedef {{ port: number, pid: number, close: () => Promise<void> }} Peer
 */

/**
 * @param {string} name of a file in `peers/`
 * @param {{ env?: Readonly<Record<string, string>>, execArgv?: readonly string[] }} [options]
 * @returns {Promise<Peer>} listening
 * @throws {Error} when it ends before
 */
export async function startPeer(name, { env = {}, execArgv = [] } = {}) {
  const port = await freePort();
  const child = fork(fileURLToPath(new URL(`../peers/${name}.mjs`, import.meta.url)), {
    env: { ...process.env, ...env, PEER_PORT: String(port) },
    execArgv: [...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const gone = once(child, 'exit');
  const [word] = await Promise.race([once(child, 'message'), gone]);
  if (word !== 'ready') throw new Error(`The peer ${name} ends before it is up.`);
  return {
    port,
    pid: child.pid ?? 0,
    async close() {
      process.removeListener('exit', end);
      end();
      await gone;
    },
  };
}
