import type { Stage } from '../lib/stage.js';
import { THEIR_MESSAGES, THEIR_PENDING, THEIR_QUESTIONS, VICTIMS, type Things } from './acts.js';
import type { Entered } from './people.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A class with a teacher whose room it is, an author who has written what others may act on, and people whom they may act on. */
export interface Class {
  readonly teacher: Entered;
  readonly author: Entered;
  readonly theirs: Things['theirs'];
  readonly victims: Things['victims'];
}

/** A class that runs. */
export async function runningClass(stage: Stage): Promise<Class> {
  const teacher = await stage.enter('teacher', { join: true });
  const [author, ...others] = await Promise.all(
    ['author', ...VICTIMS].map((who) => stage.enter(who, { join: true }, { role: 'student' })),
  );
  const victims = Object.fromEntries(VICTIMS.map((name, index) => [name, others[index]!.welcome.frame.participant]));
  const theirs = await thingsOf(author!, teacher, true);
  return { teacher, author: author!, theirs, victims: victims as Things['victims'] };
}

/** What somebody has written for others to act on. */
export async function thingsOf(author: Entered, teacher: Entered, isStudent: boolean): Promise<Things['theirs']> {
  const made: Record<string, string> = { author: author.welcome.frame.participant };
  for (const name of THEIR_MESSAGES) made[name] = await idOf(author, 'chat.post');
  for (const name of THEIR_QUESTIONS) made[name] = await idOf(author, 'question.ask');
  if (isStudent) await teacher.done('room.change', { policy: { 'questions.moderated': true } });
  for (const name of THEIR_PENDING) made[name] = await idOf(author, 'question.ask');
  if (isStudent) await teacher.done('room.change', { policy: { 'questions.moderated': false } });
  await author.done('hand.raise');
  return made as Things['theirs'];
}

/** What the subject itself has written, as far as it may write. */
export async function ownOf(subject: Entered): Promise<Things['own']> {
  const own: Mutable<Things['own']> = {};
  const { grants } = subject.welcome.frame;
  if (grants.includes('chat.post')) {
    own.ownEdited = await idOf(subject, 'chat.post');
    own.ownDeleted = await idOf(subject, 'chat.post');
  }
  if (grants.includes('question.ask')) {
    own.ownRewritten = await idOf(subject, 'question.ask');
    own.ownRemoved = await idOf(subject, 'question.ask');
  }
  if (grants.includes('hand.raise')) {
    await subject.done('hand.raise');
    own.ownHand = subject.welcome.frame.participant;
  }
  return own;
}

async function idOf(client: Entered, type: string): Promise<string> {
  return String((await client.done(type, { text: 'Something to act on' })).frame.result['id']);
}
