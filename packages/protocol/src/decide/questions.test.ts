import { describe, expect, it } from 'vitest';
import { LIMITS } from '../index.js';
import { bodies, made, NOTHING_NEW, refusal, told } from '../testing/decisions.js';
import { ASSISTANT, INSTRUCTOR, liveRoom, SERVICE, STUDENT, STUDENT_2, type TestRoom } from '../testing/room.js';

const moderated = (): TestRoom => liveRoom({ policy: { 'questions.moderated': true } });
const ask = (room: TestRoom, more: object = {}): string =>
  room.make(STUDENT, 'question.ask', { text: 'Why?', ...more });
const mute = (room: TestRoom): void => {
  room.make(INSTRUCTOR, 'person.bar', { participant: STUDENT.participant, bar: 'chat', barred: true });
};

describe('question.ask', () => {
  it('goes to everyone, with the name of who asks', () => {
    const room = liveRoom();
    const decision = room.run(STUDENT, 'question.ask', { text: ' Why? ' });
    expect(told(decision)).toEqual(['all question.asked']);
    expect(decision).toMatchObject({
      events: [{ by: 'p-sam', body: { id: made(decision), text: 'Why?', state: 'open', askedAt: room.now } }],
      result: { id: made(decision), state: 'open' },
    });
  });

  it('without a name shows an alias and tells the staff and the asker alone who asked', () => {
    const decision = liveRoom().run(STUDENT, 'question.ask', { text: 'Why?', anonymous: true });
    expect(told(decision)).toEqual([
      'staff person.named',
      'me:p-sam person.named',
      'staff question.author',
      'me:p-sam question.author',
      'all question.asked',
    ]);
    expect(decision).toMatchObject({
      events: expect.arrayContaining([expect.objectContaining({ log: 'all', by: null })]) as unknown,
    });
    expect(bodies(decision, 'question.author', 'staff')).toMatchObject([
      { participant: 'p-sam', cmid: expect.stringMatching(/^cmid/) as unknown },
    ]);
    expect(JSON.stringify(decision.ok && decision.events.filter(({ log }) => log === 'all'))).not.toContain('p-sam');
  });

  it('without a name does not introduce a newcomer to the class', () => {
    const decision = liveRoom().run(STUDENT_2, 'question.ask', { text: 'Why?', anonymous: true });
    expect(told(decision).filter((line) => line.startsWith('all'))).toEqual(['all question.asked']);
  });

  it('gives two questions of one person aliases that share nothing', () => {
    const room = liveRoom();
    const aliases = [1, 2].map(() => {
      const [body] = bodies(room.run(STUDENT, 'question.ask', { text: 'Why?', anonymous: true }), 'question.asked');
      return (body as { alias: string }).alias;
    });
    expect(aliases[0]).not.toBe(aliases[1]);
    for (const alias of aliases) expect(alias).toHaveLength(6);
  });

  it('waits with the staff and the asker where questions are moderated', () => {
    const decision = moderated().run(STUDENT, 'question.ask', { text: 'Why?' });
    expect(told(decision)).toEqual(['staff question.asked', 'me:p-sam question.asked']);
    expect(decision).toMatchObject({
      events: [{ by: 'p-sam', body: { state: 'pending' } }, {}],
      result: { state: 'pending' },
    });
  });

  it('of a moderator does not wait, and hides the name of an instructor who asks without one', () => {
    const decision = moderated().run(INSTRUCTOR, 'question.ask', { text: 'Who knows?', anonymous: true });
    expect(decision).toMatchObject({ result: { state: 'open' } });
    expect(JSON.stringify(decision.ok && decision.events.filter(({ log }) => log === 'all'))).not.toContain('p-ina');
  });

  it.each([
    ['nothing to ask', {}, { text: ' ' }, 'text_empty'],
    ['questions switched off', { 'questions.enabled': false }, { text: 'Why?' }, 'questions_disabled'],
    ['a name asked for', { 'questions.anonymous': false }, { text: 'Why?', anonymous: true }, 'anonymous_not_allowed'],
  ] as const)('is refused with %s', (_name, policy, body, code) => {
    expect(liveRoom({ policy }).run(STUDENT, 'question.ask', body)).toEqual(refusal(code));
  });

  it('is refused to who is muted, before the start and after the end', () => {
    const room = liveRoom();
    mute(room);
    expect(room.run(STUDENT, 'question.ask', { text: 'Why?' })).toEqual(refusal('chat_muted'));
    room.make(INSTRUCTOR, 'room.end');
    expect(room.run(STUDENT_2, 'question.ask', { text: 'Why?' })).toEqual(refusal('room_ended'));
    room.all = { ...room.all, room: { ...room.all.room, state: 'open' } };
    expect(room.run(STUDENT_2, 'question.ask', { text: 'Why?' })).toEqual(
      refusal('room_not_started', { detail: { state: 'open' } }),
    );
  });

  it('is refused to a service that has the grant: nobody would be asking', () => {
    expect(liveRoom().run({ ...SERVICE, grants: { 'question.ask': true } }, 'question.ask', { text: 'Why?' })).toEqual(
      refusal('forbidden', { detail: { grant: 'question.ask' } }),
    );
  });

  it('counts what is open or waits, with and without a name, up to the limit', () => {
    const room = liveRoom();
    for (let index = 1; index < LIMITS.maxOpenQuestionsPerPerson; index += 1) ask(room, { anonymous: index % 2 === 0 });
    room.make(INSTRUCTOR, 'room.change', { policy: { 'questions.moderated': true } });
    const last = ask(room, { anonymous: true });
    expect(room.run(STUDENT, 'question.ask', { text: 'Why?' })).toEqual(refusal('questions_full'));
    expect(room.run(STUDENT_2, 'question.ask', { text: 'Why?' })).toMatchObject({ ok: true });
    room.make(INSTRUCTOR, 'question.decline', { id: last });
    expect(room.run(STUDENT, 'question.ask', { text: 'Why?' })).toMatchObject({ ok: true });
  });
});

