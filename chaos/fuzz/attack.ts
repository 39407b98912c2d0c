import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../lib/random.js';
import { brokenHandshake, tryHandshake, type HandshakeEnd } from './handshakes.js';
import { mutatedFrame } from './mutate.js';
import { RawPeer, type Heard } from './raw-peer.js';

/** Where in the life of a connection the frames come. */
export const STAGES = ['before hello', 'waiting', 'student', 'teacher'] as const;
/** Where in the life of a connection the frames come. */
export type StageName = (typeof STAGES)[number];

/** Whom an attack pretends to be. */
export interface Attackers {
  readonly port: number;
  readonly seed: number;
  readonly token: (stage: StageName, nth: number) => string;
}

/** What came of it. */
export interface AttackOutcome extends Heard {
  frames: number;
  connections: number;
  /** Connections that did not come to their stage: not let in. */
  turnedAway: number;
  readonly byStage: Map<StageName, number>;
}

/** Fewer sockets that have not said hello than one address may have. */
const WIDTH = 96;
const HANDSHAKE_WIDTH = 16;
/** People of each stage; more connections are theirs again. */
const PEOPLE = 400;
/** The fifth malformed frame ends a connection: what came behind it would not be read. */
const MOST_FRAMES = 10;
/** From the last frame to the end of a connection that the server neither answers nor closes: one half of a frame, say. */
const LINGER_MS = 500;
const WEIGHTS: Readonly<Record<StageName, number>> = {
  'before hello': 0.15,
  waiting: 0.1,
  student: 0.45,
  teacher: 0.3,
};

/** Sends so many mutated frames, from many connections at once. */
export async function attackWithFrames(
  { port, seed, token }: Attackers,
  {
    frames,
    framesPerSecond,
    onProgress,
  }: {
    readonly frames: number;
    /** At most; 0: as many as the machine can. */
    readonly framesPerSecond: number;
    readonly onProgress: (sent: number) => void;
  },
): Promise<AttackOutcome> {
  const outcome: AttackOutcome = {
    frames: 0,
    connections: 0,
    turnedAway: 0,
    refusals: new Map(),
    closes: new Map(),
    byStage: new Map(),
  };
  let claimed = 0;
  const from = performance.now();
  /** Until the frames that were claimed so far are due. */
  const due = () =>
    framesPerSecond === 0 ? Promise.resolve() : sleep(from + (claimed / framesPerSecond) * 1_000 - performance.now());
  const one = async (random: Random) => {
    const stage = stageOf(random.next());
    const own = token(stage, random.integer(0, PEOPLE - 1));
    const planned = Math.min(
      stage === 'before hello' ? random.integer(1, 4) : random.integer(4, MOST_FRAMES),
      frames - claimed,
    );
    claimed += planned;
    await due();
    outcome.connections += 1;
    const peer = new RawPeer(port, outcome);
    if (await comesTo(peer, stage, own, random)) {
      outcome.byStage.set(stage, (outcome.byStage.get(stage) ?? 0) + planned);
      const bytes = Array.from({ length: planned }, () => mutatedFrame(random, own));
      // In one piece, or each for itself.
      if (random.chance(0.5)) peer.write(Buffer.concat(bytes));
      else for (const piece of bytes) peer.write(piece);
      outcome.frames += planned;
      // Whoever is still there behind all of it is answered: then it was read.
      peer.say({ frame: 'ping' });
      await peer.hears({ kinds: ['pong'], withinMs: LINGER_MS });
    } else {
      outcome.turnedAway += 1;
      claimed -= planned;
    }
    peer.end(random.pick(['fin', 'reset']));
    onProgress(outcome.frames);
  };
  await Promise.all(
    Array.from({ length: WIDTH }, async (_, lane) => {
      const random = new Random(seed).fork(`lane ${String(lane)}`);
      while (claimed < frames) await one(random);
    }),
  );
  return outcome;
}

/** Tries so many broken handshakes. @returns how they ended */
export async function attackWithHandshakes(
  { port, seed }: Pick<Attackers, 'port' | 'seed'>,
  count: number,
): Promise<Map<HandshakeEnd, number>> {
  const ends = new Map<HandshakeEnd, number>();
  let left = count;
  await Promise.all(
    Array.from({ length: HANDSHAKE_WIDTH }, async (_, lane) => {
      const random = new Random(seed).fork(`handshakes ${String(lane)}`);
      while ((left -= 1) >= 0) {
        const end = await tryHandshake(port, brokenHandshake(random));
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    }),
  );
  return ends;
}

async function comesTo(peer: RawPeer, stage: StageName, token: string, random: Random): Promise<boolean> {
  if (!(await peer.upgraded())) return false;
  if (stage === 'before hello') return true;
  peer.say({ frame: 'hello', token, join: random.chance(0.1), client: { id: random.id() } });
  // A student of the first moments may be early: then there is no class yet.
  return peer.hears({ kinds: stage === 'teacher' ? ['media'] : ['media', 'waiting'] });
}

function stageOf(share: number): StageName {
  let sum = 0;
  for (const stage of STAGES) {
    sum += WEIGHTS[stage];
    if (share < sum) return stage;
  }
  return 'student';
}
