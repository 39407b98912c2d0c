/**
 * How much a page loads: our entries and what others are imported as, all by the same bundler, minified and gzipped alike.
 *
 * `npm run bench:bundles`
 */
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeReport } from './lib/report.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const KB = 1_000;

const ENTRIES = [
  { file: 'headless-call', title: '`@lms-live/client` with `/media`: the SDK of a call' },
  { file: 'meeting-room', title: '`<lms-meeting-room>`, looks and controls included' },
  { file: 'classroom', title: '`<lms-classroom>`: stage, chat, questions, people' },
  { file: 'everything', title: 'every element' },
  { file: 'simple-peer', title: 'simple-peer: one connection, no signalling' },
  { file: 'peerjs', title: 'PeerJS: calls between two, signalling' },
  { file: 'livekit-client', title: 'livekit-client: the SDK of a call by a media server' },
];

const rows = [];
for (const { file, title } of ENTRIES) {
  const entry = `${HERE}bundles/${file}.ts`;
  if (!existsSync(entry)) throw new Error(`${entry} is missing.`);
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'none',
    write: false,
    outdir: `${HERE}out`,
    // The sources of the packages stand in the paths of tsconfig.json; measured is what is built.
    tsconfigRaw: {},
    logLevel: 'error',
  });
  /** Bytes of each file, by its name in the metafile. */
  const bytes = new Map(
    outputFiles.map(({ path, contents }) => [relative(process.cwd(), path), gzipSync(contents, { level: 9 }).length]),
  );
  const first = Object.keys(metafile.outputs).find(
    (name) => metafile.outputs[name]?.entryPoint !== undefined && name.endsWith(`/${file}.js`),
  );
  if (first === undefined) throw new Error(`${file} gave no entry.`);
  const eager = new Set([first]);
  for (const name of eager)
    for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
      if (kind === 'import-statement') eager.add(path);
  const sum = (/** @type {Iterable<string>} */ names) =>
    [...names].reduce((total, name) => total + (bytes.get(name) ?? 0), 0);
  rows.push({ file, title, eagerBytes: sum(eager), allBytes: sum(bytes.keys()) });
}

const kB = (/** @type {number} */ count) => (count / KB).toFixed(1);
writeReport(
  'bundles',
  { rows },
  [
    '| import | at once, kB | with all that is loaded later, kB |',
    '| --- | --- | --- |',
    ...rows.map(({ title, eagerBytes, allBytes }) => `| ${title} | ${kB(eagerBytes)} | ${kB(allBytes)} |`),
  ].join('\n'),
);