describe('question.edit', () => {
  it('of one’s own keeps the older text for the staff', () => {
    const room = liveRoom();
    const id = ask(room);
    const decision = room.run(STUDENT, 'question.edit', { id, text: 'How?' });
    expect(told(decision)).toEqual(['all question.changed', 'staff audit']);
    expect(bodies(decision, 'audit')).toEqual([{ action: 'question.edit', about: id, text: 'Why?', of: ['p-sam'] }]);
  });

  it('of one’s own without a name stays without it', () => {
    const room = liveRoom();
    const id = ask(room, { anonymous: true });
    const decision = room.run(STUDENT, 'question.edit', { id, text: 'How?' });
    expect(decision).toMatchObject({
      events: [
        { log: 'all', by: null },
        { log: 'staff', by: null },
      ],
    });
  });

  it('while it waits is told to the staff and the asker', () => {
    const room = moderated();
    const id = ask(room);
    expect(told(room.run(STUDENT, 'question.edit', { id, text: 'How?' }))).toEqual([
      'staff question.changed',
      'me:p-sam question.changed',
      'staff audit',
    ]);
  });

  it('changes nothing where the text is the same, and is refused where it is empty', () => {
    const room = liveRoom();
    const id = ask(room);
    expect(room.run(STUDENT, 'question.edit', { id, text: 'Why?' })).toEqual(NOTHING_NEW);
    expect(room.run(STUDENT, 'question.edit', { id, text: '\u200b' })).toEqual(refusal('text_empty'));
  });

  it('of another’s is refused: as unknown where it cannot be read', () => {
    const room = moderated();
    const id = ask(room);
    expect(room.run(STUDENT_2, 'question.edit', { id, text: 'x' })).toEqual(refusal('question_unknown'));
    expect(room.run(STUDENT, 'question.edit', { id: 'q-nothing', text: 'x' })).toEqual(refusal('question_unknown'));
    room.make(INSTRUCTOR, 'question.publish', { id });
    expect(room.run(STUDENT_2, 'question.edit', { id, text: 'x' })).toEqual(
      refusal('forbidden', { detail: { grant: 'question.moderate' } }),
    );
  });

  it('is refused to the asker once it was published, answered or declined, and open to moderators', () => {
    const room = moderated();
    const [published, declined] = [ask(room), ask(room)];
    room.make(INSTRUCTOR, 'question.publish', { id: published });
    room.make(INSTRUCTOR, 'question.decline', { id: declined });
    const edit = (id: string): unknown => room.run(STUDENT, 'question.edit', { id, text: 'How?' });
    expect(edit(published)).toEqual(refusal('question_state', { detail: { state: 'open' } }));
    expect(edit(declined)).toEqual(refusal('question_state', { detail: { state: 'declined' } }));
    room.make(INSTRUCTOR, 'room.change', { policy: { 'questions.moderated': false } });
    room.make(INSTRUCTOR, 'question.answer', { id: published, text: 'So.' });
    expect(edit(published)).toEqual(refusal('question_state', { detail: { state: 'answered' } }));
    expect(room.run(INSTRUCTOR, 'question.edit', { id: published, text: 'How?' })).toMatchObject({ ok: true });
  });

  it('is refused to who is muted, where questions are off, and after the class', () => {
    const room = liveRoom();
    const id = ask(room);
    mute(room);
    expect(room.run(STUDENT, 'question.edit', { id, text: 'x' })).toEqual(refusal('chat_muted'));
    room.make(INSTRUCTOR, 'room.change', { policy: { 'questions.enabled': false } });
    expect(room.run(STUDENT, 'question.edit', { id, text: 'x' })).toEqual(refusal('questions_disabled'));
    room.make(INSTRUCTOR, 'room.end');
    expect(room.run(STUDENT, 'question.edit', { id, text: 'x' })).toEqual(refusal('room_ended'));
  });
});

