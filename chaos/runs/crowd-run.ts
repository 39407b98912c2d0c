import { check, type Verdict } from '../checker/check.js';
import { forkCrowd, type Crowd } from '../world/fork-crowd.js';
import type { LightClient } from '../world/light-client.js';
import { until } from '../world/until.js';
import { World } from '../world/world.js';
import type { RunOptions } from './types.js';

const ROOM = 'assembly';
const LEAVE_MS = 30_000;
/** A ping, and a moment. */
const QUIET_MS = 6_500;

/** One room with a crowd in a process of its own, and a teacher in this one who came straight to the server. */
export interface Assembly {
  readonly world: World;
  readonly crowd: Crowd;
  readonly teacher: LightClient;
  /** Ends it all, and checks everything that the crowd and the teacher have seen. */
  readonly end: () => Promise<Verdict>;
}

export async function assemble<T>(
  { seed, clients, say }: RunOptions,
  play: (assembly: Assembly) => Promise<T>,
): Promise<T> {
  const world = await World.open({ seed });
  const crowd = forkCrowd();
  try {
    const teacher = world.addLight({ sub: 'teacher', role: 'instructor', room: ROOM }, { isDirect: true });
    await until('the class is open', () => teacher.isSynced);
    const people = Array.from({ length: clients }, (_, index) =>
      world.describe({ sub: `member-${String(index)}`, role: 'student', room: ROOM }),
    );
    const { count } = await crowd.ask({ order: 'gather', port: world.server.port, seed, people });
    say(`${String(count)} of ${String(clients)} are in`);
    const end = async (): Promise<Verdict> => {
      const { history } = await crowd.ask({ order: 'leave', limitMs: LEAVE_MS, quietMs: QUIET_MS });
      world.settled();
      for (const entry of history) world.history.push(entry);
      world.history.sort((a, b) => a.t - b.t);
      return check(world.history, await world.readTruth());
    };
    return await play({ world, crowd, teacher, end });
  } finally {
    crowd.close();
    await world.close();
  }
}
