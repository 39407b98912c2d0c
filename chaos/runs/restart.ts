import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../lib/clock.js';
import { percentile } from '../lib/statistics.js';
import { assemble } from './crowd-run.js';
import type { Run } from './types.js';
import { verdictFigures } from './verdict-figures.js';

const DOWN_MS = 1_000;
const MOST = 0.95;
const MOST_BACK_MS = 2_500;
const GIVE_UP_MS = 60_000;

/** A server that dies and is started again. */
export const restart: Run = {
  what: 'a server killed and started again after 1 s; clients with the schedule of the SDK come back',
  defaults: { clients: 500, sends: 0, kills: 1, minutes: 5, count: 3 },
  play: (options) =>
    assemble(options, async ({ world, crowd, teacher, end }) => {
      const shares: number[] = [];
      const lines: string[] = [];
      for (let round = 0; round < options.count; round += 1) {
        await teacher.send('chat.post', { text: `before the restart ${String(round)}` });
        await crowd.ask({ order: 'watch' });
        const killedAt = now();
        await world.server.kill();
        await sleep(DOWN_MS);
        const startedAt = now();
        await world.server.start();
        const readyMs = now() - startedAt;
        const { at } = await crowd.ask({ order: 'back', limitMs: GIVE_UP_MS });
        const backMs = at.map((time) => time - killedAt);
        const inTime = backMs.filter((time) => time <= MOST_BACK_MS).length / options.clients;
        shares.push(inTime);
        lines.push(
          `${(100 * inTime).toFixed(1)} % in time; p50 ${percentile(backMs, 0.5).toFixed(0)}, p95 ${percentile(backMs, MOST).toFixed(0)}, last ${Math.max(...backMs).toFixed(0)} ms; ready after ${readyMs.toFixed(0)} ms`,
        );
        options.say(lines.at(-1) ?? '');
      }
      const verdict = await end();
      return {
        passed: verdict.violations.length === 0 && shares.every((share) => share >= MOST),
        violations: verdict.violations,
        history: world.history,
        figures: [
          ['clients', String(options.clients)],
          ...lines.map(
            (line, index) => [`restart ${String(index + 1)}: back after the kill`, line, '95 % ≤ 2.5 s'] as const,
          ),
          ...verdictFigures(verdict),
        ],
      };
    }),
};
