/**
 * How much a page loads: bundles what a user imports, minifies it, gzips it, and fails over budget.
 * Eager is what stands in the way of the first render; lazy is behind a dynamic import.
 */
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';
import { gzipSync } from 'node:zlib';

const KB = 1000;

/** Bytes after minifying and gzip. The figures are promises of the documentation: lower them, do not raise them. */
const BUDGETS = [
  { name: 'chat alone', entry: '@lms-live/elements/define/chat', eagerGzipBytes: 30 * KB },
  { name: 'everything (CDN file)', entry: '@lms-live/elements/define', eagerGzipBytes: 100 * KB },
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
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const eager = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
  for (const fileName of eager) for (const imported of byName.get(fileName)?.imports ?? []) eager.add(imported);
  return eager;
}

/** @param {import('rollup').OutputChunk[]} chunks */
const gzipBytes = (chunks) => chunks.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0);

/** @param {number} bytes */
const kB = (bytes) => `${(bytes / KB).toFixed(1)} kB`;

let over = 0;
const rows = [['', 'eager', 'budget', 'lazy', '']];
for (const { name, entry, eagerGzipBytes } of BUDGETS) {
  const chunks = await bundle(entry);
  const eager = eagerFiles(chunks);
  const eagerBytes = gzipBytes(chunks.filter((chunk) => eager.has(chunk.fileName)));
  const lazyBytes = gzipBytes(chunks.filter((chunk) => !eager.has(chunk.fileName)));
  const fits = eagerBytes <= eagerGzipBytes;
  if (!fits) over += 1;
  rows.push([name, kB(eagerBytes), kB(eagerGzipBytes), kB(lazyBytes), fits ? 'ok' : 'OVER']);
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
