/**
 * `npm run fuzz`: a million mutated frames and 300 broken handshakes against the built server, while a class goes on chatting.
 * Everything by chance comes from the seed, which is printed.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions } from '../scripts/read-options.mjs';
import { fuzzReport } from './fuzz/report.js';
import { runFuzz } from './fuzz/run-fuzz.js';

const MAX_SEED = 2 ** 31;
const RESULTS = fileURLToPath(new URL('../benchmarks/results/', import.meta.url));

const values = readOptions(
  'npm run fuzz -- …: mutated frames and broken handshakes against the built server, while a class chats; --rate is of frames in a second, 0: all that the machine can',
  {
    seed: { type: 'string', default: String(randomInt(MAX_SEED)) },
    frames: { type: 'string', default: '1000000' },
    handshakes: { type: 'string', default: '300' },
    rate: { type: 'string', default: '3000' },
    'calm-s': { type: 'string', default: '20' },
    transport: { type: 'string', default: 'uws' },
    report: { type: 'boolean', default: false },
  },
);
const options = {
  seed: Number(values.seed),
  frames: Number(values.frames),
  handshakes: Number(values.handshakes),
  framesPerSecond: Number(values.rate),
  calmMs: Number(values['calm-s']) * 1_000,
  transport: values.transport === 'ws' ? 'ws' : 'uws',
} as const;
const command = `npm run fuzz -- --seed ${values.seed} --frames ${values.frames} --handshakes ${values.handshakes} --rate ${values.rate} --transport ${options.transport}`;
console.log(command);
const result = await runFuzz({ ...options, say: (line) => console.log(`  ${line}`) });
const report = fuzzReport(result, { command, transport: options.transport });
console.log(`\n${report}`);
if (values.report) {
  mkdirSync(RESULTS, { recursive: true });
  const file = `${RESULTS}${new Date().toISOString().slice(0, 10)}-fuzz.md`;
  writeFileSync(file, report);
  console.log(`kept: ${file}`);
}
if (result.faults.length > 0) process.exitCode = 1;
