import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

const POLL_MS = 100;
/** Time enough for a busy machine; nothing that is tested here is meant to take as long. */
export const PATIENCE_MS = 20_000;

/**
 * Waits for a condition, and fails with what was waited for.
 * @param probe asked again and again; what it throws ends the wait
 */
export async function until(what: string, limitMs: number, probe: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`Within ${limitMs / 1_000} s it was not so that ${what}.`);
    await sleep(POLL_MS);
  }
}

/** An expectation that may take a moment to come true: `await eventually(() => person.messages()).toEqual([…])`. */
export function eventually<T>(read: () => T | Promise<T>, timeout: number = PATIENCE_MS) {
  return expect.poll(read, { timeout, interval: POLL_MS });
}
