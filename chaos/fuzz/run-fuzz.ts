import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, startLiveServer } from '../../benchmarks/lib/live-server.mjs';
import { percentile } from '../lib/statistics.js';
import { attackWithFrames, attackWithHandshakes, type AttackOutcome, type StageName } from './attack.js';
import type { BystanderReport } from './bystander-report.js';
import type { HandshakeEnd } from './handshakes.js';
import { ServerWatch, slopeOf } from './server-watch.js';

/** How a run is asked for. */
export interface FuzzOptions {
  readonly seed: number;
  readonly frames: number;
  readonly handshakes: number;
  /** Of the attack, at most; 0: as many as the machine can. */
  readonly framesPerSecond: number;
  readonly transport: 'uws' | 'ws';
  /** How long the bystander chats before the attack. */
  readonly calmMs: number;
  /** From the attack to the last look at the server. Default 12 s. */
  readonly pauseMs?: number;
  readonly say: (line: string) => void;
}

/** What was seen. */
export interface FuzzResult {
  readonly attack: AttackOutcome;
  readonly handshakes: ReadonlyMap<HandshakeEnd, number>;
  readonly bystander: BystanderReport;
  readonly calmP99Ms: number;
  readonly attackP99Ms: number;
  /** After the warm-up, at the end of the attack, and after a pause. */
  readonly rssBytes: {
    readonly warm: number;
    readonly most: number;
    readonly end: number;
    readonly perMillionFrames: number;
  };
  readonly fds: { readonly before: number; readonly after: number };
  readonly attackMs: number;
  /** Lines of the server's log that no attacker may cause. */
  readonly errors: readonly string[];
  readonly faults: readonly string[];
}

const BYSTANDERS = 8;
const ROOMS = 20;
/** The bystander's p99 may be so much worse than without the attack. */
const MOST_TIMES = 5;
/** Below this a p99 says more about the scheduler than about the server. */
const LEAST_P99_MS = 4;
/** Memory that is not given back at once. */
const RSS_SLACK_BYTES = 64 * 2 ** 20;
const PAUSE_MS = 12_000;
const SAMPLE_MS = 250;
/** The part of an attack in which a heap finds its size. */
const WARM_UP = 0.25;
const PROGRESS = 10;

