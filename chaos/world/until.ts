import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 20;

/** Waits until something is so. @returns false where it has not become so in time */
export async function isSoWithin(limitMs: number, isSo: () => boolean): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_MS);
  }
  return true;
}

/** Waits until something is so. @throws {Error} named `what` where it has not become so in time */
export async function until(what: string, isSo: () => boolean, limitMs = 20_000): Promise<void> {
  if (!(await isSoWithin(limitMs, isSo))) throw new Error(`Not within ${String(limitMs)} ms: ${what}.`);
}
