import { expect, test } from 'vitest';
import { playStory } from './runs/story.js';

const SEED = 20_261_120;
const TEST_TIMEOUT_MS = 120_000;
const OPTIONS = { seed: SEED, clients: 12, sends: 400, kills: 2, minutes: 1, count: 0, say: () => undefined };

test(
  'a class on a path that fails in every way, with a server that is killed twice, has lost, doubled and reordered nothing',
  {
    timeout: TEST_TIMEOUT_MS,
  },
  async () => {
    const { violations, figures } = await playStory({ ...OPTIONS, isRough: true });
    expect(violations).toEqual([]);
    const of = (name: string): string | undefined => figures.find(([figure]) => figure === name)?.[1];
    expect(Number(of('acknowledged commands'))).toBeGreaterThanOrEqual(OPTIONS.sends);
    expect(of('SIGKILLs of the server')).toBe('2');
    expect(of('refused for good · never answered')).toMatch(/ · 0$/u);
  },
);
