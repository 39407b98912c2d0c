import type { ServerFrame } from '@lms-live/protocol';
import type { Random } from '../lib/random.js';
import type { LightClient } from '../world/light-client.js';
import type { SdkClient } from '../world/sdk-client.js';
import { until } from '../world/until.js';
import type { World } from '../world/world.js';

/** People of a class; everybody reads everything that is said in it. */
const PEOPLE_IN_A_CLASS = 12;
const COPIES = 5;
const READY_MS = 60_000;

/** A class of the run. */
export interface Class {
  readonly room: string;
  readonly teacher: LightClient;
  /** Staff by their token. */
  readonly assistant: LightClient;
  readonly students: readonly LightClient[];
  readonly sdk: readonly SdkClient[];
  /** Public questions, as they have come. */
  readonly questions: string[];
}

/** Brings classes together: a teacher, an assistant, students; every fifth of them the SDK itself, every seventh a second tab of the one before. */
export async function gather(world: World, clients: number): Promise<readonly Class[]> {
  const count = Math.max(1, Math.ceil(clients / PEOPLE_IN_A_CLASS));
  const classes: Class[] = [];
  for (let index = 0; index < count; index += 1)
    classes.push(await gatherOne(world, index, Math.ceil(clients / count)));
  await until(
    'everybody is in',
    () => world.light.every(({ isSynced }) => isSynced) && world.sdk.every(({ isSynced }) => isSynced),
    READY_MS,
  );
  return classes;
}

async function gatherOne(world: World, index: number, people: number): Promise<Class> {
  const room = `class-${String(index)}`;
  const name = (who: string): string => `${room}-${who}`;
  const teacher = world.addLight({ sub: name('teacher'), role: 'instructor', room }, { maxCopies: COPIES });
  await until(`${room} is open`, () => teacher.isSynced, READY_MS);
  const assistant = world.addLight({ sub: name('assistant'), role: 'assistant', room }, { maxCopies: COPIES });
  const students: LightClient[] = [];
  const sdk: SdkClient[] = [];
  for (let place = 0; place < people - 2; place += 1) {
    const sub = name(`student-${String(place)}`);
    if (place % 5 === 4) sdk.push(world.addSdk({ sub, role: 'student', room }));
    else if (place % 7 === 6) {
      const other = students.at(-1)?.identity.sub ?? sub;
      students.push(
        world.addLight({ reader: `${other}-tab-2`, sub: other, role: 'student', room }, { maxCopies: COPIES }),
      );
    } else
      students.push(world.addLight({ sub, role: 'student', room }, { maxCopies: COPIES, isRude: place % 3 === 0 }));
  }
  const questions: string[] = [];
  teacher.onFrame = (frame: ServerFrame) => {
    if (frame.frame !== 'event' || frame.type !== 'question.asked' || frame.log !== 'all') return;
    const { id } = frame.body as { readonly id?: string };
    if (id !== undefined) questions.push(id);
  };
  return { room, teacher, assistant, students, sdk, questions };
}

let said = 0;

/** Something that a student does. Every text is said once in a run. */
export function drawCommand(
  random: Random,
  { questions }: Pick<Class, 'questions'>,
): {
  readonly type: 'chat.post' | 'question.ask' | 'vote.set' | 'hand.raise' | 'hand.lower';
  readonly body: Readonly<Record<string, unknown>>;
} {
  said += 1;
  const text = `${String(said)} ${'abcdefgh '.repeat(random.integer(0, 6)).trim()}`.trim();
  const draw = random.next();
  if (draw < 0.08) return { type: 'chat.post', body: { text, to: 'staff' } };
  if (draw < 0.1) return { type: 'question.ask', body: { text, anonymous: random.chance(0.3) } };
  if (draw < 0.18 && questions.length > 0)
    return { type: 'vote.set', body: { question: random.pick(questions), value: random.chance(0.7) } };
  if (draw < 0.23) return { type: random.chance(0.5) ? 'hand.raise' : 'hand.lower', body: {} };
  return { type: 'chat.post', body: { text } };
}
