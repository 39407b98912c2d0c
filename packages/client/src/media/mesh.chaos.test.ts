import { describe, expect, it } from 'vitest';
import { MeshClass } from './testing/mesh-class.js';
import type { Fate, MeshRoomOptions, Passing } from './testing/mesh-room.js';

/** `npm run test:mesh` loses every frame in turn; otherwise a sample of them. */
const IS_WHOLE = process.env['npm_lifecycle_event'] === 'test:mesh';
const SAMPLES = 6;
/** Classes side by side: most of the time is spent waiting for what is sent again. */
const AT_ONCE = 2;
const FULL_MESH_MS = 8_000;
const PEOPLE = ['ada', 'ben', 'cy'];

type Join = (scene: MeshClass) => Promise<unknown>;

const joins: Readonly<Record<string, Join>> = {
  async 'three at once'(scene) {
    for (const tab of PEOPLE.map((person) => scene.open(person))) scene.join(tab);
  },
  async 'one after the other, the last one prepared'(scene) {
    const [ada, ben, cy] = PEOPLE.map((person) => scene.open(person));
    scene.join(ada!);
    scene.join(ben!);
    cy!.mesh.prepare();
    await new Promise((resolve) => setTimeout(resolve, 60));
    scene.join(cy!);
  },
};

async function run(join: Join, fate: MeshRoomOptions['fate']): Promise<number> {
  const scene = new MeshClass(fate ? { fate } : {});
  try {
    await join(scene);
    const tookMs = await scene.full(FULL_MESH_MS);
    expect(scene.tabs.map(({ webRtc }) => webRtc.open)).toEqual([2, 2, 2]);
    return tookMs;
  } finally {
    expect(scene.end()).toEqual({ connections: 0, timers: 0 });
  }
}

/** A fate for the frame with this number; the others travel unharmed. @returns what was met */
function only(number: number, fate: Fate): { fate: (passing: Passing) => Fate | null; met: () => Passing | null } {
  let count = 0;
  let met: Passing | null = null;
  return {
    met: () => met,
    fate: (passing) => {
      count += 1;
      if (count !== number) return null;
      met = passing;
      // A socket keeps its order: what the server says itself comes twice at once, and never late.
      return passing.frame.frame === 'signal' ? fate : { times: fate.times ?? 1 };
    },
  };
}

async function each(numbers: readonly number[], act: (number: number) => Promise<void>): Promise<void> {
  const left = [...numbers];
  const worker = async (): Promise<void> => {
    for (let number = left.shift(); number !== undefined; number = left.shift()) await act(number);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function describeFrame(passing: Passing | null): string {
  if (!passing) return 'none';
  const { frame } = passing;
  const body = frame.frame === 'signal' ? frame.body : undefined;
  const message = body?.['message'] as { type: string } | undefined;
  return `${passing.way} ${passing.person} ${frame.frame} ${frame.frame === 'signal' ? (message?.type ?? 'ack') : ''}`;
}

async function countFrames(join: Join): Promise<number> {
  let count = 0;
  await run(join, () => {
    count += 1;
    return null;
  });
  return count;
}

describe.each(Object.entries(joins))('%s', (_name, join) => {
  const fates: Readonly<Record<string, Fate>> = {
    lost: { times: 0 },
    doubled: { times: 2, delayMs: 5 },
    late: { delayMs: 300 },
  };
  it.each(Object.entries(fates))(
    'makes a full mesh although one frame is %s, whichever it is',
    async (name, fate) => {
      const frames = await countFrames(join);
      const step = IS_WHOLE ? 1 : Math.max(1, Math.floor(frames / SAMPLES));
      const numbers = Array.from({ length: Math.ceil(frames / step) }, (_, index) => 1 + index * step);
      let harmed = 0;
      await each(numbers, async (number) => {
        const { fate: decide, met } = only(number, fate);
        try {
          await run(join, decide);
          if (met()) harmed += 1;
        } catch (error) {
          throw new Error(`Frame ${number} of ${frames}, ${name}: ${describeFrame(met())}`, { cause: error });
        }
      });
      // How many acknowledgements there are is up to chance, and with it the number of the last frames.
      expect(harmed).toBeGreaterThan(numbers.length / 2);
    },
    600_000,
  );
});
