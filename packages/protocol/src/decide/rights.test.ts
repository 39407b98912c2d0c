import { describe, expect, it } from 'vitest';
import { COMMAND_TYPES, COMMANDS, grantsOf, type CommandType, type Role } from '../index.js';
import { refusal } from '../testing/decisions.js';
import {
  ASSISTANT,
  INSTRUCTOR,
  liveRoom,
  OBSERVER,
  SERVICE,
  STUDENT,
  STUDENT_2,
  TestRoom,
  type Somebody,
} from '../testing/room.js';

const CAST: Record<Role, Somebody> = {
  instructor: INSTRUCTOR,
  assistant: ASSISTANT,
  student: STUDENT_2,
  observer: OBSERVER,
  service: SERVICE,
};
const ROLES = Object.keys(CAST) as Role[];
const LETTERS: Record<Role, string> = { instructor: 'i', assistant: 'a', student: 's', observer: 'o', service: 'v' };

interface Case {
  /** Who may: i instructor, a assistant, s student, o observer, v service. */
  readonly may: string;
  /** The grant that a refusal names. */
  readonly lacks: string;
  /** Prepares what the command is about, which is a student's, and gives the body. */
  readonly about?: (room: TestRoom) => object;
}

const message = (room: TestRoom): object => ({ id: room.make(STUDENT, 'chat.post', { text: 'Hi' }) });
const question = (room: TestRoom): object => ({ id: room.make(STUDENT, 'question.ask', { text: 'Why?' }) });
const pending = (room: TestRoom): object => {
  room.make(INSTRUCTOR, 'room.change', { policy: { 'questions.moderated': true } });
  return question(room);
};
const student = { participant: STUDENT.participant };

/** Every command, about what belongs to somebody else. */
const OF_OTHERS: Record<CommandType, Case> = {
  'room.create': { may: 'iv', lacks: 'room.create', about: () => ({ kind: 'meeting' }) },
  'room.change': { may: 'iv', lacks: 'room.manage', about: () => ({ title: 'New' }) },
  'room.start': { may: 'iav', lacks: 'room.start' },
  'room.end': { may: 'iv', lacks: 'room.end' },
  'person.join': { may: 'iaso', lacks: 'person' },
  'person.leave': { may: 'iasov', lacks: '' },
  'person.role': { may: 'iv', lacks: 'people.promote', about: () => ({ ...student, role: 'assistant' }) },
  'person.media': { may: 'iav', lacks: 'people.moderate', about: () => ({ ...student, audio: false }) },
  'person.remove': { may: 'iav', lacks: 'people.moderate', about: () => student },
  'person.bar': { may: 'iav', lacks: 'people.moderate', about: () => ({ ...student, bar: 'chat', barred: true }) },
  'person.admit': { may: 'iav', lacks: 'people.moderate', about: () => ({ ...student, admitted: true }) },
  'person.admitAll': { may: 'iav', lacks: 'people.moderate' },
  'chat.post': { may: 'ias', lacks: 'chat.post', about: () => ({ text: 'Hi' }) },
  'chat.edit': { may: '', lacks: 'author', about: (room) => ({ ...message(room), text: 'Ho' }) },
  'chat.delete': { may: 'iav', lacks: 'chat.moderate', about: message },
  'chat.pin': { may: 'iav', lacks: 'chat.moderate', about: (room) => ({ ...message(room), pinned: true }) },
  'question.ask': { may: 'ias', lacks: 'question.ask', about: () => ({ text: 'Why?' }) },
  'question.edit': { may: 'iav', lacks: 'question.moderate', about: (room) => ({ ...question(room), text: 'How?' }) },
  'question.publish': { may: 'iav', lacks: 'question.moderate', about: pending },
  'question.decline': { may: 'iav', lacks: 'question.moderate', about: pending },
  'question.change': {
    may: 'iav',
    lacks: 'question.moderate',
    about: (room) => ({ ...question(room), labels: ['x'] }),
  },
  'question.answer': { may: 'iav', lacks: 'question.answer', about: (room) => ({ ...question(room), text: 'So.' }) },
  'question.remove': { may: 'iav', lacks: 'question.moderate', about: question },
  'vote.set': {
    may: 'ias',
    lacks: 'vote',
    about: (room) => ({ question: (question(room) as { id: string }).id, value: true }),
  },
  'hand.raise': { may: 'ias', lacks: 'hand.raise' },
  'hand.lower': {
    may: 'iav',
    lacks: 'people.moderate',
    about: (room) => {
      room.make(STUDENT, 'hand.raise');
      return student;
    },
  },
  'person.erase': { may: 'v', lacks: 'people.erase', about: () => student },
};

