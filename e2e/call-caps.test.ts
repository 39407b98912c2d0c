/** More people than a mesh carries: what each of them takes part in, and that all of them can write. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FAKE_DEVICES } from '../scripts/browsers.mjs';
import { closeEverything } from './support/cleanup.js';
import { CallPerson } from './support/call-person.js';
import { Bench, elementHtml } from './support/elements.js';
import { expectClean } from './support/person.js';
import { Seats } from './support/seats.js';
import { eventually } from './support/until.js';
import { placeWitness } from './support/witness.js';

const ROOM = 'crowd';
const FIRST_SIX = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
const NEXT_FIVE = ['b1', 'b2', 'b3', 'b4', 'b5'];
const BY_SOUND = 'Cameras are full: you take part by sound. Shared screens are shown.';
const IN_WRITING = 'The call is full. Chat, questions and raised hands work as usual.';
const MESSAGE = { element: 'lms-chat', css: 'textarea' };

let bench: Bench;
let seats: Seats;
let seventh: CallPerson;
let thirteenth: CallPerson;

beforeAll(async () => {
  bench = await Bench.open({ flags: FAKE_DEVICES, scripts: [placeWitness] });
  await bench.liveRoom(ROOM);
  seats = await Seats.open(bench, { room: ROOM, people: [...FIRST_SIX, ...NEXT_FIVE] });
  [seventh, thirteenth] = await Promise.all([pageOf('seventh'), pageOf('thirteenth')]);
});

afterEach(() => expectClean([seats, seventh, thirteenth]));

afterAll(closeEverything);

test('six send pictures, and the seventh takes part by sound, and is told so', async () => {
  for (const sub of FIRST_SIX) expect(await seats.enter(sub)).toBe('video');
  await seventh.join();
  await eventually(() => seventh.text()).toContain(BY_SOUND);
  await eventually(() => seventh.captured()).toEqual([]);
  await seventh.speak();
  expect(await seventh.captured()).toEqual(['microphone']);
  expect(await seventh.whyNot('camera')).toContain('Cameras are full');
});

test('twelve take part by sound, and the thirteenth in writing', async () => {
  for (const sub of NEXT_FIVE) expect(await seats.enter(sub)).toBe('audio');
  await thirteenth.join();
  await eventually(() => thirteenth.text()).toContain(IN_WRITING);
  await eventually(() => thirteenth.captured()).toEqual([]);
  await eventually(() => thirteenth.openConnections()).toEqual([]);
  const modes = await seats.modes('a1');
  expect(modes.filter((mode) => mode === 'video')).toHaveLength(6);
  expect(modes.filter((mode) => mode === 'audio')).toHaveLength(6);
});

test('all of them can write and read', async () => {
  for (const person of [seventh, thirteenth]) {
    await person.tab.fill(MESSAGE, `Hello from the ${person.name}`);
    await person.tab.press('Enter');
  }
  const said = ['Hello from the seventh', 'Hello from the thirteenth'];
  for (const sub of [...FIRST_SIX, ...NEXT_FIVE]) await eventually(() => seats.texts(sub)).toEqual(said);
});

test('a place that becomes free goes to whoever came next', async () => {
  await seats.leave('a3');
  await eventually(() => seventh.text()).not.toContain(BY_SOUND);
  await eventually(() => seventh.whyNot('camera')).toBe('');
  await seventh.toggle('camera');
  await eventually(() => seventh.captured()).toEqual(['camera', 'microphone']);
  await eventually(() => thirteenth.text()).toContain(BY_SOUND);
  // A real connection, at last, between the two that are real.
  await eventually(async () => (await thirteenth.sounds()).some(({ peak }) => peak > 0.01)).toBe(true);
});

/** A page with the whole class in one tag, before the class. */
async function pageOf(name: string): Promise<CallPerson> {
  const page = await bench.tab();
  const token = bench.token({ sub: name, room: ROOM });
  await page.show(elementHtml('lms-classroom', { server: bench.product.liveUrl, room: ROOM, token }));
  const person = new CallPerson({ name, tab: page.tab });
  await person.seesOneself();
  return person;
}
