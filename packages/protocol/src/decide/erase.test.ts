import { describe, expect, it } from 'vitest';
import {
  applyAllView,
  applyMeView,
  applyStaffView,
  EMPTY_ALL,
  EMPTY_ME,
  EMPTY_STAFF,
  EVENT_TYPES,
  EVENTS,
  type AllView,
  type MeView,
  type StaffView,
} from '../index.js';
import { bodies, refusal, told } from '../testing/decisions.js';
import {
  ASSISTANT,
  INSTRUCTOR,
  liveRoom,
  SERVICE,
  STUDENT,
  STUDENT_2,
  toLogEvent,
  type TestRoom,
} from '../testing/room.js';

const erase = (room: TestRoom, participant = STUDENT.participant): ReturnType<TestRoom['run']> =>
  room.run(SERVICE, 'person.erase', { participant });
const allView = (room: TestRoom): AllView =>
  room
    .log('all')
    .map((one) => toLogEvent(one))
    .reduce(applyAllView, EMPTY_ALL);
const staffView = (room: TestRoom): StaffView =>
  room
    .log('staff')
    .map((one) => toLogEvent(one))
    .reduce(applyStaffView, EMPTY_STAFF);
const meView = (room: TestRoom, participant: string): MeView =>
  room
    .log('me', participant)
    .map((one) => toLogEvent(one))
    .reduce(applyMeView, EMPTY_ME);

