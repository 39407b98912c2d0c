import { appendFile, copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakPage, forge, PAGE_BYTES } from './damage.js';
import { audit, FaultyClass, ROOM, words } from './faulty-class.js';

const TEST_MS = 90_000;
const MESSAGES = 15;
const LONG = ` ${'x'.repeat(3_000)}`;
const SOON = { timeout: 15_000, interval: 50 };
/** Of a frame of the write-ahead log: its header and a page. */
const FRAME_BYTES = 24 + PAGE_BYTES;

let story: FaultyClass;
let file: string;
let backup: string;
beforeEach(async () => {
  story = await FaultyClass.start();
  file = join(story.server.dataDir, 'lms-live.db');
  backup = `${story.server.dataDir}-backup`;
});
afterEach(() => story.close());

async function talk(): Promise<void> {
  const ann = await story.enter('ann', 'student');
  ann.post(words('ann', 1, MESSAGES, LONG));
  await ann.untilSent();
}

/** Whoever comes is told to come again, the process lives, and the log says what is wrong and what to do. */
async function expectClosed(): Promise<void> {
  const { pid } = story.server;
  expect(await story.knock('eve')).toMatchObject({ code: 'store_unavailable', retryable: true });
  await expect
    .poll(() => story.log(), SOON)
    .toMatch(/Stop the server, keep a copy of the data folder, see with `lms-live audit`/);
  expect(await story.health('/healthz')).toMatchObject({ status: 200 });
  expect(story.server.pid).toBe(pid);
}

/** What the log told to do. */
async function restore(): Promise<void> {
  await story.server.kill();
  await rm(`${file}-wal`, { force: true });
  await copyFile(backup, file);
  expect(await audit(story.server.dataDir)).toMatchObject({ code: 0, stderr: '' });
  await story.server.start();
  await story.expectNothingLost();
}

describe('a damaged file', { timeout: TEST_MS }, () => {
  it('loses nothing that was acknowledged where the last write before a crash was torn', async () => {
    await talk();
    await story.server.kill();
    const wal = `${file}-wal`;
    const content = await readFile(wal);
    await appendFile(wal, content.subarray(content.length - FRAME_BYTES, content.length - PAGE_BYTES / 2));
    expect(await audit(story.server.dataDir)).toMatchObject({ code: 0 });
    await story.server.start();
    await story.expectNothingLost();
  });

  it('tells those who were connected where a disk has lost the end of what it had confirmed', async () => {
    await talk();
    const [grace, ann] = story.members;
    await story.server.kill();
    const wal = `${file}-wal`;
    await truncate(wal, (await stat(wal)).size - FRAME_BYTES * 3);
    expect(await audit(story.server.dataDir)).toMatchObject({ code: 0 });
    await story.server.start();
    const left = await story.messages();
    expect(left.length).toBeLessThan(MESSAGES);
    expect(left).toEqual([...ann!.acked.values()].slice(0, left.length));
    // Both knew more than there is: they start over, on what there is, and say no more than that.
    await Promise.all([grace!.enter(), ann!.enter()]);
    await grace!.until(() => grace!.frames.some(({ frame, log }) => frame === 'reset' && log === 'all'));
    ann!.post(['ann: after']);
    await ann!.untilSent();
    expect(await story.messages()).toEqual([...left, 'ann: after']);
    expect(await story.auditAfterKill()).toMatchObject({ code: 0 });
  });

  it('shows where a text was changed: nobody is let into that room, the others go on, and it is said where', async () => {
    await talk();
    await story.server.stop();
    await copyFile(file, backup);
    await forge(file, 'ann: 3 x', 'ann: 4 x');
    const found = await audit(story.server.dataDir);
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(
      /room bench\/algebra, log all, offset \d+: the content of an event is not what was written/,
    );
    expect(found.stderr).toContain('restore the last backup');

    await story.server.start();
    const other = await story.enterRoom('eve', 'another-room');
    other.post(['eve: 1']);
    await other.untilSent();
    await expectClosed();
    expect(await story.log()).toMatch(/the log all of room algebra is broken at offset \d+.*lms-live audit/);
    await story.expectReady();
    await restore();
  });

  it('lets nobody in where the page of the last message is broken', async () => {
    await talk();
    await story.server.stop();
    await copyFile(file, backup);
    const last = (await readFile(file)).lastIndexOf(`ann: ${MESSAGES}`);
    await breakPage(file, Math.floor(last / PAGE_BYTES));
    expect((await audit(story.server.dataDir)).code).toBe(1);
    // Whoever was there when it stopped is expected back, so that their room is read at once.
    await expect(story.server.start()).rejects.toThrow('Not ready');
    await expectClosed();
    await restore();
  });

  it('is not written to any more once a broken page is met, and serves again once that is whole', async () => {
    await talk();
    const ann = story.members[1]!;
    await story.server.stop();
    // A page of the answers to commands, which nobody reads who comes in.
    const page = Math.floor((await readFile(file)).indexOf('ann-5---') / PAGE_BYTES);
    const undo = await breakPage(file, page);
    expect((await audit(story.server.dataDir)).stdout).toContain('file: ');

    await story.server.start();
    ann.post(words('ann', MESSAGES + 1, 3));
    await ann.until(() => ann.refusals.length >= 1);
    expect(ann.refusals.at(-1)).toMatchObject({ code: 'store_unavailable', retryable: true });
    expect(ann.acked.size).toBe(MESSAGES);
    await story.expectUnready('damaged');
    expect(await story.log()).toMatch(
      /The database is damaged; nothing more is written to it\. Stop the server, .*lms-live audit/,
    );
    expect(await story.log()).toContain(file);
    await story.server.kill();

    await undo();
    await story.server.start();
    await ann.untilSent();
    await story.expectReady();
    await story.expectNothingLost();
  });

  it('is refused at the start where it is no database', async () => {
    await story.server.stop();
    const content = await readFile(file);
    await writeFile(file, 'This was a database.'.repeat(PAGE_BYTES));
    await expect(story.server.start()).rejects.toThrow('It ended with 1.');
    expect(await story.log()).toMatch(/cannot be opened: .*The database is damaged; .* restore the last backup\./);
    expect((await audit(story.server.dataDir)).stderr).toContain('Restore the last backup.');
    await writeFile(file, content);
    await story.server.start();
  });

  it(`is found by the audit of room ${ROOM} whichever page is broken`, async () => {
    await talk();
    await story.server.stop();
    const { size } = await stat(file);
    const dir = await mkdtemp(join(tmpdir(), 'lms-live-pages-'));
    const missed: number[] = [];
    // Every third: each start of the program takes its time.
    for (let page = 0; page < size / PAGE_BYTES; page += 3) {
      const copy = join(dir, 'lms-live.db');
      await copyFile(file, copy);
      await breakPage(copy, page);
      if ((await audit(dir)).code !== 1) missed.push(page);
    }
    await rm(dir, { recursive: true, force: true });
    expect(missed).toEqual([]);
  });
});
