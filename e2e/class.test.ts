/** A class as it is lived through: five people on six devices, in two browsers, from the sign-in of their LMS. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { ASSISTANT, Classroom, type InChromium, MEI, NOOR, SAMUEL, TEACHER } from './support/classroom.js';
import { expectClean, expectSameLog, type Person } from './support/person.js';
import { eventually } from './support/until.js';

const NAMES = [TEACHER, ASSISTANT, MEI, NOOR, SAMUEL];
const MESSAGES_EACH = 10;
const QUESTION = 'Does the discriminant tell how many solutions there are?';

let classroom: Classroom;
let teacher: Person;
let assistant: Person;
let mei: Person;
/** The second device of Mei. */
let meiAtHome: Person;
let noor: InChromium;
let samuel: Person;
let everyone: readonly Person[];

beforeAll(async () => {
  classroom = await Classroom.open();
  [teacher, assistant, mei, noor, samuel, meiAtHome] = await Promise.all([
    classroom.enter(TEACHER),
    classroom.enter(ASSISTANT),
    classroom.enter(MEI),
    classroom.enter(NOOR),
    classroom.enter(SAMUEL),
    classroom.enterInFirefox(MEI),
  ]);
  everyone = [teacher, assistant, mei, noor, samuel, meiAtHome];
});

afterEach(() => expectClean(everyone));

afterAll(closeEverything);

test('everyone sees everyone, and somebody with two devices once', async () => {
  for (const person of everyone) {
    await eventually(async () => (await person.people()).map(({ name }) => name).sort()).toEqual([...NAMES].sort());
    const shown = await person.people();
    expect(shown.filter(({ badge }) => badge !== '').map(({ name, badge }) => `${name}: ${badge}`)).toEqual([
      `${TEACHER}: Teacher`,
      `${ASSISTANT}: Assistant`,
    ]);
    expect(shown.filter(({ isMe }) => isMe).map(({ name }) => name)).toEqual([person.name]);
  }
});

test('sixty messages from all at once stand in one order for all', async () => {
  const said = everyone.map((person, device) =>
    Array.from({ length: MESSAGES_EACH }, (_, index) => `${person.name}, device ${device}, message ${index}`),
  );
  await Promise.all(
    everyone.map(async (person, device) => {
      for (const text of said[device] ?? []) await person.post(text);
    }),
  );

  for (const person of everyone)
    await eventually(async () => (await person.messages()).filter(({ isPending }) => !isPending)).toHaveLength(
      everyone.length * MESSAGES_EACH,
    );
  await expectSameLog(everyone);
  const order = await teacher.texts();
  expect([...order].sort()).toEqual(said.flat().sort());
  for (const own of said) expect(order.filter((text) => own.includes(text))).toEqual(own);
  for (const person of everyone) {
    const shown = await person.messages();
    expect(shown.map(({ text }) => text)).toEqual(order);
    expect(shown.filter(({ isPending }) => isPending)).toEqual([]);
    // A message stands under the name of who wrote it, one's own under "You".
    const authorOf = (text: string): string => text.split(', ')[0] ?? '';
    expect(shown.map(({ author }) => (author === 'You' ? person.name : author))).toEqual(order.map(authorOf));
  }
});

test('who asks without a name is known to the staff, and to nobody else on the wire or in the page', async () => {
  const asker = await noor.participant();
  const students = [mei, samuel, meiAtHome];
  const from = await Promise.all(students.map(async (student) => (await student.received()).length));

  await noor.ask(QUESTION, { isAnonymous: true });

  for (const person of everyone)
    await eventually(async () => (await person.question(QUESTION))?.author).toBe('Anonymous');
  for (const person of [teacher, assistant])
    await eventually(async () => (await person.question(QUESTION))?.staffNote).toBe(
      `Asked by ${NOOR} (only teachers see this)`,
    );
  await eventually(async () => (await noor.question(QUESTION))?.badges).toEqual(['Your question']);

  // What comes of it later names her no more than the question itself.
  await assistant.vote(QUESTION);
  for (const person of everyone) await eventually(async () => (await person.question(QUESTION))?.votes).toBe(1);

  for (const [index, student] of students.entries()) {
    const received = (await student.received()).slice(from[index]).join('\n');
    expect(received).toContain(QUESTION);
    const shown = await student.question(QUESTION);
    const answered = await student.api('/questions');
    expect(answered).toContain(QUESTION);
    for (const place of [received, shown?.html ?? '', answered])
      for (const trace of [asker, NOOR, 'Noor', 'Haddad', 'u-2002']) expect(place).not.toContain(trace);
    expect(shown).toMatchObject({ staffNote: '', badges: [] });
  }
});

