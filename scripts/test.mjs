/**
 * `npm test`: every check of the project, in order, each whether or not the one before it passed.
 * Ends with one line, `N passed, N failed`, added up from the reports of the test runners; a check counts as one.
 *
 * `npm test -- --only unit,elements` runs these steps alone; `--list` names them.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const REPORTS = '.reports';
const SUMMARY = `${REPORTS}/summary.txt`;

/** A step that takes longer than this hangs; it is ended and counts as failed. */
const STEP_LIMIT_MS = 30 * 60_000;

/**
 * @typedef {{ passed: number, failed: number }} Count
 * @typedef {{ name: string, what: string, command: string, env?: Record<string, string>,
 *   report?: { file: string, count: (json: any) => Count } }} Step
 */

/** @param {string} file */
const vitestReport = (file) => `--reporter=default --reporter=json --outputFile.json=${file}`;

/** @type {Step[]} */
const STEPS = [
  { name: 'system', what: 'browsers, fonts, TURN server', command: 'sh scripts/system-packages.sh' },
  { name: 'build', what: 'packages, server, demo LMS', command: 'npm run build --silent' },
  { name: 'format', what: 'prettier', command: 'npm run format:check --silent' },
  { name: 'lint', what: 'eslint: arrows, bans, types', command: 'npm run lint --silent' },
  { name: 'templates', what: 'lit-analyzer: types in templates', command: 'npm run lint:templates --silent' },
  { name: 'typecheck', what: 'tsc on sources and tests', command: 'npm run typecheck --silent' },
  { name: 'packages', what: 'tarballs: content, publint, types', command: 'npm run check:packages --silent' },
  { name: 'containers', what: 'Dockerfile, compose, scripts', command: 'npm run check:containers --silent' },
  { name: 'size', what: 'what a page loads', command: 'npm run size --silent' },
  { name: 'knip', what: 'dead code, stray dependencies', command: 'npm run knip --silent' },
  {
    name: 'unit',
    what: 'protocol, client, server, demo LMS',
    command: `npm run test:unit --silent -- ${vitestReport(`${REPORTS}/unit.json`)}`,
    report: { file: `${REPORTS}/unit.json`, count: countVitest },
  },
  {
    name: 'proof',
    what: 'chaos, failing disks, conformance: the built server as a process',
    command: `npm run test:proof --silent -- ${vitestReport(`${REPORTS}/proof.json`)}`,
    report: { file: `${REPORTS}/proof.json`, count: countVitest },
  },
  {
    name: 'elements',
    what: 'elements in Chromium',
    command: 'npm run test:elements --silent',
    env: { WTR_JSON: `${REPORTS}/elements.json` },
    report: { file: `${REPORTS}/elements.json`, count: ({ passed, failed }) => ({ passed, failed }) },
  },
  {
    name: 'e2e',
    what: 'the product in real browsers',
    command: `npm run test:e2e --silent -- ${vitestReport(`${REPORTS}/e2e.json`)}`,
    report: { file: `${REPORTS}/e2e.json`, count: countVitest },
  },
  { name: 'docs', what: 'documentation site', command: 'npm run build:docs --silent' },
];

/**
 * @param {{ numPassedTests: number, numFailedTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Count}
 */
function countVitest({ numPassedTests, numFailedTests, testResults }) {
  // A file that does not load, or whose hooks fail, is failed without a failed test in it.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length };
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** @param {import('node:child_process').ChildProcess} child */
function end(child) {
  // The child leads its own group: what it started ends with it.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
}

/**
 * @param {Step} step
 * @returns {Promise<boolean>} whether the command ended well
 */
function run({ name, command, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: 'inherit', detached: true, env: { ...process.env, ...env } });
    running.add(child);
    const limit = setTimeout(() => {
      console.log(`${name}: still running after ${STEP_LIMIT_MS / 60_000} minutes, ending it`);
      end(child);
    }, STEP_LIMIT_MS);
    child.on('close', (code) => {
      clearTimeout(limit);
      running.delete(child);
      resolve(code === 0);
    });
  });
}

/**
 * @param {Step} step
 * @returns {Promise<Count>}
 */
async function count(step) {
  if (step.report === undefined) return (await run(step)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  rmSync(step.report.file, { force: true });
  const endedWell = await run(step);
  if (!existsSync(step.report.file)) return { passed: 0, failed: endedWell ? 0 : 1 };
  const { passed, failed } = step.report.count(JSON.parse(readFileSync(step.report.file, 'utf8')));
  // The runner says that something went wrong which is no test: an error after the last one, a browser that died.
  return { passed, failed: failed === 0 && !endedWell ? 1 : failed };
}

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, list: { type: 'boolean', default: false } },
});

if (options.list) {
  for (const { name, what } of STEPS) console.log(`${name.padEnd(10)} ${what}`);
  process.exit(0);
}

const wanted = options.only?.split(',') ?? STEPS.map(({ name }) => name);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No step is called ${unknown.join(', ')}. There are: ${STEPS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    for (const child of running) end(child);
    process.exit(130);
  });
}

mkdirSync(REPORTS, { recursive: true });
rmSync(SUMMARY, { force: true });

const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const lines = [];
for (const step of STEPS.filter(({ name }) => wanted.includes(name))) {
  console.log(`\n== ${step.name}: ${step.what}`);
  const startedAt = Date.now();
  const { passed, failed } = await count(step);
  total.passed += passed;
  total.failed += failed;
  const seconds = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  lines.push(
    `${step.name.padEnd(10)} ${failed === 0 ? 'ok    ' : 'FAILED'} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.padStart(9)}`,
  );
}

const summary = `${total.passed} passed, ${total.failed} failed`;
writeFileSync(SUMMARY, `${summary}\n`);
console.log(`\n${lines.join('\n')}\n`);
console.log(summary);
process.exit(total.failed === 0 ? 0 : 1);
