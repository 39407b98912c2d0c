/**
 * How much a page loads: bundles what a user imports, minifies it, gzips it, and fails over budget.
 * Eager is what stands in the way of the first render; in use is all that every visit loads until the class is shown
 * (the session and the content come by dynamic imports, side by side); lazy is the rest: menus, dialogs, languages,
 * and the content of elements that are in the file and not on the page.
 */
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';
import { gzipSync } from 'node:zlib';

const KB = 1000;

/** Bytes after minifying and gzip. The figures are promises of the documentation: lower them; one that is raised says why. */
const BUDGETS = [
  {
    name: 'chat alone',
    entry: '@lms-live/elements/define/chat',
    loads: /^(session|kept-outbox|chat-view)-/u,
    eagerGzipBytes: 30 * KB,
    // 2 kB more than before there were calls: every session keeps the list of who is in one. 4 kB more since what is not sent yet is kept on the device, over failures too.
    inUseGzipBytes: 56 * KB,
  },
  {
    name: 'meeting room',
    entry: '@lms-live/elements/define/meeting-room',
    loads: /^(session|kept-outbox|meeting-room-view|media)-/u,
    eagerGzipBytes: 32 * KB,
    inUseGzipBytes: 84 * KB,
  },
  {
    // With the chat, the tab that is open at first.
    name: 'classroom',
    entry: '@lms-live/elements/define/classroom',
    loads: /^(session|kept-outbox|meeting-room-view|media|chat-view)-/u,
    eagerGzipBytes: 50 * KB,
    inUseGzipBytes: 110 * KB,
  },
  {
    // All elements with the content that a page loads which has them all.
    name: 'everything (CDN file)',
    entry: '@lms-live/elements/define',
    loads: /^(session|kept-outbox|meeting-room-view|media|chat-view)-/u,
    eagerGzipBytes: 55 * KB,
    inUseGzipBytes: 119 * KB,
  },
];

/** @param {string} entry */
async function bundle(entry) {
  const build = await rollup({
    input: 'measured',
    plugins: [
      {
        name: 'measured',
        resolveId: (id) => (id === 'measured' ? `${process.cwd()}/measured.js` : null),
        load: (id) => (id.endsWith('/measured.js') ? `import ${JSON.stringify(entry)};` : null),
      },
      nodeResolve({ browser: true }),
    ],
    onwarn: (warning) => {
      if (warning.code !== 'EMPTY_BUNDLE') throw new Error(warning.message);
    },
  });
  const { output } = await build.generate({ format: 'es', plugins: [terser({ module: true })] });
  await build.close();
  return output.filter((file) => file.type === 'chunk');
}

/**
 * The files that load before anything renders: the entry and what it imports statically.
 *
 * @param {import('rollup').OutputChunk[]} chunks
 */
function eagerFiles(chunks) {
  return withImports(
    chunks,
    chunks.filter((chunk) => chunk.isEntry),
  );
}

/**
 * @param {import('rollup').OutputChunk[]} chunks
 * @param {RegExp} loads what a visit loads by itself, by the name of the chunk
 */
function usedFiles(chunks, loads) {
  return withImports(
    chunks,
    chunks.filter((chunk) => chunk.isEntry || loads.test(chunk.fileName)),
  );
}

/**
 * @param {import('rollup').OutputChunk[]} chunks
 * @param {import('rollup').OutputChunk[]} roots
 */
function withImports(chunks, roots) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const files = new Set(roots.map((chunk) => chunk.fileName));
  for (const fileName of files) for (const imported of byName.get(fileName)?.imports ?? []) files.add(imported);
  return files;
}

/** @param {import('rollup').OutputChunk[]} chunks */
const gzipBytes = (chunks) => chunks.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0);

/** @param {number} bytes */
const kB = (bytes) => `${(bytes / KB).toFixed(1)} kB`;

let over = 0;
const rows = [['', 'eager', 'budget', 'in use', 'budget', 'lazy', '']];
for (const { name, entry, loads, eagerGzipBytes, inUseGzipBytes } of BUDGETS) {
  const chunks = await bundle(entry);
  const eager = eagerFiles(chunks);
  const used = usedFiles(chunks, loads);
  const eagerBytes = gzipBytes(chunks.filter((chunk) => eager.has(chunk.fileName)));
  const usedBytes = gzipBytes(chunks.filter((chunk) => used.has(chunk.fileName)));
  const lazyBytes = gzipBytes(chunks.filter((chunk) => !used.has(chunk.fileName)));
  const fits = eagerBytes <= eagerGzipBytes && usedBytes <= inUseGzipBytes;
  if (!fits) over += 1;
  rows.push([
    name,
    kB(eagerBytes),
    kB(eagerGzipBytes),
    kB(usedBytes),
    kB(inUseGzipBytes),
    kB(lazyBytes),
    fits ? 'ok' : 'OVER',
  ]);
}

const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
process.exit(over === 0 ? 0 : 1);
