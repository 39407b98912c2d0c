/**
 * Checks each package as a user gets it: packs it, looks at what is inside, runs publint and Are The Types Wrong on
 * the tarball, and imports every entry in plain Node, which is what a server that renders does.
 * `npm run check:packages -- client` checks one alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { entriesOf } from './entries.mjs';

const PACKAGES = ['packages/protocol', 'packages/client', 'packages/elements', 'server'];
const TARBALLS = '.reports/packages';
const WANTED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
const UNWANTED = [
  { pattern: /(^|\/)node_modules\//, why: 'holds a copy of a dependency' },
  { pattern: /\.(test|spec)\./, why: 'is a test' },
  { pattern: /(^|\/)(test|testing)\//, why: 'is a test' },
  { pattern: /\.tsbuildinfo$|(^|\/)\.env/, why: 'is a file of one machine' },
];

/** @typedef {{ name: string, exports: Record<string, unknown>, bin?: Record<string, string> }} Manifest */

/**
 * @param {string} packageDir
 * @returns {Promise<string[]>} what is wrong, in sentences
 */
async function faultsOf(packageDir) {
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const { tarball, files } = pack(packageDir);
  return [
    ...contentFaults(manifest, files),
    ...(await publintFaults(packageDir, manifest)),
    ...typeFaults(tarball),
    ...importFaults(packageDir),
  ];
}

/** @param {string} packageDir */
function pack(packageDir) {
  mkdirSync(TARBALLS, { recursive: true });
  const output = execFileSync('npm', ['pack', resolve(packageDir), '--json', '--pack-destination', TARBALLS], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  /** @type {[{ filename: string, files: { path: string }[] }]} */
  const [packed] = JSON.parse(output);
  return { tarball: join(TARBALLS, packed.filename), files: packed.files.map((file) => file.path) };
}

/**
 * @param {Manifest} manifest
 * @param {string[]} files
 */
function contentFaults(manifest, files) {
  const promised = [...targetsOf(manifest.exports), ...Object.values(manifest.bin ?? {})]
    .filter((target) => !target.includes('*'))
    .map((target) => target.replace(/^\.\//, ''));
  return [
    ...[...WANTED, ...promised].filter((file) => !files.includes(file)).map((file) => `${file} is not in the tarball`),
    ...files.flatMap((file) =>
      UNWANTED.filter(({ pattern }) => pattern.test(file)).map(({ why }) => `${file} is in the tarball and ${why}`),
    ),
  ];
}

/**
 * @param {unknown} node
 * @returns {string[]}
 */
function targetsOf(node) {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(targetsOf) : [];
}

/**
 * @param {string} packageDir
 * @param {Manifest} manifest
 */
async function publintFaults(packageDir, manifest) {
  const { messages } = await publint({ pkgDir: resolve(packageDir), strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, manifest) ?? message.code}`);
}

/** @param {string} tarball */
function typeFaults(tarball) {
  // For a script tag, not for a bundler: no types.
  const skip = ['cdn/lms-live.js'];
  try {
    execFileSync(
      'node_modules/.bin/attw',
      [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color', '--exclude-entrypoints', ...skip],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return [];
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    return [`attw:\n${stdout ?? ''}${stderr ?? ''}`];
  }
}

/** @param {string} packageDir */
function importFaults(packageDir) {
  return Object.keys(entriesOf(packageDir)).flatMap((entry) => {
    const url = pathToFileURL(resolve(packageDir, 'dist', `${entry}.js`)).href;
    try {
      execFileSync(process.execPath, ['--input-type=module', '--eval', `await import(${JSON.stringify(url)})`], {
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      return [];
    } catch (error) {
      return [`${entry} cannot be imported in Node: ${/** @type {{ stderr?: string }} */ (error).stderr ?? error}`];
    }
  });
}

const chosen = process.argv.slice(2);
let faulty = 0;
for (const packageDir of PACKAGES.filter((dir) => chosen.length === 0 || chosen.some((name) => dir.endsWith(name)))) {
  const faults = await faultsOf(packageDir);
  console.log(`${faults.length === 0 ? 'ok    ' : 'failed'} ${packageDir}`);
  for (const fault of faults) console.log(`       ${fault}`);
  if (faults.length > 0) faulty += 1;
}
process.exit(faulty === 0 ? 0 : 1);
