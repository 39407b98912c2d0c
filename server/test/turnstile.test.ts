import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../src/gateway/turnstile.js';

describe('the turnstile', () => {
  it('lets a few through at once', () => {
    const turnstile = new Turnstile(2);
    expect([turnstile.pass(), turnstile.pass()]).toEqual([null, null]);
  });

  it('lets a crowd through in its order, so many at each turn of the event loop', async () => {
    const turnstile = new Turnstile(2);
    const through: number[] = [];
    for (let person = 0; person < 7; person += 1) {
      const wait = turnstile.pass();
      if (wait) void wait.then(() => through.push(person));
      else through.push(person);
    }
    const seen: number[][] = [];
    for (let turns = 0; turns < 4; turns += 1) {
      seen.push([...through]);
      await turn();
    }
    expect(seen).toEqual([
      [0, 1],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5, 6],
    ]);
  });

  it('lets nobody pass those who wait', async () => {
    const turnstile = new Turnstile(1);
    void turnstile.pass();
    const second = turnstile.pass();
    const third = turnstile.pass();
    await second;
    expect(turnstile.pass()).not.toBeNull();
    await third;
  });

  it('is free again after a quiet turn', async () => {
    const turnstile = new Turnstile(1);
    void turnstile.pass();
    await turn();
    expect(turnstile.pass()).toBeNull();
  });
});
