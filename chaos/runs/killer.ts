import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../lib/random.js';
import { isSoWithin } from '../world/until.js';
import type { World } from '../world/world.js';
import type { Class } from './cast.js';

const MAX_DOWN_MS = 1_000;
const LAST_WORDS = 4_000;
/** A moment that does not come: it is killed all the same. */
const MOMENT_MS = 1_500;

/** Kills the server at a moment by chance, and starts it again after up to a second. */
export async function killOnce(world: World, classes: readonly Class[], random: Random): Promise<void> {
  await drawMoment(classes, random);
  await world.server.kill();
  await sleep(random.next() * MAX_DOWN_MS);
  await startAgain(world);
}

/** @throws {Error} with the last words of the server, where it does not start */
async function startAgain({ server }: World): Promise<void> {
  try {
    await server.start();
  } catch (error) {
    const said = await readFile(server.logFile, 'utf8');
    throw new Error(`The server does not start again:\n${said.slice(-LAST_WORDS)}`, { cause: error });
  }
}

/** At any time; in the moment of an `ack` or of an event; or a few milliseconds after a command has left, when it may be between its commit and its `ack`. */
async function drawMoment(classes: readonly Class[], random: Random): Promise<void> {
  const draw = random.integer(0, 2);
  if (draw === 0) {
    await sleep(random.next() * 400);
    return;
  }
  const { students } = random.pick(classes);
  const client = random.pick(students);
  if (draw === 1) {
    let heard = false;
    const word = random.chance(0.5) ? 'ack' : 'event';
    client.onFrame = ({ frame }) => (heard ||= frame === word);
    await isSoWithin(MOMENT_MS, () => heard);
    client.onFrame = null;
    return;
  }
  void client.send('chat.post', { text: `killed in the middle of this, ${random.id()}` });
  await sleep(random.next() * 12);
}
