/** coturn with the configuration that `deploy/make-secrets.sh` writes, on a machine of the tests' own network. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeLater } from './cleanup.js';
import type { Host } from './netns.js';
import { until } from './until.js';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const READY_MS = 10_000;

export interface CoturnOptions {
  /** The address that the world sees it at. Default: its own. */
  readonly publicAddress?: string;
  /** Settings in place of those of the configuration, as `user-quota=4`. */
  readonly settings?: readonly string[];
}

export class Coturn {
  readonly secret: string;
  readonly config: string;
  readonly address: string;
  readonly port = 3_478;

  private constructor({ secret, config, address }: { secret: string; config: string; address: string }) {
    this.secret = secret;
    this.config = config;
    this.address = address;
  }

  /** As `LMS_LIVE_TURN_URLS` has them. */
  get urls(): string {
    const at = `turn:${this.address}:${String(this.port)}`;
    return `${at}?transport=udp,${at}?transport=tcp`;
  }

  static async start(host: Host, { publicAddress = host.address, settings = [] }: CoturnOptions = {}): Promise<Coturn> {
    const folder = mkdtempSync(join(tmpdir(), 'lms-live-turn-'));
    closeLater(() => rm(folder, { recursive: true, force: true }));
    for (const name of ['make-secrets.sh', 'turnserver.conf.template'])
      copyFileSync(join(DEPLOY, name), join(folder, name));
    execFileSync('bash', ['make-secrets.sh', 'live.school.example', 'https://lms.school.example'], {
      cwd: folder,
      env: { ...process.env, RELAY_IP: host.address, PUBLIC_IP: publicAddress },
      stdio: 'pipe',
    });
    const file = join(folder, 'secrets/turnserver.conf');
    const log = openSync(join(folder, 'log'), 'a');
    const overrides = settings.map((setting) => `--${setting}`);
    const child = host.spawn('turnserver', ['-c', file, '--pidfile', join(folder, 'pid'), ...overrides], {
      cwd: folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const gone = once(child, 'exit');
    closeLater(async () => {
      child.kill('SIGKILL');
      await gone;
    });
    const { address } = host;
    const coturn = new Coturn({
      secret: readFileSync(join(folder, 'secrets/turn.secret'), 'utf8'),
      config: readFileSync(file, 'utf8'),
      address,
    });
    await until('coturn listens', READY_MS, () => {
      if (child.exitCode !== null)
        throw new Error(`coturn ended by itself:\n${readFileSync(join(folder, 'log'), 'utf8')}`);
      return host.run('sh', ['-c', `bash -c 'exec 3<>/dev/tcp/${address}/${String(coturn.port)}' 2>&1 || true`]) === '';
    });
    return coturn;
  }
}
