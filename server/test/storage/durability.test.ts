import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteStore, type RoomKey, type Store } from '../../src/storage/index.js';
import { buildStorage, type BuiltStorage } from './built.js';
import { ALL, head } from './contract.js';

const CHILD = fileURLToPath(new URL('./durability-child.mjs', import.meta.url));
const ROUNDS = 10;
const ACKS_MORE_PER_ROUND = 13;
const EVENTS_PER_BATCH = 3;
const MORE_THAN_THERE_ARE = 1_000_000;
const STAFF = { log: 'staff', owner: '' } as const;
const TIMEOUT_MS = 120_000;

let built: BuiltStorage;
let dataDir: string;
beforeAll(async () => {
  built = await buildStorage();
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-killed-'));
});
afterAll(async () => {
  await built.remove();
  await rm(dataDir, { recursive: true, force: true });
});

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ dataDir });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** @returns the last batch that was acknowledged before the process was killed */
async function commitUntilKilled(key: RoomKey, first: number, acks: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, built.url, dataDir, String(key), String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let last = first - 1;
  for await (const line of createInterface(child.stdout)) {
    last = Math.max(last, Number(line));
    if (last >= first - 1 + acks) child.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
  return last;
}

/** @returns how many batches are there, whole; fails where one is there in part */
async function wholeBatches(store: Store, key: RoomKey): Promise<number> {
  const read = (log: typeof ALL | typeof STAFF) =>
    store.readEvents({ key, ...log, after: 0, limit: MORE_THAN_THERE_ARE });
  const staff = await read(STAFF);
  const batches = staff.length;
  const all = await read(ALL);
  expect(staff.map(({ offset }) => offset)).toEqual(Array.from(staff, (_, i) => i + 1));
  expect(all.map(({ offset }) => offset)).toEqual(Array.from({ length: batches * EVENTS_PER_BATCH }, (_, i) => i + 1));
  const heads = await store.heads(key);
  expect(heads.map(({ position }) => position.offset)).toEqual([all.length, batches]);
  expect(await store.votes(key)).toHaveLength(batches);
  const find = (batch: number) => store.findCommand({ key, actor: 'ann', cmid: `c-${batch}` });
  if (batches > 0) expect(await find(batches)).not.toBeNull();
  expect(await find(batches + 1)).toBeNull();
  return batches;
}

it(
  'has all that was acknowledged, and no part of a batch, after kill -9',
  async () => {
    const key = await withStore(async (store) => {
      const { room } = await store.createRoom({ tenant: 't', id: 'r', kind: 'meeting', createdAt: 1, owners: [] });
      await store.commit({ key: room.key, newLogs: [ALL, STAFF].map(head), steps: [] });
      return room.key;
    });
    let batches = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const acked = await commitUntilKilled(key, batches + 1, round * ACKS_MORE_PER_ROUND);
      batches = await withStore((store) => wholeBatches(store, key));
      expect(batches).toBeGreaterThanOrEqual(acked);
    }
  },
  TIMEOUT_MS,
);
