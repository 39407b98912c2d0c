/** What every store has to do. A new one calls `describeStore` in a test file of its own and has to pass all of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  CommitStep,
  LogHead,
  LogKey,
  RoomKey,
  RoomRow,
  Store,
  StoredCommand,
  StoredEvent,
} from '../../src/storage/index.js';
import { describeRecords } from './records-contract.js';

/** Opens a store of an empty directory, or the one that is in there. */
export type MakeStore = (dataDir: string) => Promise<Store>;

export const ALL: LogKey = { log: 'all', owner: '' };
const STAFF: LogKey = { log: 'staff', owner: '' };
const OF_ANN: LogKey = { log: 'me', owner: 'ann' };

const LONG_LOG_EVENTS = 100_000;
const LONG_LOG_BATCH = 2000;
const PAGE = 5000;
/** A worker for each test takes its time on a busy machine. */
export const TEST_MS = 30_000;
const LONG_TEST_MS = 120_000;
const BIG_TEXT_CHARS = 4_000_000;
const LAST_TIME = 8_640_000_000_000_000;

const ODD_TEXTS = [
  'cut\0here',
  '\0',
  'emoji 👩🏽‍🏫 and flags 🇫🇷',
  `quotes ' " \` and a backslash \\`,
  `'); drop table events; --`,
  'lone \ud800 surrogate',
  'another lone \ud801 surrogate',
  'escape \u001b0000 and \u001b[31m',
  'line\r\nbreaks\u2028and\u2029more',
  'right \u202e to left',
  'e\u0301 is not \u00e9',
  '%_*?[a-z]',
];

export function head(key: LogKey): LogHead {
  return { ...key, position: { epoch: `epoch-${key.log}`, offset: 0, hash: 'h0' } };
}

export function eventOf(key: LogKey, offset: number, more: Partial<StoredEvent> = {}): StoredEvent {
  return {
    ...key,
    offset,
    id: `event-${key.log}-${offset}`,
    at: 1_700_000_000_000 + offset,
    type: 'chat.posted',
    by: 'ann',
    ref: `message-${offset}`,
    salt: `salt-${offset}`,
    digest: `digest-${offset}`,
    hash: `hash-${offset}`,
    body: `{"id":"message-${offset}","text":"hello"}`,
    ...more,
  };
}

export function commandOf(cmid: string, more: Partial<StoredCommand> = {}): StoredCommand {
  return { actor: 'ann', cmid, digest: `digest-${cmid}`, answer: '{"positions":{},"result":{}}', ref: null, ...more };
}

const event = (...args: Parameters<typeof eventOf>): CommitStep => ({ kind: 'event', event: eventOf(...args) });
const command = (...args: Parameters<typeof commandOf>): CommitStep => ({
  kind: 'command',
  command: commandOf(...args),
});
const vote = (question: string, participant: string, value: boolean): CommitStep => ({
  kind: 'vote',
  question,
  participant,
  value,
});

const conflict = (cmid: string) => ({ name: 'CommandConflict', actor: 'ann', cmid });

