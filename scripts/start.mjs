/**
 * `npm start`: builds what is missing or stale, starts the live server and the demo LMS, and says where to go.
 * Ctrl+C, or SIGTERM, stops both.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const READY_LIMIT_MS = 30_000;
const READY_POLL_MS = 150;
/** How long a child may take to say goodbye before it is ended. */
const STOP_LIMIT_MS = 10_000;

const SOURCES = [
  'packages/protocol/src',
  'packages/client/src',
  'packages/elements/src',
  'server/src',
  'examples/demo-lms/src',
];
const BUILT = [
  'packages/protocol/dist/index.js',
  'packages/client/dist/index.js',
  'packages/elements/dist/cdn/lms-live.js',
  'server/dist/main.js',
  'examples/demo-lms/dist/main.js',
];

const SERVICES = [
  { name: 'server', label: 'live server', program: 'server/dist/main.js', port: 8080, readyPath: '/readyz' },
  { name: 'lms', label: 'demo LMS', program: 'examples/demo-lms/dist/main.js', port: 3000, readyPath: '/' },
];

/** @typedef {(typeof SERVICES)[number]} Service */

/** @param {string} path */
function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function isStale() {
  const built = BUILT.map(modifiedAt);
  if (built.includes(undefined)) return true;
  const newestSource = Math.max(
    ...SOURCES.flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile() && !file.name.endsWith('.test.ts'))
        .map((file) => modifiedAt(join(file.parentPath, file.name)) ?? 0),
    ),
  );
  return newestSource > Math.min(...built.map((time) => time ?? 0));
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isTaken(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** @type {Map<string, import('node:child_process').ChildProcess>} */
const running = new Map();
let isStopping = false;

/** @param {Service} service */
function start({ name, label, program }) {
  // In a group of its own: Ctrl+C reaches this process alone, and each child gets one signal and not two.
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.set(name, child);
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) console.log(`${name.padEnd(6)} | ${line}`);
    });
  }
  child.once('exit', (code, signal) => {
    running.delete(name);
    if (isStopping) return;
    console.error(`The ${label} ended by itself (${signal ?? `exit code ${code}`}); stopping.`);
    void stop(1);
  });
}

/** @param {number} exitCode */
async function stop(exitCode) {
  if (isStopping) return;
  isStopping = true;
  const children = [...running.values()];
  const gone = Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
  for (const child of children) child.kill('SIGTERM');
  const limit = setTimeout(() => {
    for (const child of running.values()) child.kill('SIGKILL');
  }, STOP_LIMIT_MS);
  await gone;
  clearTimeout(limit);
  process.exit(exitCode);
}

/** @param {Service} service */
async function waitUntilReady({ label, port, readyPath }) {
  const url = `http://127.0.0.1:${port}${readyPath}`;
  const deadline = Date.now() + READY_LIMIT_MS;
  while (!isStopping && Date.now() < deadline) {
    const response = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    if (response !== undefined && response.status < 400) return;
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  if (isStopping) return;
  console.error(`The ${label} did not answer at ${url} within ${READY_LIMIT_MS / 1000} seconds; stopping.`);
  await stop(1);
}

for (const { label, port } of SERVICES) {
  if (await isTaken(port)) {
    console.error(`Port ${port}, which the ${label} needs, is taken. Stop what listens there and start again.`);
    process.exit(1);
  }
}

if (isStale()) {
  console.log('Building (a minute the first time)…');
  const { status } = spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));

for (const service of SERVICES) {
  start(service);
  await waitUntilReady(service);
}
if (!isStopping) {
  console.log(
    '\nThe demo LMS is at http://localhost:3000, the live server at http://localhost:8080. Ctrl+C stops both.',
  );
}