describe('question.publish', () => {
  it('shows the question as it stands to everyone, with what staff had set', () => {
    const room = moderated();
    const id = ask(room);
    room.make(STUDENT, 'question.edit', { id, text: 'How?' });
    room.make(ASSISTANT, 'question.change', { id, labels: ['exam'], handling: true });
    const askedAt = room.now;
    room.now += 5_000;
    const decision = room.run(INSTRUCTOR, 'question.publish', { id });
    expect(told(decision)).toEqual([
      'all question.asked',
      'all question.changed',
      'staff question.changed',
      'me:p-sam question.changed',
      'staff audit',
    ]);
    expect(bodies(decision, 'question.asked')).toEqual([
      { id, text: 'How?', state: 'open', askedAt, labels: ['exam'] },
    ]);
    expect(bodies(decision, 'question.changed', 'all')).toEqual([{ id, handledBy: 'p-asa' }]);
    expect(decision).toMatchObject({
      events: expect.arrayContaining([expect.objectContaining({ type: 'question.asked', by: 'p-sam' })]) as unknown,
    });
  });

  it('keeps an anonymous question without its name', () => {
    const room = moderated();
    const id = ask(room, { anonymous: true });
    const decision = room.run(INSTRUCTOR, 'question.publish', { id });
    expect(bodies(decision, 'question.asked')).toMatchObject([{ id, alias: room.staff.questions.get(id)?.alias }]);
    expect(JSON.stringify(decision.ok && decision.events.filter(({ log }) => log === 'all'))).not.toContain('p-sam');
  });

  it('is open after declining, and closed after publishing', () => {
    const room = moderated();
    const id = ask(room);
    room.make(INSTRUCTOR, 'question.decline', { id });
    room.make(INSTRUCTOR, 'question.publish', { id });
    expect(room.run(INSTRUCTOR, 'question.publish', { id })).toEqual(
      refusal('question_state', { detail: { state: 'open' } }),
    );
  });

  it('is refused of what is not there, and where its text is not', () => {
    const room = moderated();
    const id = ask(room);
    expect(room.run(INSTRUCTOR, 'question.publish', { id: 'q-nothing' })).toEqual(refusal('question_unknown'));
    room.logs.set('staff', []);
    room.logs.set('me:p-sam', []);
    expect(room.run(INSTRUCTOR, 'question.publish', { id })).toEqual(
      refusal('question_state', { detail: { state: 'pending' } }),
    );
  });
});

