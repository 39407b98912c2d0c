/**
 * `npm start`: builds what is missing or stale, starts the live server and the demo LMS, and says where to go.
 * One that is killed is started again; one that ends with an error stops both. Ctrl+C, or SIGTERM, stops both. `PORT` and `LIVE_PORT` choose other ports than 3000 and 8080.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const READY_LIMIT_MS = 30_000;
const READY_POLL_MS = 150;
const PARENT_POLL_MS = 500;
/** How long a child may take to say goodbye before it is ended. */
const STOP_LIMIT_MS = 10_000;
const RESTART_MS = 1_000;
/** After so many, of both together, something is wrong that starting again does not mend. */
const RESTART_LIMIT = 20;

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

const LMS_PORT = portFrom('PORT', 3000);
const LIVE_PORT = portFrom('LIVE_PORT', 8080);
const LMS_URL = `http://localhost:${LMS_PORT}`;
const LIVE_URL = `http://localhost:${LIVE_PORT}`;

/**
 * @typedef {{ label: string, variable: string, program: string, port: number, readyPath: string,
 *   env: NodeJS.ProcessEnv }} Service
 */

/** @type {Service[]} */
const SERVICES = [
  {
    label: 'live server',
    variable: 'LIVE_PORT',
    program: 'server/dist/main.js',
    port: LIVE_PORT,
    readyPath: '/readyz',
    env: {
      LMS_LIVE_DATA_DIR: './data',
      LMS_LIVE_LOG_LEVEL: 'warn',
      // One port less that may be taken.
      LMS_LIVE_METRICS_PORT: 'off',
      // There is no other server that anybody could move to.
      LMS_LIVE_DRAIN_S: '0',
      ...(process.env['LMS_LIVE_TENANTS_FILE'] === undefined && { LMS_LIVE_TENANTS: tenants() }),
      ...process.env,
      LMS_LIVE_PORT: String(LIVE_PORT),
      LMS_LIVE_PUBLIC_URL: LIVE_URL,
    },
  },
  {
    label: 'demo LMS',
    variable: 'PORT',
    program: 'examples/demo-lms/dist/main.js',
    port: LMS_PORT,
    readyPath: '/sign-in',
    env: { ...process.env, PORT: String(LMS_PORT), LIVE_SERVER_URL: LIVE_URL },
  },
];

/** The tenants file of the demo, at the ports of today. */
function tenants() {
  return readFileSync('examples/demo-lms/tenants.json', 'utf8')
    .replaceAll('http://localhost:3000', LMS_URL)
    .replaceAll('http://localhost:8080', LIVE_URL);
}

/**
 * @param {string} name
 * @param {number} fallback
 */
function portFrom(name, fallback) {
  const port = Number(process.env[name] ?? fallback);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  console.error(`${name} is ${process.env[name]}; write a port from 1 to 65535.`);
  process.exit(1);
}

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
    // Whichever of 127.0.0.1 and ::1 answers: a browser would take either.
    const socket = connect({ port, host: 'localhost' });
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

let restarts = 0;

/** @param {Service} service */
function start(service) {
  const { label, program, env } = service;
  // In a group of its own: Ctrl+C reaches this process alone, and each child gets one signal and not two.
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env,
  });
  running.set(label, child);
  child.once('exit', (code, signal) => {
    running.delete(label);
    if (isStopping) return;
    if (signal === null) {
      console.error(`The ${label} ended by itself (exit code ${code}); stopping.`);
      void stop(1);
    } else if (restarts === RESTART_LIMIT) {
      console.error(`The ${label} ended (${signal}), after ${RESTART_LIMIT} that were started again; stopping.`);
      void stop(1);
    } else {
      restarts += 1;
      console.error(`${label} ended (${signal}); starting it again`);
      setTimeout(() => {
        if (!isStopping) start(service);
      }, RESTART_MS);
    }
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

for (const { label, variable, port } of SERVICES) {
  if (await isTaken(port)) {
    console.error(
      `Port ${port}, which the ${label} needs, is taken. Stop what listens there, or choose another one: ${variable}=${port + 1} npm start`,
    );
    process.exit(1);
  }
}

if (isStale()) {
  console.error('Building (a minute the first time)…');
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build', '--silent'], { encoding: 'utf8' });
  if (status !== 0) {
    console.error(`${stdout}${stderr}\nThe build failed; nothing was started.`);
    process.exit(status ?? 1);
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));

// npm ends the shell between itself and this script, not the script: without this a stopped `npm start` would leave both servers behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void stop(0);
}, PARENT_POLL_MS).unref();

// The live server first: the demo LMS says where to go, and then everything is there.
for (const service of SERVICES) {
  if (isStopping) break;
  start(service);
  await waitUntilReady(service);
}
