import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS, type Position } from '@lms-live/protocol';
import type { Random } from '../lib/random.js';
import type { LightClient } from '../world/light-client.js';
import { isSoWithin, until } from '../world/until.js';
import { World } from '../world/world.js';
import { endRun } from './end.js';
import type { Run, RunResult } from './types.js';
import { verdictFigures } from './verdict-figures.js';

const ROOM = 'lecture';
const WRITERS = 40;
/** What the class has said before anybody is cut: more than a replay brings. */
const PREFILL = LIMITS.snapshotAfterEvents + 500;
const WRITER_PAUSE_MS = 800;
const READY_MS = 60_000;
const SAY_EVERY_MS = 10_000;

/** Everybody's places in the log of all, as one who was always there has seen them. */
type Places = Position[];

/** Readers lose their connection at any point, also in the middle of a replay, and come back from a moment ago or from long before. */
export const resumes: Run = {
  what: 'resumes with backlogs of 0 to more than 2,000 events, cut at any byte',
  defaults: { clients: 50, sends: 0, kills: 0, minutes: 15, count: 10_000 },
  async play({ seed, clients, count, minutes, say }): Promise<RunResult> {
    const world = await World.open({
      seed,
      faults: (random) =>
        random.chance(0.3) ? { cutAfterBytes: random.integer(300, 120_000), resets: random.chance(0.5) } : {},
    });
    try {
      const writers = await gatherWriters(world);
      const places: Places = [];
      const [steady] = writers;
      if (!steady) throw new Error('Nobody writes.');
      steady.onFrame = (frame) => {
        const place = steady.position('all');
        if (frame.frame === 'event' && frame.log === 'all' && place) places.push(place);
      };
      const talk = { isOver: false };
      const talking = [write(writers, world.random.fork('writers'), talk, () => places.length < PREFILL)];
      await until('enough is said', () => places.length >= PREFILL, READY_MS * 2);
      say(`${String(places.length)} events before the first cut`);

      const resumed = { count: 0 };
      const deadline = performance.now() + minutes * 60_000;
      const isOver = (): boolean => resumed.count >= count || performance.now() > deadline;
      const ticker = setInterval(() => {
        say(`${String(resumed.count)} resumes`);
      }, SAY_EVERY_MS);
      const readers = Array.from({ length: clients }, (_, index) =>
        world.addLight({ sub: `reader-${String(index)}`, role: 'student', room: ROOM }, { joins: false }),
      );
      const startedAt = performance.now();
      await Promise.all(
        readers.map((reader) =>
          comeAndGo({ reader, places, resumed, isOver, random: world.random.fork(`away ${reader.name}`) }),
        ),
      );
      const seconds = (performance.now() - startedAt) / 1_000;
      clearInterval(ticker);
      talk.isOver = true;
      await Promise.all(talking);
      const verdict = await endRun(world);
      const resets = world.history.filter((entry) => entry.kind === 'reset' && entry.why === 'too_far').length;
      return {
        passed: verdict.violations.length === 0 && verdict.exactResumes === verdict.resumes && verdict.resumes >= count,
        violations: verdict.violations,
        history: world.history,
        figures: [
          ['readers · writers', `${String(clients)} · ${String(WRITERS)}`],
          ['seconds · resumes a second', `${seconds.toFixed(0)} · ${(resumed.count / seconds).toFixed(0)}`],
          ['of them with a snapshot, more than 2,000 behind', String(resets)],
          ...verdictFigures(verdict),
        ],
      };
    } finally {
      await world.close();
    }
  },
};

async function gatherWriters(world: World): Promise<readonly LightClient[]> {
  const teacher = world.addLight({ sub: 'teacher', role: 'instructor', room: ROOM }, { isDirect: true });
  await until('the class is open', () => teacher.isSynced);
  const students = Array.from({ length: WRITERS - 1 }, (_, index) =>
    world.addLight({ sub: `writer-${String(index)}`, role: 'student', room: ROOM }, { isDirect: true }),
  );
  await until('the writers are in', () => students.every(({ isSynced }) => isSynced), READY_MS);
  return [teacher, ...students];
}

async function write(
  writers: readonly LightClient[],
  random: Random,
  talk: { readonly isOver: boolean },
  isHurried: () => boolean,
): Promise<void> {
  let said = 0;
  await Promise.all(
    writers.map(async (writer) => {
      while (!talk.isOver) {
        await sleep(isHurried() ? 20 : random.next() * 2 * WRITER_PAUSE_MS);
        if (writer.outbox.size > 4) continue;
        said += 1;
        void writer.send('chat.post', { text: `${String(said)} of the lecture` });
      }
    }),
  );
}

async function comeAndGo({
  reader,
  places,
  resumed,
  isOver,
  random,
}: {
  readonly reader: LightClient;
  readonly places: Places;
  readonly resumed: { count: number };
  readonly isOver: () => boolean;
  readonly random: Random;
}): Promise<void> {
  let wasHere = false;
  reader.onFrame = ({ frame }) => {
    if (frame !== 'welcome') return;
    if (wasHere) resumed.count += 1;
    wasHere = true;
  };
  while (!isOver()) {
    // Half of them are cut before they have everything.
    if (random.chance(0.5)) await isSoWithin(10_000, () => reader.isSynced);
    else await sleep(random.next() * 60);
    await sleep(random.next() * 120);
    reader.cut(false);
    const back = draw(random);
    const place = back === 0 ? undefined : places.at(-back);
    const here = reader.position('all');
    if (place && here && place.offset < here.offset) reader.returnTo({ all: place });
    await sleep(random.next() * 100);
    reader.start();
  }
  await isSoWithin(10_000, () => reader.isSynced);
}

/** How many events back somebody comes: none but those of the moment, a few, more than the memory of a room holds, more than a replay brings. */
function draw(random: Random): number {
  const kind = random.next();
  if (kind < 0.6) return 0;
  if (kind < 0.85) return random.integer(1, 100);
  if (kind < 0.96) return random.integer(100, 900);
  return random.integer(LIMITS.snapshotAfterEvents - 200, PREFILL);
}
