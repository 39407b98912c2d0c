import type { Positions, Role } from '@lms-live/protocol';
import { startLiveServer, type LiveServer } from '../../benchmarks/lib/live-server.mjs';
import { check, type Verdict } from '../checker/check.js';
import type { Entry } from '../checker/history.js';
import type { Truth } from '../checker/truth.js';
import { now } from '../lib/clock.js';
import { Random } from '../lib/random.js';
import { FaultProxy, type Faults } from './fault-proxy.js';
import { LightClient, type LightClientOptions } from './light-client.js';
import { readTruth } from './read-truth.js';
import { SdkClient } from './sdk-client.js';
import type { ReaderIdentity } from './wire-tap.js';

/** One server: its connections have nowhere to move to, and the end of a run need not wait for them. */
const ENVIRONMENT = { LMS_LIVE_DRAIN_S: '0', LMS_LIVE_MAX_PENDING_PER_ADDRESS: '500' };
/** Many people do in a few rooms what a school does in many. */
const TENANT_LIMITS = {
  roomCommandsPerSecond: 100_000,
  roomCommandBurst: 100_000,
  tenantCommandsPerSecond: 100_000,
  tenantCommandBurst: 100_000,
};
/** The one tenant of the server that measurements start. */
const TENANT = 'bench';

export interface Person {
  /** One tab; default the `sub`. */
  readonly reader?: string;
  readonly sub: string;
  readonly role: Role;
  readonly room: string;
  /** Begins at these places, which it was never at. */
  readonly positions?: Positions;
}

export interface WorldOptions {
  readonly seed: number;
  /** In the place of the built server: a mutant. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly tenant?: Readonly<Record<string, unknown>>;
  /** The faults of each new connection through the proxy; default none. */
  readonly faults?: (random: Random) => Faults;
}

type LightWishes = Partial<Pick<LightClientOptions, 'maxCopies' | 'joins' | 'isRude' | 'withholds'>> & {
  /** Past the proxy, straight to the server. */
  readonly isDirect?: boolean;
};

/** The built server as a process, a way to it that can fail, people, and everything that they do and see. Everything by chance comes from the seed. */
export class World {
  readonly history: Entry[] = [];
  readonly random: Random;
  readonly server: LiveServer;
  readonly proxy: FaultProxy;
  readonly #light: LightClient[] = [];
  readonly #sdk: SdkClient[] = [];

  private constructor(parts: { readonly random: Random; readonly server: LiveServer; readonly proxy: FaultProxy }) {
    this.random = parts.random;
    this.server = parts.server;
    this.proxy = parts.proxy;
  }

  static async open({ seed, program, env = {}, tenant = {}, faults }: WorldOptions): Promise<World> {
    const random = new Random(seed);
    const server = await startLiveServer({
      env: { ...ENVIRONMENT, ...env },
      tenant: { limits: TENANT_LIMITS, ...tenant },
      ...(program !== undefined && { program }),
    });
    const chance = random.fork('proxy');
    const proxy = await FaultProxy.open({ targetPort: server.port, draw: () => faults?.(chance) ?? {} });
    return new World({ random, server, proxy });
  }

  get light(): readonly LightClient[] {
    return this.#light;
  }

  get sdk(): readonly SdkClient[] {
    return this.#sdk;
  }

  /** Adds somebody with a light client; it connects. */
  addLight(person: Person, { isDirect = false, ...wishes }: LightWishes = {}): LightClient {
    const reader = identityOf(person);
    const port = isDirect ? this.server.port : this.proxy.port;
    const client = new LightClient({
      reader,
      history: this.history,
      url: () => `ws://127.0.0.1:${String(port)}/v1/socket`,
      token: this.#token(person),
      random: this.random.fork(reader.reader),
      ...wishes,
    });
    this.#light.push(client);
    if (person.positions) client.returnTo(person.positions);
    client.start();
    return client;
  }

  /** Adds somebody with the SDK; it connects. */
  addSdk(person: Person): SdkClient {
    const reader = identityOf(person);
    const client = new SdkClient({
      reader,
      history: this.history,
      server: `http://127.0.0.1:${String(this.proxy.port)}`,
      token: this.#token(person),
      random: this.random.fork(reader.reader),
    });
    this.#sdk.push(client);
    return client;
  }

  /** Somebody, for a client in another process. */
  describe(person: Person): { readonly reader: ReaderIdentity; readonly token: string } {
    return { reader: identityOf(person), token: this.#token(person) };
  }

  /** Says that these readers have had every chance to be complete. */
  settled(readers: readonly { readonly name: string }[] = [...this.#light, ...this.#sdk]): void {
    for (const { name } of readers) this.history.push({ t: now(), kind: 'settled', reader: name });
  }

  /** Stops the server as a deployment does, and reads what it has written. */
  async readTruth(): Promise<Truth> {
    await this.server.stop();
    return readTruth(this.server.dataDir);
  }

  async verdict(): Promise<Verdict> {
    return check(this.history, await this.readTruth());
  }

  async close(): Promise<void> {
    for (const client of [...this.#light, ...this.#sdk]) client.stop();
    await this.proxy.close();
    await this.server.close();
  }

  #token({ sub, role, room }: Person): string {
    return this.server.token({ sub, role, room });
  }
}

function identityOf({ reader, sub, role, room, positions }: Person): ReaderIdentity {
  return { reader: reader ?? sub, tenant: TENANT, room, sub, role, ...(positions && { isBorrowed: true }) };
}