export function describeStore(name: string, makeStore: MakeStore): void {
  describe(`store: ${name}`, { timeout: TEST_MS }, () => {
    let dataDir: string;
    let store: Store;

    beforeEach(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'lms-live-store-'));
      store = await makeStore(dataDir);
    });
    afterEach(async () => {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    });

    const makeRoom = async (id = 'room', more: { tenant?: string; kind?: RoomRow['kind'] } = {}): Promise<RoomRow> => {
      const { room } = await store.createRoom({
        tenant: 'school',
        id,
        kind: 'meeting',
        createdAt: 1000,
        owners: [],
        ...more,
      });
      return room;
    };
    const commit = (key: RoomKey, steps: readonly CommitStep[], newLogs: readonly LogHead[] = []) =>
      store.commit({ key, newLogs, steps });
    const makeRoomWithLogs = async (id?: string): Promise<RoomKey> => {
      const { key } = await makeRoom(id);
      await commit(key, [], [ALL, STAFF, OF_ANN].map(head));
      return key;
    };
    const read = (key: RoomKey, log: LogKey) => store.readEvents({ key, ...log, after: 0, limit: PAGE });
    const offsets = async (key: RoomKey) => (await store.heads(key)).map(({ position }) => position.offset);

    describe('rooms', () => {
      it('makes a room that is scheduled, with nothing else known', async () => {
        const made = await store.createRoom({
          tenant: 'school',
          id: 'maths',
          kind: 'livestream',
          createdAt: 1234,
          owners: ['sub-1', 'sub-2'],
        });
        expect(made).toEqual({
          created: true,
          room: {
            key: expect.any(Number) as number,
            tenant: 'school',
            id: 'maths',
            kind: 'livestream',
            state: 'scheduled',
            visibility: 'enrolled',
            title: '',
            startsAt: null,
            endsAt: null,
            createdAt: 1234,
            liveSince: null,
            dueAt: null,
            listed: true,
            externalRef: null,
            passwordHash: null,
            expected: null,
            owners: ['sub-1', 'sub-2'],
          },
        });
        expect(await store.heads(made.room.key)).toEqual([]);
      });

      it('gives the room that is there instead of a second one', async () => {
        const room = await makeRoom('maths');
        const again = { tenant: 'school', id: 'maths', kind: 'livestream', createdAt: 9, owners: ['other'] } as const;
        expect(await store.createRoom(again)).toEqual({ created: false, room });
      });

      it('makes one room where many ask for it at once', async () => {
        const ask = { tenant: 'school', id: 'maths', kind: 'meeting', createdAt: 1, owners: [] } as const;
        const made = await Promise.all(Array.from({ length: 20 }, () => store.createRoom(ask)));
        expect(made.filter(({ created }) => created)).toHaveLength(1);
        expect(new Set(made.map(({ room }) => room.key)).size).toBe(1);
      });

      it('finds a room by tenant and id, and by key', async () => {
        const room = await makeRoom('maths');
        const elsewhere = await makeRoom('maths', { tenant: 'other' });
        expect(elsewhere.key).not.toBe(room.key);
        expect(await store.getRoom('school', 'maths')).toEqual(room);
        expect(await store.getRoom('other', 'maths')).toEqual(elsewhere);
        expect(await store.getRoomByKey(room.key)).toEqual(room);
        expect(await store.getRoom('school', 'MATHS')).toBeNull();
        expect(await store.getRoomByKey(999)).toBeNull();
      });

      it('changes the named columns and no other', async () => {
        const room = await makeRoom();
        const first = { title: 'Maths', state: 'live', startsAt: 5, dueAt: LAST_TIME, listed: false } as const;
        await commit(room.key, [{ kind: 'room', patch: first }]);
        expect(await store.getRoomByKey(room.key)).toEqual({ ...room, ...first });
        const second = {
          dueAt: null,
          liveSince: 7,
          endsAt: 8,
          kind: 'livestream',
          visibility: 'public',
        } as const;
        await commit(room.key, [
          { kind: 'room', patch: second },
          { kind: 'room', patch: {} },
        ]);
        expect(await store.getRoomByKey(room.key)).toEqual({ ...room, ...first, ...second });
      });

      it('lists the rooms of one tenant by id, page by page', async () => {
        for (const id of ['b', 'a', 'B', 'd', 'c']) await makeRoom(id);
        await makeRoom('aa', { tenant: 'other' });
        const ids = async (query: Omit<Parameters<Store['listRooms']>[0], 'tenant'>) =>
          (await store.listRooms({ tenant: 'school', ...query })).map(({ id }) => id);
        expect(await ids({ limit: 2 })).toEqual(['B', 'a']);
        expect(await ids({ limit: 2, after: 'a' })).toEqual(['b', 'c']);
        expect(await ids({ limit: 2, after: 'c' })).toEqual(['d']);
        expect(await ids({ limit: 2, after: 'd' })).toEqual([]);
        expect(await store.listRooms({ tenant: 'nobody', limit: 2 })).toEqual([]);
      });

      it('lists rooms of some states and of one kind', async () => {
        const live = await makeRoom('live');
        await commit(live.key, [{ kind: 'room', patch: { state: 'live' } }]);
        const ended = await makeRoom('ended', { kind: 'livestream' });
        await commit(ended.key, [{ kind: 'room', patch: { state: 'ended' } }]);
        await makeRoom('scheduled');
        const ids = async (query: object) =>
          (await store.listRooms({ tenant: 'school', limit: 9, ...query })).map(({ id }) => id);
        expect(await ids({ states: ['live', 'ended'] })).toEqual(['ended', 'live']);
        expect(await ids({ states: [] })).toEqual([]);
        expect(await ids({ kind: 'meeting' })).toEqual(['live', 'scheduled']);
        expect(await ids({ kind: 'livestream', states: ['live'] })).toEqual([]);
      });

      it('tells which rooms are due, the longest due first', async () => {
        for (const [id, dueAt] of [
          ['later', 200],
          ['now', 100],
          ['never', null],
          ['before', 50],
        ] as const) {
          await commit((await makeRoom(id)).key, [{ kind: 'room', patch: { dueAt } }]);
        }
        expect((await store.dueRooms(100)).map(({ id }) => id)).toEqual(['before', 'now']);
        expect(await store.dueRooms(49)).toEqual([]);
      });

      it('deletes a room with everything of it, and nothing of another', async () => {
        const [gone, kept] = [await makeRoomWithLogs('gone'), await makeRoomWithLogs('kept')];
        for (const key of [gone, kept]) {
          await store.participantOf({ key, sub: 'sub', newId: 'ann' });
          await commit(key, [
            event(ALL, 1),
            event(OF_ANN, 1),
            command('c1'),
            vote('q', 'ann', true),
            { kind: 'ban', subHash: 'hash', banned: true, until: null },
            { kind: 'lease', participant: 'ann', seenAt: 1 },
          ]);
          await store.saveCheckpoint(key, { heads: await store.heads(key), rules: '{}' });
        }
        expect(await store.deleteRoom(gone)).toBe(true);
        expect(await store.deleteRoom(gone)).toBe(false);

        const everythingOf = async (key: RoomKey) => ({
          room: await store.getRoomByKey(key),
          heads: await store.heads(key),
          events: await read(key, ALL),
          mine: await read(key, OF_ANN),
          about: await store.readAbout({ key, refs: ['message-1'], types: ['chat.posted'] }),
          people: await store.participants(key),
          command: await store.findCommand({ key, actor: 'ann', cmid: 'c1' }),
          votes: await store.votes(key),
          banned: await store.isBanned({ key, subHash: 'hash', now: 1 }),
          checkpoint: await store.loadCheckpoint(key),
          leases: (await store.openLeases()).filter((lease) => lease.key === key),
        });
        const nothing = {
          ...{ room: null, heads: [], events: [], mine: [], about: [], people: [] },
          ...{ command: null, votes: [], banned: false, checkpoint: null, leases: [] },
        };
        expect(await everythingOf(gone)).toEqual(nothing);
        for (const [what, value] of Object.entries(await everythingOf(kept))) {
          expect(value, what).not.toEqual(nothing[what as keyof typeof nothing]);
        }
      });

      it('gives the key of a deleted room to no other, and refuses to write with it', async () => {
        const { key } = await makeRoom('maths');
        await store.deleteRoom(key);
        const again = await makeRoom('maths');
        expect(again.key).not.toBe(key);
        const gone = { name: 'NoSuchRoom', key };
        await expect(commit(key, [])).rejects.toMatchObject(gone);
        await expect(commit(key, [], [head(ALL)])).rejects.toMatchObject(gone);
        await expect(store.participantOf({ key, sub: 's', newId: 'p' })).rejects.toMatchObject(gone);
        await expect(store.saveCheckpoint(key, { heads: [], rules: '{}' })).rejects.toMatchObject(gone);
      });
    });

    describe('participants', () => {
      it('makes a participant once for each person and room', async () => {
        const [one, two] = [await makeRoom('one'), await makeRoom('two')];
        const ask = (key: RoomKey, sub: string, newId: string) => store.participantOf({ key, sub, newId });
        expect(await ask(one.key, 'sub-1', 'ann')).toEqual({ participant: 'ann', sub: 'sub-1' });
        expect(await ask(one.key, 'sub-1', 'other')).toEqual({ participant: 'ann', sub: 'sub-1' });
        expect(await ask(two.key, 'sub-1', 'ann-2')).toEqual({ participant: 'ann-2', sub: 'sub-1' });
        expect(await ask(one.key, 'sub-2', 'bob')).toEqual({ participant: 'bob', sub: 'sub-2' });
        expect(await store.participants(one.key)).toEqual([
          { participant: 'ann', sub: 'sub-1' },
          { participant: 'bob', sub: 'sub-2' },
        ]);
      });

      it('forgets who a participant is, so that the same person comes back as another', async () => {
        const { key } = await makeRoom();
        await store.participantOf({ key, sub: 'sub-1', newId: 'ann' });
        await store.participantOf({ key, sub: 'sub-2', newId: 'bob' });
        await commit(key, [
          { kind: 'forget', participant: 'ann' },
          { kind: 'forget', participant: 'bob' },
          { kind: 'forget', participant: 'nobody' },
        ]);
        expect(await store.participantOf({ key, sub: 'sub-1', newId: 'new' })).toEqual({
          participant: 'new',
          sub: 'sub-1',
        });
        expect(await store.participants(key)).toEqual([
          { participant: 'ann', sub: null },
          { participant: 'bob', sub: null },
          { participant: 'new', sub: 'sub-1' },
        ]);
      });
    });

    describe('logs', () => {
      it('has a head for each log, which its last event moves', async () => {
        const key = await makeRoomWithLogs();
        expect(await store.heads(key)).toEqual([ALL, OF_ANN, STAFF].map(head));
        await commit(key, [event(ALL, 1), event(STAFF, 1), event(ALL, 2)]);
        expect(await store.heads(key)).toEqual([
          { ...ALL, position: { epoch: 'epoch-all', offset: 2, hash: 'hash-2' } },
          head(OF_ANN),
          { ...STAFF, position: { epoch: 'epoch-staff', offset: 1, hash: 'hash-1' } },
        ]);
      });

      it('starts a log and writes into it in one batch', async () => {
        const { key } = await makeRoom();
        await commit(key, [event(OF_ANN, 1)], [head(OF_ANN)]);
        expect(await store.heads(key)).toEqual([
          { ...OF_ANN, position: { epoch: 'epoch-me', offset: 1, hash: 'hash-1' } },
        ]);
      });

      it('gives back every field of an event as it was stored', async () => {
        const key = await makeRoomWithLogs();
        const empty = { by: null, ref: null, salt: null, body: null, type: 'person.barred', at: 0 } as const;
        await commit(key, [event(ALL, 1), event(ALL, 2, empty)]);
        expect(await read(key, ALL)).toEqual([eventOf(ALL, 1), eventOf(ALL, 2, empty)]);
      });

      it('keeps logs, owners and rooms apart', async () => {
        const [key, other] = [await makeRoomWithLogs('one'), await makeRoomWithLogs('two')];
        const ofBob: LogKey = { log: 'me', owner: 'bob' };
        await commit(key, [event(ALL, 1), event(STAFF, 1), event(OF_ANN, 1), event(ofBob, 1)], [head(ofBob)]);
        for (const log of [ALL, STAFF, OF_ANN, ofBob]) expect(await read(key, log)).toEqual([eventOf(log, 1)]);
        expect(await read(other, ALL)).toEqual([]);
        expect(await read(key, { log: 'me', owner: 'nobody' })).toEqual([]);
      });

      it('reads after an offset, at most as many as wanted', async () => {
        const key = await makeRoomWithLogs();
        await commit(
          key,
          Array.from({ length: 12 }, (_, i) => event(ALL, i + 1)),
        );
        const page = async (after: number, limit: number) =>
          (await store.readEvents({ key, ...ALL, after, limit })).map(({ offset }) => offset);
        expect(await page(0, 3)).toEqual([1, 2, 3]);
        expect(await page(9, 10)).toEqual([10, 11, 12]);
        expect(await page(12, 10)).toEqual([]);
        expect(await page(0, 0)).toEqual([]);
      });

      it('reads the event at an offset', async () => {
        const key = await makeRoomWithLogs();
        await commit(key, [event(ALL, 1), event(ALL, 2)]);
        expect(await store.readEvent({ key, ...ALL, offset: 2 })).toEqual(eventOf(ALL, 2));
        expect(await store.readEvent({ key, ...ALL, offset: 3 })).toBeNull();
      });

      it('reads what is about some ids, of some types, from all logs', async () => {
        const key = await makeRoomWithLogs();
        const other = await makeRoomWithLogs('other');
        const about = (log: LogKey, offset: number, ref: string, type: StoredEvent['type']) =>
          event(log, offset, { ref, type });
        await commit(key, [
          about(ALL, 1, 'm1', 'chat.posted'),
          about(STAFF, 1, 'm1', 'chat.edited'),
          about(OF_ANN, 1, 'm2', 'chat.posted'),
          about(ALL, 2, 'm1', 'chat.deleted'),
          about(ALL, 3, 'm3', 'chat.posted'),
        ]);
        await commit(other, [about(ALL, 1, 'm1', 'chat.posted')]);
        const found = await store.readAbout({
          key,
          refs: ['m1', 'm2', 'nothing'],
          types: ['chat.posted', 'chat.edited'],
        });
        expect(found.map(({ log, offset, ref }) => [log, offset, ref])).toEqual([
          ['all', 1, 'm1'],
          ['me', 1, 'm2'],
          ['staff', 1, 'm1'],
        ]);
        expect(await store.readAbout({ key, refs: [], types: ['chat.posted'] })).toEqual([]);
        expect(await store.readAbout({ key, refs: ['m1'], types: [] })).toEqual([]);
      });

      it('reads the events of some types between two offsets', async () => {
        const key = await makeRoomWithLogs();
        const types = ['chat.posted', 'chat.edited', 'chat.posted', 'chat.deleted', 'chat.posted'] as const;
        await commit(key, [
          ...types.map((type, index) => event(ALL, index + 1, { type })),
          event(STAFF, 1, { type: 'chat.posted' }),
        ]);
        const offsets = async (after: number, upTo: number, wanted: readonly StoredEvent['type'][]) =>
          (await store.readOfTypes({ key, ...ALL, after, upTo, types: wanted })).map(({ offset }) => offset);
        expect(await offsets(0, 9, ['chat.posted', 'chat.deleted'])).toEqual([1, 3, 4, 5]);
        expect(await offsets(1, 4, ['chat.posted', 'chat.deleted'])).toEqual([3, 4]);
        expect(await offsets(0, 9, [])).toEqual([]);
        expect(await offsets(5, 9, ['chat.posted'])).toEqual([]);
      });

      it('reads the newest of one type before an offset, oldest first', async () => {
        const key = await makeRoomWithLogs();
        const types = ['chat.posted', 'hand.raised'] as const;
        await commit(
          key,
          Array.from({ length: 10 }, (_, i) => event(ALL, i + 1, { type: types[i % 2]! })),
        );
        const page = async (before: number, limit: number) =>
          (await store.readPage({ key, ...ALL, type: 'chat.posted', before, limit })).map(({ offset }) => offset);
        expect(await page(11, 2)).toEqual([7, 9]);
        expect(await page(7, 2)).toEqual([3, 5]);
        expect(await page(3, 2)).toEqual([1]);
        expect(await page(1, 2)).toEqual([]);
      });

      it(
        'pages through 100,000 events',
        async () => {
          const key = await makeRoomWithLogs();
          for (let first = 1; first <= LONG_LOG_EVENTS; first += LONG_LOG_BATCH) {
            await commit(
              key,
              Array.from({ length: LONG_LOG_BATCH }, (_, i) => event(ALL, first + i)),
            );
          }
          let after = 0;
          while (true) {
            const page = await store.readEvents({ key, ...ALL, after, limit: PAGE });
            if (page.length === 0) break;
            page.forEach(({ offset }, i) => {
              if (offset !== after + 1 + i) expect.unreachable(`offset ${offset} after ${after + i}`);
            });
            after += page.length;
          }
          expect(after).toBe(LONG_LOG_EVENTS);
          const last = { key, ...ALL, type: 'chat.posted', before: LONG_LOG_EVENTS, limit: 1 } as const;
          expect(await store.readPage(last)).toEqual([eventOf(ALL, LONG_LOG_EVENTS - 1)]);
        },
        LONG_TEST_MS,
      );
    });

    describe('commit', () => {
      it('writes all steps or none', async () => {
        const key = await makeRoomWithLogs();
        await commit(key, [event(ALL, 1), vote('q', 'bob', true)]);
        await store.participantOf({ key, sub: 'sub', newId: 'ann' });
        const before = await store.getRoomByKey(key);
        const bad = [
          event(ALL, 2),
          command('c1'),
          vote('q', 'ann', true),
          vote('q', 'bob', false),
          { kind: 'wipe', refs: ['message-1'], types: ['chat.posted'] },
          { kind: 'forget', participant: 'ann' },
          { kind: 'ban', subHash: 'hash', banned: true, until: null },
          { kind: 'room', patch: { title: 'changed' } },
          { kind: 'lease', participant: 'ann', seenAt: 1 },
          event(ALL, 1, { id: 'in the same place' }),
        ] as const;
        await expect(commit(key, bad, [head({ log: 'me', owner: 'new' })])).rejects.toThrow();

        expect(await read(key, ALL)).toEqual([eventOf(ALL, 1)]);
        expect(await offsets(key)).toEqual([1, 0, 0]);
        expect(await store.findCommand({ key, actor: 'ann', cmid: 'c1' })).toBeNull();
        expect(await store.votes(key)).toEqual([{ question: 'q', participant: 'bob' }]);
        expect(await store.participants(key)).toEqual([{ participant: 'ann', sub: 'sub' }]);
        expect(await store.isBanned({ key, subHash: 'hash', now: 1 })).toBe(false);
        expect(await store.getRoomByKey(key)).toEqual(before);
        expect(await store.openLeases()).toEqual([]);
      });

      it('refuses an event for a log that was not started, and a log that was', async () => {
        const key = await makeRoomWithLogs();
        await expect(commit(key, [event({ log: 'me', owner: 'bob' }, 1)])).rejects.toThrow();
        await expect(commit(key, [], [head(ALL)])).rejects.toThrow();
        expect(await offsets(key)).toEqual([0, 0, 0]);
      });

      it('leaves nothing behind where a command was answered before, and says which', async () => {
        const key = await makeRoomWithLogs();
        await commit(key, [event(ALL, 1), command('c1')]);
        const again = [event(ALL, 2), command('c2'), event(ALL, 3), command('c1', { digest: 'another' })];
        await expect(commit(key, again)).rejects.toMatchObject(conflict('c1'));
        expect(await offsets(key)).toEqual([1, 0, 0]);
        expect(await store.findCommand({ key, actor: 'ann', cmid: 'c2' })).toBeNull();
        expect(await store.findCommand({ key, actor: 'ann', cmid: 'c1' })).toEqual(commandOf('c1'));
      });

      it('notices a command that comes twice in one batch', async () => {
        const key = await makeRoomWithLogs();
        await expect(commit(key, [command('c1'), command('c1')])).rejects.toMatchObject(conflict('c1'));
        expect(await store.findCommand({ key, actor: 'ann', cmid: 'c1' })).toBeNull();
      });

      it('takes nothing that was decided on an earlier revision of the room, and says where it stands', async () => {
        const key = await makeRoomWithLogs();
        const { revision } = await store.movedSince({ key, revision: -1 });
        await store.commit({ key, basis: revision, newLogs: [], steps: [event(ALL, 1), command('c1')] });
        const late = { key, basis: revision, newLogs: [head({ log: 'me', owner: 'new' })], steps: [event(STAFF, 1)] };
        await expect(store.commit(late)).rejects.toMatchObject({ name: 'RoomMoved', key, revision: revision + 1 });
        expect(await offsets(key)).toEqual([1, 0, 0]);
        await store.commit({ ...late, basis: revision + 1 });
        expect(await store.revisions([key])).toEqual([{ key, revision: revision + 2 }]);
      });

      it('says that the room has moved before it says that a command was answered', async () => {
        const key = await makeRoomWithLogs();
        const { revision } = await store.movedSince({ key, revision: -1 });
        await commit(key, [command('c1')]);
        const again = { key, basis: revision, newLogs: [], steps: [command('c1')] };
        await expect(store.commit(again)).rejects.toMatchObject({ name: 'RoomMoved' });
        await expect(store.commit({ ...again, basis: revision + 1 })).rejects.toMatchObject(conflict('c1'));
        expect(await store.revisions([key])).toEqual([{ key, revision: revision + 1 }]);
      });

      it('lets one of many through that were decided on the same revision at once', async () => {
        const key = await makeRoomWithLogs();
        const { revision } = await store.movedSince({ key, revision: -1 });
        const asked = Array.from({ length: 20 }, (_, i) =>
          store.commit({ key, basis: revision, newLogs: [], steps: [event(ALL, 1), command(`c${i}`)] }),
        );
        const settled = await Promise.allSettled(asked);
        expect(settled.map(({ status }) => status)).toEqual(['fulfilled', ...Array<string>(19).fill('rejected')]);
        expect(settled.at(-1)).toMatchObject({ reason: { name: 'RoomMoved' } });
        expect(await offsets(key)).toEqual([1, 0, 0]);
      });

      it('tells which logs have moved, or are new, since a revision', async () => {
        const key = await makeRoomWithLogs();
        const before = await store.movedSince({ key, revision: -1 });
        expect(before.heads).toEqual(await store.heads(key));
        expect(await store.movedSince({ key, revision: before.revision })).toEqual({ ...before, heads: [] });

        await commit(key, [event(ALL, 1), event(ALL, 2)]);
        await commit(key, [event(STAFF, 1)], [head({ log: 'me', owner: 'new' })]);
        await commit(key, [command('c1')]);
        const { revision, heads } = await store.movedSince({ key, revision: before.revision });
        expect(revision).toBe(before.revision + 3);
        expect(heads.map(({ log, owner, position }) => [log, owner, position.offset])).toEqual([
          ['all', '', 2],
          ['me', 'new', 0],
          ['staff', '', 1],
        ]);
        expect((await store.movedSince({ key, revision: revision - 2 })).heads).toHaveLength(2);
        await expect(store.movedSince({ key: key + 1, revision: 0 })).rejects.toMatchObject({ name: 'NoSuchRoom' });
      });

      it('tells the revisions of many rooms, and leaves out those that are gone', async () => {
        const keys = [await makeRoomWithLogs('one'), await makeRoomWithLogs('two'), await makeRoomWithLogs('three')];
        await commit(keys[1]!, []);
        await store.deleteRoom(keys[2]!);
        expect(await store.revisions([...keys, 999])).toEqual([
          { key: keys[0], revision: 1 },
          { key: keys[1], revision: 2 },
        ]);
        expect(await store.revisions([])).toEqual([]);
      });

      it('takes the same command id from another actor and in another room', async () => {
        const [key, other] = [await makeRoomWithLogs('one'), await makeRoomWithLogs('two')];
        await commit(key, [command('c1'), command('c1', { actor: 'service', answer: '{"result":{"id":"x"}}' })]);
        await commit(other, [command('c1')]);
        const find = (actor: string) => store.findCommand({ key, actor, cmid: 'c1' });
        expect(await find('service')).toMatchObject({ actor: 'service', answer: '{"result":{"id":"x"}}' });
        expect(await find('bob')).toBeNull();
      });

      it('carries out what was asked for at once in that order', async () => {
        const key = await makeRoomWithLogs();
        const asked: Promise<unknown>[] = [];
        for (let offset = 1; offset <= 300; offset += 1) {
          asked.push(commit(key, [event(ALL, offset)]), offsets(key));
        }
        const seen = (await Promise.all(asked)).filter((answer) => answer !== undefined);
        expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => [i + 1, 0, 0]));
      });

      it('fails no other batch with the one that is wrong', async () => {
        const keys = await Promise.all(['one', 'two', 'three', 'four', 'five'].map(makeRoomWithLogs));
        await commit(keys[1]!, [command('c1')]);
        await store.deleteRoom(keys[3]!);
        const settled = await Promise.allSettled([
          commit(keys[0]!, [event(ALL, 1)]),
          commit(keys[1]!, [event(ALL, 1), command('c1')]),
          commit(keys[2]!, [event(ALL, 1), event(ALL, 1)]),
          commit(keys[3]!, [event(ALL, 1)]),
          commit(keys[4]!, [event(ALL, 1)]),
          commit(keys[1]!, [event(ALL, 1), command('c2')]),
        ]);
        expect(settled.map(({ status }) => status)).toEqual([
          ...['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled', 'fulfilled'],
        ]);
        expect(settled[1]).toMatchObject({ reason: conflict('c1') });
        expect(await Promise.all(keys.map((key) => read(key, ALL)))).toEqual([
          ...[[eventOf(ALL, 1)], [eventOf(ALL, 1)], [], [], [eventOf(ALL, 1)]],
        ]);
      });
    });

    describe('wiping', () => {
      const WIPE: CommitStep = { kind: 'wipe', refs: ['m1', 'm2'], types: ['chat.posted', 'chat.edited'] };
      const wiped = (stored: StoredEvent): StoredEvent => ({ ...stored, body: null, salt: null });

      it('reaches what was written before it, in every log, and not what comes after', async () => {
        const key = await makeRoomWithLogs();
        await commit(key, [event(ALL, 1, { ref: 'm1' }), event(OF_ANN, 1, { ref: 'm2' })]);
        await commit(key, [
          event(ALL, 2, { ref: 'm1', type: 'chat.edited' }),
          event(STAFF, 1, { ref: 'm1' }),
          WIPE,
          event(ALL, 3, { ref: 'm1' }),
        ]);
        expect(await read(key, ALL)).toEqual([
          wiped(eventOf(ALL, 1, { ref: 'm1' })),
          wiped(eventOf(ALL, 2, { ref: 'm1', type: 'chat.edited' })),
          eventOf(ALL, 3, { ref: 'm1' }),
        ]);
        expect(await read(key, STAFF)).toEqual([wiped(eventOf(STAFF, 1, { ref: 'm1' }))]);
        expect(await read(key, OF_ANN)).toEqual([wiped(eventOf(OF_ANN, 1, { ref: 'm2' }))]);
      });

      it('spares other types, other ids and other rooms', async () => {
        const [key, other] = [await makeRoomWithLogs('one'), await makeRoomWithLogs('two')];
        const steps = [
          event(ALL, 1, { ref: 'm1', type: 'chat.deleted' }),
          event(ALL, 2, { ref: 'm3' }),
          event(ALL, 3, { ref: null }),
        ];
        await commit(key, steps);
        await commit(other, [event(ALL, 1, { ref: 'm1' })]);
        const before = await read(key, ALL);
        await commit(key, [WIPE]);
        expect(await read(key, ALL)).toEqual(before);
        expect(await read(other, ALL)).toEqual([eventOf(ALL, 1, { ref: 'm1' })]);
      });

      it('wipes the digests of the commands about it, and keeps that they were answered', async () => {
        const key = await makeRoomWithLogs();
        await commit(key, [
          command('named', { ref: 'm1' }),
          command('edit', { ref: 'm1', actor: 'bob' }),
          command('other', { ref: 'm3' }),
          command('none', { ref: null, answer: '{"result":{"id":"m1"}}' }),
        ]);
        const { ref: _, ...byItsAnswer } = commandOf('answer', { answer: '{"positions":{},"result":{"id":"m2"}}' });
        await commit(key, [{ kind: 'command', command: byItsAnswer }, WIPE, command('later', { ref: 'm1' })]);
        const digest = async (cmid: string, actor = 'ann') => (await store.findCommand({ key, actor, cmid }))?.digest;
        expect(await digest('named')).toBe('');
        expect(await digest('edit', 'bob')).toBe('');
        expect(await digest('answer')).toBe('');
        expect(await digest('other')).toBe('digest-other');
        expect(await digest('none')).toBe('digest-none');
        expect(await digest('later')).toBe('digest-later');
        await expect(commit(key, [command('named')])).rejects.toMatchObject(conflict('named'));
      });

      it('drops the checkpoint, in which it may be', async () => {
        const [key, other] = [await makeRoomWithLogs('one'), await makeRoomWithLogs('two')];
        for (const room of [key, other]) await store.saveCheckpoint(room, { heads: [], rules: '{}' });
        await commit(key, [WIPE]);
        expect(await store.loadCheckpoint(key)).toBeNull();
        expect(await store.loadCheckpoint(other)).not.toBeNull();
      });
    });

    describe('votes, bans, leases', () => {
      it('counts a vote once, however often it is set or taken back', async () => {
        const { key } = await makeRoom();
        await commit(key, [vote('q1', 'ann', true), vote('q1', 'ann', true), vote('q1', 'bob', true)]);
        await commit(key, [vote('q1', 'ann', true), vote('q2', 'ann', true), vote('q3', 'ann', false)]);
        expect(await store.votes(key)).toEqual([
          { question: 'q1', participant: 'ann' },
          { question: 'q1', participant: 'bob' },
          { question: 'q2', participant: 'ann' },
        ]);
        await commit(key, [vote('q1', 'ann', false), vote('q1', 'ann', false), vote('q2', 'ann', false)]);
        expect(await store.votes(key)).toEqual([{ question: 'q1', participant: 'bob' }]);
      });

      it('bans until a time, for good, and no longer', async () => {
        const { key } = await makeRoom('one');
        const { key: other } = await makeRoom('two');
        const ban = (banned: boolean, until: number | null) =>
          commit(key, [{ kind: 'ban', subHash: 'hash', banned, until }]);
        const isBanned = (now: number, room = key) => store.isBanned({ key: room, subHash: 'hash', now });
        expect(await isBanned(1)).toBe(false);
        await ban(true, 100);
        expect([await isBanned(99), await isBanned(100), await isBanned(99, other)]).toEqual([true, false, false]);
        await ban(true, null);
        expect(await isBanned(LAST_TIME)).toBe(true);
        await ban(false, null);
        await ban(false, null);
        expect(await isBanned(1)).toBe(false);
      });

      it('opens, touches and closes leases', async () => {
        const [one, two] = [await makeRoom('one'), await makeRoom('two')];
        const lease = (participant: string, seenAt: number | null): CommitStep => ({
          kind: 'lease',
          participant,
          seenAt,
        });
        await commit(one.key, [lease('ann', 1), lease('bob', 1)]);
        await commit(two.key, [lease('ann', 2)]);
        await commit(one.key, [lease('bob', null), lease('nobody', null), lease('ann', 3)]);
        await store.touchLeases([
          { key: two.key, participant: 'ann', seenAt: 20 },
          { key: one.key, participant: 'bob', seenAt: 20 },
          { key: 999, participant: 'ann', seenAt: 20 },
        ]);
        await store.touchLeases([]);
        expect(await store.openLeases()).toEqual([
          { key: one.key, participant: 'ann', seenAt: 3 },
          { key: two.key, participant: 'ann', seenAt: 20 },
        ]);
      });
    });

    describe('checkpoints and settings', () => {
      it('keeps the last checkpoint', async () => {
        const key = await makeRoomWithLogs();
        expect(await store.loadCheckpoint(key)).toBeNull();
        await store.saveCheckpoint(key, { heads: [], rules: '{"first":true}' });
        const last = { heads: await store.heads(key), rules: '{"second":"é"}' };
        await store.saveCheckpoint(key, last);
        expect(await store.loadCheckpoint(key)).toEqual(last);
      });

      it('keeps no checkpoint of what the room no longer is', async () => {
        const key = await makeRoomWithLogs();
        const { revision } = await store.movedSince({ key, revision: -1 });
        const checkpoint = { heads: [head(ALL)], rules: '{}' };
        await store.saveCheckpoint(key, checkpoint, revision);
        await commit(key, []);
        await store.saveCheckpoint(key, { heads: [], rules: '"late"' }, revision);
        expect(await store.loadCheckpoint(key)).toEqual(checkpoint);
        await store.saveCheckpoint(key, { heads: [], rules: '"now"' }, revision + 1);
        expect(await store.loadCheckpoint(key)).toEqual({ heads: [], rules: '"now"' });
      });

      it('makes a setting once', async () => {
        expect(await store.setting('key', () => 'first')).toBe('first');
        expect(await store.setting('key', () => expect.unreachable('it is there'))).toBe('first');
        await store.setting('keys.2', () => 'two');
        await store.setting('keys.1', () => 'one');
        expect(await store.settings('keys.')).toEqual([
          { name: 'keys.1', value: 'one' },
          { name: 'keys.2', value: 'two' },
        ]);
        const asked = ['a', 'b', 'c'].map((value) => store.setting('race', () => value));
        expect(new Set(await Promise.all(asked)).size).toBe(1);
      });

      it('passes on what making a setting throws', async () => {
        const failing = store.setting('key', () => {
          throw new Error('no entropy');
        });
        await expect(failing).rejects.toThrow('no entropy');
        expect(await store.setting('key', () => 'now')).toBe('now');
      });
    });

    describeRecords(() => store);

    describe('texts', () => {
      it('gives back odd texts as they were stored, and nothing in their place', async () => {
        for (const [i, text] of ODD_TEXTS.entries()) {
          const room = await makeRoom(`room-${i}`);
          const body = JSON.stringify({ text });
          const odd = eventOf(ALL, 1, { body, ref: text, by: text });
          const answer = JSON.stringify({ result: { text } });
          const patch = { title: text };
          const record = { owners: [text], externalRef: text, passwordHash: text };
          await store.setting(text, () => text);
          await store.participantOf({ key: room.key, sub: text, newId: 'ann' });
          const steps = [{ kind: 'event', event: odd }, { kind: 'room', patch }, command('c1', { answer })] as const;
          await commit(room.key, steps, [head(ALL)]);

          expect(await store.changeRecord(room.key, record)).toEqual({ ...room, ...patch, ...record });
          expect(await store.getRoomByKey(room.key)).toEqual({ ...room, ...patch, ...record });
          expect(await read(room.key, ALL)).toEqual([odd]);
          expect(await store.readAbout({ key: room.key, refs: [text], types: ['chat.posted'] })).toEqual([odd]);
          expect(await store.findCommand({ key: room.key, actor: 'ann', cmid: 'c1' })).toMatchObject({ answer });
          expect(await store.setting(text, () => expect.unreachable('it is there'))).toBe(text);
          expect(await store.participants(room.key)).toEqual([{ participant: 'ann', sub: text }]);
        }
      });

      it('takes no odd text for another', async () => {
        const { key } = await makeRoom();
        const subs = [...ODD_TEXTS, 'cut', ''];
        for (const [i, sub] of subs.entries()) await store.participantOf({ key, sub, newId: `p${i}` });
        for (const [i, sub] of subs.entries()) {
          expect(await store.participantOf({ key, sub, newId: 'new' })).toEqual({ participant: `p${i}`, sub });
        }
      });

      it('keeps a body of some megabytes', async () => {
        const key = await makeRoomWithLogs();
        const body = JSON.stringify({ text: 'ä'.repeat(BIG_TEXT_CHARS) });
        await commit(key, [event(ALL, 1, { body }), event(ALL, 2)]);
        expect((await store.readEvent({ key, ...ALL, offset: 1 }))?.body === body).toBe(true);
        expect(await offsets(key)).toEqual([2, 0, 0]);
      });
    });

    describe('life', () => {
      it('has everything again after it was closed and opened', async () => {
        const key = await makeRoomWithLogs();
        await commit(key, [event(ALL, 1), command('c1'), { kind: 'room', patch: { title: 'Maths' } }]);
        const secret = await store.setting('secret', () => 'first');
        const room = await store.getRoomByKey(key);
        await store.close();

        store = await makeStore(dataDir);
        expect(await store.getRoomByKey(key)).toEqual(room);
        expect(await read(key, ALL)).toEqual([eventOf(ALL, 1)]);
        expect(await offsets(key)).toEqual([1, 0, 0]);
        expect(await store.setting('secret', () => 'second')).toBe(secret);
        await commit(key, [event(ALL, 2)]);
      });

      it('is ready, again and again', async () => {
        await store.check();
        await store.check();
      });

      it('answers what was asked for before it was closed, and nothing after', async () => {
        const key = await makeRoomWithLogs();
        const asked = [commit(key, [event(ALL, 1)]), commit(key, [event(ALL, 2)]), read(key, ALL)] as const;
        const closed = [store.close(), store.close()];
        expect(await asked[2]).toHaveLength(2);
        await Promise.all(closed);
        const calls: readonly (() => Promise<unknown>)[] = [
          () => commit(key, [event(ALL, 3)]),
          () => read(key, ALL),
          () => store.check(),
          () => store.getRoomByKey(key),
          () => store.setting('name', () => 'value'),
          () => store.createRoom({ tenant: 't', id: 'r', kind: 'meeting', createdAt: 1, owners: [] }),
        ];
        for (const call of calls) {
          await expect(call()).rejects.toMatchObject({ name: 'StoreUnavailable', isUnknown: false });
        }
      });

      it('lets nobody else have the same directory, and has it alone until it is closed', async () => {
        const room = await makeRoom();
        await expect(makeStore(dataDir)).rejects.toMatchObject({
          name: 'StoreUnavailable',
          message: expect.stringContaining(dataDir) as string,
        });
        expect(await store.getRoomByKey(room.key)).toEqual(room);
      });
    });
  });
}
