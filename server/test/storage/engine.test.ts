import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Migration } from 'kysely';
import { openDriver, type Driver, type DriverName } from '../../src/storage/sqlite/driver.js';
import { Engine, openEngine } from '../../src/storage/sqlite/engine.js';
import type { Request } from '../../src/storage/sqlite/messages.js';
import { migrate } from '../../src/storage/sqlite/migrate.js';
import { MIGRATIONS } from '../../src/storage/sqlite/migrations/index.js';
import { prepareOperations } from '../../src/storage/sqlite/operations.js';
import { SqlError } from '../../src/storage/sqlite/sql-error.js';
import { CommandConflict, StoreUnavailable, openSqliteStore, type CommitStep } from '../../src/storage/index.js';
import { ALL, commandOf, eventOf, head } from './contract.js';

const DRIVERS: readonly DriverName[] =
  process.getBuiltinModule('node:sqlite') === undefined ? ['libsql'] : ['libsql', 'node:sqlite'];
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_FULL = 13;
const PAGE_BYTES = 4096;
const BIG_CHARS = 1_000_000;
const ROOM = 1;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-engine-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

let lastId = 0;
const createRoom = (): Request => ({
  id: ++lastId,
  operation: 'createRoom',
  args: [{ tenant: 't', id: 'r', kind: 'meeting', createdAt: 1, owners: [] }],
});
const commit = (steps: readonly CommitStep[], isFirst = false): Request => ({
  id: ++lastId,
  operation: 'commit',
  args: [{ key: ROOM, newLogs: isFirst ? [head(ALL)] : [], steps }],
});
const post = (offset: number, body?: string): CommitStep => ({
  kind: 'event',
  event: eventOf(ALL, offset, body === undefined ? {} : { body }),
});
const oks = (replies: readonly { readonly ok: boolean }[]) => replies.map(({ ok }) => ok);

