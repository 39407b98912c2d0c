import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The content of a file that is made once, at the first start, and readable by its owner alone. */
export async function keptFile(path: string, make: () => Promise<string> | string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const content = await make();
  // `wx`: where two starts race, the second takes what the first wrote, at the next start.
  await writeFile(path, content, { flag: 'wx', mode: 0o600 });
  return content;
}
