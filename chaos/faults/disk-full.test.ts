import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyClass, words } from './faulty-class.js';
import { LEFT_OUT } from './privileges.js';
import { openSmallDisk, type SmallDisk } from './small-disk.js';

const DISK_BYTES = 6 * 1024 * 1024;
const PAGE_BYTES = 4096;
const BEFORE = 5;
const DURING = 8;
const TEST_MS = 60_000;
const SOON = { timeout: 15_000, interval: 50 };
/** Long enough that a message does not fit into what a page has left. */
const LONG = ` ${'x'.repeat(1_500)}`;

let disk: SmallDisk;
let story: FaultyClass;
beforeEach(async () => {
  disk = await openSmallDisk(DISK_BYTES);
  story = await FaultyClass.start({ env: { LMS_LIVE_DATA_DIR: join(disk.path, 'data') } });
});
afterEach(async () => {
  await story.close();
  await disk.close();
});

describe.skipIf(LEFT_OUT)('a full disk', { timeout: TEST_MS }, () => {
  it.each([
    ['not a byte is left', 0],
    ['a write ends in the middle of a page', PAGE_BYTES],
    ['a few pages are left', 5 * PAGE_BYTES],
  ])('acknowledges nothing that it has not saved, and goes on by itself (%s)', async (_what, leaveBytes) => {
    const ann = await story.enter('ann', 'student');
    const { pid } = story.server;
    ann.post(words('ann', 1, BEFORE, LONG));
    await ann.untilSent();

    await disk.fill(leaveBytes);
    ann.post(words('ann', BEFORE + 1, DURING, LONG));
    await ann.until(() => ann.refusals.length >= 2);
    expect(ann.refusals[0]).toMatchObject({ code: 'store_unavailable', retryable: true, retryAfterMs: 1_000 });
    await story.expectUnready('disk_full');
    expect(ann.unsent.length).toBeGreaterThan(0);
    expect(ann.connections).toBe(1);
    const said = (await story.log()).split('\n').filter((line) => line.includes('Nothing can be saved'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('The disk with the data folder is full. Free some space');

    await disk.free();
    await ann.untilSent();
    expect(ann.acked.size).toBe(BEFORE + DURING);
    await story.expectReady();
    expect(story.server.pid).toBe(pid);
    expect(story.members.map(({ connections }) => connections)).toEqual([1, 1]);
    await story.expectNothingLost();
  });

  it('is said also by a server that is started on it, which goes on once there is space', async () => {
    await story.server.kill();
    await disk.fill(0);
    const starting = story.server.start();
    await expect.poll(() => story.log(), SOON).toContain('The disk with the data folder is full. Free some space');
    await disk.free();
    await starting;
    await story.expectReady();
  });
});
