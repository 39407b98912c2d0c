import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Patch } from './mutants.js';

const SERVER = fileURLToPath(new URL('../../server/', import.meta.url));
/** Inside the repository, so that packages are found; not kept. */
const FOLDER = fileURLToPath(new URL('../../.reports/chaos/', import.meta.url));

export interface MutantBuild {
  /** What to run instead of the built server. */
  readonly program: string;
  remove(): Promise<void>;
}

/**
 * Copies the built server and changes the copy.
 * @throws {Error} where a patch does not apply exactly once: the server has changed, and the mutant has to follow
 */
export async function buildMutant(name: string, patches: readonly Patch[]): Promise<MutantBuild> {
  await mkdir(FOLDER, { recursive: true });
  const dir = await mkdtemp(join(FOLDER, `${name}-`));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    await cp(join(SERVER, 'dist'), join(dir, 'dist'), { recursive: true });
    await cp(join(SERVER, 'package.json'), join(dir, 'package.json'));
    const modules = join(SERVER, 'node_modules');
    if (existsSync(modules)) await symlink(modules, join(dir, 'node_modules'));
    for (const patch of patches) await applyPatch(join(dir, 'dist', patch.file), patch, name);
  } catch (error) {
    await remove();
    throw error;
  }
  return { program: join(dir, 'dist', 'main.js'), remove };
}

async function applyPatch(path: string, { file, find, replace }: Patch, name: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const count = text.split(find).length - 1;
  if (count !== 1)
    throw new Error(
      `The mutant ${name} does not fit any more: its text is in ${file} ${String(count)} times, not once:\n${find}`,
    );
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
}
