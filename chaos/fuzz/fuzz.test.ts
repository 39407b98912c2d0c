import { expect, it } from 'vitest';
import { Random } from '../lib/random.js';
import { mutatedFrame } from './mutate.js';
import { runFuzz } from './run-fuzz.js';

const LONGEST_MS = 90_000;
const FRAMES = 3_000;

it('draws the same frames from the same seed', () => {
  const draw = (seed: number) =>
    Array.from(
      { length: 200 },
      (
        (random) => () =>
          mutatedFrame(random, 'token')
      )(new Random(seed)),
    );
  expect(Buffer.concat(draw(7)).equals(Buffer.concat(draw(7)))).toBe(true);
  expect(Buffer.concat(draw(7)).equals(Buffer.concat(draw(8)))).toBe(false);
});

it.each(['uws', 'ws'] as const)(
  'leaves a class in peace while thousands of mutated frames come, on %s',
  async (transport) => {
    const result = await runFuzz({
      seed: 1,
      frames: FRAMES,
      handshakes: 30,
      framesPerSecond: 0,
      transport,
      calmMs: 2_000,
      pauseMs: 3_000,
      say: () => undefined,
    });
    // Of a few seconds on a busy machine a p99 says nothing; `npm run fuzz` measures it.
    expect(result.faults.filter((fault) => !fault.startsWith('p99'))).toEqual([]);
    expect(result.attack.frames).toBe(FRAMES);
    expect(result.attack.refusals.get('frame_malformed')).toBeGreaterThan(500);
  },
  LONGEST_MS,
);
