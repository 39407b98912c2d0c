/** A class that sees: four people in the whole class in one tag, one of them in Firefox, and a fifth at the door. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { type CallerInChromium, Calls } from './support/calls.js';
import { type CallPerson, control, expectFullCall } from './support/call-person.js';
import { ASSISTANT, MEI, NOOR, SAMUEL, TEACHER } from './support/classroom.js';
import { expectClean } from './support/person.js';
import { VIDEO_CLASS } from './support/product.js';
import { eventually } from './support/until.js';

const REMOVED_MS = 2_000;

let calls: Calls;
let teacher: CallerInChromium;
let assistant: CallerInChromium;
let mei: CallerInChromium;
/** In Firefox. */
let samuel: CallPerson;
/** Comes late. */
let noor: CallerInChromium;
let everyone: readonly CallPerson[];

beforeAll(async () => {
  calls = await Calls.open();
  [teacher, assistant, mei, noor, samuel] = await Promise.all([
    calls.arrive(TEACHER),
    calls.arrive(ASSISTANT),
    calls.arrive(MEI),
    calls.arrive(NOOR),
    calls.arriveInFirefox(SAMUEL),
  ]);
  everyone = [teacher, assistant, mei, samuel];
});

afterEach(() => expectClean([...everyone, noor]));

afterAll(closeEverything);

test('four people in two browsers see and hear each other', async () => {
  await Promise.all(everyone.map((person) => person.open(calls.urlOf(VIDEO_CLASS))));
  await Promise.all(everyone.map((person) => person.join()));
  // Students come in muted.
  for (const student of [mei, samuel]) await student.speak();
  await expectFullCall(everyone);
  const names = everyone.map(({ name }) => name).sort();
  for (const person of everyone) {
    expect(await person.faces()).toEqual(names);
    expect((await person.openConnections()).map(({ state }) => state)).toEqual(Array(3).fill('connected'));
  }
});

test('raised hands stand in one order on all pages', async () => {
  for (const person of [samuel, mei]) {
    await person.toggle('hand');
    await eventually(() => person.isOn('hand')).toBe(true);
  }
  await expectHands({ [SAMUEL]: 1, [MEI]: 2 });
  await samuel.toggle('hand');
  await expectHands({ [MEI]: 1 });
  await mei.toggle('hand');
  await expectHands({});
});

test('whoever the teacher mutes is silent everywhere, whatever their page does', async () => {
  await teacher.onTile(MEI, 'Mute');
  await eventually(() => mei.text()).toContain(`${TEACHER} has muted you.`);
  await eventually(() => mei.isOn('microphone')).toBe(false);
  for (const person of [teacher, assistant, samuel])
    await eventually(() => person.about(MEI)).toContain('Microphone off');
  await mei.disobey();
  for (const person of [teacher, assistant, samuel]) await person.hearsNothingOf(MEI);
  await teacher.hears(ASSISTANT, SAMUEL);

  await mei.toggle('microphone');
  for (const person of [teacher, assistant, samuel]) await person.hears(MEI);
});

test('the teacher mutes all students at once, and asks one to speak', async () => {
  await teacher.toggle('staff');
  await teacher.choose('Mute all students');
  for (const student of [mei, samuel]) await eventually(() => student.isOn('microphone')).toBe(false);
  for (const name of [MEI, SAMUEL]) await assistant.hearsNothingOf(name);
  await mei.hears(TEACHER, ASSISTANT);

  await teacher.onTile(SAMUEL, 'Ask to unmute');
  await eventually(() => samuel.text()).toContain(`${TEACHER} asks you to unmute`);
  expect(await samuel.isOn('microphone')).toBe(false);
  await samuel.answer('Unmute');
  for (const person of [teacher, assistant, mei]) await person.hears(SAMUEL);
});

test('the teacher stops a camera, and blocks one until it is allowed again', async () => {
  await teacher.onTile(MEI, 'Stop camera');
  for (const person of [teacher, assistant, samuel]) await person.seesNoPictureOf(MEI);
  await eventually(() => mei.captured()).toEqual(['microphone']);
  await mei.toggle('camera');
  for (const person of [teacher, assistant, samuel]) await person.sees(MEI);

  await teacher.onTile(MEI, 'Block camera');
  for (const person of [teacher, assistant, samuel]) await person.seesNoPictureOf(MEI);
  await eventually(() => mei.captured()).toEqual(['microphone']);
  await eventually(() => mei.whyNot('camera')).toContain('The teacher has blocked this for you.');

  await teacher.onTile(MEI, 'Block camera');
  await eventually(() => mei.whyNot('camera')).toBe('');
  await mei.toggle('camera');
  for (const person of [teacher, assistant, samuel]) await person.sees(MEI);
});

test('whoever is removed is gone everywhere, is told so, and is connected to nobody', async () => {
  await teacher.onTile(SAMUEL, 'Remove from the class');
  await teacher.answer('Remove from the class');
  const from = Date.now();
  everyone = [teacher, assistant, mei];
  const names = everyone.map(({ name }) => name).sort();
  await Promise.all(everyone.map((person) => eventually(() => person.faces(), REMOVED_MS).toEqual(names)));
  await Promise.all(everyone.map((person) => eventually(async () => (await person.openConnections()).length).toBe(2)));
  expect(Date.now() - from).toBeLessThan(REMOVED_MS);
  await eventually(() => samuel.text()).toContain('You have been removed from the class.');
  await eventually(() => samuel.openConnections()).toEqual([]);
  await eventually(() => samuel.captured()).toEqual([]);
});

test('with the lobby on, whoever comes waits until somebody lets them in', async () => {
  await teacher.send('room.change', { policy: { 'join.lobby': true } });
  await noor.tab.open(calls.urlOf(VIDEO_CLASS));
  await noor.seesOneself();
  await eventually(() => teacher.text()).toContain(`${NOOR} is waiting to come in`);
  expect(await noor.openConnections()).toEqual([]);
  expect(await teacher.faces()).not.toContain(NOOR);

  await teacher.press(`Admit ${NOOR}`);
  everyone = [teacher, assistant, mei, noor];
  await noor.shows(control('leave'));
  await Promise.all([noor.speak(), mei.speak()]);
  await expectFullCall(everyone);
});

test('when the teacher ends the class everybody is told so, and no camera and no connection is left', async () => {
  await teacher.toggle('leave');
  await teacher.choose('End for everyone');
  await teacher.answer('End for everyone');
  for (const person of everyone) {
    await eventually(() => person.text()).toContain('The class is over');
    await eventually(() => person.captured()).toEqual([]);
    await eventually(() => person.openConnections()).toEqual([]);
  }
});

test('the live server had nothing to warn of', () => {
  expect(calls.product.log('live-server')).toBe('');
});

/** Each hand with its place, as everyone sees it. */
async function expectHands(places: Readonly<Record<string, number>>): Promise<void> {
  await Promise.all(everyone.map((person) => eventually(() => person.hands()).toEqual(places)));
}
