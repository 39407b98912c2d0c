import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../lib/random.js';
import type { Faults } from '../world/fault-proxy.js';
import { World } from '../world/world.js';
import { gather, type Class } from './cast.js';
import { endRun } from './end.js';
import { killOnce } from './killer.js';
import { moderate } from './moderation.js';
import { startTalk, type Talk } from './talk.js';
import type { Run, RunOptions, RunResult } from './types.js';
import { verdictFigures } from './verdict-figures.js';

const MS_PER_MINUTE = 60_000;
const LOOK_MS = 25;
const SAY_EVERY_MS = 10_000;

export interface StoryOptions extends RunOptions {
  /** A path that fails in every way, and staff who remove, ban and promote. Else the server is killed, and that is all. */
  readonly isRough: boolean;
}

/** Clients talk, the path fails, staff moderate, the server is killed; then everything is held against the store. */
export async function playStory(options: StoryOptions): Promise<RunResult> {
  const { seed, clients, isRough, say } = options;
  const world = await World.open({ seed, ...(isRough && { faults: drawFaults }) });
  try {
    const classes = await gather(world, clients);
    say(`${String(world.light.length + world.sdk.length)} clients in ${String(classes.length)} classes`);
    const startedAt = performance.now();
    const talk = startTalk(classes, world.random.fork('talk'));
    const roughness = isRough
      ? [trouble(world, talk), ...classes.map((one) => moderate(one, world.random.fork(one.room), talk))]
      : [];
    const kills = await killOn({ world, classes, talk, options });
    talk.isOver = true;
    await Promise.all([talk.ended, ...roughness]);
    const seconds = (performance.now() - startedAt) / 1_000;
    const verdict = await endRun(world);
    return {
      passed: verdict.violations.length === 0 && verdict.open === 0 && verdict.exactResumes === verdict.resumes,
      violations: verdict.violations,
      history: world.history,
      figures: [
        ['clients · classes', `${String(clients)} · ${String(classes.length)}`],
        ['SIGKILLs of the server', String(kills)],
        ['seconds of talk', seconds.toFixed(0)],
        ...verdictFigures(verdict),
      ],
    };
  } finally {
    await world.close();
  }
}

/** @returns how often it was killed: spread over the commands that are to be acknowledged */
async function killOn({
  world,
  classes,
  talk,
  options: { sends, kills, minutes, say },
}: {
  readonly world: World;
  readonly classes: readonly Class[];
  readonly talk: Talk;
  readonly options: StoryOptions;
}): Promise<number> {
  const random = world.random.fork('kills');
  const deadline = performance.now() + minutes * MS_PER_MINUTE;
  let killed = 0;
  let saidAt = performance.now();
  while (talk.acknowledged < sends && performance.now() < deadline) {
    if (killed < kills && talk.acknowledged >= ((killed + 0.5) * sends) / kills) {
      await killOnce(world, classes, random);
      killed += 1;
    }
    await sleep(LOOK_MS);
    if (performance.now() - saidAt < SAY_EVERY_MS) continue;
    saidAt = performance.now();
    say(`${String(talk.acknowledged)} acknowledged, ${String(killed)} kills`);
  }
  return killed;
}

/** One connection in three has something. */
function drawFaults(random: Random): Faults {
  const draw = random.next();
  if (draw < 0.12) return { delayMs: random.integer(5, 150) };
  if (draw < 0.25) return { cutAfterBytes: random.integer(200, 60_000), resets: random.chance(0.5) };
  if (draw < 0.3) return { blackHoleAfterMs: random.integer(500, 8_000) };
  return {};
}

async function trouble(world: World, talk: Talk): Promise<void> {
  const random = world.random.fork('trouble');
  while (!talk.isOver) {
    await sleep(random.next() * 800);
    const draw = random.next();
    const index = random.integer(0, 10_000);
    if (draw < 0.7) world.proxy.cutOne(index, { resets: random.chance(0.5) });
    else if (draw < 0.8) world.proxy.swallowOne(index);
    else if (draw < 0.82) world.proxy.cutAll({ resets: random.chance(0.5) });
  }
}

/** Everything at once. */
export const story: Run = {
  what: 'a path that fails in every way, staff who moderate, a server that is killed',
  defaults: { clients: 36, sends: 5_000, kills: 10, minutes: 5, count: 0 },
  play: (options) => playStory({ ...options, isRough: true }),
};

/** The number that the project promises. */
export const kills: Run = {
  what: 'a server that is killed, again and again, while everybody sends; one command in five is transmitted up to five times',
  defaults: { clients: 96, sends: 100_000, kills: 100, minutes: 15, count: 0 },
  play: (options) => playStory({ ...options, isRough: false }),
};
