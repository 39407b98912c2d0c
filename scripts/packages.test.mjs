import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entriesOf } from './entries.mjs';

const PUBLISHED = ['packages/protocol', 'packages/client', 'packages/elements', 'server'];

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

describe.each(PUBLISHED)('%s', (packageDir) => {
  const manifest = readJson(`${packageDir}/package.json`);

  it('has a source for every entry of its exports', () => {
    expect(Object.values(entriesOf(packageDir)).filter((source) => !existsSync(source))).toEqual([]);
  });

  it('names the types first in every entry', () => {
    const conditions = Object.values(manifest.exports).filter((target) => typeof target === 'object');
    expect(conditions.map((target) => Object.keys(target)[0])).toEqual(conditions.map(() => 'types'));
  });

  it('carries the licence of the repository', () => {
    expect(readFileSync(`${packageDir}/LICENSE`, 'utf8')).toBe(readFileSync('LICENSE', 'utf8'));
    expect(manifest.license).toBe(readJson('package.json').license);
  });

  it('asks for the versions of ours that stand beside it', () => {
    const ours = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(([name]) =>
      name.startsWith('@lms-live/'),
    );
    expect(ours.filter(([, version]) => version !== manifest.version)).toEqual([]);
  });
});

describe('packages/elements', () => {
  const manifest = readJson('packages/elements/package.json');

  it('exports every module that registers an element', () => {
    const modules = readdirSync('packages/elements/src/define')
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts')
      .map((file) => `./define/${file.replace(/\.ts$/, '')}`);
    expect(Object.keys(manifest.exports)).toEqual(expect.arrayContaining(modules));
  });

  it('says that registering is its only side effect', () => {
    expect(manifest.sideEffects).toEqual(['./dist/define/*.js', './dist/cdn/*.js', './src/define/*.ts']);
  });
});

describe('package-lock.json', () => {
  it('names no registry', () => {
    const resolved = Object.values(readJson('package-lock.json').packages).map((entry) => entry.resolved ?? '');
    expect(resolved.filter((address) => address.includes('://'))).toEqual([]);
  });

  it('has a hash for every package from a registry', () => {
    const unpinned = Object.entries(readJson('package-lock.json').packages).filter(
      ([path, entry]) => path.includes('node_modules/') && !entry.link && entry.integrity === undefined,
    );
    expect(unpinned.map(([path]) => path)).toEqual([]);
  });
});
