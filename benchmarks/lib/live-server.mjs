/** The live server as it is built, as a process of its own with data of its own, and tokens for it. */
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));
const ISSUER = 'https://lms.test';
const READY_MS = 20_000;
const POLL_MS = 50;
/** A server has 30 s to let everyone go. */
const STOP_MS = 35_000;
const TOKEN_S = 3_600;

/**
 * @typedef {{
 *   port: number,
 *   url: string,
 *   dataDir: string,
 *   logFile: string,
 *   readonly pid: number,
 *   token: (claims: { sub: string, role: string, room: string, [claim: string]: unknown }) => string,
 *   start: () => Promise<void>,
 *   kill: () => Promise<void>,
 *   stop: () => Promise<{ code: number | null, ms: number }>,
 *   close: () => Promise<void>,
 * }} LiveServer `kill` is SIGKILL and `stop` SIGTERM, both settle with the end of the process; `start` starts it again, on the same port and data.
 *   `close` ends it and removes its data.
 */

/**
 * @param {{ origin?: string, env?: Readonly<Record<string, string>>, program?: string, tenant?: Readonly<Record<string, unknown>> }} [options]
 *   `origin` of the pages; `env` over what is set here; `program` in the place of the built server; `tenant`: more settings of the one tenant
 * @returns {Promise<LiveServer>} ready
 * @throws {Error} when it is not built, or ends before it is ready
 */
export async function startLiveServer({
  origin = 'http://localhost:1',
  env = {},
  program = PROGRAM,
  tenant = {},
} = {}) {
  if (!existsSync(program)) throw new Error('The server is not built. Run `npm run build` first.');
  const secret = randomBytes(32).toString('hex');
  const dir = await mkdtemp(join(tmpdir(), 'lms-live-bench-'));
  const port = await freePort();
  const stunPort = await freePort();
  const audience = `http://localhost:${port}`;
  const logFile = join(dir, 'server.log');
  const dataDir = join(dir, 'data');
  const keys = [{ kind: 'secret', secret }];
  // What this shell has set for a live server of its own would be taken for a setting of this one.
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('LMS_LIVE_') && key !== 'NODE_ENV');
  /** @type {import('node:child_process').ChildProcess | null} */
  let child = null;
  // However the measurement ends.
  const end = () => child?.kill('SIGKILL');
  process.once('exit', end);

  const start = async () => {
    const log = await open(logFile, 'a');
    const started = spawn(process.execPath, [program], {
      cwd: dir,
      stdio: ['ignore', log.fd, log.fd],
      env: {
        ...Object.fromEntries(inherited),
        LMS_LIVE_PORT: String(port),
        LMS_LIVE_PUBLIC_URL: audience,
        LMS_LIVE_DATA_DIR: dataDir,
        LMS_LIVE_METRICS_PORT: 'off',
        LMS_LIVE_LOG_LEVEL: 'warn',
        LMS_LIVE_STUN_PORT: String(stunPort),
        LMS_LIVE_TENANTS: JSON.stringify({
          tenants: [{ id: 'bench', issuer: ISSUER, origins: [origin], keys, ...tenant }],
        }),
        ...env,
      },
    });
    child = started;
    await log.close();
    await untilReady(started, port);
  };
  /** @param {NodeJS.Signals} signal */
  const endWith = async (signal) => {
    const ending = child;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return null;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    const limit = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(limit);
    return ending.exitCode;
  };
  const kill = async () => {
    await endWith('SIGKILL');
  };
  const close = async () => {
    await endWith('SIGTERM');
    process.removeListener('exit', end);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    const said = readFileSync(logFile, 'utf8');
    await kill();
    await close();
    throw new Error(`The live server does not start:\n${said}`, { cause: error });
  }
  return {
    port,
    url: `ws://127.0.0.1:${port}/v1/socket`,
    dataDir,
    logFile,
    get pid() {
      return child?.pid ?? 0;
    },
    token: (claims) => signToken({ ...claims, audience, secret }),
    start,
    kill,
    async stop() {
      const startedAt = performance.now();
      const code = await endWith('SIGTERM');
      return { code, ms: performance.now() - startedAt };
    },
    close,
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} port
 */
async function untilReady(child, port) {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`It ended with ${child.exitCode ?? child.signalCode}.`);
    if (Date.now() > deadline) throw new Error(`Not ready within ${READY_MS} ms.`);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (response?.ok) return;
    await sleep(POLL_MS);
  }
}

/** HS256 of RFC 7515. @param {{ sub: string, role: string, room: string, audience: string, secret: string, [claim: string]: unknown }} claims */
export function signToken({ sub, role, room, audience, secret, ...claims }) {
  const now = Math.floor(Date.now() / 1_000);
  const payload = { iss: ISSUER, aud: audience, iat: now, exp: now + TOKEN_S, sub, name: sub, role, room, ...claims };
  const content = [{ alg: 'HS256', typ: 'JWT' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

/** A port that nobody listened on a moment ago. @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