describe('person.erase', () => {
  it('names in each log what stood there, and wipes every text about it', () => {
    const room = liveRoom({ policy: { 'questions.moderated': true } });
    const message = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    const secret = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    const question = room.make(STUDENT, 'question.ask', { text: 'Why?' });
    const decision = erase(room);
    expect(told(decision)).toEqual(['all erased', 'staff erased', 'me:p-sam erased']);
    const people = ['p-sam'];
    expect(bodies(decision, 'erased', 'all')).toEqual([{ messages: [message], questions: [], people }]);
    expect(bodies(decision, 'erased', 'staff')).toEqual([
      { messages: [message, secret], questions: [question], people },
    ]);
    expect(bodies(decision, 'erased', 'me')).toEqual([{ messages: [secret], questions: [question], people }]);
    expect(decision).toMatchObject({
      rows: [
        {
          kind: 'wipe',
          refs: ['p-sam', message, secret, question],
          types: EVENT_TYPES.filter((type) => EVENTS[type].erasable),
        },
        { kind: 'forget', participant: 'p-sam' },
      ],
      result: { messages: 2, questions: 1 },
    });
  });

  it('does not tell in one event who vanishes and which anonymous question does', () => {
    const room = liveRoom();
    const named = room.make(STUDENT, 'question.ask', { text: 'Why?' });
    const anonymous = room.make(STUDENT, 'question.ask', { text: 'How?', anonymous: true });
    expect(bodies(erase(room), 'erased', 'all')).toEqual([
      { messages: [], questions: [named], people: ['p-sam'] },
      { messages: [], questions: [anonymous], people: [] },
    ]);
    expect(room.all.questions.size).toBe(0);
  });

  it('does not name to the class whom it has never seen', () => {
    const room = liveRoom();
    const anonymous = room.make(STUDENT_2, 'question.ask', { text: 'How?', anonymous: true });
    expect(bodies(erase(room, STUDENT_2.participant), 'erased', 'all')).toEqual([
      { messages: [], questions: [anonymous], people: [] },
    ]);
  });

  it('reaches what a member of staff wrote in the threads of others, without their own words', () => {
    const room = liveRoom();
    const own = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    const reply = room.make(INSTRUCTOR, 'chat.post', { text: 'Coming', to: STUDENT.participant });
    const decision = erase(room, INSTRUCTOR.participant);
    expect(bodies(decision, 'erased', 'me')).toEqual([
      { messages: [], questions: [], people: ['p-ina'] },
      { messages: [reply], questions: [], people: [] },
    ]);
    const view = meView(room, 'p-sam');
    expect(view.messages.get(own)?.text).toBe('Help');
    expect(view.messages.get(reply)).toBeUndefined();
    expect(view.messages.length).toBe(2);
  });

  it('takes with a thread the replies of the staff in it', () => {
    const room = liveRoom();
    const reply = room.make(INSTRUCTOR, 'chat.post', { text: 'You seem tired, Sam', to: STUDENT.participant });
    erase(room);
    expect(staffView(room).messages.get(reply)).toBeUndefined();
    expect(room.staff.messages.has(reply)).toBe(false);
  });

  it('takes the answers of who is erased, and leaves their questions answered', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'question.ask', { text: 'Why?' });
    room.make(INSTRUCTOR, 'question.answer', { id, text: 'So.' });
    const decision = erase(room, INSTRUCTOR.participant);
    expect(bodies(decision, 'erased', 'all')).toMatchObject([{ questions: [], people: ['p-ina'], answers: [id] }]);
    expect(decision).toMatchObject({
      rows: expect.arrayContaining([{ kind: 'wipe', refs: [id], types: ['question.answered'] }]) as unknown,
    });
    expect(allView(room).questions.get(id)).toMatchObject({ text: 'Why?', state: 'answered', answer: null });
  });

  it('takes the older texts of what was edited, deleted or removed before', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'old words' });
    room.make(STUDENT, 'chat.edit', { id, text: 'new words' });
    room.make(INSTRUCTOR, 'chat.delete', { id });
    const question = room.make(STUDENT, 'question.ask', { text: 'old question', anonymous: true });
    room.make(STUDENT, 'question.remove', { id: question });
    const thread = room.make(INSTRUCTOR, 'chat.post', { text: 'old reply', to: STUDENT.participant });
    room.make(INSTRUCTOR, 'chat.delete', { id: thread });
    expect(staffView(room).audits.map(({ text }) => text)).toEqual([
      'old words',
      'new words',
      'old question',
      'old reply',
    ]);

    const decision = erase(room);
    expect(bodies(decision, 'erased', 'staff')).toEqual([
      { messages: [id, thread], questions: [question], people: ['p-sam'] },
    ]);
    expect(bodies(decision, 'erased', 'all')).toEqual([{ messages: [], questions: [], people: ['p-sam'] }]);
    const kept = [...room.logs.values()]
      .flat()
      .map(({ body }) => body ?? '')
      .join();
    for (const words of ['old words', 'new words', 'old question', 'old reply']) expect(kept).not.toContain(words);
    expect(staffView(room).audits.map(({ action, by }) => [action, by])).toEqual([
      ['erased', 'p-sam'],
      ['erased', 'p-ina'],
      ['erased', null],
      ['erased', 'p-ina'],
    ]);
    expect(room.staff.traces.size).toBe(0);
  });

  it('leaves that a message was deleted and a question removed, for clients that still hold them', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    const question = room.make(STUDENT, 'question.ask', { text: 'Why?' });
    const seen = allView(room);
    const from = room.log('all').length;
    room.make(STUDENT, 'chat.delete', { id });
    room.make(STUDENT, 'question.remove', { id: question });
    erase(room);
    const returned = room
      .log('all')
      .slice(from)
      .map((one) => toLogEvent(one))
      .reduce(applyAllView, seen);
    expect(returned.messages.get(id)).toBeUndefined();
    expect(returned.questions.size).toBe(0);
  });

  it('lifts no ban, changes no vote and closes no attendance', () => {
    const room = liveRoom();
    const question = room.make(INSTRUCTOR, 'question.ask', { text: 'Who?' });
    room.make(STUDENT, 'vote.set', { question, value: true });
    room.make(INSTRUCTOR, 'person.bar', { participant: STUDENT.participant, bar: 'chat', barred: true });
    erase(room);
    expect(room.run(STUDENT, 'chat.post', { text: 'Hi' })).toEqual(refusal('chat_muted'));
    expect(room.votes.get(question)?.size).toBe(1);
    expect(meView(room, 'p-sam').votes.has(question)).toBe(true);
    expect(room.staff.present.has('p-sam')).toBe(true);
  });

  it('leaves everybody else as they were', () => {
    const room = liveRoom();
    const other = room.make(INSTRUCTOR, 'chat.post', { text: 'Welcome' });
    const reply = room.make(INSTRUCTOR, 'chat.post', {
      text: 'Sam?',
      replyTo: room.make(STUDENT, 'chat.post', { text: 'Hi' }),
    });
    erase(room);
    const view = allView(room);
    expect([view.messages.get(other)?.text, view.messages.get(reply)?.text]).toEqual(['Welcome', 'Sam?']);
    expect(view.people.get('p-ina')?.name).toBe('Ina Instructor');
    expect(view.people.get('p-sam')).toMatchObject({ name: null, picture: null });
  });

  it('takes the pin off what it takes', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    room.make(INSTRUCTOR, 'chat.pin', { id, pinned: true });
    erase(room);
    expect([allView(room).pins, room.all.pins]).toEqual([[], []]);
  });

  it('may be said twice', () => {
    const room = liveRoom();
    room.make(STUDENT, 'chat.post', { text: 'Hi' });
    erase(room);
    expect(erase(room)).toMatchObject({ ok: true, result: { messages: 0, questions: 0 } });
  });

  it('of much is told in several events, each once', () => {
    const room = liveRoom();
    const ids = Array.from({ length: 450 }, (_, index) => room.make(STUDENT, 'chat.post', { text: String(index) }));
    const erased = bodies(erase(room), 'erased', 'all') as { messages: string[]; people: string[] }[];
    expect(erased.map(({ messages, people }) => [messages.length, people.length])).toEqual([
      [400, 1],
      [50, 0],
    ]);
    expect(erased.flatMap(({ messages }) => messages)).toEqual(ids.sort());
    expect(allView(room).people.get('p-sam')?.name).toBeNull();
    expect(meView(room, 'p-sam').name).toBeNull();
  });

  it('is for the service alone', () => {
    for (const who of [INSTRUCTOR, ASSISTANT, STUDENT])
      expect(liveRoom().run(who, 'person.erase', { participant: who.participant })).toEqual(
        refusal('forbidden', { detail: { grant: 'people.erase' } }),
      );
  });
});
