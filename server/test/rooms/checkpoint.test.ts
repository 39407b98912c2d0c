import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantsOf, LIMITS, type Actor } from '@lms-live/protocol';
import { RoomDirectory } from '../../src/rooms/directory.js';
import { writeCheckpoint } from '../../src/rooms/room-rules.js';
import type { Room } from '../../src/rooms/room.js';
import { openSqliteStore, StoreUnavailable, type Store } from '../../src/storage/index.js';
import { openDriver } from '../../src/storage/sqlite/driver.js';

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

async function roomOfALife(
  onError = (error: unknown): void => {
    throw error;
  },
): Promise<Room> {
  const directory = await RoomDirectory.open({
    store,
    now: Date.now,
    publish: () => undefined,
    onError: (error) => {
      // What was killed ticks on here, on a store that is closed.
      if (!(error instanceof StoreUnavailable && error.fault === 'closed')) onError(error);
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

describe('one that is not what was written', () => {
  const SAID = 20;

  it.each([
    ['nonsense', 'rules', '{nonsense'],
    ['empty', 'rules', ''],
    ['with other rules', 'rules', null],
    ['with nonsense for heads', 'heads', '{nonsense'],
    ['with heads of another shape', 'heads', '7'],
  ] as const)('is ignored, told once and written anew: %s', async (_what, column, value) => {
    const room = await roomOfALife();
    await say(room, SAID);
    await room.checkpoint();
    const sound = writeCheckpoint(room.rules);
    await tamper(column, (text) => value ?? text.replace('"chat.enabled":true', '"chat.enabled":false'));

    const errors: unknown[] = [];
    const again = await roomOfALife((error) => errors.push(error));
    expect(writeCheckpoint(again.rules)).toBe(sound);
    expect(again.rules.all.room.policy['chat.enabled']).toBe(true);
    expect(errors).toEqual([expect.objectContaining({ name: 'BrokenCheckpoint', room: 'algebra' })]);
    expect(String(errors[0])).toContain('lms-live audit');

    await say(again, 1);
    await roomOfALife((error) => errors.push(error));
    expect(errors).toHaveLength(1);
  });

  it('is not told of where it is of a version that wrote no digest', async () => {
    const room = await roomOfALife();
    await say(room, SAID);
    await room.checkpoint();
    const sound = writeCheckpoint(room.rules);
    await tamper('rules', (text) => text.slice(text.indexOf('{')));
    expect(writeCheckpoint((await roomOfALife()).rules)).toBe(sound);
  });

  /** Writes into the file, as somebody does who has stopped the server for it. */
  async function tamper(column: 'heads' | 'rules', change: (text: string) => string): Promise<void> {
    await store.close();
    const driver = await openDriver(join(dataDir, 'lms-live.db'));
    const [row] = driver.prepare<{ text: string }>(`select ${column} as text from checkpoints`).all();
    const changed = change(row?.text ?? '');
    expect(changed).not.toBe(row?.text);
    driver.prepare(`update checkpoints set ${column} = ?`).run(changed);
    driver.close();
    store = await openSqliteStore({ dataDir, inline: true });
  }
});
