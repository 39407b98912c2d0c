/** What every bus has to do. A new one calls `describeBus` in a test file of its own and has to pass all of it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus, Hint } from '../../src/bus/index.js';

/** Opens `count` buses that are joined to one another. */
export type JoinBuses = (count: number) => Promise<readonly Bus[]>;

const HINT: Hint = { key: 7, revision: 41 };
const ARRIVES = { timeout: 5_000, interval: 5 };

export function describeBus(name: string, join: JoinBuses): void {
  describe(`bus: ${name}`, () => {
    let buses: readonly Bus[];
    let heard: Hint[][];

    beforeEach(async () => {
      buses = await join(3);
      heard = buses.map(() => []);
      for (const [i, bus] of buses.entries()) bus.subscribe((hint) => heard[i]!.push(hint));
    });
    afterEach(async () => {
      for (const bus of buses) await bus.close();
    });

    /** Everything that was told before has arrived: what is told after it has. */
    const settled = async (from: number, to: number) => {
      const mark = { key: 1_000_000 + from, revision: 1 };
      buses[from]!.publish(mark);
      await vi.waitFor(() => {
        expect(heard[to]).toContainEqual(mark);
      }, ARRIVES);
    };

    it('says that there may be others', () => {
      expect(buses.map(({ isShared }) => isShared)).toEqual([true, true, true]);
    });

    it('tells all others what was said, and not the one who said it', async () => {
      buses[0]!.publish(HINT);
      await vi.waitFor(() => {
        expect(heard).toEqual([[], [HINT], [HINT]]);
      }, ARRIVES);
      await settled(1, 0);
      expect(heard[0]).toEqual([{ key: 1_000_001, revision: 1 }]);
    });

    it('calls nobody in the turn in which something is said', async () => {
      buses[0]!.publish(HINT);
      expect(heard).toEqual([[], [], []]);
      await settled(0, 1);
    });

    it('tells each listener of a node, until it stops', async () => {
      const second: Hint[] = [];
      const stop = buses[1]!.subscribe((hint) => second.push(hint));
      buses[0]!.publish(HINT);
      await settled(0, 1);
      expect(second).toContainEqual(HINT);
      second.length = 0;
      stop();
      stop();
      await settled(2, 1);
      expect(second).toEqual([]);
    });

    it('says and hears nothing once it is closed, and throws at nobody', async () => {
      await buses[1]!.close();
      await buses[1]!.close();
      expect(() => {
        buses[1]!.publish(HINT);
      }).not.toThrow();
      await settled(0, 2);
      expect(heard[1]).toEqual([]);
      expect(heard[2]).not.toContainEqual(HINT);
      await settled(2, 0);
      expect(heard[0]).not.toContainEqual(HINT);
    });
  });
}
