import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../lib/random.js';
import type { LightClient } from '../world/light-client.js';
import type { SdkClient } from '../world/sdk-client.js';
import { drawCommand, type Class } from './cast.js';

/** Just below the rate that a person has, so that some are over it at times. */
const MEAN_PAUSE_MS = 210;
/** A person who is cut off does not go on writing for ever. */
const MAX_WAITING = 12;

export interface Talk {
  /** Commands that were acknowledged to light clients and the SDK. */
  acknowledged: number;
  isOver: boolean;
  /** Settles when everybody has stopped. */
  readonly ended: Promise<unknown>;
}

/** Everybody talks until it is over. */
export function startTalk(classes: readonly Class[], random: Random, meanPauseMs = MEAN_PAUSE_MS): Talk {
  const voices = classes.flatMap((one) => [
    ...[one.teacher, one.assistant, ...one.students].map((client) => ({ one, client })),
    ...one.sdk.map((client) => ({ one, client })),
  ]);
  const talk: { -readonly [K in keyof Talk]: Talk[K] } = { acknowledged: 0, isOver: false, ended: Promise.resolve() };
  talk.ended = Promise.all(
    voices.map(async ({ one, client }) => {
      const chance = random.fork(client.name);
      while (!talk.isOver) {
        await sleep(chance.next() * 2 * meanPauseMs);
        if (waiting(client) < MAX_WAITING)
          void sendOne(client, one, chance).then((ok) => (talk.acknowledged += ok ? 1 : 0));
      }
    }),
  );
  return talk;
}

function waiting(client: LightClient | SdkClient): number {
  return 'outbox' in client ? client.outbox.size : client.unanswered;
}

async function sendOne(client: LightClient | SdkClient, one: Class, random: Random): Promise<boolean> {
  const { type, body } = drawCommand(random, one);
  if (!('outbox' in client)) return client.send(type, body);
  const outcome = await client.send(type, body);
  return outcome.ok;
}
