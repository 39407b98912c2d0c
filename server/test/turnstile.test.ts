import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../src/gateway/turnstile.js';

const LONG_MS = 100;

describe('the turnstile', () => {
  it('lets everyone through who costs nothing', () => {
    const turnstile = new Turnstile(() => 0);
    expect(Array.from({ length: 100 }, () => turnstile.pass())).toEqual(Array(100).fill(null));
  });

  it('stops where a turn has taken long enough, and lets the crowd through in its order, so many at each turn', async () => {
    let nowMs = 0;
    const turnstile = new Turnstile(() => nowMs);
    expect(turnstile.pass()).toBeNull();
    nowMs += LONG_MS;
    const through: number[] = [];
    for (let person = 0; person < 100; person += 1) void turnstile.pass()?.then(() => through.push(person));
    const counts: number[] = [];
    for (let turns = 0; turns < 5; turns += 1) {
      counts.push(through.length);
      await turn();
    }
    expect(counts).toEqual([0, 32, 64, 96, 100]);
    expect(through).toEqual([...through].sort((a, b) => a - b));
  });

  it('lets nobody pass those who wait', async () => {
    let nowMs = 0;
    const turnstile = new Turnstile(() => nowMs);
    void turnstile.pass();
    nowMs += LONG_MS;
    const waits = Array.from({ length: 40 }, () => turnstile.pass());
    await waits[0];
    expect(turnstile.pass()).not.toBeNull();
  });

  it('is free again after the turn', async () => {
    let nowMs = 0;
    const turnstile = new Turnstile(() => nowMs);
    void turnstile.pass();
    nowMs += LONG_MS;
    await turnstile.pass();
    await turn();
    expect(turnstile.pass()).toBeNull();
  });
});
