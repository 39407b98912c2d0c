import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { grantsOf, LIMITS, type Actor } from '@lms-live/protocol';
import { RoomDirectory } from '../../src/rooms/directory.js';
import type { Room } from '../../src/rooms/room.js';
import { openSqliteStore, type Store } from '../../src/storage/index.js';

/** Less than what a checkpoint is written after. */
const EACH_LIFE = 600;

let dataDir: string;
let store: Store;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-'));
  store = await openSqliteStore({ dataDir, inline: true });
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

it('is written by a process that never lives for long enough, so that the next one does not read more and more', async () => {
  const written: number[] = [];
  for (let life = 0; life < 5; life += 1) {
    const room = await roomOfALife();
    await say(room, EACH_LIFE);
    const checkpoint = await store.loadCheckpoint(room.key);
    written.push(checkpoint?.heads.find(({ log }) => log === 'all')?.position.offset ?? 0);
    // Killed: nobody closes anything.
  }
  const unread = (await roomOfALife()).head('all').offset - Math.max(...written);
  expect(written.filter((offset) => offset > 0).length).toBeGreaterThanOrEqual(3);
  expect(unread).toBeLessThan(2 * EACH_LIFE);
});

async function roomOfALife(): Promise<Room> {
  const directory = await RoomDirectory.open({
    store,
    now: Date.now,
    publish: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  const service: Actor = { participant: null, role: 'service', grants: grantsOf('service'), name: '', picture: null };
  const { live } = await directory.create({
    tenant: 'school',
    id: 'algebra',
    actor: service,
    body: { kind: 'meeting' },
  });
  await directory.participant(live.room, 'grace');
  return live.room;
}

async function say(room: Room, count: number): Promise<void> {
  const { participant } = await store.participantOf({ key: room.key, sub: 'grace', newId: 'unused' });
  const actor: Actor = {
    participant,
    role: 'instructor',
    grants: grantsOf('instructor'),
    name: 'Grace',
    picture: null,
  };
  const before = room.head('all').offset;
  for (let sent = 0; sent < count; sent += LIMITS.groupCommitCommands) {
    const answers = await Promise.all(
      Array.from({ length: LIMITS.groupCommitCommands }, (_, index) =>
        room.submit({
          command: {
            type: 'chat.post',
            body: { text: 'Hello' },
            cmid: `message-${String(before + sent + index).padStart(12, '0')}`,
          },
          actor,
        }),
      ),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
  }
}
