import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Places } from '../../src/rooms/places.js';

let capacity: number | null;
let inside: Set<string>;
let waiting: string[];
let freed: number;
let places: Places;
beforeEach(() => {
  vi.useFakeTimers();
  capacity = 2;
  inside = new Set();
  waiting = [];
  freed = 0;
  places = new Places({
    capacity: () => capacity,
    taken: () => inside.size,
    isTaken: (participant) => inside.has(participant),
    queue: () => new Map(waiting.map((participant, at) => [participant, at])),
    onFreed: () => {
      freed += 1;
    },
  });
});
afterEach(() => {
  places.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the places of a room', () => {
  it('are for everyone where there is no end of them', () => {
    capacity = null;
    inside = new Set(['a', 'b', 'c']);
    expect(places.has('d')).toBe(true);
  });

  it('are for who is inside, and for others while there are some', () => {
    inside.add('a');
    expect(places.has('b')).toBe(true);
    inside.add('b');
    expect(places.has('c')).toBe(false);
    expect(places.has('a')).toBe(true);
  });

  it('that free are for whoever has waited the longest, and not for who comes just then', () => {
    inside = new Set(['a', 'b']);
    waiting = ['c', 'd'];
    inside.delete('a');
    expect(['new', 'd', 'c'].map((participant) => places.has(participant))).toEqual([false, false, true]);
    inside.delete('b');
    expect(['new', 'd', 'c'].map((participant) => places.has(participant))).toEqual([false, true, true]);
    capacity = 3;
    expect(places.has('new')).toBe(true);
  });

  it('are kept for whoever was let in, once however often they come, until they join or are gone', () => {
    places.keep('a');
    places.keep('a');
    places.keep('b');
    expect(places.has('c')).toBe(false);
    expect(places.has('a')).toBe(true);
    places.release('b');
    expect(places.has('c')).toBe(true);
    inside.add('a');
    places.release('a');
    expect(places.has('c')).toBe(true);
    places.keep('c');
    expect(places.has('d')).toBe(false);
  });

  it('are kept for a while and no longer', () => {
    places.keep('a');
    places.keep('b');
    vi.advanceTimersByTime(29_999);
    expect([places.has('c'), freed]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect([places.has('c'), freed]).toEqual([true, 2]);
  });
});