describe('question.decline', () => {
  it('tells the asker, with the reason where there is one', () => {
    const room = moderated();
    const [one, two] = [ask(room), ask(room)];
    const decision = room.run(INSTRUCTOR, 'question.decline', { id: one, reason: ' Asked before. ' });
    expect(told(decision)).toEqual(['staff question.changed', 'me:p-sam question.changed', 'staff audit']);
    expect(bodies(decision, 'question.changed', 'me')).toEqual([
      { id: one, state: 'declined', reason: 'Asked before.' },
    ]);
    expect(
      bodies(room.run(INSTRUCTOR, 'question.decline', { id: two, reason: ' ' }), 'question.changed', 'me'),
    ).toEqual([{ id: two, state: 'declined' }]);
    expect(room.run(INSTRUCTOR, 'question.decline', { id: one })).toEqual(NOTHING_NEW);
  });

  it('is refused of what is public or not there', () => {
    const room = liveRoom();
    expect(room.run(INSTRUCTOR, 'question.decline', { id: ask(room) })).toEqual(
      refusal('question_state', { detail: { state: 'open' } }),
    );
    expect(room.run(INSTRUCTOR, 'question.decline', { id: 'q-nothing' })).toEqual(refusal('question_unknown'));
  });
});

describe('question.change', () => {
  it('changes the state, the labels and who handles it, and does nothing twice', () => {
    const room = liveRoom();
    const id = ask(room);
    const change = { id, state: 'answering', labels: ['exam', 'exam', ' \u0007 x'], handling: true };
    expect(bodies(room.run(INSTRUCTOR, 'question.change', change), 'question.changed')).toEqual([
      { id, state: 'answering', labels: ['exam', 'x'], handledBy: 'p-ina' },
    ]);
    expect(room.run(INSTRUCTOR, 'question.change', { ...change, labels: ['exam', 'x'] })).toEqual(NOTHING_NEW);
    expect(
      bodies(room.run(INSTRUCTOR, 'question.change', { id, handling: false, labels: [] }), 'question.changed'),
    ).toEqual([{ id, labels: [], handledBy: null }]);
    expect(room.run(INSTRUCTOR, 'question.change', { id })).toEqual(NOTHING_NEW);
  });

  it('of what waits stays with the staff and the asker, and leaves its state to publishing', () => {
    const room = moderated();
    const id = ask(room);
    expect(told(room.run(ASSISTANT, 'question.change', { id, handling: true }))).toEqual([
      'staff question.changed',
      'me:p-sam question.changed',
    ]);
    expect(room.run(ASSISTANT, 'question.change', { id, state: 'open' })).toEqual(
      refusal('question_state', { detail: { state: 'pending' } }),
    );
    expect(room.run(ASSISTANT, 'question.change', { id: 'q-nothing' })).toEqual(refusal('question_unknown'));
  });
});

describe('question.answer', () => {
  it('stands under the question, which is answered then', () => {
    const room = liveRoom();
    const id = ask(room);
    expect(bodies(room.run(INSTRUCTOR, 'question.answer', { id, text: ' So. ' }), 'question.answered')).toEqual([
      { id, text: 'So.' },
    ]);
    expect(room.all.questions.get(id)).toMatchObject({ state: 'answered', answeredBy: ['p-ina'] });
  });

  it('introduces who answers, and may come after the class and from the service', () => {
    const room = liveRoom();
    const id = ask(room);
    room.make(INSTRUCTOR, 'room.end');
    expect(told(room.run(ASSISTANT, 'question.answer', { id, text: 'So.' }))).toEqual([
      'all person.named',
      'all person.role',
      'all question.answered',
    ]);
    expect(told(room.run(SERVICE, 'question.answer', { id, text: 'So!' }))).toEqual(['all question.answered']);
    expect(room.all.questions.get(id)).toMatchObject({ answeredBy: ['p-asa'] });
  });

  it('is refused where it is empty, or the question waits or is not there', () => {
    const room = moderated();
    const id = ask(room);
    const answer = (question: string, text: string): unknown =>
      room.run(INSTRUCTOR, 'question.answer', { id: question, text });
    expect(answer(id, ' ')).toEqual(refusal('text_empty'));
    expect(answer(id, 'So.')).toEqual(refusal('question_state', { detail: { state: 'pending' } }));
    expect(answer('q-nothing', 'So.')).toEqual(refusal('question_unknown'));
  });
});

