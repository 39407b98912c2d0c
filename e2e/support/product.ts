/** The product as it is built: a live server and the demo LMS as processes of their own, on free ports and with data of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeLater } from './cleanup.js';
import { until } from './until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIVE_PROGRAM = 'server/dist/main.js';
const LMS_PROGRAM = 'examples/demo-lms/dist/main.js';
const BUILT = [LIVE_PROGRAM, LMS_PROGRAM, 'server/dist/sdk/lms-live.js'];

const READY_MS = 30_000;
/** A server that was asked to stop is gone by then. */
const STOP_MS = 30_000;

/** The class in writing of the demo, which is under way: chat, questions and people, each in a place of its own. */
export const CLASS = 'algebra-1-open-questions';
/** The class with video, and the call of two; both are under way. */
export const VIDEO_CLASS = 'algebra-1-week-5';
export const CALL = 'algebra-1-mentoring';

/** An entry of the tenants file. */
export type TenantEntry = Readonly<Record<string, unknown>>;

export interface ProductOptions {
  /** Beside that of the demo LMS. */
  readonly tenants?: readonly TenantEntry[];
}

/** Those that run; they do not outlive the tests, whatever ends these. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Product {
  /** Addresses as browsers know them. */
  readonly liveUrl: string;
  readonly lmsUrl: string;
  readonly #dir: string;
  readonly #tenants: string;
  #live: ChildProcess | null = null;
  #lms: ChildProcess | null = null;

  private constructor({ dir, ports, tenants }: { dir: string; ports: Ports; tenants: readonly TenantEntry[] }) {
    this.#dir = dir;
    this.liveUrl = `http://localhost:${ports.live}`;
    this.lmsUrl = `http://localhost:${ports.lms}`;
    const file = readFileSync(join(ROOT, 'examples/demo-lms/tenants.json'), 'utf8')
      .replaceAll('http://localhost:3000', this.lmsUrl)
      .replaceAll('http://localhost:8080', this.liveUrl);
    const demo = JSON.parse(file) as { tenants: TenantEntry[] };
    this.#tenants = JSON.stringify({ tenants: [...demo.tenants, ...tenants] });
  }

  /** Starts both, and settles when the class of the demo is live. */
  static async start({ tenants = [] }: ProductOptions = {}): Promise<Product> {
    const missing = BUILT.filter((file) => !existsSync(join(ROOT, file)));
    if (missing.length > 0)
      throw new Error(`The product is not built: ${missing.join(', ')} is missing. Run \`npm run build\` first.`);
    const dir = await mkdtemp(join(tmpdir(), 'lms-live-e2e-'));
    const [live, lms] = await Promise.all([freePort(), freePort()]);
    const product = new Product({ dir, ports: { live, lms }, tenants });
    closeLater(() => product.#stop());
    await product.startLive();
    await product.#startLms();
    return product;
  }

  /** The live server, with the data and on the port that it had. */
  async startLive(): Promise<void> {
    if (this.#live) throw new Error('The live server is running already.');
    this.#live = this.#spawn('live-server', LIVE_PROGRAM, {
      LMS_LIVE_PORT: portOf(this.liveUrl),
      LMS_LIVE_PUBLIC_URL: this.liveUrl,
      LMS_LIVE_DATA_DIR: join(this.#dir, 'live'),
      LMS_LIVE_METRICS_PORT: 'off',
      LMS_LIVE_LOG_LEVEL: 'warn',
      LMS_LIVE_TENANTS: this.#tenants,
    });
    await this.#ready('live-server', this.#live, async () => (await statusOf(`${this.liveUrl}/readyz`)) === 200);
  }

  /** As the kernel does it: no goodbye. */
  async killLive(): Promise<void> {
    const child = this.#live;
    this.#live = null;
    if (child) await end(child, 'SIGKILL');
  }

  /** Asks the live server to stop. @returns its exit code, or the signal that it had to be ended with */
  async terminateLive(): Promise<number | string | null> {
    const child = this.#live;
    this.#live = null;
    return child && end(child, 'SIGTERM');
  }

  /** Ends everything and removes its data. */
  async #stop(): Promise<void> {
    const children = [this.#live, this.#lms].filter((child) => child !== null);
    this.#live = this.#lms = null;
    await Promise.all(children.map((child) => end(child, 'SIGTERM')));
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** What a process has said so far. */
  log(name: 'live-server' | 'demo-lms'): string {
    return readFileSync(this.#logFile(name), 'utf8');
  }

  async #startLms(): Promise<void> {
    this.#lms = this.#spawn('demo-lms', LMS_PROGRAM, {
      PORT: portOf(this.lmsUrl),
      LIVE_SERVER_URL: this.liveUrl,
      DATA_DIR: join(this.#dir, 'lms'),
    });
    const status = `${this.liveUrl}/v1/rooms/${CLASS}/status?tenant=demo`;
    await this.#ready('demo-lms', this.#lms, async () => {
      const response = await fetch(status).catch(() => null);
      return response?.ok === true && ((await response.json()) as { status: string }).status === 'live';
    });
  }

  #spawn(name: string, program: string, settings: Readonly<Record<string, string>>): ChildProcess {
    // What this shell has set for a live server of its own would be taken for a setting of this one.
    const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('LMS_LIVE_') && key !== 'NODE_ENV');
    const log = openSync(this.#logFile(name), 'a');
    const child = spawn(process.execPath, [join(ROOT, program)], {
      cwd: this.#dir,
      env: { ...Object.fromEntries(inherited), ...settings },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  }

  async #ready(name: 'live-server' | 'demo-lms', child: ChildProcess, probe: () => Promise<boolean>): Promise<void> {
    await until(`the ${name} is ready`, READY_MS, async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The ${name} ended by itself:\n${this.log(name)}`);
      return probe();
    });
  }

  #logFile(name: string): string {
    return join(this.#dir, `${name}.log`);
  }
}

interface Ports {
  readonly live: number;
  readonly lms: number;
}

function portOf(url: string): string {
  return new URL(url).port;
}

async function statusOf(url: string): Promise<number | null> {
  return fetch(url).then(
    ({ status }) => status,
    () => null,
  );
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(limit);
  }
  return child.signalCode ?? child.exitCode;
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
