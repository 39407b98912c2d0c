import { setTimeout as sleep } from 'node:timers/promises';
import { World } from '../world/world.js';
import { gather } from './cast.js';
import { endRun } from './end.js';
import { startTalk } from './talk.js';
import type { Figure, Run } from './types.js';
import { verdictFigures } from './verdict-figures.js';

const STOP_WITHIN_MS = 30_000;
const BETWEEN_MS = 5_000;
const PAUSE_MS = 400;

/** The server is replaced while everybody talks. */
export const deploy: Run = {
  what: 'SIGTERM under load: drained, ended with code 0 within 30 s, and a new process on the same data',
  defaults: { clients: 48, sends: 0, kills: 0, minutes: 5, count: 3 },
  async play({ seed, clients, count, say }) {
    const world = await World.open({ seed, env: { LMS_LIVE_DRAIN_S: 'auto' } });
    try {
      const classes = await gather(world, clients);
      const talk = startTalk(classes, world.random.fork('talk'), PAUSE_MS);
      const figures: Figure[] = [];
      let isClean = true;
      for (let round = 1; round <= count; round += 1) {
        await sleep(BETWEEN_MS);
        const { code, ms } = await world.server.stop();
        await world.server.start();
        isClean &&= code === 0 && ms <= STOP_WITHIN_MS;
        figures.push([
          `deployment ${String(round)}: exit code · seconds`,
          `${String(code)} · ${(ms / 1_000).toFixed(1)}`,
          '0 · ≤ 30',
        ]);
        say(figures.at(-1)?.[1] ?? '');
      }
      await sleep(BETWEEN_MS);
      talk.isOver = true;
      await talk.ended;
      const verdict = await endRun(world);
      return {
        passed: isClean && verdict.violations.length === 0 && verdict.open === 0,
        violations: verdict.violations,
        history: world.history,
        figures: [['clients', String(clients)], ...figures, ...verdictFigures(verdict)],
      };
    } finally {
      await world.close();
    }
  },
};
