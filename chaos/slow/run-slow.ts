import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLiveServer } from '../../benchmarks/lib/live-server.mjs';
import { Random } from '../lib/random.js';
import { joinOnce, type Join } from './join-once.js';
import { SLOW_KINDS } from './slow-kinds.js';
import { SlowPeer, type SlowEnd } from './slow-peer.js';

export interface SlowOptions {
  readonly seed: number;
  readonly attackers: number;
  readonly transport: 'uws' | 'ws';
  /** One piece of each attacker in this time. Default 5 s. */
  readonly everyMs?: number;
}

/** What was seen. */
export interface SlowResult {
  readonly transport: 'uws' | 'ws';
  readonly attackers: number;
  /** Who came to class before the attack, and during it. */
  readonly calm: readonly Join[];
  readonly attacked: readonly Join[];
  readonly ends: readonly SlowEnd[];
  readonly fds: { readonly before: number; readonly after: number };
  /** Everything that must not be, in words. */
  readonly faults: readonly string[];
}

const DRIP_MS = 5_000;
/** Whoever is slow is gone by then. */
const MOST_GONE_MS = 15_000;
/** Somebody who comes to class is in by then. */
const MOST_JOIN_MS = 2_000;
/** How long they are watched: longer than they may stay. */
const WATCH_MS = 16_500;
const CALM_JOINS = 10;
const PAUSE_MS = 200;
/** Of a thousand sockets at once not one waits for the backlog of the kernel. */
const WAVE = 200;
const WAVE_MS = 50;
/** Loopback addresses that the attackers come from, beside the one of those who come to class. */
const ADDRESSES = 50;
const SETTLE_MS = 1_000;

/** Takes as many places as it can on a server of its own, slowly, while people come to class; and judges what came of it. */
export async function runSlow({ seed, attackers, transport, everyMs = DRIP_MS }: SlowOptions): Promise<SlowResult> {
  const server = await startLiveServer({ env: { LMS_LIVE_TRANSPORT: transport } });
  const random = new Random(seed);
  const peers: SlowPeer[] = [];
  let joins = 0;
  const join = () => {
    joins += 1;
    const token = server.token({ sub: `canary-${String(joins)}`, role: 'instructor', room: 'canary' });
    return joinOnce({ url: server.url, token, random });
  };
  try {
    const calm: Join[] = [];
    for (let count = 0; count < CALM_JOINS; count += 1) calm.push(await join());
    await sleep(SETTLE_MS);
    const fdsBefore = openFiles(server.pid);
    const startedMs = performance.now();
    const attacked: Join[] = [];
    const isOver = () =>
      performance.now() - startedMs > WATCH_MS || (peers.length === attackers && peers.every(({ isGone }) => isGone));
    const people = (async () => {
      while (!isOver()) {
        attacked.push(await join());
        await sleep(PAUSE_MS);
      }
    })();
    for (let count = 0; count < attackers; count += 1) {
      const kind = SLOW_KINDS[count % SLOW_KINDS.length];
      const from = `127.0.1.${String(1 + (count % ADDRESSES))}`;
      if (kind) peers.push(new SlowPeer({ kind, port: server.port, from, everyMs }));
      if (count % WAVE === WAVE - 1) await sleep(WAVE_MS);
    }
    await people;
    const ends = peers.map(({ end }) => end);
    for (const peer of peers) peer.close();
    await sleep(SETTLE_MS);
    const fds = { before: fdsBefore, after: openFiles(server.pid) };
    const result = { transport, attackers, calm, attacked, ends, fds };
    return { ...result, faults: faultsOf(result) };
  } finally {
    for (const peer of peers) peer.close();
    await server.close();
  }
}

/** The slowest of those who came. */
export function slowest(joins: readonly Join[]): number {
  return Math.max(...joins.map(({ ms }) => ms));
}

/** When the last attackers of each kind were gone; null: some of them still were there. */
export function byKind(ends: readonly SlowEnd[]): ReadonlyMap<string, number | null> {
  const kinds = new Map<string, number | null>();
  for (const { kind, goneMs } of ends) {
    const last = kinds.get(kind);
    kinds.set(kind, goneMs === null || last === null ? null : Math.max(goneMs, last ?? 0));
  }
  return kinds;
}

function faultsOf({ attacked, ends, fds }: Omit<SlowResult, 'faults'>): readonly string[] {
  const late = [...byKind(ends)].filter(([, goneMs]) => goneMs === null || goneMs > MOST_GONE_MS);
  return [
    ...(attacked.length > 0 ? [] : ['nobody came to class']),
    ...(slowest(attacked) <= MOST_JOIN_MS
      ? []
      : [`somebody came in after ${slowest(attacked).toFixed(0)} ms, at most ${String(MOST_JOIN_MS)} ms`]),
    ...late.map(([kind, goneMs]) =>
      goneMs === null ? `never ended: ${kind}` : `ended after ${(goneMs / 1_000).toFixed(1)} s: ${kind}`,
    ),
    ...(fds.after <= fds.before ? [] : [`${String(fds.after - fds.before)} file descriptors are left`]),
  ];
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}
