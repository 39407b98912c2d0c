/** What a package publishes, read from its `exports`: the one list that the build and the checks share. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The entries of a package by their path without an extension (`define/chat` → `src/define/chat.ts`).
 * A subpath with a star stands for every source file that fits it.
 *
 * @param {string} packageDir
 * @returns {Record<string, string>}
 */
export function entriesOf(packageDir) {
  /** @type {{ exports: Record<string, string | { default?: string }> }} */
  const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const names = Object.values(manifest.exports)
    .map((target) => (typeof target === 'string' ? undefined : target.default))
    .filter((target) => target !== undefined)
    .map((target) => target.replace(/^\.\/dist\//, '').replace(/\.js$/, ''))
    .flatMap((name) => (name.includes('*') ? filesLike(join(packageDir, 'src'), name) : [name]));
  return Object.fromEntries(names.map((name) => [name, join(packageDir, 'src', `${name}.ts`)]));
}

/**
 * @param {string} sourceDir
 * @param {string} pattern such as `translations/*`
 */
function filesLike(sourceDir, pattern) {
  const folder = pattern.slice(0, pattern.lastIndexOf('/'));
  if (!existsSync(join(sourceDir, folder))) return [];
  return readdirSync(join(sourceDir, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file.replace(/\.ts$/, '')}`);
}
