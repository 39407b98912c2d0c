/** The members of a server, as the load generator plays them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startGenerator } from './load.mjs';

/** After everyone is in, until the server has told everyone so. */
const SETTLE_MS = 1_000;
const DEFAULT_CONCURRENCY = 64;

/**
 * @typedef {{ command: (line: string, answers?: number) => Promise<Record<string, any>[]>, pid: number, close: () => Promise<void> }} Audience
 */

/**
 * Starts a server and brings everybody in.
 *
 * @param {import('./contenders.mjs').Contender} contender
 * @param {import('./contenders.mjs').Wanted} wanted
 * @param {{ messages?: number, concurrency?: number, addresses?: number }} [options] `messages`: the most that will be sent
 * @returns {Promise<Audience>}
 * @throws {Error} when not everybody comes in
 */
export async function openAudience(
  contender,
  wanted,
  { messages = 20_000, concurrency = DEFAULT_CONCURRENCY, addresses = 1 } = {},
) {
  const {
    pid,
    port,
    dialect,
    path,
    subprotocol,
    hellos,
    firstOfRooms,
    close: closeServer,
  } = await contender.start(wanted);
  const generator = startGenerator({
    dialect,
    port,
    hellos,
    messages,
    addresses,
    ...(path && { path }),
    ...(subprotocol && { subprotocol }),
  });
  const close = async () => {
    await generator.close();
    await closeServer();
  };
  try {
    for (const first of firstOfRooms) await generator.command(`open from=${first} count=1`);
    const [opened] = await generator.command(`open concurrency=${concurrency}`);
    if (opened?.['complete'] !== hellos.length)
      throw new Error(`${opened?.['complete']} of ${hellos.length} came in to ${contender.title}.`);
    await sleep(SETTLE_MS);
  } catch (error) {
    await close();
    throw error;
  }
  return { command: generator.command, pid, close };
}
