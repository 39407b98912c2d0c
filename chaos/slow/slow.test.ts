import { expect, it } from 'vitest';
import { byKind, runSlow } from './run-slow.js';
import { SLOW_KINDS } from './slow-kinds.js';

const ATTACKERS = 300;
const LONGEST_MS = 60_000;

it.concurrent.each(['uws', 'ws'] as const)(
  'lets people into class while hundreds take their time, and sends those away within 15 s, on %s',
  async (transport) => {
    const { faults, attacked, ends } = await runSlow({ seed: 1, attackers: ATTACKERS, transport });
    expect(faults).toEqual([]);
    expect(attacked.length).toBeGreaterThan(10);
    expect(ends).toHaveLength(ATTACKERS);
    expect([...byKind(ends).keys()].sort()).toEqual(SLOW_KINDS.map(({ name }) => name).sort());
    // They were there: nothing of it was over at once.
    expect(Math.max(...ends.map(({ goneMs }) => goneMs ?? 0))).toBeGreaterThan(5_000);
  },
  LONGEST_MS,
);
