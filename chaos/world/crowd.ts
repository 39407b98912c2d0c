/** Many light clients behind a proxy of their own, in a process of their own: what they cost does not slow down who measures. Told what to do by messages. */
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../lib/clock.js';
import { Random } from '../lib/random.js';
import type { Entry } from '../checker/history.js';
import type { CrowdOrder, CrowdReply } from './crowd-orders.js';
import { FaultProxy } from './fault-proxy.js';
import { LightClient } from './light-client.js';
import { isSoWithin } from './until.js';

/** Fewer at a time than a server lets be on their way in. */
const AT_ONCE = 100;
const IN_MS = 120_000;
const LOOK_MS = 5;

const history: Entry[] = [];
const clients: LightClient[] = [];
/** When each of them was back after the last order to watch, milliseconds since 1970. */
const backAt = new Map<LightClient, number>();
/** Who has been welcomed since then. */
const returned = new Set<LightClient>();
let proxy: FaultProxy | null = null;
let isWatched = false;

async function gather({ port, seed, people }: Extract<CrowdOrder, { order: 'gather' }>): Promise<void> {
  const random = new Random(seed);
  proxy = await FaultProxy.open({ targetPort: port });
  const url = `ws://127.0.0.1:${String(proxy.port)}/v1/socket`;
  for (let from = 0; from < people.length; from += AT_ONCE) {
    const some = people.slice(from, from + AT_ONCE).map(({ reader: person, token }) => {
      // What a thousand people are told of a thousand people who come in is not kept: the history begins with what is watched.
      const reader = { ...person, isBorrowed: true };
      const chance = random.fork(reader.reader);
      const client = new LightClient({ reader, token, history, url: () => url, random: chance, checksChain: false });
      client.onFrame = ({ frame }) => {
        if (frame === 'welcome') returned.add(client);
        // Whatever it was that completed it.
        const isPlace = frame === 'event' || frame === 'reset' || frame === 'welcome';
        if (isPlace && returned.has(client) && !backAt.has(client) && client.isSynced) backAt.set(client, now());
      };
      client.start();
      return client;
    });
    clients.push(...some);
    await isSoWithin(IN_MS, () => some.every(({ isSynced }) => isSynced));
  }
}

function watch(): void {
  if (!isWatched) history.length = 0;
  isWatched = true;
  backAt.clear();
  returned.clear();
}

async function back(limitMs: number): Promise<readonly number[]> {
  await isSoWithin(limitMs, () => backAt.size === clients.length);
  return [...backAt.values()];
}

async function obey(order: CrowdOrder): Promise<CrowdReply> {
  switch (order.order) {
    case 'gather':
      await gather(order);
      return { done: 'gather', count: clients.filter(({ isSynced }) => isSynced).length };
    case 'watch':
      watch();
      return { done: 'watch', count: clients.length };
    case 'cut':
      watch();
      proxy?.cutAll({ resets: true });
      return { done: 'cut', count: clients.length };
    case 'back':
      return { done: 'back', at: await back(order.limitMs) };
    case 'leave':
      // Longer than what was said at the very end is on its way.
      await isSoWithin(order.limitMs, () => clients.every(({ isSynced }) => isSynced));
      await sleep(order.quietMs);
      for (const client of clients) if (client.isUp) history.push({ t: now(), kind: 'settled', reader: client.name });
      for (const client of clients) client.stop();
      await sleep(LOOK_MS);
      await proxy?.close();
      return { done: 'leave', history };
  }
}

process.on('message', (order: CrowdOrder) => {
  void obey(order).then((reply) =>
    process.send?.(reply, () => {
      if (reply.done === 'leave') process.exit(0);
    }),
  );
});
// Whoever asked has gone.
process.on('disconnect', () => process.exit(0));
