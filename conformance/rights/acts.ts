import type { Loose } from '../lib/frames.js';
import type { Grant } from './roles.js';

/** What an act may be about. */
export interface Things {
  /** What the author, a student, has written: one of each for each act that uses it up. */
  readonly theirs: Readonly<Record<Theirs, string>>;
  /** What the subject has written, where they may write. */
  readonly own: Readonly<Partial<Record<Own, string>>>;
  /** Students whom nobody else acts on. */
  readonly victims: Readonly<Record<Victim, string>>;
}

export const THEIR_MESSAGES = ['edited', 'deleted', 'pinned'] as const;
export const THEIR_QUESTIONS = ['changed', 'rewritten', 'answered', 'removed', 'voted'] as const;
export const THEIR_PENDING = ['published', 'declined'] as const;
export const VICTIMS = ['admitted', 'promoted', 'silenced', 'removed', 'muted', 'banned', 'erased'] as const;

type Theirs =
  (typeof THEIR_MESSAGES)[number] | (typeof THEIR_QUESTIONS)[number] | (typeof THEIR_PENDING)[number] | 'author';
type Own = 'ownEdited' | 'ownDeleted' | 'ownRewritten' | 'ownRemoved' | 'ownHand';
type Victim = (typeof VICTIMS)[number];

/** One thing that somebody may try, and who may by the published tables. */
export interface Act {
  readonly name: string;
  readonly type: string;
  /** What it is refused as `forbidden` without; null: that depends on whose the thing is. */
  readonly grant: Grant | null;
  /** What it takes where the thing is somebody else’s; `author`: nothing suffices. */
  readonly others?: Grant | 'author';
  /** Only owners of the room. */
  readonly isOwners?: boolean;
  /** Says something new to the class, which is over or has not begun for all but staff. */
  readonly speaks?: boolean;
  /** What comes of it where it is allowed, other than `ack`. */
  readonly result?: string;
  /** What everyone or the staff are told where it is done. */
  readonly event?: string;
  /** About somebody who was in the class. */
  readonly person?: boolean;
  /** About a question that waits for the staff, as only students’ do. */
  readonly pending?: boolean;
  /** What the subject must have made before. */
  readonly own?: Own;
  readonly body: (things: Things) => Loose;
}

const none = (): Loose => ({});

/**
 * Every command, each as often as it makes a difference whose the thing is; in an order in which none spoils the next.
 * `room.change` by its keys is a matrix of its own: see `settings.ts`.
 */
