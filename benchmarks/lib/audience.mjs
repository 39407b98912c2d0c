/** The members of a server, as the load generator plays them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startGenerator } from './load.mjs';

/** After everyone is in, until the server has told everyone so. */
const SETTLE_MS = 1_000;
const CONCURRENCY = 64;
const MAX_ATTEMPTS = 20;

/**
 * @typedef {import('./load.mjs').Generator & { serverPid: number, enter: (count: number) => Promise<void> }} Audience
 *   `enter` brings in the first so many who are not in yet
 */

/**
 * Starts a server, nobody in it.
 *
 * @param {import('./contenders.mjs').Contender} contender
 * @param {import('./contenders.mjs').Wanted} wanted
 * @param {{ messages?: number, addresses?: number }} [options] `messages`: the most that will be sent
 * @returns {Promise<Audience>}
 */
export async function openAudience(contender, wanted, { messages = 20_000, addresses = 1 } = {}) {
  const contestant = await contender.start(wanted);
  const { pid, port, dialect, path, subprotocol, hellos, firstOfRooms } = contestant;
  const words = {
    dialect,
    port,
    hellos,
    messages,
    addresses,
    ...(path && { path }),
    ...(subprotocol && { subprotocol }),
  };
  const generator = startGenerator(words);
  return {
    ...generator,
    serverPid: pid,
    async enter(count) {
      for (const first of firstOfRooms) if (first < count) await generator.command(`open from=${first} count=1`);
      // Who is in may be sent away again, where the server is busy: until nobody had to be brought in.
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const { complete, connects } = await generator.command(
          `open count=${count} concurrency=${CONCURRENCY} retries=1`,
        );
        if (complete === count && connects === 0) return;
        await sleep(SETTLE_MS);
      }
      throw new Error(`Not all of ${count} can be brought in to ${contender.title}.`);
    },
    async close() {
      await generator.close();
      await contestant.close();
    },
  };
}

/**
 * @template T
 * @param {Parameters<typeof openAudience>} wanted
 * @param {(audience: Audience) => Promise<T>} measure
 */
export async function withAudience([contender, wanted, options], measure) {
  const audience = await openAudience(contender, wanted, options);
  try {
    return await measure(audience);
  } finally {
    await audience.close();
  }
}