test('a person counts once however many devices they vote from, and two persons count twice', async () => {
  await mei.vote(QUESTION);
  for (const person of everyone) await eventually(async () => (await person.question(QUESTION))?.votes).toBe(2);
  // Her other device knows of it.
  await eventually(async () => (await meiAtHome.question(QUESTION))?.hasVoted).toBe(true);

  await samuel.vote(QUESTION);
  for (const person of everyone) await eventually(async () => (await person.question(QUESTION))?.votes).toBe(3);
  expect((await noor.question(QUESTION))?.hasVoted).toBe(false);

  // Taken back on the one, it is taken back on the other.
  await meiAtHome.vote(QUESTION);
  for (const person of everyone) await eventually(async () => (await person.question(QUESTION))?.votes).toBe(2);
  await eventually(async () => (await mei.question(QUESTION))?.hasVoted).toBe(false);
});

test('two devices of one person that vote at the same moment count once', async () => {
  const { id, votes } = (await teacher.question(QUESTION)) ?? { id: '', votes: 0 };
  await Promise.all([mei, meiAtHome].map((device) => device.send('vote.set', { question: id, value: true })));
  for (const person of everyone) await eventually(async () => (await person.question(QUESTION))?.votes).toBe(votes + 1);
});

test('an answer stands below the question for all', async () => {
  const answer = 'Yes: two where it is positive, one where it is zero, none where it is negative.';
  await teacher.answer(QUESTION, answer);
  for (const person of everyone) await eventually(async () => (await person.question(QUESTION))?.answer).toBe(answer);
  for (const person of everyone) expect((await person.question(QUESTION))?.badges).toContain('Answered');
});

test('what is written to the teachers alone reaches nobody else', async () => {
  const secret = 'I missed week 4, my mother is ill.';
  const others = [noor, samuel];
  const from = await Promise.all(others.map(async (student) => (await student.received()).length));
  await mei.toggleToTeachers();
  await mei.post(secret);
  for (const person of [teacher, assistant, mei, meiAtHome])
    await eventually(async () => (await person.messages()).at(-1)).toMatchObject({ text: secret, marks: ['private'] });

  const reply = 'No hurry. We go through it on Friday.';
  await teacher.onMessage(secret, 'Reply');
  await teacher.post(reply);
  for (const person of [assistant, mei, meiAtHome])
    await eventually(async () => (await person.messages()).at(-1)).toMatchObject({ text: reply, marks: ['private'] });

  // Something for all that comes after it: what was on its way to them has come.
  await mei.toggleToTeachers();
  await mei.post('Good morning!');
  for (const [index, student] of others.entries()) {
    await eventually(async () => (await student.messages()).at(-1)?.text).toBe('Good morning!');
    const received = (await student.received()).slice(from[index]).join('\n');
    expect(received).toContain('Good morning!');
    for (const place of [received, await student.api('/messages')])
      for (const text of [secret, reply]) expect(place).not.toContain(text);
  }
});

