/** One of two servers is replaced while a class talks: nobody notices. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, selectMessages, type RoomClient } from '@lms-live/client';
import {
  BusHub,
  createLogger,
  openSqliteStore,
  readConfig,
  startServer,
  type RunningServer,
  type Store,
} from '@lms-live/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { freePort, signToken } from '../benchmarks/lib/live-server.mjs';

const SECRET = 'a-secret-of-a-school-that-exists-in-tests-only';
const ISSUER = 'https://lms.test';
const AUDIENCE = 'http://localhost:1';
const ROOM = 'algebra';
const STUDENTS = 20;
const DRAIN_MS = 4_000;
const POST_EVERY_MS = 150;
const HEALTH_CHECK_MS = 20;

interface Person {
  readonly room: RoomClient;
  /** Every state that its connection was in since the class began. */
  readonly states: string[];
  readonly sent: string[];
}

let dir: string;
let store: Store;
const hub = new BusHub();
const servers: RunningServer[] = [];
let balancer: Balancer;
const people: Person[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lms-live-rolling-'));
  store = await openSqliteStore({ dataDir: dir });
  servers.push(await serve(), await serve());
  balancer = await Balancer.start(servers.map(({ port }) => port));
});

afterAll(async () => {
  for (const { room } of people) room.release();
  await balancer.stop();
  for (const server of servers) await server.stop({ drainMs: 0 });
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

test('a class is moved to another server while it talks: nobody is offline, nothing is lost, nothing is there twice', async () => {
  people.push(enter('grace', 'instructor'));
  await expect.poll(() => people[0]?.room.getState().connection.state).toBe('online');
  for (let number = 0; number < STUDENTS; number += 1) people.push(enter(`student-${number}`, 'student'));
  await expect
    .poll(() => people.every(({ room }) => room.getState().connection.synced), { timeout: 15_000 })
    .toBe(true);
  for (const { states } of people) states.length = 0;

  const [first] = servers as [RunningServer, RunningServer];
  const talking = new AbortController();
  const said = Promise.all(people.map((person, index) => talk(person, index, talking.signal)));
  await pause(1_000);
  const startedAt = performance.now();
  await first.stop({ drainMs: DRAIN_MS });
  const tookMs = performance.now() - startedAt;
  await pause(1_000);
  talking.abort();
  await said;

  // Everybody had gone before the time was over.
  expect(tookMs).toBeLessThan(DRAIN_MS + 3_000);
  expect(balancer.servedBy(first.port)).toBe(0);
  const all = people.flatMap(({ sent }) => sent).sort();
  expect(all.length).toBeGreaterThan(people.length * 10);
  for (const { room } of people) {
    await expect.poll(() => textsOf(room).sort(), { timeout: 10_000 }).toEqual(all);
  }
  const orders = new Set(people.map(({ room }) => JSON.stringify(textsOf(room))));
  expect(orders.size).toBe(1);
  for (const { room, sent } of people) {
    const own = new Set(sent);
    expect(textsOf(room).filter((text) => own.has(text))).toEqual(sent);
  }
  expect(people.flatMap(({ states }) => states)).toEqual([]);
  // Who was there is still there: nobody was written down as gone.
  expect(people[0]?.room.getState().presence.count).toBe(people.length);
  expect(people[0]?.room.getState().views.all.room.state).toBe('live');
});

function enter(sub: string, role: string): Person {
  const states: string[] = [];
  const room = connect({
    server: `http://127.0.0.1:${balancer.port}`,
    token: signToken({ sub, role, room: ROOM, audience: AUDIENCE, secret: SECRET }),
    environment: { openSocket: (url, protocol) => new WebSocket(url, protocol) as never },
  });
  room.on('connection-changed', ({ state }) => states.push(state));
  return { room, states, sent: [] };
}

/** Says something now and then, and waits for each to be acknowledged in the end. */
async function talk({ room, sent }: Person, index: number, stop: AbortSignal): Promise<void> {
  const answers: Promise<unknown>[] = [];
  for (let number = 0; !stop.aborted; number += 1) {
    const text = `${index}/${number}`;
    sent.push(text);
    answers.push(room.send('chat.post', { text }));
    await pause(POST_EVERY_MS * 2 + index);
  }
  await Promise.all(answers);
}

function textsOf(room: RoomClient): string[] {
  return [...selectMessages(room.getState())].flatMap(({ text }) => (text === null ? [] : [text]));
}

async function serve(): Promise<RunningServer> {
  const config = readConfig({
    LMS_LIVE_PORT: String(await freePort()),
    LMS_LIVE_PUBLIC_URL: AUDIENCE,
    LMS_LIVE_DATA_DIR: dir,
    LMS_LIVE_METRICS_PORT: 'off',
    LMS_LIVE_LOG_LEVEL: 'error',
    LMS_LIVE_STUN_PORT: 'off',
    LMS_LIVE_TENANTS: JSON.stringify({
      tenants: [
        { id: 'school', issuer: ISSUER, origins: ['http://localhost:1'], keys: [{ kind: 'secret', secret: SECRET }] },
      ],
    }),
  });
  return startServer({ config, log: createLogger('error'), store, bus: hub.join() });
}

/** One address for several servers: new connections go to the first that is ready, open ones stay where they are. */
class Balancer {
  readonly #server: Server;
  readonly #ports: readonly number[];
  readonly #ways = new Map<Socket, number>();
  readonly #check: NodeJS.Timeout;
  #ready: number;

  private constructor(server: Server, ports: readonly number[]) {
    this.#server = server;
    this.#ports = ports;
    this.#ready = ports[0] ?? 0;
    this.#check = setInterval(() => void this.#look(), HEALTH_CHECK_MS);
  }

  static async start(ports: readonly number[]): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, ports);
    server.on('connection', (near) => balancer.#carry(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  servedBy(port: number): number {
    return [...this.#ways.values()].filter((other) => other === port).length;
  }

  async stop(): Promise<void> {
    clearInterval(this.#check);
    for (const near of this.#ways.keys()) near.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #carry(near: Socket): void {
    const port = this.#ready;
    const far = connectTcp(port, '127.0.0.1');
    this.#ways.set(near, port);
    near.pipe(far).pipe(near);
    const end = (): void => {
      this.#ways.delete(near);
      near.destroy();
      far.destroy();
    };
    for (const side of [near, far]) side.on('close', end).on('error', end);
  }

  async #look(): Promise<void> {
    for (const port of this.#ports) {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      if (response?.ok !== true) continue;
      this.#ready = port;
      return;
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
