import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startLiveServer } from '../../benchmarks/lib/live-server.mjs';
import { slopeOf } from '../fuzz/server-watch.js';
import { Random } from '../lib/random.js';
import { churn } from './churn.js';
import { readGauges, type Gauges } from './gauges.js';
import { giveLesson, type Tally } from './lesson.js';

/** How a run is asked for. */
export interface SoakOptions {
  readonly seed: number;
  readonly transport: 'uws' | 'ws';
  readonly lastsMs: number;
  /** Classes at the same time. */
  readonly classes: number;
  readonly students: number;
  readonly lessonMs: number;
  /** Connections that come and go, a second. */
  readonly churnPerSecond: number;
  /** How long rooms may take to leave memory; 0: that is not waited for. */
  readonly settleMs: number;
  readonly say: (line: string) => void;
}

/** What was seen. */
export interface SoakResult {
  readonly tally: Tally;
  readonly churned: number;
  readonly seconds: number;
  readonly baseline: Gauges;
  readonly most: Gauges;
  readonly end: Gauges;
  /** Growth of the heap right after collections, over the second half of the run. */
  readonly heapBytesPerHour: number;
  readonly heapGrownBytes: number;
  readonly faults: readonly string[];
}

const SAMPLE_MS = 2_000;
/** At this the server writes a snapshot of its heap beside its data, where it goes with it. */
const COLLECT = 'SIGUSR2';
const SAY_MS = 60_000;
const CHURN_ROOMS = 20;
const HOUR_MS = 3_600_000;
const MIB = 2 ** 20;
/** A heap may have grown by so much: caches that have a maximum (tokens, rates, answers) fill. */
const MOST_HEAP_BYTES = 32 * MIB;
const WINDOWS = 10;
/** Timers of caches that end by themselves. */
const MOST_TIMERS = 4;
const EMPTY_MS = 45_000;

