import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../lib/random.js';
import { Pupil } from './pupil.js';

/** What lessons have done, all of them together. */
export interface Tally {
  lessons: number;
  joins: number;
  reloads: number;
  commands: number;
  sleepers: number;
}

/** How a lesson is given. */
export interface LessonOptions {
  readonly url: string;
  readonly room: string;
  readonly students: number;
  readonly lastsMs: number;
  readonly random: Random;
  readonly token: (claims: { sub: string; role: string; room: string }) => string;
  readonly tally: Tally;
  readonly onFault: (fault: string) => void;
}

const BEAT_MS = 400;
const SLEEP_MS = 3_000;

/** One ordinary class, from the first one in to the last one out; its room is never used again. */
export async function giveLesson(options: LessonOptions): Promise<void> {
  const { url, room, students, lastsMs, random, token, tally, onFault } = options;
  const person = (sub: string, role: string) =>
    new Pupil({ url, random: random.fork(sub), onFault, token: () => token({ sub, role, room }) });
  const teacher = person('teacher', 'instructor');
  const class_ = Array.from({ length: students }, (_, nth) => person(`student-${String(nth)}`, 'student'));
  await teacher.join();
  for (const student of class_) {
    await student.join();
    tally.joins += 1;
  }
  const until = performance.now() + lastsMs;
  while (performance.now() < until) {
    await act(random, teacher, random.pick(class_), tally);
    await sleep(BEAT_MS * random.next());
  }
  // Some classes are ended, some are just left.
  if (random.chance(0.5)) teacher.say('room.end');
  await sleep(BEAT_MS);
  for (const one of [...class_, teacher]) one.close();
  tally.lessons += 1;
}

async function act(random: Random, teacher: Pupil, student: Pupil, tally: Tally): Promise<void> {
  tally.commands += 1;
  const acts: readonly (() => Promise<void> | void)[] = [
    () => student.say('chat.post', { text: `about ${random.id()}` }),
    () => student.say('chat.post', { text: 'to the staff', to: 'staff' }),
    () => teacher.say('chat.post', { text: `from the teacher ${random.id()}` }),
    () => student.say('question.ask', { text: 'Why?', anonymous: random.chance(0.5) }),
    () => student.say('vote.set', { question: student.question ?? 'none', value: random.chance(0.7) }),
    () => student.say('hand.raise'),
    () => teacher.say('hand.lower'),
    () => teacher.say('room.change', { policy: { 'chat.mode': random.pick(['open', 'open', 'slow']) } }),
    () => student.signal('typing', {}),
    () => student.signal('reaction', { emoji: '👏' }),
    () => student.refresh(),
    async () => {
      tally.reloads += 1;
      await student.reload();
    },
    () => {
      tally.sleepers += 1;
      void student.sleepy(SLEEP_MS);
    },
  ];
  await random.pick(acts)();
}
