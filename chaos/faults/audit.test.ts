import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { audit, FaultyClass, words } from './faulty-class.js';

const TEST_MS = 60_000;

async function digests(dir: string): Promise<readonly string[]> {
  const files = (await readdir(dir)).sort();
  return Promise.all(
    files.map(
      async (file) =>
        `${file} ${createHash('sha256')
          .update(await readFile(join(dir, file)))
          .digest('hex')}`,
    ),
  );
}

it(
  'an audit is refused while a server runs, finds nothing after a crash, and changes nothing',
  async () => {
    const story = await FaultyClass.start();
    try {
      const ann = await story.enter('ann', 'student');
      ann.post(words('ann', 1, 5));
      await ann.untilSent();
      const { dataDir } = story.server;
      const refused = await audit(dataDir);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('A server uses');

      await story.server.kill();
      const before = await digests(dataDir);
      const found = await audit(dataDir);
      expect(found).toMatchObject({ code: 0, stderr: '' });
      expect(found.stdout).toMatch(/: 1 rooms, \d+ logs, \d+ events, \d+ statements\.\nEvery log fits its hashes/);
      expect(await digests(dataDir)).toEqual(before);
      expect((await audit(join(dataDir, 'nowhere'))).stderr).toContain('There is no database in');

      await story.server.start();
      await story.expectNothingLost();
    } finally {
      await story.close();
    }
  },
  TEST_MS,
);
