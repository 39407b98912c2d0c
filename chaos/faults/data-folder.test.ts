import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLiveServer } from '../../benchmarks/lib/live-server.mjs';
import { FaultyClass, words } from './faulty-class.js';

const TEST_MS = 60_000;

let story: FaultyClass;
beforeEach(async () => {
  story = await FaultyClass.start();
});
afterEach(() => story.close());

describe('the data folder', { timeout: TEST_MS }, () => {
  it('is refused to a second process, which says why; the first goes on', async () => {
    const { dataDir } = story.server;
    const second = startLiveServer({ env: { LMS_LIVE_DATA_DIR: dataDir } });
    await expect(second).rejects.toThrow('Another process uses the data folder. Stop that process');
    await story.expectReady();
    const ann = await story.enter('ann', 'student');
    ann.post(words('ann', 1, 3));
    await ann.untilSent();
    await story.expectNothingLost();
  });

  it('that is moved away acknowledges nothing more, and everything once it is back', async () => {
    const { dataDir, pid } = story.server;
    const ann = await story.enter('ann', 'student');
    ann.post(words('ann', 1, 3));
    await ann.untilSent();
    await rename(dataDir, `${dataDir}-elsewhere`);
    ann.post(words('ann', 4, 3));
    await ann.until(() => ann.refusals.length >= 2);
    expect(ann.acked.size).toBe(3);
    await story.expectUnready('gone');
    expect(await story.log()).toContain('The database file is no longer where it was opened. Put the data folder back');

    await rename(`${dataDir}-elsewhere`, dataDir);
    await ann.untilSent();
    await story.expectReady();
    expect(story.server.pid).toBe(pid);
    expect(ann.acked.size).toBe(6);
    await story.expectNothingLost();
  });

  it('that is deleted acknowledges nothing more; a start after it begins anew', async () => {
    const { dataDir } = story.server;
    const ann = await story.enter('ann', 'student');
    await rm(dataDir, { recursive: true });
    ann.post(words('ann', 1, 2));
    await ann.until(() => ann.refusals.length >= 2);
    expect(ann.acked.size).toBe(0);
    await story.expectUnready('gone');
    // Somebody has made an empty one: that is another file.
    await mkdir(dataDir);
    await ann.until(() => ann.refusals.length >= 4);
    await story.expectUnready('gone');

    await story.server.kill();
    await story.server.start();
    // The class begins anew with whoever teaches it; what ann had written is in her outbox all the same.
    await story.members[0]!.enter();
    await ann.untilSent();
    expect(await story.messages()).toEqual(words('ann', 1, 2));
  });

  it('that is a file refuses the start with a sentence', async () => {
    await story.server.kill();
    const path = join(story.server.dataDir, 'file');
    await writeFile(path, 'no folder');
    const start = startLiveServer({ env: { LMS_LIVE_DATA_DIR: path } });
    await expect(start).rejects.toThrow('The data folder cannot be opened. See that LMS_LIVE_DATA_DIR names a folder');
  });
});
