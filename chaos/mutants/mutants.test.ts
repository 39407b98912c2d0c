import { describe, expect, test } from 'vitest';
import type { Anomaly } from '../checker/violation.js';
import type { Verdict } from '../checker/check.js';
import { World } from '../world/world.js';
import { buildMutant } from './build-mutant.js';
import { MUTANTS, SLOW_DISK, type Mutant, type Patch } from './mutants.js';
import * as scenarios from './scenarios.js';

const SEED = 4;
const TEST_TIMEOUT_MS = 60_000;

interface Proof {
  readonly mutant: Mutant;
  readonly scenario: scenarios.Scenario;
  /** What the mutant is found by: one of these. */
  readonly found: readonly Anomaly[];
  /** What the healthy server has as well. */
  readonly both?: readonly Patch[];
}

const PROOFS: readonly Proof[] = [
  { mutant: MUTANTS.ackBeforeCommit, scenario: scenarios.killedAtTheWord, found: ['lost'], both: SLOW_DISK },
  { mutant: MUTANTS.fanOutBeforeCommit, scenario: scenarios.killedAtTheWord, found: ['phantom'], both: SLOW_DISK },
  { mutant: MUTANTS.noDedupe, scenario: scenarios.sentManyTimes, found: ['duplicate'] },
  { mutant: MUTANTS.offByOneResume, scenario: scenarios.cutAndBack, found: ['inexact-resume'] },
  { mutant: MUTANTS.pingsWithoutHeads, scenario: scenarios.lastEventLost, found: ['incomplete'] },
  { mutant: MUTANTS.noAuthorizationOnResume, scenario: scenarios.bannedAndBack, found: ['stale-authority'] },
  { mutant: MUTANTS.droppedFrameIgnored, scenario: scenarios.slowReader, found: ['skipped', 'inexact-resume'] },
];

async function play(name: string, patches: readonly Patch[], scenario: scenarios.Scenario): Promise<Verdict> {
  const build = patches.length === 0 ? null : await buildMutant(name, patches);
  try {
    const world = await World.open({ seed: SEED, ...(build && { program: build.program }) });
    try {
      await scenario(world);
      return await world.verdict();
    } finally {
      await world.close();
    }
  } finally {
    await build?.remove();
  }
}

/** Two mutants may be held against the same run. */
const healthyRuns = new Map<string, Promise<Verdict>>();

function playHealthy(both: readonly Patch[], scenario: scenarios.Scenario): Promise<Verdict> {
  const key = `${scenario.name} ${String(both.length)}`;
  const run = healthyRuns.get(key) ?? play('healthy', both, scenario);
  healthyRuns.set(key, run);
  return run;
}

describe('the harness finds what it is there to find, and nothing on a healthy server', () => {
  test.each(PROOFS)('$mutant.name', { timeout: TEST_TIMEOUT_MS }, async ({ mutant, scenario, found, both = [] }) => {
    const [healthy, mutated] = await Promise.all([
      playHealthy(both, scenario),
      play(mutant.name, [...both, ...mutant.patches], scenario),
    ]);
    expect(healthy.violations).toEqual([]);
    const anomalies = [...new Set(mutated.violations.map(({ anomaly }) => anomaly))];
    expect(anomalies.filter((anomaly) => found.includes(anomaly))).not.toEqual([]);
  });
});

test('a mutant that does not fit the server any more is no mutant', async () => {
  const patch = { file: 'rooms/room.js', find: 'no such text', replace: '' };
  await expect(buildMutant('misfit', [patch])).rejects.toThrow('does not fit any more');
});