describe('question.remove', () => {
  it('takes the text out of every log but the trace of the staff', () => {
    const room = liveRoom();
    const id = ask(room);
    const decision = room.run(INSTRUCTOR, 'question.remove', { id });
    expect(told(decision)).toEqual(['all question.changed', 'staff audit']);
    expect(bodies(decision, 'audit')).toEqual([{ action: 'question.remove', about: id, text: 'Why?', of: ['p-sam'] }]);
    expect(decision).toMatchObject({
      rows: [{ kind: 'wipe', refs: [id], types: ['question.asked', 'question.changed', 'question.answered'] }],
    });
  });

  it('of one’s own without a name stays without it', () => {
    const room = liveRoom();
    const id = ask(room, { anonymous: true });
    expect(room.run(STUDENT, 'question.remove', { id })).toMatchObject({
      events: [{ log: 'all', by: null }, { by: null }],
    });
  });

  it('is told wherever the question ever stood', () => {
    const room = moderated();
    const [waiting, published] = [ask(room), ask(room)];
    room.make(INSTRUCTOR, 'question.publish', { id: published });
    expect(told(room.run(STUDENT, 'question.remove', { id: waiting }))).toEqual([
      'staff question.changed',
      'me:p-sam question.changed',
      'staff audit',
    ]);
    expect(told(room.run(STUDENT, 'question.remove', { id: published }))).toEqual([
      'all question.changed',
      'staff question.changed',
      'me:p-sam question.changed',
      'staff audit',
    ]);
    expect(room.run(STUDENT, 'question.remove', { id: published })).toEqual(refusal('question_unknown'));
  });

  it('of another’s is for moderators, and unknown where it cannot be read', () => {
    const room = moderated();
    const id = ask(room);
    expect(room.run(STUDENT_2, 'question.remove', { id })).toEqual(refusal('question_unknown'));
    room.make(INSTRUCTOR, 'question.publish', { id });
    expect(room.run(STUDENT_2, 'question.remove', { id })).toEqual(
      refusal('forbidden', { detail: { grant: 'question.moderate' } }),
    );
  });
});

describe('vote.set', () => {
  const vote = (room: TestRoom, question: string, value = true): ReturnType<TestRoom['run']> =>
    room.run(STUDENT_2, 'vote.set', { question, value });

  it('is told to the voter alone and kept as one row', () => {
    const room = liveRoom();
    const id = ask(room);
    const decision = vote(room, id);
    expect(told(decision)).toEqual(['me:p-sue vote.set']);
    expect(decision).toMatchObject({ rows: [{ kind: 'vote', question: id, participant: 'p-sue', value: true }] });
    expect(vote(room, id)).toEqual(NOTHING_NEW);
    expect(vote(room, id, false)).toMatchObject({ rows: [{ value: false }] });
    expect(vote(room, id, false)).toEqual(NOTHING_NEW);
  });

  it('is refused where the question is answered, waits or is not there, or questions are off', () => {
    const room = moderated();
    const id = ask(room);
    expect(vote(room, id)).toEqual(refusal('question_unknown'));
    expect(vote(room, 'q-nothing')).toEqual(refusal('question_unknown'));
    room.make(INSTRUCTOR, 'question.publish', { id });
    room.make(INSTRUCTOR, 'question.change', { id, state: 'answering' });
    expect(vote(room, id)).toMatchObject({ ok: true });
    room.make(INSTRUCTOR, 'question.answer', { id, text: 'So.' });
    expect(vote(room, id)).toEqual(refusal('question_state', { detail: { state: 'answered' } }));
    room.make(INSTRUCTOR, 'room.change', { policy: { 'questions.enabled': false } });
    expect(vote(room, id)).toEqual(refusal('questions_disabled'));
    room.make(INSTRUCTOR, 'room.end');
    expect(vote(room, id)).toEqual(refusal('room_ended'));
  });

  it('is refused to a service that has the grant: it is nobody', () => {
    const room = liveRoom();
    expect(room.run({ ...SERVICE, grants: { vote: true } }, 'vote.set', { question: ask(room), value: true })).toEqual(
      refusal('forbidden', { detail: { grant: 'vote' } }),
    );
  });
});
