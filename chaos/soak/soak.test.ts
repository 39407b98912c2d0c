import { expect, it } from 'vitest';
import { runSoak } from './run-soak.js';

const LONGEST_MS = 90_000;

it(
  'gives back what a few short classes have taken',
  async () => {
    const result = await runSoak({
      seed: 1,
      transport: 'uws',
      lastsMs: 10_000,
      classes: 3,
      students: 6,
      lessonMs: 4_000,
      churnPerSecond: 30,
      settleMs: 0,
      say: () => undefined,
    });
    expect(result.faults).toEqual([]);
    expect(result.tally.lessons).toBeGreaterThan(3);
    expect(result.churned).toBeGreaterThan(100);
  },
  LONGEST_MS,
);
