/**
 * `npm run soak`: ordinary classes on the built server, and people who come and go at once; then everything has to be given back.
 * `--minutes 30` by default, and six more until the last room has left memory.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions } from '../scripts/read-options.mjs';
import { soakReport } from './soak/report.js';
import { runSoak } from './soak/run-soak.js';

const MAX_SEED = 2 ** 31;
const MINUTE_MS = 60_000;
const RESULTS = fileURLToPath(new URL('../benchmarks/results/', import.meta.url));

const values = readOptions(
  'npm run soak -- …: ordinary classes and connections that come and go, and whether everything comes back to where it was',
  {
    seed: { type: 'string', default: String(randomInt(MAX_SEED)) },
    minutes: { type: 'string', default: '30' },
    classes: { type: 'string', default: '10' },
    students: { type: 'string', default: '12' },
    churn: { type: 'string', default: '200000' },
    'settle-minutes': { type: 'string', default: '6' },
    transport: { type: 'string', default: 'uws' },
    report: { type: 'boolean', default: false },
  },
);
const minutes = Number(values.minutes);
const transport = values.transport === 'ws' ? 'ws' : 'uws';
const command = `npm run soak -- --seed ${values.seed} --minutes ${values.minutes} --classes ${values.classes} --students ${values.students} --churn ${values.churn} --transport ${transport}`;
console.log(command);
const result = await runSoak({
  seed: Number(values.seed),
  transport,
  lastsMs: minutes * MINUTE_MS,
  classes: Number(values.classes),
  students: Number(values.students),
  lessonMs: MINUTE_MS,
  churnPerSecond: Number(values.churn) / (minutes * 60),
  settleMs: Number(values['settle-minutes']) * MINUTE_MS,
  say: (line) => console.log(`  ${line}`),
});
const report = soakReport(result, { command, transport });
console.log(`\n${report}`);
if (values.report) {
  mkdirSync(RESULTS, { recursive: true });
  const file = `${RESULTS}${new Date().toISOString().slice(0, 10)}-soak.md`;
  writeFileSync(file, report);
  console.log(`kept: ${file}`);
}
if (result.faults.length > 0) process.exitCode = 1;
