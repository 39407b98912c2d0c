import { describe, expect, it } from 'vitest';
import { randomSalt, uuidV7 } from '../../src/rooms/crypto.js';
import { orderedId } from '../../src/rooms/ordered-id.js';

const NOW_MS = Date.UTC(2026, 8, 1, 8);
const MANY = 5_000;

function many(make: () => string): string[] {
  return Array.from({ length: MANY }, make);
}

describe('an ordered id', () => {
  it('sorts by the time it was made at, in the order of bytes', () => {
    const times = [0, 1, 63, 64, NOW_MS - 1, NOW_MS, NOW_MS + 1, NOW_MS + 4_096, 2 ** 42 - 1];
    const ids = times.map(orderedId);
    expect([...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(ids);
  });

  it('looks like any other id, and is not made twice in one millisecond', () => {
    const ids = many(() => orderedId(NOW_MS));
    for (const id of ids) expect(id).toMatch(/^[\w-]{21}$/u);
    expect(new Set(ids).size).toBe(MANY);
    expect(new Set(ids.map((id) => id.slice(-6))).size).toBeGreaterThan(MANY - 2);
  });
});

describe('the id of an event', () => {
  it('is a UUIDv7 with its time', () => {
    const ids = many(() => uuidV7(NOW_MS));
    const time = NOW_MS.toString(16).padStart(12, '0');
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
      expect(id.replaceAll('-', '').slice(0, 12)).toBe(time);
    }
    expect(new Set(ids).size).toBe(MANY);
    expect(new Set(ids.map((id) => id.charAt(19)))).toEqual(new Set('89ab'));
  });
});

describe('a salt', () => {
  it('has 128 bits and is never the same', () => {
    const salts = many(randomSalt);
    for (const salt of salts) expect(salt).toMatch(/^[0-9a-f]{32}$/u);
    expect(new Set(salts).size).toBe(MANY);
    for (let place = 0; place < 32; place += 1) expect(new Set(salts.map((salt) => salt.charAt(place))).size).toBe(16);
  });
});
