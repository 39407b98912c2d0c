/** A kill alone does not show that a message is on the disk: the system still has it. The calls that a server makes do. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyClass, words } from './faulty-class.js';
import { LEFT_OUT } from './privileges.js';
import { straceOn } from './system-calls.js';
import { readTrace, type TraceReport } from './trace.js';

const NO_FLUSH = fileURLToPath(new URL('./no-flush.mjs', import.meta.url));
const CALLS = 'fdatasync,fsync,pwrite64,write,writev,pwritev,sendto,sendmsg';
/** A page of the write-ahead log and more, so that nothing is cut. */
const STRING_LIMIT = '--string-limit=70000';
const PEOPLE = ['traced-ann', 'traced-bob', 'traced-eve'];
const MESSAGES = 12;
const TEST_MS = 60_000;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lms-live-trace-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function traceOf(env: Readonly<Record<string, string>>): Promise<TraceReport> {
  const story = await FaultyClass.start({ env });
  const output = join(dir, 'trace.txt');
  try {
    const people = await Promise.all(PEOPLE.map((name) => story.enter(name, 'student')));
    const trace = await straceOn(story.server.pid, [
      ...['--decode-fds=path', `--trace=${CALLS}`, STRING_LIMIT, `--output=${output}`],
    ]);
    for (const person of people) person.post(words(person.name, 1, MESSAGES));
    await Promise.all(people.map((person) => person.untilSent()));
    await trace.stop();
  } finally {
    await story.close();
  }
  return readTrace(await readFile(output, 'utf8'));
}

describe.skipIf(LEFT_OUT)('the system calls of a server', { timeout: TEST_MS }, () => {
  it('write a message to the write-ahead log and flush that, before its ack leaves', async () => {
    const { acks, flushes, early } = await traceOf({});
    expect(early).toEqual([]);
    expect(acks).toBe(PEOPLE.length * MESSAGES);
    expect(flushes).toBeGreaterThan(0);
  });

  it('are seen to do otherwise where the store does not wait for the disk', async () => {
    const { acks, early } = await traceOf({ NODE_OPTIONS: `--import=${NO_FLUSH}` });
    expect(acks).toBe(PEOPLE.length * MESSAGES);
    expect(early).toHaveLength(acks);
    expect(new Set(early.map(({ why }) => why))).toEqual(new Set(['never flushed before the ack']));
  });
});
