import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '@lms-live/protocol';
import { WorkLoop } from '../../src/rooms/work-loop.js';

const COMMIT_MS = 1;
const TIMER_MS = 1;

/** A loop whose commits take a millisecond; tells which jobs shared a batch, and when each batch began. */
function loopOf({ take = 64 }: { readonly take?: number } = {}) {
  const batches: { readonly atMs: number; readonly jobs: readonly number[] }[] = [];
  const loop = new WorkLoop<number>({
    batch: async () => {
      batches.push({ atMs: performance.now(), jobs: loop.queue.splice(0, take) });
      await new Promise((resolve) => setTimeout(resolve, COMMIT_MS));
    },
    fail: (error) => {
      throw error;
    },
  });
  return { loop, batches };
}

describe('the window of a group commit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('commits a lone job at once, and the next one that comes long after it', async () => {
    const { loop, batches } = loopOf();
    const startMs = performance.now();
    loop.push(1);
    await vi.advanceTimersByTimeAsync(20);
    loop.push(2);
    await vi.advanceTimersByTimeAsync(20);
    expect(batches).toEqual([
      { atMs: startMs, jobs: [1] },
      { atMs: startMs + 20, jobs: [2] },
    ]);
  });

  it('lets jobs that come evenly, one window apart, share a batch', async () => {
    const { loop, batches } = loopOf();
    for (let job = 0; job < 40; job += 1) {
      loop.push(job);
      await vi.advanceTimersByTimeAsync(LIMITS.groupCommitMs);
    }
    await vi.advanceTimersByTimeAsync(20);
    expect(batches.flatMap(({ jobs }) => jobs)).toEqual(Array.from({ length: 40 }, (_, job) => job));
    expect(batches.length).toBeLessThanOrEqual(22);
  });

  it('lets nobody wait longer than the window', async () => {
    const { loop, batches } = loopOf();
    const cameAtMs = new Map<number, number>();
    for (let job = 0; job < 60; job += 1) {
      cameAtMs.set(job, performance.now());
      loop.push(job);
      await vi.advanceTimersByTimeAsync((job * 7) % 11);
    }
    await vi.advanceTimersByTimeAsync(20);
    const waits = batches.flatMap(({ atMs, jobs }) => jobs.map((job) => atMs - (cameAtMs.get(job) ?? 0)));
    expect(waits).toHaveLength(60);
    expect(Math.max(...waits)).toBeLessThanOrEqual(LIMITS.groupCommitMs + TIMER_MS + COMMIT_MS);
  });

  it('closes early when it is full', async () => {
    const { loop, batches } = loopOf();
    const startMs = performance.now();
    loop.push(-1);
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    for (let job = 0; job < LIMITS.groupCommitCommands; job += 1) loop.push(job);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches.map(({ atMs, jobs }) => [atMs - startMs, jobs.length])).toEqual([
      [0, 1],
      [COMMIT_MS, LIMITS.groupCommitCommands],
    ]);
  });

  it('lets what a batch has left follow at once', async () => {
    const { loop, batches } = loopOf({ take: 1 });
    const startMs = performance.now();
    loop.push(1);
    loop.push(2);
    loop.push(3);
    await vi.advanceTimersByTimeAsync(20);
    expect(batches.map(({ atMs }) => atMs - startMs)).toEqual([0, COMMIT_MS, 2 * COMMIT_MS]);
  });

  it('does what is to be done alone without waiting for the window', async () => {
    const { loop, batches } = loopOf();
    loop.push(1);
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    loop.push(2);
    await vi.advanceTimersByTimeAsync(1);
    let done = false;
    void loop.alone(() => {
      done = true;
      return Promise.resolve();
    });
    await vi.advanceTimersByTimeAsync(0);
    expect({ done, batches: batches.length }).toEqual({ done: true, batches: 1 });
    await vi.advanceTimersByTimeAsync(20);
    await loop.drained();
    expect(batches.map(({ jobs }) => jobs)).toEqual([[1], [2]]);
  });
});

it('takes a batch for over when what it published has been written, however long that takes', async () => {
  const batches: number[][] = [];
  const loop = new WorkLoop<number>({
    batch: () => {
      batches.push(loop.queue.splice(0));
      // What is published is written at the end of the turn.
      if (batches.length === 1)
        setImmediate(() => {
          const untilMs = performance.now() + 2 * LIMITS.groupCommitMs;
          while (performance.now() < untilMs);
          loop.push(2);
          setTimeout(() => {
            loop.push(3);
          }, 1);
        });
      return Promise.resolve();
    },
    fail: (error) => {
      throw error;
    },
  });
  loop.push(1);
  await vi.waitFor(() => {
    expect(batches.flat()).toHaveLength(3);
  });
  expect(batches).toEqual([[1], [2, 3]]);
});
