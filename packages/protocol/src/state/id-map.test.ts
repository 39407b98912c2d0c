import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../testing/runs.js';
import { IdMap } from './id-map.js';

const id = fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', ''), fc.string({ maxLength: 4 }));
const change = fc.oneof(fc.record({ set: id, to: fc.nat() }), fc.record({ remove: id }));

describe('IdMap', () => {
  it('does what a Map does', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80, size: 'max' }), (changes) => {
        const model = new Map<string, number>();
        let map = IdMap.empty<number>();
        for (const one of changes) {
          if ('set' in one) {
            model.set(one.set, one.to);
            map = map.set(one.set, one.to);
          } else {
            model.delete(one.remove);
            map = map.delete(one.remove);
          }
          expect(map.size).toBe(model.size);
        }
        expect(new Map(map.entries())).toEqual(model);
        expect(new Set(map.keys())).toEqual(new Set(model.keys()));
        expect([...map.values()].sort()).toEqual([...model.values()].sort());
        for (const key of ['a', '__proto__', 'nothing']) {
          expect(map.get(key)).toBe(model.get(key));
          expect(map.has(key)).toBe(model.has(key));
        }
      }),
      runs(100),
    );
  });

  it('leaves the old map as it was', () => {
    const one = IdMap.from([['a', 1]]);
    const two = one.set('a', 2).set('b', 3);
    const none = two.delete('a').delete('b');
    expect([one.toJSON(), two.toJSON(), none.toJSON()]).toEqual([
      [['a', 1]],
      [
        ['a', 2],
        ['b', 3],
      ],
      [],
    ]);
  });

  it('is the same map after deleting what is not there', () => {
    const map = IdMap.from([['a', 1]]);
    expect(map.delete('b')).toBe(map);
  });

  it('gives one JSON for one content, in whatever order it came', () => {
    const ids = Array.from({ length: 600 }, (_, index) => `id-${String(index)}`);
    const forth = IdMap.from(ids.map((key) => [key, key] as const));
    const back = ids.reverse().reduce((map, key) => map.set(key, key), IdMap.empty<string>());
    expect(JSON.stringify(back)).toBe(JSON.stringify(forth));
    expect(JSON.stringify(IdMap.from(JSON.parse(JSON.stringify(back)) as [string, string][]))).toBe(
      JSON.stringify(forth),
    );
  });

  it('counts an id that is given twice once, and keeps the last', () => {
    const map = IdMap.from([
      ['a', 1],
      ['a', 2],
    ]);
    expect([map.size, map.get('a')]).toEqual([1, 2]);
  });

  it('shares what did not change with the map before', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => [`id-${String(index)}`, { index }] as const);
    const before = IdMap.from(rows);
    const after = before.set('id-1', { index: -1 });
    const changed = [...after.entries()].filter(([key, value]) => before.get(key) !== value);
    expect(changed.map(([key]) => key)).toEqual(['id-1']);
  });
});