describe('every command, by every role', () => {
  it.each(COMMAND_TYPES.flatMap((type) => ROLES.map((role) => ({ type, role }))))(
    '$type by $role',
    ({ type, role }) => {
      const { may, lacks, about } = OF_OTHERS[type];
      const room = type === 'room.create' ? new TestRoom() : liveRoom();
      const body = about?.(room) ?? {};
      const decision = room.run(CAST[role], type, body);
      if (may.includes(LETTERS[role])) expect(decision).toMatchObject({ ok: true });
      else {
        const { grant } = COMMANDS[type];
        const missing = grant !== null && !grantsOf(role).has(grant) ? grant : lacks;
        expect(decision).toEqual(refusal('forbidden', { detail: { grant: missing } }));
      }
    },
  );

  it.each<[CommandType, (room: TestRoom) => object]>([
    ['chat.edit', (room) => ({ ...message(room), text: 'Ho' })],
    ['chat.delete', message],
    ['question.edit', (room) => ({ ...question(room), text: 'How?' })],
    ['question.remove', question],
    ['hand.lower', (room) => (room.make(STUDENT, 'hand.raise'), {})],
    ['person.leave', () => ({})],
  ])('%s of one’s own by a student', (type, about) => {
    const room = liveRoom();
    const decision = room.run(STUDENT, type, about(room));
    expect(decision).toMatchObject({ ok: true });
    expect(decision.ok && decision.events.length).toBeGreaterThan(0);
  });

  it.each(COMMAND_TYPES.filter((type) => COMMANDS[type].grant !== null))(
    '%s by an instructor whose token takes the grant away',
    (type) => {
      const grant = COMMANDS[type].grant as string;
      const room = type === 'room.create' ? new TestRoom() : liveRoom();
      const body = OF_OTHERS[type].about?.(room) ?? {};
      expect(room.run({ ...INSTRUCTOR, grants: { [grant]: false } }, type, body)).toEqual(
        refusal('forbidden', { detail: { grant } }),
      );
    },
  );

  it.each(COMMAND_TYPES.filter((type) => type !== 'room.create'))('%s of a room that was never made', (type) => {
    const about: Partial<Record<string, object>> = { 'room.change': { title: 'New' } };
    const body = { ...PLACEHOLDERS[type], ...about[type] };
    expect(new TestRoom().run({ ...SERVICE, participant: 'p-1', grants: ALL_GRANTS }, type, body)).toEqual(
      refusal('room_unknown'),
    );
  });

  it.each(COMMAND_TYPES.filter((type) => type !== 'room.create'))(
    '%s by somebody who is banned from the room',
    (type) => {
      const room = liveRoom();
      room.make(INSTRUCTOR, 'person.bar', { ...student, bar: 'room', barred: true });
      expect(room.run({ ...STUDENT, grants: ALL_GRANTS }, type, PLACEHOLDERS[type])).toEqual(refusal('person_banned'));
    },
  );

  it('a command of the system by a person, and a person’s by the system', () => {
    const room = liveRoom();
    const command = room.read('room.end', {});
    expect(room.ask(INSTRUCTOR, { type: 'system.end' })).toEqual(refusal('forbidden', { detail: { grant: 'system' } }));
    expect(room.ask(null, command)).toEqual(refusal('forbidden', { detail: { grant: 'person' } }));
  });

  it('takes nobody for the author of what has none', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'question.ask', { text: 'Why?', anonymous: true });
    room.staff = { ...room.staff, authors: room.staff.authors.delete(id) };
    const nobody: Somebody = { ...SERVICE, grants: { 'question.moderate': false } };
    expect(room.run(nobody, 'question.edit', { id, text: 'How?' })).toEqual(
      refusal('forbidden', { detail: { grant: 'question.moderate' } }),
    );
    expect(room.run(nobody, 'question.remove', { id })).toEqual(
      refusal('forbidden', { detail: { grant: 'question.moderate' } }),
    );
  });
});

const ALL_GRANTS = Object.fromEntries(
  [...grantsOf('instructor'), ...grantsOf('service')].map((grant) => [grant, true]),
);

/** A body of the right shape about nothing that is there. */
const PLACEHOLDERS: Record<CommandType, object> = {
  'room.create': { kind: 'meeting' },
  'room.change': {},
  'room.start': {},
  'room.end': {},
  'person.join': {},
  'person.leave': {},
  'person.role': { participant: 'p-9', role: 'student' },
  'person.media': { participant: 'p-9' },
  'person.remove': { participant: 'p-9' },
  'person.bar': { participant: 'p-9', bar: 'chat', barred: true },
  'person.admit': { participant: 'p-9', admitted: true },
  'person.admitAll': {},
  'chat.post': { text: 'Hi' },
  'chat.edit': { id: 'm', text: 'Hi' },
  'chat.delete': { id: 'm' },
  'chat.pin': { id: 'm', pinned: true },
  'question.ask': { text: 'Why?' },
  'question.edit': { id: 'q', text: 'Why?' },
  'question.publish': { id: 'q' },
  'question.decline': { id: 'q' },
  'question.change': { id: 'q' },
  'question.answer': { id: 'q', text: 'So.' },
  'question.remove': { id: 'q' },
  'vote.set': { question: 'q', value: true },
  'hand.raise': {},
  'hand.lower': {},
  'person.erase': { participant: 'p-9' },
};