/** Ordinary classes for a while; then everything that they took has to be given back. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { seed, transport, lastsMs, classes, students, lessonMs, churnPerSecond, settleMs, say } = options;
  const metricsPort = await freePort();
  const server = await startLiveServer({
    env: {
      LMS_LIVE_TRANSPORT: transport,
      LMS_LIVE_METRICS_PORT: String(metricsPort),
      NODE_OPTIONS: `--heapsnapshot-signal=${COLLECT}`,
    },
  });
  const random = new Random(seed);
  const faults: string[] = [];
  const tally: Tally = { lessons: 0, joins: 0, reloads: 0, commands: 0, sleepers: 0 };
  const shared = {
    url: server.url,
    students,
    token: server.token,
    tally,
    onFault: (fault: string) => faults.push(fault),
  };
  const startedAt = performance.now();
  const samples: Gauges[] = [];
  let saidMs = 0;
  const sample = async () => {
    const gauges = await readGauges(metricsPort);
    samples.push(gauges);
    if (performance.now() - saidMs > SAY_MS) {
      saidMs = performance.now();
      const { sockets, rooms, heapBytes, rssBytes, fds } = gauges;
      say(
        `${String(tally.lessons)} lessons, ${String(sockets)} sockets, ${String(rooms)} rooms, heap ${mib(heapBytes)}, RSS ${mib(rssBytes)}, ${String(fds)} fds`,
      );
    }
    return gauges;
  };
  try {
    // Code is compiled and caches are there before anything is compared.
    await giveLesson({
      ...shared,
      room: 'warm-up',
      lastsMs: Math.min(lessonMs, 5_000),
      random: random.fork('warm-up'),
    });
    await empty(metricsPort);
    const baseline = await collected(server.pid, metricsPort);
    const until = performance.now() + lastsMs;
    const isOver = () => performance.now() >= until;
    const sampler = setInterval(() => void sample().catch((error: unknown) => faults.push(String(error))), SAMPLE_MS);
    const lanes = Array.from({ length: classes }, async (_, lane) => {
      const own = random.fork(`class ${String(lane)}`);
      for (let nth = 0; !isOver(); nth += 1) {
        const lasts = Math.min(lessonMs * (0.5 + own.next()), Math.max(0, until - performance.now()));
        await giveLesson({
          ...shared,
          room: `lesson-${String(lane)}-${String(nth)}`,
          lastsMs: lasts,
          random: own.fork(String(nth)),
        });
        await sleep(own.integer(0, 2_000));
      }
    });
    const tokens = new Map<number, string>();
    const token = (nth: number) => {
      const known = tokens.get(nth);
      if (known !== undefined) return known;
      const role = nth < CHURN_ROOMS ? 'instructor' : 'student';
      const made = server.token({ sub: `churn-${String(nth)}`, role, room: `churn-${String(nth % CHURN_ROOMS)}` });
      tokens.set(nth, made);
      return made;
    };
    const [{ connections }] = await Promise.all([
      churn({ port: server.port, perSecond: churnPerSecond, random: random.fork('churn'), token, isOver }),
      ...lanes,
    ]);
    clearInterval(sampler);
    say('everybody has left');
    await empty(metricsPort);
    const settled = performance.now() + settleMs;
    while (performance.now() < settled && (await sample()).rooms > 0) await sleep(SAMPLE_MS);
    const end = await collected(server.pid, metricsPort);
    const inClass = samples.filter(({ atMs }) => atMs < until);
    const envelope = lowEnvelope(inClass.slice(Math.floor(inClass.length / 2)));
    const result = {
      tally,
      churned: connections,
      seconds: (performance.now() - startedAt) / 1_000,
      baseline,
      most: inClass.reduce((most, one) => (one.rssBytes > most.rssBytes ? one : most), baseline),
      end,
      heapBytesPerHour: slopeOf(envelope.map(({ atMs, heapBytes }) => ({ x: atMs, y: heapBytes }))) * HOUR_MS,
      heapGrownBytes: end.heapBytes - baseline.heapBytes,
    };
    return { ...result, faults: [...leaks(result, settleMs > 0), ...faults, ...errorsIn(server.logFile)] };
  } finally {
    await server.close();
  }
}

/** What was not given back. */
function leaks(
  { baseline, end, heapGrownBytes }: Pick<SoakResult, 'baseline' | 'end' | 'heapGrownBytes'>,
  isSettled: boolean,
): string[] {
  return [
    ...(end.sockets === 0 ? [] : [`${String(end.sockets)} sockets are left`]),
    ...(end.waiting === 0 ? [] : [`${String(end.waiting)} still wait at a door`]),
    ...(end.fds <= baseline.fds ? [] : [`${String(end.fds - baseline.fds)} file descriptors are left`]),
    ...(!isSettled || end.rooms === 0 ? [] : [`${String(end.rooms)} rooms are left in memory`]),
    ...(!isSettled || end.timers <= baseline.timers + MOST_TIMERS
      ? []
      : [`${String(end.timers - baseline.timers)} timers are left`]),
    ...(heapGrownBytes <= MOST_HEAP_BYTES
      ? []
      : [`the heap has grown by ${mib(heapGrownBytes)}, at most ${mib(MOST_HEAP_BYTES)}`]),
  ];
}

/** Until no socket is left, nobody waits, and leases have ended. */
async function empty(metricsPort: number): Promise<void> {
  const until = performance.now() + EMPTY_MS;
  while (performance.now() < until) {
    const { sockets, waiting } = await readGauges(metricsPort);
    if (sockets === 0 && waiting === 0) return;
    await sleep(SAMPLE_MS / 4);
  }
}

/** What is in use and nothing else: a snapshot of the heap begins with a whole collection. The memory of the process is that of before. */
async function collected(pid: number, metricsPort: number): Promise<Gauges> {
  const { rssBytes } = await readGauges(metricsPort);
  process.kill(pid, COLLECT);
  await sleep(SAMPLE_MS);
  // It does not answer before the snapshot is written.
  return { ...(await readGauges(metricsPort)), rssBytes };
}

function lowEnvelope(samples: readonly Gauges[]): readonly Gauges[] {
  const size = Math.max(1, Math.floor(samples.length / WINDOWS));
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, nth) =>
    samples.slice(nth * size, (nth + 1) * size).reduce((low, one) => (one.heapBytes < low.heapBytes ? one : low)),
  );
}

function errorsIn(logFile: string): string[] {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  return lines
    .filter((line) => /"level":"error"|unhandled|uncaught/iu.test(line))
    .map((line) => `the log says: ${line}`);
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}
