import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../lib/clock.js';
import { percentile } from '../lib/statistics.js';
import { Bystander } from './bystander.js';
import { assemble } from './crowd-run.js';
import type { Run } from './types.js';
import { verdictFigures } from './verdict-figures.js';

const BEFORE_MS = 6_000;
const BACK_WITHIN_MS = 15_000;
const BYSTANDER_P99_MS = 250;
const GIVE_UP_MS = 60_000;

/** Every connection of a large class is cut at once. */
export const storm: Run = {
  what: 'all sockets of one room cut at once, while somebody beside them goes on chatting',
  defaults: { clients: 2_000, sends: 0, kills: 0, minutes: 5, count: 0 },
  play: (options) =>
    assemble(options, async ({ world, crowd, teacher, end }) => {
      const bystander = new Bystander(teacher);
      await sleep(BEFORE_MS);
      const before = bystander.take().echoesMs;
      const cutAt = now();
      await crowd.ask({ order: 'cut' });
      const { at } = await crowd.ask({ order: 'back', limitMs: GIVE_UP_MS });
      // What they cause when they are back is part of it.
      await sleep(Math.max(0, cutAt + BACK_WITHIN_MS - now()));
      const during = bystander.take();
      await bystander.stop();
      const verdict = await end();
      const backMs = at.map((time) => time - cutAt);
      const lastMs = backMs.length < options.clients ? Infinity : Math.max(...backMs);
      const p99Ms = percentile(during.echoesMs, 0.99);
      return {
        passed: verdict.violations.length === 0 && lastMs <= BACK_WITHIN_MS && p99Ms <= BYSTANDER_P99_MS,
        violations: verdict.violations,
        history: world.history,
        figures: [
          ['sockets cut · resumed', `${String(options.clients)} · ${String(backMs.length)}`, 'all'],
          [
            'resumed: half · 95 % · last',
            `${seconds(percentile(backMs, 0.5))} · ${seconds(percentile(backMs, 0.95))} · ${seconds(lastMs)}`,
            'last ≤ 15 s',
          ],
          ['bystander before: p50 · p99', `${ms(percentile(before, 0.5))} · ${ms(percentile(before, 0.99))}`],
          [
            'bystander during: p50 · p99',
            `${ms(percentile(during.echoesMs, 0.5))} · ${ms(p99Ms)}`,
            `p99 ≤ ${String(BYSTANDER_P99_MS)} ms`,
          ],
          ['bystander’s messages in it', String(during.echoesMs.length)],
          ...verdictFigures(verdict),
        ],
      };
    }),
};

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function seconds(value: number): string {
  return `${(value / 1_000).toFixed(1)} s`;
}
