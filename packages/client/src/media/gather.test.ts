import { expect, test } from 'vitest';
import { GatherGate } from './gather.js';

test('four gather at once, and the next begins when one is done', () => {
  const gate = new GatherGate();
  const begun: number[] = [];
  const leaves = [1, 2, 3, 4, 5, 6].map((number) => gate.enter(() => begun.push(number)));
  expect(begun).toEqual([1, 2, 3, 4]);
  leaves[1]!();
  leaves[1]!();
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  leaves[0]!();
  expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
});

test('whoever stops waiting does not begin', () => {
  const gate = new GatherGate();
  const begun: number[] = [];
  const leaves = [1, 2, 3, 4, 5, 6].map((number) => gate.enter(() => begun.push(number)));
  leaves[4]!();
  for (const leave of leaves.slice(0, 4)) leave();
  expect(begun).toEqual([1, 2, 3, 4, 6]);
});
