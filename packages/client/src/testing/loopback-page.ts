import { createLoopbackServer, type LoopbackOptions, type LoopbackServer } from '../loopback.js';
import { connect } from '../index.js';
import type { ConnectOptions, Environment, RoomClient } from '../types.js';
import { FakeClock } from './fake-clock.js';
import { newId, sha256 } from './scripted-server.js';

/** A class in the page, its clock in the hands of a test. */
export class LoopbackPage {
  readonly clock = new FakeClock();
  readonly server: LoopbackServer;
  readonly #clients: RoomClient[] = [];

  constructor(options: LoopbackOptions = {}) {
    const { wallMs, setTimer, clearTimer } = this.clock;
    this.server = createLoopbackServer({ now: wallMs, setTimer, clearTimer, newId, sha256, ...options });
  }

  /** What a client needs beside the sockets of the server. */
  environment(person: string): Partial<Environment> {
    const { wallMs, monotonicMs, setTimer, clearTimer } = this.clock;
    const environment = this.#environments.get(person) ?? {
      ...this.server.environment(person),
      ...{ sha256, setTimer, clearTimer, monotonicMs, nowMs: wallMs, randomId: newId, random: () => 0.5, page: null },
    };
    this.#environments.set(person, environment);
    return environment;
  }
  readonly #environments = new Map<string, Partial<Environment>>();

  connect(person: string, options: Partial<ConnectOptions> = {}): RoomClient {
    const client = connect({
      server: this.server.url,
      token: this.server.tokenFor(person),
      environment: this.environment(person),
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Lets time pass until everything is done that takes none. */
  async pass(ms = 10): Promise<void> {
    await this.server.settled();
    await this.clock.advance(ms);
    await this.server.settled();
    await this.clock.advance(1);
  }

  /** All let go; nothing may be left. */
  async end(): Promise<void> {
    for (const client of this.#clients) client.release();
    await this.pass(1_000);
    this.server.stop();
    await this.pass();
    const left = { timers: this.clock.timers, sockets: this.server.openSockets };
    if (Object.values(left).some((count) => count > 0)) throw new Error(`Left behind: ${JSON.stringify(left)}`);
  }
}