describe.each(DRIVERS)('driver: %s', (name) => {
  let driver: Driver;
  beforeEach(async () => {
    driver = await openDriver(join(dataDir, 'test.db'), name);
    driver.exec('create table t (a integer primary key, b any) strict');
  });
  afterEach(() => driver.close());

  it('takes booleans, texts, numbers and null, and gives rows with nothing else in them', () => {
    const insert = driver.prepare('insert into t values (?, ?)');
    for (const [i, value] of [true, false, 'x\0y', 1.5, null].entries()) insert.run(i, value);
    expect(
      driver
        .prepare('select b from t order by a')
        .all()
        .map((row) => ({ ...(row as object) })),
    ).toEqual([...[{ b: 1 }, { b: 0 }, { b: 'x\0y' }, { b: 1.5 }, { b: null }]]);
  });

  it('tells how many rows a statement changed', () => {
    const insert = driver.prepare('insert into t values (?, 0) on conflict do nothing');
    expect([insert.run(1), insert.run(1), insert.run(2)]).toEqual([1, 0, 1]);
    expect(driver.prepare('update t set b = ?').run(5)).toBe(2);
  });

  it('names the code of an error', () => {
    const insert = driver.prepare('insert into t values (1, 0)');
    insert.run();
    const fail = (call: () => unknown): unknown => {
      try {
        return call();
      } catch (error) {
        return error;
      }
    };
    const error = fail(() => insert.run());
    expect(error).toBeInstanceOf(SqlError);
    expect(error).toMatchObject({ code: SQLITE_CONSTRAINT_PRIMARYKEY, fault: null });
    expect(fail(() => driver.prepare('select nonsense from t'))).toBeInstanceOf(SqlError);
    expect(fail(() => driver.exec('nonsense'))).toBeInstanceOf(SqlError);
  });

  it('takes back a transaction that throws', () => {
    const failing = () =>
      driver.transaction(() => {
        driver.exec('insert into t values (1, 0)');
        throw new Error('on purpose');
      });
    expect(failing).toThrow('on purpose');
    expect(driver.transaction(() => driver.prepare('select * from t').all())).toEqual([]);
  });

  it('does what the migrations say, once', async () => {
    await migrate(driver);
    await migrate(driver);
    const done = driver.prepare<{ name: string }>('select name from kysely_migration').all();
    expect(done.map((row) => row.name)).toEqual(Object.keys(MIGRATIONS));
    const strict = driver.prepare(`select name from pragma_table_list where strict = 0 and name not like 'sqlite%'`);
    expect(strict.all().map((row) => (row as { name: string }).name)).toEqual(
      expect.not.arrayContaining(['rooms', 'logs', 'events', 'commands']) as unknown,
    );
  });

  it('does all migrations or none', async () => {
    const failing = async () => {
      throw new Error('on purpose');
    };
    await expect(migrate(driver, { ...MIGRATIONS, '9999-fails': { up: failing } })).rejects.toThrow('on purpose');
    expect(driver.prepare('select name from sqlite_schema').all()).toHaveLength(1);
    await migrate(driver);
  });

  it('keeps the answers of a file whose commands lie by key, and finds and wipes them as before', async () => {
    const [first, second] = Object.entries(MIGRATIONS);
    await migrate(driver, Object.fromEntries([first, second] as [string, Migration][]));
    driver.exec(
      `insert into rooms (tenant, id, kind, state, visibility, title, created_at, owners)
       values ('t', 'r', 'meeting', 'open', 'enrolled', '', 1, '[]')`,
    );
    const kept = { ...commandOf('c1'), ref: 'message-1' };
    const { actor, cmid, digest, answer, ref } = kept;
    driver
      .prepare('insert into commands (room, actor, cmid, digest, answer, ref) values (?, ?, ?, ?, ?, ?)')
      .run(ROOM, actor, cmid, digest, answer, ref);
    await migrate(driver);

    const { commit, deleteRoom, findCommand } = prepareOperations(driver);
    const find = () => findCommand({ key: ROOM, actor: kept.actor, cmid: kept.cmid });
    expect(find()).toEqual(kept);
    const again = () => commit({ key: ROOM, newLogs: [], steps: [{ kind: 'command', command: kept }] });
    expect(again).toThrow(CommandConflict);
    commit({ key: ROOM, newLogs: [], steps: [{ kind: 'wipe', refs: ['message-1'], types: ['chat.posted'] }] });
    expect(find()).toEqual({ ...kept, digest: '' });
    deleteRoom(ROOM);
    expect(driver.prepare('select * from commands').all()).toEqual([]);
  });

  it('refuses a file of a later version', async () => {
    await migrate(driver, { ...MIGRATIONS, '9999-later': { up: async () => undefined } });
    await expect(migrate(driver)).rejects.toThrow('9999-later');
  });

  describe('a full disk', () => {
    let engine: Engine;
    const limitPages = (pages: number) => driver.prepare(`pragma max_page_count = ${pages}`).all();
    beforeEach(async () => {
      await migrate(driver);
      engine = new Engine({ driver, operations: prepareOperations(driver), path: join(dataDir, 'test.db') });
      engine.handle([createRoom()]);
      engine.handle([commit([], true)]);
      limitPages(60);
    });

    it('fails the batch that does not fit, and no other, and ends', () => {
      const replies = engine.handle([commit([post(1)]), commit([post(2, 'x'.repeat(BIG_CHARS))]), commit([post(2)])]);
      expect(oks(replies)).toEqual([true, false, true]);
      expect(replies[1]).toMatchObject({ failure: { kind: 'unavailable', fault: 'disk_full', isUnknown: false } });
      limitPages(10_000);
      expect(oks(engine.handle([commit([post(3, 'x'.repeat(BIG_CHARS))])]))).toEqual([true]);
    });

    it('is told by SQLite as what it is', () => {
      const fill = driver.prepare('insert into t values (1, ?)');
      expect(() => fill.run('x'.repeat(BIG_CHARS))).toThrow(
        expect.objectContaining({ code: SQLITE_FULL, fault: 'disk_full' }) as Error,
      );
    });
  });
});

describe('engine', () => {
  it('answers a group in its order, each with its own', async () => {
    const engine = await openEngine({ dataDir });
    const conflicting: CommitStep = { kind: 'command', command: commandOf('c1') };
    const group = [
      createRoom(),
      commit([post(1), conflicting], true),
      commit([post(2), conflicting]),
      commit([post(2)]),
      { id: ++lastId, operation: 'heads', args: [ROOM] } satisfies Request,
    ];
    const replies = engine.handle(group);
    engine.close();
    expect(replies.map(({ id }) => id)).toEqual(group.map(({ id }) => id));
    expect(oks(replies)).toEqual([true, true, false, true, true]);
    expect(replies[2]).toMatchObject({ failure: { kind: 'conflict', actor: 'ann', cmid: 'c1' } });
    expect(replies[4]).toMatchObject({ value: [{ log: 'all', position: { offset: 2 } }] });
  });

  describe('leaves no trace of a wiped text in its files', () => {
    const secret = 'a name that nobody shall find again';
    const wipe = () => commit([{ kind: 'wipe', refs: ['message-1'], types: ['chat.posted'] }]);
    const traces = async () => {
      const files = await readdir(dataDir);
      const contents = await Promise.all(files.map((file) => readFile(join(dataDir, file))));
      return contents.filter((content) => content.includes(secret)).length;
    };

    it('once it has tidied', async () => {
      const engine = await openEngine({ dataDir });
      engine.handle([createRoom()]);
      engine.handle([commit([post(1, secret), post(2)], true)]);
      expect(await traces()).toBeGreaterThan(0);
      engine.handle([wipe()]);
      engine.tidy();
      expect(await traces()).toBe(0);
      engine.close();
    });

    it('also where it was killed before it could tidy, and was not asked to wipe since', async () => {
      const killed = await openEngine({ dataDir });
      killed.handle([createRoom()]);
      killed.handle([commit([post(1, secret), post(2)], true)]);
      killed.handle([wipe()]);
      const asItLay = await mkdtemp(join(tmpdir(), 'lms-live-engine-'));
      await cp(dataDir, asItLay, { recursive: true });
      killed.close();
      await rm(dataDir, { recursive: true });
      dataDir = asItLay;
      expect(await traces()).toBeGreaterThan(0);

      const engine = await openEngine({ dataDir });
      engine.handle([commit([post(3)])]);
      engine.tidy();
      expect(await traces()).toBe(0);
      engine.close();
    });

    it('however often the write-ahead log began anew in the meantime', async () => {
      const engine = await openEngine({ dataDir });
      engine.handle([createRoom()]);
      engine.tidy();
      engine.handle([commit([post(1, secret)], true)]);
      for (let offset = 2; offset < 14; offset += 1) engine.handle([commit([post(offset, 'x'.repeat(BIG_CHARS))])]);
      engine.handle([wipe()]);
      engine.tidy();
      expect(await traces()).toBe(0);
      engine.close();
    });
  });

  it('makes a directory that is its own, and leaves one file in it', async () => {
    dataDir = join(dataDir, 'deep', 'data');
    (await openEngine({ dataDir })).close();
    expect(await readdir(dataDir)).toEqual(['lms-live.db']);
  });
});

