import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../src/storage/index.js';
import { buildStorage, type BuiltStorage } from './built.js';
import { ALL, eventOf, head, TEST_MS } from './contract.js';

const RESTART_WAIT = { timeout: 10_000, interval: 50 };
const MORE_THAN_MAY_WAIT = 10_001;

let built: BuiltStorage;
let dataDir: string;
let store: Store | undefined;
const workers: Worker[] = [];
const keep = (worker: Worker) => void workers.push(worker);

beforeAll(async () => {
  built = await buildStorage();
  process.on('worker', keep);
});
afterAll(async () => {
  process.off('worker', keep);
  await built.remove();
});
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-worker-'));
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  workers.length = 0;
  await rm(dataDir, { recursive: true, force: true });
});

async function open(): Promise<Store> {
  store = await built.openSqliteStore({ dataDir });
  return store;
}
/** `once` of node:events fails where there is an error first. */
const exitOf = (worker: Worker): Promise<unknown> => new Promise((resolve) => worker.once('exit', resolve));
const room = { tenant: 'school', id: 'maths', kind: 'meeting', createdAt: 1, owners: [] } as const;

describe('the storage thread', { timeout: TEST_MS }, () => {
  it('is another thread, which ends when the store is closed', async () => {
    const opened = await open();
    expect(workers).toHaveLength(1);
    const ended = once(workers[0]!, 'exit');
    await opened.close();
    expect(await ended).toEqual([0]);
  });

  it('is started again when it died; what waited fails, and what was acknowledged is there', async () => {
    const opened = await open();
    const { key } = (await opened.createRoom(room)).room;
    await opened.commit({ key, newLogs: [head(ALL)], steps: [{ kind: 'event', event: eventOf(ALL, 1) }] });

    const ended = exitOf(workers[0]!);
    // It dies of what it cannot read. To terminate a thread while it is in native code may take the process along.
    workers[0]!.postMessage(null);
    const waiting = Array.from({ length: 50 }, () => opened.check());
    const settled = await Promise.allSettled(waiting);
    expect(settled.at(-1)).toMatchObject({ reason: { name: 'StoreUnavailable', isUnknown: true } });
    await ended;
    await expect(opened.check()).rejects.toMatchObject({ name: 'StoreUnavailable', isUnknown: false });

    await vi.waitFor(() => opened.check(), RESTART_WAIT);
    expect(workers).toHaveLength(2);
    expect(await opened.readEvents({ key, ...ALL, after: 0, limit: 9 })).toEqual([eventOf(ALL, 1)]);
  });

  it('is not started again once the store is closed', async () => {
    const opened = await open();
    const ended = exitOf(workers[0]!);
    workers[0]!.postMessage(null);
    await ended;
    await opened.close();
    await expect(opened.check()).rejects.toMatchObject({ message: 'the store is closed' });
    expect(workers).toHaveLength(1);
  });

  it('says why it cannot start, and is not started again', async () => {
    dataDir = join(dataDir, 'file');
    await writeFile(dataDir, 'no directory');
    await expect(open()).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringMatching(/file cannot be opened: .*EEXIST/) as string,
    });
    expect(workers).toHaveLength(1);
  });

  it('lets no more wait than it may', async () => {
    const opened = await open();
    const asked = await Promise.allSettled(
      Array.from({ length: MORE_THAN_MAY_WAIT }, () => opened.getRoom('school', 'maths')),
    );
    const refused = asked.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { name: 'StoreUnavailable', message: 'the store cannot keep up' } }]);
    expect(await opened.getRoom('school', 'maths')).toBeNull();
  });
});
