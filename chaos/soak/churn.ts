import { setTimeout as sleep } from 'node:timers/promises';
import { RawPeer, type Heard } from '../fuzz/raw-peer.js';
import type { Random } from '../lib/random.js';

/** People who come and go at once, so many a second. */
export interface ChurnOptions {
  readonly port: number;
  readonly perSecond: number;
  readonly random: Random;
  readonly token: (nth: number) => string;
  readonly isOver: () => boolean;
}

const TICK_MS = 50;
const SECOND_MS = 1_000;
const PEOPLE = 1_000;
/** Whoever is slower than this waits for the others to be gone. */
const MOST_AT_ONCE = 64;

/** Connects, says hello or not, and goes: properly, by FIN or by RST. @returns how many have come and gone */
export async function churn({
  port,
  perSecond,
  random,
  token,
  isOver,
}: ChurnOptions): Promise<{ connections: number } & Heard> {
  const outcome = { connections: 0, refusals: new Map<string, number>(), closes: new Map<number, number>() };
  const startedMs = performance.now();
  let under = 0;
  const one = async () => {
    const peer = new RawPeer(port, outcome);
    if (await peer.upgraded()) {
      const stays = random.next();
      if (stays > 0.1)
        peer.say({
          frame: 'hello',
          token: token(random.integer(0, PEOPLE - 1)),
          join: stays > 0.8,
          client: { id: random.id() },
        });
      if (stays > 0.3) await peer.hears({ kinds: ['media', 'waiting', 'refused'] });
    }
    peer.end(random.pick(['fin', 'reset']));
  };
  while (!isOver()) {
    const due = ((performance.now() - startedMs) / SECOND_MS) * perSecond;
    while (outcome.connections < due && under < MOST_AT_ONCE) {
      outcome.connections += 1;
      under += 1;
      void one().finally(() => (under -= 1));
    }
    await sleep(TICK_MS);
  }
  while (under > 0) await sleep(TICK_MS);
  return outcome;
}
