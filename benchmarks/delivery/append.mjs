/** Durable appends, without anybody to tell: the store as the server runs it, beside the disk and the database. */
import { createRequire } from 'node:module';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STORAGE = new URL('../../server/dist/storage/index.js', import.meta.url);
const SERVER = fileURLToPath(new URL('../../server/package.json', import.meta.url));
const BATCHES = [1, 16, 256];
/** As long as a stored event of a message of 200 bytes. */
const RECORD = Buffer.alloc(448, 'x');
const HEX = '0123456789abcdef0123456789abcdef';

/** @type {import('./types.js').Figure} */
const perSecond = (answer) => answer['perSecond'];

/** @type {import('./types.js').Case} */
export const append = {
  name: 'append',
  title: 'Durable append',
  notes: [
    'One commit after the other. _The store_ runs in its worker as in the server, and writes each message as an event of the log and as the answer to its command, with the indices of both; _SQLite_ is the same library in the thread that asks, one row for each message, `journal_mode=WAL`, `synchronous=FULL`; _the disk_ is a file that is appended to, then `fdatasync`.',
  ],
  phases: BATCHES.map((batch) => ({ name: String(batch), title: `${batch} in a commit` })),
  contenders: ['disk', 'sqlite', 'store'],
  columns: [
    { title: 'messages/s', of: perSecond, digits: 0, hasRatio: true },
    { title: 'commits/s', of: (answer) => answer['commitsPerSecond'], digits: 0 },
    { title: 'p50 of a commit, ms', of: (answer) => answer['p50'], digits: 3 },
    { title: 'p99, ms', of: (answer) => answer['p99'], digits: 3 },
  ],
  targets: [],
  async measure(contender, { seconds }) {
    /** @type {Record<string, import('../lib/load.mjs').Answer>} */
    const answers = {};
    for (const batch of BATCHES) {
      const dir = mkdtempSync(join(tmpdir(), 'lms-live-append-'));
      try {
        const { commit, close } = await OPENERS[/** @type {keyof typeof OPENERS} */ (contender.name)](dir);
        answers[batch] = await commitsFor(seconds * 1_000, batch, commit);
        await close();
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }
    return answers;
  },
};

/** @typedef {{ commit: (first: number, batch: number) => void | Promise<void>, close: () => void | Promise<void> }} Appender */

/** @param {number} milliseconds @param {number} batch @param {Appender['commit']} commit */
async function commitsFor(milliseconds, batch, commit) {
  /** @type {number[]} */
  const times = [];
  const startedAt = performance.now();
  let now = startedAt;
  for (let count = 0; now - startedAt < milliseconds; count += 1) {
    const done = commit(count * batch, batch);
    if (done instanceof Promise) await done;
    const after = performance.now();
    times.push(after - now);
    now = after;
  }
  times.sort((left, right) => left - right);
  const perSecond = times.length / ((now - startedAt) / 1_000);
  const at = (/** @type {number} */ share) => times[Math.floor((times.length - 1) * share)] ?? NaN;
  return { commitsPerSecond: perSecond, perSecond: perSecond * batch, p50: at(0.5), p99: at(0.99) };
}

const OPENERS = {
  /** @param {string} dir @returns {Promise<Appender>} */
  async disk(dir) {
    const file = openSync(join(dir, 'log'), 'a');
    return {
      commit: (_, batch) => {
        writeSync(file, batch === 1 ? RECORD : Buffer.concat(Array.from({ length: batch }, () => RECORD)));
        fdatasyncSync(file);
      },
      close: () => closeSync(file),
    };
  },
  /** @param {string} dir @returns {Promise<Appender>} */
  async sqlite(dir) {
    const Database = createRequire(SERVER)('libsql');
    const database = new Database(join(dir, 'log.db'));
    database.exec('pragma locking_mode = exclusive');
    database.exec('pragma journal_mode = wal');
    database.exec('pragma synchronous = full');
    database.exec('create table log (room integer, place integer, body text, primary key (room, place)) without rowid');
    const insert = database.prepare('insert into log values (1, ?, ?)');
    const text = RECORD.toString();
    return {
      commit: (first, batch) => {
        database.exec('begin immediate');
        for (let index = 0; index < batch; index += 1) insert.run(first + index, text);
        database.exec('commit');
      },
      close: () => database.close(),
    };
  },
  /** @param {string} dir @returns {Promise<Appender>} */
  async store(dir) {
    const { openSqliteStore } = await import(STORAGE.href);
    const store = await openSqliteStore({ dataDir: dir });
    const { room } = await store.createRoom({ tenant: 'bench', id: 'room', kind: 'meeting', createdAt: 1, owners: [] });
    const key = { log: 'all', owner: '' };
    let isNew = true;
    return {
      commit: (first, batch) => {
        const newLogs = isNew ? [{ ...key, position: { epoch: 'epoch', offset: 0, hash: HEX } }] : [];
        isNew = false;
        const steps = Array.from({ length: batch }, (_, index) => stepsOf(key, first + index + 1)).flat();
        return store.commit({ key: room.key, newLogs, steps });
      },
      close: () => store.close(),
    };
  },
};

/** A message as the server writes it. @param {{ log: string, owner: string }} key @param {number} offset */
function stepsOf(key, offset) {
  const id = `message-${String(offset).padStart(13, '0')}`;
  const body = JSON.stringify({ id, text: 'x'.repeat(160) });
  const event = {
    ...key,
    offset,
    id: `0198f3c2-0000-7000-8000-${String(offset).padStart(12, '0')}`,
    at: 1_790_000_000_000 + offset,
    type: 'chat.posted',
    by: 'V1StGXR8_Z5jdHi6B-myT',
    ref: id,
    salt: HEX,
    digest: HEX + HEX,
    hash: HEX,
    body,
  };
  const answer = JSON.stringify({ positions: { all: { epoch: 'epoch', offset, hash: HEX } }, result: { id } });
  const command = {
    actor: 'V1StGXR8_Z5jdHi6B-myT',
    cmid: `command-${String(offset).padStart(14, '0')}`,
    digest: HEX + HEX,
    answer,
  };
  return [
    { kind: 'event', event },
    { kind: 'command', command },
  ];
}
