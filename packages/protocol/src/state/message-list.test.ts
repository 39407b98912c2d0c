import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../testing/runs.js';
import { MessageList } from './message-list.js';

interface Item {
  readonly offset: number;
  readonly id: string | null;
  readonly text: string;
}

const item = (offset: number): Item => ({ offset, id: `m-${String(offset)}`, text: `text ${String(offset)}` });
const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from + 1 }, (_, index) => item(from + index));
const gone = ({ offset }: Item): Item => ({ offset, id: null, text: '' });

describe('MessageList', () => {
  it('keeps what is pushed, in order, over many chunks', () => {
    const list = items(1, 1_000).reduce((all, one) => all.push(one), MessageList.empty<Item>());
    expect(list).toHaveLength(1_000);
    expect([...list]).toEqual(items(1, 1_000));
    expect([list.first, list.last]).toEqual([item(1), item(1_000)]);
    expect(list.get('m-513')).toEqual(item(513));
    expect(list.get('m-0')).toBeUndefined();
  });

  it('is empty at both ends where nothing is in it', () => {
    const none = MessageList.empty<Item>();
    expect([none.length, none.first, none.last, none.tail(5), none.slice(0, 5)]).toEqual([
      0,
      undefined,
      undefined,
      [],
      [],
    ]);
  });

  it('ignores what comes twice or late', () => {
    const list = MessageList.from(items(1, 3));
    expect(list.push(item(3))).toBe(list);
    expect(list.push(item(2))).toBe(list);
  });

  it('sorts what it is made from', () => {
    expect([...MessageList.from([item(3), item(1), item(2)])]).toEqual(items(1, 3));
  });

  it('gives the newest and any stretch between', () => {
    const list = MessageList.from(items(1, 400));
    expect(list.tail(3)).toEqual(items(398, 400));
    expect(list.tail(1_000)).toEqual(items(1, 400));
    expect(list.tail(0)).toEqual([]);
    expect(list.slice(126, 131)).toEqual(items(127, 131));
    expect(list.slice(390, 1_000)).toEqual(items(391, 400));
    expect(list.slice(5, 5)).toEqual([]);
  });

  it('puts older pages before the first, without what is there', () => {
    const list = MessageList.from(items(200, 300)).prepend(items(50, 220));
    expect([...list]).toEqual(items(50, 300));
    expect(list.get('m-60')).toEqual(item(60));
    expect(list.prepend(items(60, 70))).toBe(list);
  });

  it('replaces in place, and forgets the id of a tombstone', () => {
    const list = MessageList.from(items(1, 300));
    const next = list.replace('m-150', gone);
    expect(next.get('m-150')).toBeUndefined();
    expect(next.slice(149, 150)).toEqual([{ offset: 150, id: null, text: '' }]);
    expect(next).toHaveLength(300);
    expect(list.get('m-150')).toEqual(item(150));
    expect(next.replace('m-150', gone)).toBe(next);
  });

  it('keeps the last ones, by whole chunks', () => {
    const list = MessageList.from(items(1, 1_000));
    const kept = list.keepLast(100);
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThan(100 + 128);
    expect([...kept]).toEqual(items(1_000 - kept.length + 1, 1_000));
    expect(kept.get('m-1')).toBeUndefined();
    expect(list.keepLast(5_000)).toBe(list);
  });

  it('does not lose a tombstone or an id on the way through JSON', () => {
    const list = MessageList.from(items(1, 200)).replace('m-7', gone);
    const read = MessageList.from(JSON.parse(JSON.stringify(list)) as Item[]);
    expect(JSON.stringify(read)).toBe(JSON.stringify(list));
    expect(read.get('m-8')).toEqual(item(8));
  });

  it('does what an array does', () => {
    const change = fc.oneof(
      fc.record({ push: fc.nat({ max: 400 }) }),
      fc.record({ remove: fc.nat({ max: 400 }) }),
      fc.record({ prepend: fc.nat({ max: 50 }) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60, size: 'max' }), (changes) => {
        let model = items(100, 120);
        let list = MessageList.from(model);
        for (const one of changes) {
          if ('push' in one) {
            const next = item((model.at(-1) as Item).offset + 1 + one.push);
            model = [...model, next];
            list = list.push(next);
          } else if ('remove' in one) {
            model = model.map((other) => (other.id === `m-${String(one.remove)}` ? gone(other) : other));
            list = list.replace(`m-${String(one.remove)}`, gone);
          } else {
            const older = items(one.prepend, one.prepend + 60);
            model = [...older.filter(({ offset }) => offset < (model[0] as Item).offset), ...model];
            list = list.prepend(older);
          }
        }
        expect([...list]).toEqual(model);
        expect(list).toHaveLength(model.length);
        for (const { id } of model) if (id !== null) expect(list.get(id)?.id).toBe(id);
      }),
      runs(60),
    );
  });
});