test('questions that are checked first are seen by the staff and the asker, until they are published', async () => {
  const [good, bad] = ['What if a is zero?', 'Is the test on Friday hard?'];
  await teacher.setQuestions('Check questions first');
  const others = [mei, samuel];
  const from = await Promise.all(others.map(async (student) => (await student.received()).length));
  await noor.ask(good, { isAnonymous: true });
  await noor.ask(bad);
  for (const text of [good, bad])
    await eventually(async () => (await noor.question(text))?.badges).toContain('Waiting for the teachers');
  await teacher.openQuestionsTab('To check');
  await eventually(async () => (await teacher.questions()).map(({ text }) => text).sort()).toEqual([bad, good].sort());

  await teacher.decline(bad, 'That would be telling.');
  await teacher.publish(good);
  await eventually(async () => (await noor.question(bad))?.html).toContain('That would be telling.');
  for (const [index, student] of others.entries()) {
    await eventually(async () => (await student.question(good))?.author).toBe('Anonymous');
    expect(await student.question(bad)).toBeUndefined();
    const received = (await student.received()).slice(from[index]).join('\n');
    for (const place of [received, await student.api('/questions')]) {
      expect(place).toContain(good);
      for (const trace of [bad, 'telling', NOOR, 'u-2002', await noor.participant()])
        expect(place).not.toContain(trace);
    }
  }
  await teacher.openQuestionsTab('Questions');
  await teacher.setQuestions('Check questions first');
});

test('edits, deletions and pins reach everyone', async () => {
  await samuel.post('x = 2 or x = 4');
  await mei.post('I had breakfast');
  for (const person of everyone) await eventually(() => person.texts()).toContain('I had breakfast');

  await samuel.edit('x = 2 or x = 4', 'x = 2 or x = 3');
  await teacher.remove('I had breakfast');
  await assistant.onMessage('x = 2 or x = 3', 'Pin');

  for (const person of everyone) {
    await eventually(async () => (await person.messages()).at(-1)).toMatchObject({
      text: 'Message deleted',
      marks: ['deleted'],
    });
    await eventually(() => person.pinned()).toBe('x = 2 or x = 3');
    const texts = await person.texts();
    expect(texts).not.toContain('I had breakfast');
    expect(texts).not.toContain('x = 2 or x = 4');
    expect((await person.messages()).at(-2)).toMatchObject({ text: 'x = 2 or x = 3', marks: ['pinned', 'edited'] });
  }
  await expectSameLog(everyone);
});

test('a page that is loaded again shows everything, each message once', async () => {
  for (const person of [samuel, meiAtHome]) {
    const before = await person.messages();
    expect(before.length).toBeGreaterThan(everyone.length * MESSAGES_EACH);
    await person.reload();
    await eventually(() => person.messages()).toEqual(before);
  }
  for (const person of [samuel, meiAtHome]) {
    await eventually(() => person.pinned()).toBe('x = 2 or x = 3');
    await eventually(async () => (await person.question(QUESTION))?.badges).toContain('Answered');
  }
  await expectSameLog(everyone);
});

test('who goes elsewhere and back by the buttons of the browser is in the class again, once', async () => {
  const { page } = noor.tab;
  const before = await noor.messages();
  await page.goto(`${classroom.product.lmsUrl}/courses/algebra-1`);
  await page.goBack();
  await noor.inClass();
  await eventually(() => noor.messages()).toEqual(before);
  await expectSameLog(everyone);
  expect((await noor.people()).map(({ name }) => name).sort()).toEqual([...NAMES].sort());
});

test('slow mode and a paused chat are explained where one writes', async () => {
  await mei.post('one thought');
  await teacher.setMode('Everyone, slowly');
  for (const device of [mei, meiAtHome])
    await eventually(() => device.notice()).toMatch(/^Slow mode: you can write again in \d+ s$/u);
  await mei.post('another thought');
  expect(await mei.texts()).not.toContain('another thought');

  await teacher.setMode('Teachers only (paused)');
  for (const student of [mei, meiAtHome, noor, samuel]) {
    await eventually(() => student.notice()).toBe('The teacher has paused the chat.');
    expect(await student.canWrite()).toBe(false);
  }
  await assistant.post('Listen, please.');
  for (const person of everyone) await eventually(() => person.texts()).toContain('Listen, please.');

  await teacher.setMode('Everyone');
  for (const student of [mei, meiAtHome, noor, samuel]) {
    await eventually(() => student.notice()).toBe('');
    await eventually(() => student.canWrite()).toBe(true);
  }
});

