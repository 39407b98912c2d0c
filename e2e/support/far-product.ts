/** The product as it is built, on a machine of the tests' own network: the live server with its STUN, the demo LMS, and a TURN server. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeLater } from './cleanup.js';
import type { Coturn } from './coturn.js';
import type { Host } from './netns.js';
import { until } from './until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIVE_PORT = 8_080;
const LMS_PORT = 3_000;
/** As in compose, beside the TURN server. */
const STUN_PORT = 3_480;
const READY_MS = 30_000;

export interface FarProductOptions {
  /** The class that must be there before anybody comes. */
  readonly classId: string;
}

export class FarProduct {
  /** Addresses as browsers know them. */
  readonly liveUrl: string;
  readonly lmsUrl: string;
  readonly #host: Host;
  readonly #dir: string;
  #live: ChildProcess | null = null;

  private constructor(host: Host, dir: string) {
    this.#host = host;
    this.#dir = dir;
    this.liveUrl = `http://${host.address}:${String(LIVE_PORT)}`;
    this.lmsUrl = `http://${host.address}:${String(LMS_PORT)}`;
  }

  static async start(host: Host, { classId }: FarProductOptions): Promise<FarProduct> {
    const dir = await mkdtemp(join(tmpdir(), 'lms-live-far-'));
    const product = new FarProduct(host, dir);
    closeLater(() => rm(dir, { recursive: true, force: true }));
    await product.startLive(null);
    const lms = product.#spawn('demo-lms', 'examples/demo-lms/dist/main.js', {
      LISTEN_ADDRESS: '0.0.0.0',
      PORT: String(LMS_PORT),
      PUBLIC_URL: product.lmsUrl,
      LIVE_SERVER_URL: product.liveUrl,
      DATA_DIR: join(dir, 'lms'),
    });
    closeLater(() => end(lms));
    await product.#ready('demo-lms', lms, `${product.liveUrl}/v1/rooms/${classId}/status?tenant=demo`);
    return product;
  }

  /** Starts the live server, in place of the one that runs. @param turn null: STUN is all that there is */
  async startLive(turn: Coturn | null): Promise<void> {
    if (this.#live) await end(this.#live);
    const { liveUrl, lmsUrl } = this;
    const tenants = readFileSync(join(ROOT, 'examples/demo-lms/tenants.json'), 'utf8')
      // The keys of the LMS are fetched on the machine itself: elsewhere it would have to be by https.
      .replace(/"http:\/\/localhost:3000(?!\/\.well-known)/gu, `"${lmsUrl}`)
      .replaceAll('http://localhost:8080', liveUrl);
    const live = this.#spawn('live-server', 'server/dist/main.js', {
      LMS_LIVE_HOST: '0.0.0.0',
      LMS_LIVE_PORT: String(LIVE_PORT),
      LMS_LIVE_PUBLIC_URL: liveUrl,
      LMS_LIVE_DATA_DIR: join(this.#dir, 'live'),
      LMS_LIVE_METRICS_PORT: 'off',
      LMS_LIVE_STUN_PORT: String(STUN_PORT),
      LMS_LIVE_LOG_LEVEL: 'warn',
      LMS_LIVE_TENANTS: tenants,
      ...(turn && { LMS_LIVE_TURN_URLS: turn.urls, LMS_LIVE_TURN_SECRET: turn.secret }),
    });
    if (this.#live === null)
      closeLater(async () => {
        if (this.#live) await end(this.#live);
      });
    this.#live = live;
    await this.#ready('live-server', live, `${liveUrl}/readyz`);
  }

  #spawn(name: string, program: string, settings: Readonly<Record<string, string>>): ChildProcess {
    const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('LMS_LIVE_') && key !== 'NODE_ENV');
    const log = openSync(join(this.#dir, `${name}.log`), 'a');
    const child = this.#host.spawn(process.execPath, [join(ROOT, program)], {
      cwd: this.#dir,
      env: { ...Object.fromEntries(inherited), ...settings },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return child;
  }

  async #ready(name: string, child: ChildProcess, url: string): Promise<void> {
    const probe = `fetch(${JSON.stringify(url)}).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
    await until(`the ${name} is ready`, READY_MS, async () => {
      if (child.exitCode !== null)
        throw new Error(`The ${name} ended by itself:\n${readFileSync(join(this.#dir, `${name}.log`), 'utf8')}`);
      const [code] = (await once(this.#host.spawn(process.execPath, ['--eval', probe]), 'exit')) as [number | null];
      return code === 0;
    });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
