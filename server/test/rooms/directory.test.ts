import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantsOf, type Actor } from '@lms-live/protocol';
import { RoomDirectory } from '../../src/rooms/directory.js';
import { openSqliteStore, type RoomRow, type Store } from '../../src/storage/index.js';

const TEACHER: Actor = {
  participant: null,
  role: 'instructor',
  grants: grantsOf('instructor'),
  name: 'Grace',
  picture: null,
};

describe('the directory of rooms', () => {
  let dataDir: string;
  let store: Store;
  let directory: RoomDirectory;
  /** Looks for a room that the store has carried out; each is told only when the test says so. */
  let looks: (() => void)[] | null;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'lms-live-'));
    store = await openSqliteStore({ dataDir, inline: true });
    looks = null;
    const slow: Store = {
      ...store,
      async getRoom(tenant, id): Promise<RoomRow | null> {
        const row = await store.getRoom(tenant, id);
        await new Promise<void>((resolve) => {
          if (looks) looks.push(resolve);
          else resolve();
        });
        return row;
      },
    };
    directory = await RoomDirectory.open({
      store: slow,
      now: Date.now,
      publish: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
  });

  afterEach(async () => {
    await directory.close();
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('makes one room of a name, also where somebody looked right before it was there', async () => {
    looks = [];
    const missed = directory.get('school', 'algebra');
    await settled();
    const made = directory.create({ tenant: 'school', id: 'algebra', actor: TEACHER, body: { kind: 'meeting' } });
    await settled();
    const seen = [directory.get('school', 'algebra')];
    await settled();
    looks[0]?.();
    await settled();
    seen.push(directory.get('school', 'algebra'));
    await settled();
    for (let told = 1; told < looks.length; told += 1) {
      looks[told]?.();
      await settled();
    }
    looks = null;
    const { live } = await made;
    await missed;
    await Promise.all(seen);
    expect(directory.size).toBe(1);
    for (const found of [...(await Promise.all(seen)), await directory.get('school', 'algebra')])
      if (found) expect(found).toBe(live);
    expect(await directory.get('school', 'algebra')).toBe(live);
  });
});

/** Lets the store in this thread and everything behind it go on. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns += 1) await turn();
}