test('somebody who is muted is told so, alone, and can write again when it is lifted', async () => {
  await assistant.onPerson(SAMUEL, 'Mute in the chat');
  await eventually(() => samuel.notice()).toBe('The teacher has muted you in the chat.');
  expect(await samuel.canWrite()).toBe(false);
  for (const person of [mei, meiAtHome, noor]) expect(await person.notice()).toBe('');

  await assistant.onPerson(SAMUEL, 'Lift the mute');
  await eventually(() => samuel.canWrite()).toBe(true);
  await samuel.post('Thank you.');
  for (const person of everyone) await eventually(() => person.texts()).toContain('Thank you.');
});

test('hands stand in the order in which they went up', async () => {
  for (const person of [noor, samuel, meiAtHome]) {
    await person.toggleHand();
    await eventually(() => teacher.hands()).toContain(person.name);
  }
  for (const person of everyone) await eventually(() => person.hands()).toEqual([NOOR, SAMUEL, MEI]);

  await teacher.lowerHandOf(SAMUEL);
  for (const person of everyone) await eventually(() => person.hands()).toEqual([NOOR, MEI]);
  // Raised on one device, lowered on the other.
  await mei.toggleHand();
  await samuel.toggleHand();
  for (const person of everyone) await eventually(() => person.hands()).toEqual([NOOR, SAMUEL]);
});

test('who is made an assistant sees what staff see, at once, and no longer when it is taken back', async () => {
  const head = await teacher.head('staff');
  expect(await noor.head('staff')).toBeNull();
  await teacher.onPerson(SAMUEL, 'Make assistant');

  await eventually(async () => (await samuel.question(QUESTION))?.staffNote).toBe(
    `Asked by ${NOOR} (only teachers see this)`,
  );
  for (const person of everyone)
    await eventually(async () => (await person.people()).find(({ name }) => name === SAMUEL)?.badge).toBe('Assistant');
  await samuel.setMode('Teachers only (paused)');
  await eventually(() => mei.notice()).toBe('The teacher has paused the chat.');
  await samuel.setMode('Everyone');
  await eventually(() => mei.notice()).toBe('');
  await eventually(async () => (await samuel.head('staff'))?.offset ?? 0).toBeGreaterThanOrEqual(head?.offset ?? 0);

  await teacher.onPerson(SAMUEL, 'Make student');
  await eventually(async () => (await samuel.question(QUESTION))?.staffNote).toBe('');
  expect(await samuel.head('staff')).toBeNull();
  await expectSameLog(everyone);
});

test('who closes the page is gone from the list', async () => {
  await samuel.tab.close();
  everyone = everyone.filter((person) => person !== samuel);
  for (const person of everyone)
    await eventually(async () => (await person.people()).map(({ name }) => name)).not.toContain(SAMUEL);
  // One of two devices: the person stays.
  await meiAtHome.tab.close();
  everyone = everyone.filter((person) => person !== meiAtHome);
  expect((await mei.people()).map(({ name }) => name)).toContain(MEI);
});

test('a class whose staff have gone is held for them, and goes on when one is back', async () => {
  await Promise.all([teacher.tab.close(), assistant.tab.close()]);
  everyone = [mei, noor];
  for (const student of everyone)
    await eventually(() => student.bar()).toBe('The teacher has lost the connection. Please stay.');
  await mei.post('We wait.');
  await eventually(() => noor.texts()).toContain('We wait.');

  assistant = await classroom.enter(ASSISTANT);
  everyone = [assistant, mei, noor];
  for (const person of everyone) await eventually(() => person.bar()).toBe('');
  await eventually(() => assistant.texts()).toContain('We wait.');
  await expectSameLog(everyone);
});

test('the live server had nothing to warn of', () => {
  expect(classroom.product.log('live-server')).toBe('');
});
