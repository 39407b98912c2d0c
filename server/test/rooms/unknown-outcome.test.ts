import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantsOf, type Actor, type Command } from '@lms-live/protocol';
import { RoomDirectory } from '../../src/rooms/directory.js';
import type { LiveRoom } from '../../src/rooms/live-room.js';
import { openSqliteStore, StoreUnavailable, type Store, type StoredEvent } from '../../src/storage/index.js';

const ROOM = { tenant: 'school', id: 'algebra' } as const;
const SERVICE: Actor = { participant: null, role: 'service', grants: grantsOf('service'), name: '', picture: null };
const POST: Command = { type: 'chat.post', body: { text: 'hello' }, cmid: 'with-a-lost-answer-1' };

let dataDir: string;
let store: Store;
let directory: RoomDirectory;
let live: LiveRoom;
let ann: Actor;
let seen: StoredEvent[];
/** What becomes of the next commit, whose answer is lost either way. */
let next: 'committed' | 'not committed' | null;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-unknown-'));
  store = await openSqliteStore({ dataDir, inline: true });
  next = null;
  const losing: Store = {
    ...store,
    async commit(batch) {
      const fate = next;
      next = null;
      if (fate !== 'not committed') await store.commit(batch);
      if (fate !== null) throw new StoreUnavailable('the storage thread died', { isUnknown: true, fault: 'lost' });
    },
  };
  directory = await RoomDirectory.open({
    store: losing,
    now: Date.now,
    publish: () => undefined,
    onError: () => undefined,
  });
  ({ live } = await directory.create({ ...ROOM, actor: SERVICE, body: { kind: 'meeting' } }));
  await live.room.submit({ command: { type: 'room.start', body: {}, cmid: 'start-of-the-class-1' }, actor: SERVICE });
  const { participant } = await directory.participant(live.room, 'ann');
  ann = { participant, role: 'student', grants: grantsOf('student'), name: 'Ann', picture: null };
  seen = [];
  live.room.listen({ onEvent: (event) => seen.push(event) });
});
afterEach(async () => {
  await directory.close();
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const posted = (events: readonly StoredEvent[]) => events.filter(({ type }) => type === 'chat.posted');
const stored = () => store.readEvents({ key: live.room.key, log: 'all', owner: '', after: 0, limit: 1_000 });
const slowDown: Command = {
  type: 'room.change',
  body: { policy: { 'chat.mode': 'slow', 'chat.slowSeconds': 60 } },
  cmid: 'one-message-a-minute',
};

describe('a commit whose answer was lost', () => {
  it.each(['committed', 'not committed'] as const)(
    'is neither acknowledged nor given up; sent again, it is there once (it was %s)',
    async (fate) => {
      next = fate;
      const lost = await live.room.submit({ command: POST, actor: ann });
      expect(lost).toMatchObject({ ok: false, code: 'store_unavailable', retryAfterMs: 1_000 });
      expect(posted(seen)).toEqual([]);

      const again = await live.room.submit({ command: POST, actor: ann });
      expect(again).toMatchObject({ ok: true });
      expect(posted(await stored())).toHaveLength(1);
      expect(posted(seen)).toEqual(posted(await stored()));
      expect(again.ok && again.result['id']).toBe(posted(seen)[0]?.ref);
      expect(await live.room.submit({ command: POST, actor: ann })).toEqual(again);
    },
  );

  it('is not refused by what it has itself brought about', async () => {
    await live.room.submit({ command: slowDown, actor: SERVICE });
    next = 'committed';
    await live.room.submit({ command: POST, actor: ann });
    // A second message would have to wait: this is the first.
    expect(await live.room.submit({ command: POST, actor: ann })).toMatchObject({ ok: true });
    const second: Command = { ...POST, cmid: 'a-second-message-001' };
    expect(await live.room.submit({ command: second, actor: ann })).toMatchObject({ ok: false, code: 'slow_mode' });
    expect(posted(await stored())).toHaveLength(1);
  });

  it('is shown to the others as soon as the room goes on, without being sent again', async () => {
    next = 'committed';
    await live.room.submit({ command: POST, actor: ann });
    await live.room.submit({ command: slowDown, actor: SERVICE });
    expect(posted(seen)).toHaveLength(1);
    const offsets = seen.filter(({ log }) => log === 'all').map(({ offset }) => offset);
    expect(offsets).toEqual(Array.from(offsets, (_, i) => offsets[0]! + i));
  });

  it('makes no second log where it was that of a person’s first visit', async () => {
    next = 'committed';
    await expect(directory.participant(live.room, 'bob')).rejects.toMatchObject({ isUnknown: true });
    const { participant } = await directory.participant(live.room, 'bob');
    expect(live.room.head('me', participant).offset).toBe(0);
    expect((await store.heads(live.room.key)).filter(({ owner }) => owner === participant)).toHaveLength(1);
  });
});