describe('files that are not where they were opened', () => {
  it('acknowledges nothing that nobody would find again, and goes on once they are back', async () => {
    const engine = await openEngine({ dataDir });
    engine.handle([createRoom()]);
    engine.handle([commit([], true)]);
    await rename(dataDir, `${dataDir}-moved`);
    const gone = { ok: false, failure: { kind: 'unavailable', fault: 'gone', isUnknown: true } };
    expect(engine.handle([commit([post(1)])])).toMatchObject([gone]);
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'lms-live.db'), '');
    expect(engine.handle([commit([post(2)]), commit([post(3)])])).toMatchObject([gone, gone]);

    await rm(dataDir, { recursive: true });
    await rename(`${dataDir}-moved`, dataDir);
    expect(oks(engine.handle([commit([post(4)])]))).toEqual([true]);
    engine.close();
  });

  it('counts a write-ahead log that was removed as such', async () => {
    const engine = await openEngine({ dataDir });
    engine.handle([createRoom()]);
    await rm(join(dataDir, 'lms-live.db-wal'));
    expect(engine.handle([commit([], true)])).toMatchObject([{ failure: { fault: 'gone' } }]);
    engine.close();
  });
});

describe('a damaged file', () => {
  it('is not written to any more once that shows, whatever is asked', async () => {
    const engine = await openEngine({ dataDir });
    engine.handle([createRoom()]);
    engine.handle([commit([post(1), post(2, 'x'.repeat(BIG_CHARS))], true)]);
    engine.close();
    await damage(join(dataDir, 'lms-live.db'));

    const again = await openEngine({ dataDir });
    const check: Request = { id: ++lastId, operation: 'check', args: [] };
    expect(oks(again.handle([check]))).toEqual([true]);
    const read: Request = {
      id: ++lastId,
      operation: 'readEvents',
      args: [{ key: ROOM, ...ALL, after: 0, limit: 9 }],
    };
    const damaged = { ok: false, failure: { kind: 'unavailable', fault: 'damaged', isUnknown: false } };
    expect(again.handle([read])).toMatchObject([damaged]);
    expect(again.handle([commit([post(4)]), commit([post(4)])])).toMatchObject([damaged, damaged]);
    expect(again.handle([check])).toMatchObject([damaged]);
    expect(oks(again.handle([{ id: ++lastId, operation: 'heads', args: [ROOM] }]))).toEqual([true]);
    again.close();
  });
});

/** Overwrites pages in the middle of a file: of the long chain of the one big body. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  const half = bytes.length / 2;
  bytes.fill(0xff, half, half + 8 * PAGE_BYTES);
  await writeFile(path, bytes);
}

describe('a store in this thread', () => {
  it('throws errors that are of the exported classes', async () => {
    const store = await openSqliteStore({ dataDir });
    const { room } = await store.createRoom({ tenant: 't', id: 'r', kind: 'meeting', createdAt: 1, owners: [] });
    const batch = { key: room.key, newLogs: [], steps: [{ kind: 'command', command: commandOf('c1') }] } as const;
    await store.commit(batch);
    await expect(store.commit(batch)).rejects.toBeInstanceOf(CommandConflict);
    await store.close();
    await expect(store.check()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('shares nothing with its caller', async () => {
    const store = await openSqliteStore({ dataDir });
    const owners = ['ann'];
    const asked = store.createRoom({ tenant: 't', id: 'r', kind: 'meeting', createdAt: 1, owners });
    owners.push('bob');
    expect((await asked).room.owners).toEqual(['ann']);
    await store.close();
  });
});
