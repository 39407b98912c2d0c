import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../src/observe/index.js';
import { openSqliteStore, reportNewDatabase } from '../../src/storage/index.js';
import { SILENT } from '../support/rig.js';

let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-'));
  file = join(dataDir, 'lms-live.db');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Opens the folder and closes it again. @returns what the log says */
async function open(): Promise<string[]> {
  const lines: string[] = [];
  const write =
    (level: string): Log['info'] =>
    (sentence, fields) =>
      lines.push(`${level} ${sentence} ${String(fields?.folder)}`);
  const log: Log = { ...SILENT, info: write('info'), warn: write('warn') };
  const store = await openSqliteStore({ dataDir, inline: true, onNew: reportNewDatabase(log) });
  await store.close();
  return lines;
}

describe('a new database', () => {
  it('is told of once: where there was none, and not at the next start', async () => {
    expect(await open()).toEqual([`info A new database was made: there was none in the data folder. ${dataDir}`]);
    expect(await open()).toEqual([]);
  });

  it('is a warning where an empty file was in its place', async () => {
    await writeFile(file, '');
    expect(await open()).toEqual([expect.stringMatching(/^warn .* an empty file\..*restore the last backup/)]);
  });

  it.each([['missing'], ['empty']])(
    'is not made over a log whose database is %s, which stays as it is',
    async (what) => {
      if (what === 'empty') await writeFile(file, '');
      await writeFile(`${file}-wal`, 'what was acknowledged');
      await expect(open()).rejects.toMatchObject({
        name: 'StoreUnavailable',
        fault: 'damaged',
        message: expect.stringMatching(/lms-live\.db-wal is not.*restore the last backup/) as string,
      });
      expect(await readFile(`${file}-wal`, 'utf8')).toBe('what was acknowledged');
    },
  );
});
