import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyClass, words } from './faulty-class.js';
import { LEFT_OUT } from './privileges.js';
import { openSmallDisk } from './small-disk.js';
import { failCalls } from './system-calls.js';

const DISK_BYTES = 6 * 1024 * 1024;
const TEST_MS = 60_000;
const WRITING = ['pwrite64', 'ftruncate', 'fallocate'];
const FLUSHING = ['fdatasync', 'fsync'];

describe.skipIf(LEFT_OUT)('a disk that fails under a server that runs', { timeout: TEST_MS }, () => {
  let story: FaultyClass;
  beforeEach(async () => {
    story = await FaultyClass.start();
  });
  afterEach(() => story.close());

  it.each([
    { what: 'writing fails', calls: WRITING, error: 'EIO', fault: 'io_error' },
    { what: 'flushing fails', calls: FLUSHING, error: 'EIO', fault: 'io_error' },
    { what: 'it was made read-only', calls: [...WRITING, 'access'], error: 'EROFS', fault: 'read_only' },
    { what: 'a quota is used up', calls: WRITING, error: 'EDQUOT', fault: 'io_error' },
  ])('acknowledges nothing, says what it is, and goes on by itself: $what', async ({ calls, error, fault }) => {
    const ann = await story.enter('ann', 'student');
    ann.post(words('ann', 1, 5));
    await ann.untilSent();
    const { pid, dataDir } = story.server;
    const file = join(dataDir, 'lms-live.db');
    const failing = await failCalls({ pid, calls, error, paths: [file, `${file}-wal`, dataDir] });
    ann.post(words('ann', 6, 5));
    await ann.until(() => ann.refusals.length >= 2);
    expect(ann.refusals[0]).toMatchObject({ code: 'store_unavailable', retryable: true, retryAfterMs: 1_000 });
    expect(ann.acked.size).toBe(5);
    expect(ann.unsent).toHaveLength(5);
    await story.expectUnready(fault);
    expect((await story.log()).split('\n').filter((line) => line.includes('Nothing can be saved'))).toHaveLength(1);

    await failing.stop();
    await ann.untilSent();
    await story.expectReady();
    expect(story.server.pid).toBe(pid);
    expect(story.members.map(({ connections }) => connections)).toEqual([1, 1]);
    await story.expectNothingLost();
  });
});

describe.skipIf(LEFT_OUT)('a data folder that cannot be written', { timeout: TEST_MS }, () => {
  it('is said at the start, which is refused, and serves again once it can', async () => {
    const disk = await openSmallDisk(DISK_BYTES);
    const story = await FaultyClass.start({ env: { LMS_LIVE_DATA_DIR: join(disk.path, 'data') } });
    try {
      const ann = await story.enter('ann', 'student');
      ann.post(words('ann', 1, 3));
      await ann.untilSent();
      await story.server.kill();
      await disk.remount('ro');
      await expect(story.server.start()).rejects.toThrow('It ended with 1.');
      expect(await story.log()).toContain(
        'The data folder can be read but not written. Make its file system writable again',
      );
      await disk.remount('rw');
      await story.server.start();
      await story.expectNothingLost();
    } finally {
      await story.close();
      await disk.close();
    }
  });
});