export const ACTS: readonly Act[] = [
  row('room.create', 'room.create', { result: 'room_exists', body: () => ({ kind: 'meeting' }) }),
  row('room.change', 'room.manage', { isOwners: true, event: 'room.changed', body: () => ({ title: fresh('Title') }) }),
  row('chat.post', 'chat.post', { speaks: true, event: 'chat.posted', body: () => ({ text: 'Hello' }) }),
  row('chat.post', 'chat.post', {
    name: 'chat.post to the staff',
    speaks: true,
    event: 'chat.posted',
    body: () => ({ text: 'Hello', to: 'staff' }),
  }),
  row('chat.edit', 'chat.post', {
    name: 'chat.edit of another’s',
    others: 'author',
    body: ({ theirs }) => ({ id: theirs.edited, text: 'Changed' }),
  }),
  row('chat.edit', 'chat.post', {
    name: 'chat.edit of one’s own',
    own: 'ownEdited',
    speaks: true,
    event: 'chat.edited',
    body: ({ own }) => ({ id: own.ownEdited, text: 'Changed' }),
  }),
  row('chat.delete', null, {
    name: 'chat.delete of another’s',
    others: 'chat.moderate',
    event: 'chat.deleted',
    body: ({ theirs }) => ({ id: theirs.deleted }),
  }),
  row('chat.delete', null, {
    name: 'chat.delete of one’s own',
    own: 'ownDeleted',
    event: 'chat.deleted',
    body: ({ own }) => ({ id: own.ownDeleted }),
  }),
  row('chat.pin', 'chat.moderate', {
    event: 'chat.pinned',
    body: ({ theirs }) => ({ id: theirs.pinned, pinned: true }),
  }),
  row('question.ask', 'question.ask', { speaks: true, event: 'question.asked', body: () => ({ text: 'Why?' }) }),
  row('question.edit', null, {
    name: 'question.edit of another’s',
    others: 'question.moderate',
    event: 'question.changed',
    body: ({ theirs }) => ({ id: theirs.rewritten, text: 'How?' }),
  }),
  row('question.edit', null, {
    name: 'question.edit of one’s own',
    own: 'ownRewritten',
    event: 'question.changed',
    body: ({ own }) => ({ id: own.ownRewritten, text: 'How?' }),
  }),
  row('question.publish', 'question.moderate', {
    event: 'question.asked',
    pending: true,
    body: ({ theirs }) => ({ id: theirs.published }),
  }),
  row('question.decline', 'question.moderate', {
    event: 'question.changed',
    pending: true,
    body: ({ theirs }) => ({ id: theirs.declined }),
  }),
  row('question.change', 'question.moderate', {
    event: 'question.changed',
    body: ({ theirs }) => ({ id: theirs.changed, labels: ['week 5'] }),
  }),
  row('question.answer', 'question.answer', {
    event: 'question.answered',
    body: ({ theirs }) => ({ id: theirs.answered, text: 'Because.' }),
  }),
  row('question.remove', null, {
    name: 'question.remove of another’s',
    others: 'question.moderate',
    event: 'question.changed',
    body: ({ theirs }) => ({ id: theirs.removed }),
  }),
  row('question.remove', null, {
    name: 'question.remove of one’s own',
    own: 'ownRemoved',
    event: 'question.changed',
    body: ({ own }) => ({ id: own.ownRemoved }),
  }),
  row('vote.set', 'vote', { speaks: true, body: ({ theirs }) => ({ question: theirs.voted, value: true }) }),
  row('hand.lower', null, {
    name: 'hand.lower of another’s',
    others: 'people.moderate',
    body: ({ theirs }) => ({ participant: theirs.author }),
  }),
  row('hand.lower', null, { name: 'hand.lower of one’s own', own: 'ownHand', body: none }),
  row('hand.raise', 'hand.raise', { speaks: true, event: 'hand.raised', body: none }),
  row('person.admitAll', 'people.moderate', { body: none }),
  row('person.admit', 'people.moderate', {
    event: 'person.admitted',
    person: true,
    body: ({ victims }) => ({ participant: victims.admitted, admitted: true }),
  }),
  onPerson('person.role', 'people.promote', 'person.role', 'promoted', { role: 'observer' }),
  onPerson('person.media', 'people.moderate', 'person.media', 'silenced', { audio: false }),
  onPerson('person.remove', 'people.moderate', 'person.removed', 'removed', {}),
  {
    ...onPerson('person.bar', 'people.moderate', 'person.barred', 'muted', { bar: 'chat', barred: true }),
    name: 'person.bar from the chat',
  },
  {
    ...onPerson('person.bar', 'people.moderate', 'person.barred', 'banned', { bar: 'room', barred: true }),
    name: 'person.bar from the room',
  },
  { ...onPerson('person.erase', 'people.erase', 'erased', 'erased', {}), person: false },
  // What changes the state of the class, and then what ends it for the subject.
  row('person.join', null, { body: none }),
  row('room.start', 'room.start', { body: none }),
  row('room.end', 'room.end', { body: none }),
  row('person.leave', null, { body: none }),
];

/** Every command that some act is about. */
export const ACTED: ReadonlySet<string> = new Set(ACTS.map(({ type }) => type));

/** Who may try something, and where. */
export interface Standing {
  readonly grants: ReadonlySet<Grant>;
  readonly isOwner: boolean;
  readonly when: 'before' | 'running' | 'ended';
}

/** What the published tables say comes of an act: `ack`, or the code of the refusal with the grant that it names. */
export function expectation(act: Act, standing: Standing): string {
  const { grant, others, isOwners, speaks, result, person, pending } = act;
  const { grants, isOwner, when } = standing;
  if (isOwners && !isOwner) return 'forbidden';
  if (grant !== null && !grants.has(grant)) return `forbidden ${grant}`;
  if (others === 'author') return 'forbidden author';
  if (others !== undefined && !grants.has(others)) return `forbidden ${others}`;
  if (speaks && when === 'ended') return 'room_ended';
  if (speaks && when === 'before' && !grants.has('staff.read')) return 'room_not_started';
  if (person && when === 'before') return 'person_unknown';
  if (pending && when === 'before') return 'question_state';
  return result ?? 'ack';
}

function row(type: string, grant: Grant | null, more: Partial<Act> & Pick<Act, 'body'>): Act {
  return { name: type, type, grant, ...more };
}

function onPerson(type: string, grant: Grant, event: string, victim: Victim, more: Loose): Act {
  return row(type, grant, {
    event,
    person: true,
    body: ({ victims }) => ({ participant: victims[victim], ...more }),
  });
}

let count = 0;

/** A text that nothing was called before. */
export function fresh(text: string): string {
  count += 1;
  return `${text} ${count}`;
}
