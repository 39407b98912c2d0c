import { expect, test } from 'vitest';
import { Random } from './random.js';

const draw = (random: Random): number[] => Array.from({ length: 20 }, () => random.integer(0, 1_000_000));

test('the same seed gives the same chance, another one gives another', () => {
  expect(draw(new Random(7))).toEqual(draw(new Random(7)));
  expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
});

test('a fork has a stream of its own, whatever was drawn before it', () => {
  const used = new Random(7);
  used.next();
  expect(draw(used.fork('kills'))).toEqual(draw(new Random(7).fork('kills')));
  expect(draw(used.fork('kills'))).not.toEqual(draw(new Random(7).fork('talk')));
});

test('every number of a range is drawn, and none outside of it', () => {
  const random = new Random(1);
  const drawn = new Set(Array.from({ length: 1_000 }, () => random.integer(-2, 2)));
  expect([...drawn].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
});
