/**
 * Type-checks every workspace, sources and tests, against the sources of the others: no build is needed.
 * `tsconfig.src.json` looks at a package's sources alone, so that a type that only its tests may use is not there.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const PROJECTS = [
  'packages/protocol/tsconfig.src.json',
  'packages/protocol/tsconfig.json',
  'packages/client/tsconfig.src.json',
  'packages/client/tsconfig.json',
  'packages/elements/tsconfig.src.json',
  'packages/elements/tsconfig.json',
  'server/tsconfig.json',
  'examples/demo-lms/tsconfig.json',
  'benchmarks/tsconfig.json',
  'chaos/tsconfig.json',
  'conformance/tsconfig.json',
  'tsconfig.json',
];

const waiting = process.argv.length > 2 ? process.argv.slice(2) : PROJECTS;
let failed = 0;

/** @param {string} project */
function check(project) {
  return new Promise((resolve) => {
    const tsc = spawn(process.execPath, [
      'node_modules/typescript/bin/tsc',
      '--noEmit',
      '--pretty',
      '--project',
      project,
    ]);
    let output = '';
    tsc.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    tsc.stderr.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    tsc.on('close', (code) => {
      console.log(`${code === 0 ? 'ok    ' : 'failed'} ${project}`);
      if (code !== 0) {
        failed += 1;
        console.log(output.trim());
      }
      resolve(undefined);
    });
  });
}

async function worker() {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) await check(project);
}

await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
process.exit(failed === 0 ? 0 : 1);
