import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../lib/random.js';
import type { LightClient } from '../world/light-client.js';
import type { Class } from './cast.js';
import type { Talk } from './talk.js';

/** Longer than the grace in which a right may still show. */
const STANDS_MS = 3_500;

/** The teacher of a class promotes and demotes, removes, bans and lets in again, while it goes on. */
export async function moderate({ teacher, students }: Class, random: Random, talk: Talk): Promise<void> {
  while (!talk.isOver) {
    await sleep(random.next() * 3_000);
    const student = random.pick(students);
    const { participant } = student;
    if (participant === null) continue;
    const draw = random.integer(0, 2);
    if (draw === 0) await promote(teacher, participant);
    else if (draw === 1) {
      await teacher.send('person.remove', { participant });
      await comeBack(students, participant);
    } else {
      await teacher.send('person.bar', { participant, bar: 'room', barred: true });
      await sleep(STANDS_MS);
      await teacher.send('person.bar', { participant, bar: 'room', barred: false });
      await comeBack(students, participant);
    }
  }
}

async function promote(teacher: LightClient, participant: string): Promise<void> {
  await teacher.send('person.role', { participant, role: 'assistant' });
  await sleep(STANDS_MS);
  await teacher.send('person.role', { participant, role: 'student' });
}

/** Whoever was sent away stays away by themselves: their person comes again, in all their tabs. */
async function comeBack(students: readonly LightClient[], participant: string): Promise<void> {
  await sleep(STANDS_MS);
  for (const student of students)
    if (student.participant === participant && student.closeCode !== null && !student.isUp) student.start();
}
