import { expect, it, vi } from 'vitest';
import { BusHub, LocalBus, type Bus } from '../../src/bus/index.js';
import { describeBus } from './contract.js';

describeBus('a hub in one process', async (count) => {
  const hub = new BusHub();
  return Array.from({ length: count }, () => hub.join());
});

it('a process that has its store to itself tells nobody and hears nothing', async () => {
  const bus: Bus = new LocalBus();
  const listener = vi.fn();
  bus.subscribe(listener)();
  bus.publish({ key: 1, revision: 1 });
  await bus.close();
  expect(bus.isShared).toBe(false);
  expect(listener).not.toHaveBeenCalled();
});

it('a hub carries hints as badly as it is told to', () => {
  const waiting: (() => void)[] = [];
  const hub = new BusHub((deliver) => waiting.push(deliver));
  const [one, two] = [hub.join(), hub.join()];
  const heard: number[] = [];
  two.subscribe(({ revision }) => heard.push(revision));
  for (const revision of [1, 2, 3]) one.publish({ key: 1, revision });
  for (const index of [2, 0, 2]) waiting[index]!();
  expect(heard).toEqual([3, 1, 3]);
});