/** Attacks a server of its own while a class goes on, and judges what came of it. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, frames, handshakes, framesPerSecond, transport, calmMs, pauseMs = PAUSE_MS, say } = options;
  const metricsPort = await freePort();
  const server = await startLiveServer({
    env: { LMS_LIVE_TRANSPORT: transport, LMS_LIVE_METRICS_PORT: String(metricsPort) },
    // All of this is one school; its rates are not what is tried here.
    tenant: { limits: { tenantCommandBurst: 1_000_000, tenantCommandsPerSecond: 1_000_000 } },
  });
  const { pid } = server;
  const startOf = async () =>
    /process_start_time_seconds (\S+)/u.exec(
      await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text(),
    )?.[1];
  const startedAt = await startOf();
  const watch = new ServerWatch(pid, SAMPLE_MS);
  const bystander = fork(fileURLToPath(new URL('bystander.ts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const tokens = Array.from({ length: BYSTANDERS }, (_, nth) =>
      server.token({ sub: `bystander-${String(nth)}`, role: nth === 0 ? 'instructor' : 'student', room: 'bystanders' }),
    );
    bystander.send({ kind: 'start', url: server.url, tokens, seed });
    await once(bystander, 'message');
    say(`a class of ${String(BYSTANDERS)} chats for ${String(calmMs / 1_000)} s`);
    await sleep(calmMs);
    const fdsBefore = watch.look()?.fds ?? 0;
    bystander.send({ kind: 'phase', phase: 'attack' });
    const token = tokensOf(server.token);
    const from = performance.now();
    const fromSample = watch.samples.length;
    let told = 0;
    const [attack, ends] = await Promise.all([
      attackWithFrames(
        { port: server.port, seed, token },
        {
          frames,
          framesPerSecond,
          onProgress: (sent) => {
            if (sent * PROGRESS < (told + 1) * frames) return;
            told += 1;
            say(`${String(sent)} frames, ${String(Math.round((watch.look()?.rssBytes ?? 0) / 2 ** 20))} MiB`);
          },
        },
      ),
      attackWithHandshakes({ port: server.port, seed }, handshakes),
    ]);
    const attackMs = performance.now() - from;
    const during = watch.samples.slice(fromSample);
    bystander.send({ kind: 'phase', phase: 'stop' });
    const [report] = (await once(bystander, 'message')) as [BystanderReport];
    // What was lost is let go of: leases end, sockets are closed, the heap is collected.
    await sleep(pauseMs);
    const after = watch.look();
    const startedSince = await startOf().catch(() => undefined);
    const warm = during.slice(Math.floor(during.length * WARM_UP));
    const errors = errorsIn(server.logFile);
    const result = {
      attack,
      handshakes: ends,
      bystander: report,
      calmP99Ms: percentile(report.latencies.calm, 0.99),
      attackP99Ms: percentile(report.latencies.attack, 0.99),
      rssBytes: {
        warm: warm[0]?.rssBytes ?? 0,
        most: Math.max(...during.map(({ rssBytes }) => rssBytes)),
        end: after?.rssBytes ?? 0,
        perMillionFrames:
          slopeOf(warm.map(({ atMs, rssBytes }) => ({ x: atMs, y: rssBytes }))) *
          (attackMs / (attack.frames / 1_000_000)),
      },
      fds: { before: fdsBefore, after: after?.fds ?? 0 },
      attackMs,
      errors,
    };
    const isSame = after !== null && server.pid === pid && startedAt !== undefined && startedAt === startedSince;
    return { ...result, faults: faultsOf(result, isSame) };
  } finally {
    bystander.kill();
    watch.close();
    await server.close();
  }
}

/** Everything that must not be, in words. */
function faultsOf(result: Omit<FuzzResult, 'faults'>, isSame: boolean): readonly string[] {
  const { bystander, calmP99Ms, attackP99Ms, rssBytes, fds, handshakes, errors } = result;
  const mostMs = MOST_TIMES * Math.max(calmP99Ms, LEAST_P99_MS);
  return [
    ...(isSame ? [] : ['the process is another one, or gone']),
    ...errors.map((line) => `the log says: ${line}`),
    ...bystander.faults,
    ...(bystander.acked === bystander.sent ? [] : [`${String(bystander.sent)} sent, ${String(bystander.acked)} acked`]),
    ...(attackP99Ms <= mostMs
      ? []
      : [`p99 of the bystander ${attackP99Ms.toFixed(1)} ms, at most ${mostMs.toFixed(1)} ms`]),
    ...(rssBytes.end <= rssBytes.warm + RSS_SLACK_BYTES ? [] : ['memory has grown']),
    ...(fds.after <= fds.before ? [] : [`${String(fds.after - fds.before)} file descriptors are left`]),
    ...(handshakes.has('open') ? [`${String(handshakes.get('open'))} handshakes were never ended`] : []),
  ];
}

/** Tokens are signed once each: the attack is on the frames. */
function tokensOf(sign: (claims: { sub: string; role: string; room: string }) => string) {
  const known = new Map<string, string>();
  return (stage: StageName, nth: number): string => {
    const id = `${stage} ${String(nth)}`;
    const isTeacher = stage === 'teacher';
    // In a room of their own nobody lets these in.
    const room = stage === 'waiting' ? `waiting-${String(nth % ROOMS)}` : `attacked-${String(nth % ROOMS)}`;
    const token = known.get(id) ?? sign({ sub: id, role: isTeacher ? 'instructor' : 'student', room });
    known.set(id, token);
    return token;
  };
}

function errorsIn(logFile: string): readonly string[] {
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => /"level":"error"|unhandled|uncaught|^\s+at /iu.test(line));
}
