/** A call of two, from the pre-join to the end: a teacher at a desk and a student on a phone, in real browsers with real connections. */
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { type CallerInChromium, Calls } from './support/calls.js';
import { button, expectFullCall, expectNoPause } from './support/call-person.js';
import { MEI, NOOR, TEACHER } from './support/classroom.js';
import { expectClean } from './support/person.js';
import { CALL } from './support/product.js';
import type { Witnessed } from './support/witness.js';
import { eventually, until } from './support/until.js';

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
/** What browsers themselves write into the console when a server is not there. */
const LOST = [/^WebSocket connection to '.*' failed/u, /^Failed to load resource: net::ERR_CONNECTION_REFUSED/u];
/** A server that comes back is in command again within this. */
const CONTROLS_BACK_MS = 4_000;
/** Where it was killed in the middle of a negotiation, the call stands within this. */
const CONNECTED_MS = 8_000;
/** Pictures and sound do not need the server. */
const LONGEST_PAUSE_MS = 1_000;
const USE_HERE = 'Use it here';
/** Without a movement the controls of a call go after 3 s. */
const CONTROLS_HIDDEN_MS = 5_000;

let calls: Calls;
let teacher: CallerInChromium;
let mei: CallerInChromium;
let everyone: readonly CallerInChromium[];

beforeAll(async () => {
  calls = await Calls.open();
  [teacher, mei] = await Promise.all([calls.arrive(TEACHER), calls.arrive(MEI, PHONE)]);
  everyone = [teacher, mei];
});

afterEach(() => expectClean(everyone, LOST));

afterAll(closeEverything);

test('before the class one sees oneself, and nobody else does', async () => {
  await Promise.all(everyone.map((person) => person.open(calls.urlOf(CALL))));
  for (const person of everyone) {
    await person.seesOneself();
    expect(await person.tiles()).toEqual({});
  }
  // A student comes in muted: nobody asks for a microphone before it is wanted.
  expect(await teacher.captured()).toEqual(['camera', 'microphone']);
  expect(await mei.captured()).toEqual(['camera']);
  await teacher.join();
  // Connected already, to save time: nothing comes from somebody who has not joined.
  await eventually(async () => (await teacher.openConnections()).map(({ state }) => state)).toEqual(['connected']);
  expect(await teacher.faces()).toEqual([TEACHER]);
  expect((await teacher.sounds()).filter(({ peak }) => peak > 0)).toEqual([]);
});

test('two people see and hear each other', async () => {
  await mei.join();
  await eventually(() => teacher.about(MEI)).toContain('Microphone off');
  await mei.speak();
  await expectFullCall(everyone);
  expect(await teacher.faces()).toEqual([TEACHER, MEI].sort());
  for (const person of everyone) expect(await person.openConnections()).toHaveLength(1);
});

test('a muted microphone is silent and shown as such, and heard again at once', async () => {
  await mei.toggle('microphone');
  await eventually(() => teacher.about(MEI)).toContain('Microphone off');
  await teacher.hearsNothingOf(MEI);
  await mei.toggle('microphone');
  await eventually(() => teacher.about(MEI)).not.toContain('Microphone off');
  await teacher.hears(MEI);
});

test('a camera that is turned off has no light, and the other side sees who it is', async () => {
  await teacher.toggle('camera');
  await mei.seesNoPictureOf(TEACHER);
  await eventually(() => teacher.captured()).toEqual(['microphone']);
  expect(await mei.faces()).toContain(TEACHER);
  await mei.hears(TEACHER);
  await teacher.toggle('camera');
  await mei.sees(TEACHER);
});

test('a shared screen is seen, and ends cleanly by the bar of the browser', async () => {
  const before = await teacher.connections();
  await teacher.toggle('share');
  await mei.sees(`Screen of ${TEACHER}`, TEACHER);
  await teacher.endScreenByBar();
  await eventually(() => mei.faces()).toEqual([TEACHER, MEI].sort());
  await eventually(() => teacher.captured()).toEqual(['camera', 'microphone']);
  await eventually(() => teacher.isOn('share')).toBe(false);
  // And once more, ended by the page.
  await teacher.toggle('share');
  await mei.sees(`Screen of ${TEACHER}`);
  await teacher.toggle('share');
  await eventually(() => mei.faces()).toEqual([TEACHER, MEI].sort());
  await mei.sees(TEACHER);
  expect(await teacher.connections()).toEqual(before);
});

test('the controls of a call go away, and come back with a movement or the focus', async () => {
  const { page } = teacher.tab;
  await page.mouse.move(400, 300);
  await eventually(() => teacher.showsControls()).toBe(true);
  await eventually(() => teacher.showsControls(), CONTROLS_HIDDEN_MS).toBe(false);
  await page.mouse.move(420, 320);
  await eventually(() => teacher.showsControls()).toBe(true);
  await eventually(() => teacher.showsControls(), CONTROLS_HIDDEN_MS).toBe(false);
  await page.keyboard.press('Tab');
  await eventually(() => teacher.showsControls()).toBe(true);
});

test('a server that is killed and started again does not touch the call', async () => {
  const before = await Promise.all(everyone.map((person) => person.connections()));
  await Promise.all(everyone.map((person) => person.forgetGaps()));

  await calls.product.killLive();
  await expectFullCall(everyone);
  await calls.product.startLive();
  const readyAt = Date.now();
  await mei.toggle('microphone');
  await eventually(() => teacher.about(MEI), CONTROLS_BACK_MS).toContain('Microphone off');
  expect(Date.now() - readyAt).toBeLessThan(CONTROLS_BACK_MS);
  await mei.toggle('microphone');
  await expectFullCall(everyone);

  expect(await Promise.all(everyone.map((person) => person.connections()))).toEqual(before);
  await expectNoPause(everyone, LONGEST_PAUSE_MS);
});

test('a server that is killed as soon as an offer is on its way holds nobody up', async () => {
  const { product } = calls;
  const noor = await calls.arrive(NOOR);
  const opened = noor.open(calls.urlOf(CALL));
  await until('an offer is sent', CONNECTED_MS, async () =>
    (await noor.tab.frames()).some(({ direction, text }) => direction === 'sent' && text.includes('"type":"offer"')),
  );
  await product.killLive();
  await product.startLive();
  const readyAt = Date.now();
  everyone = [teacher, mei, noor];
  await opened;
  await noor.join();
  await Promise.all([noor.sees(TEACHER, MEI), teacher.sees(NOOR), mei.sees(NOOR)]);
  expect(Date.now() - readyAt).toBeLessThan(CONNECTED_MS);

  expectClean([noor], LOST);
  await noor.tab.close();
  everyone = [teacher, mei];
  for (const person of everyone) await eventually(() => person.faces()).toEqual([TEACHER, MEI].sort());
});

test('of two tabs of one person one has the media, and the other may take it over', async () => {
  const second = await calls.arrive(MEI, PHONE);
  everyone = [teacher, mei, second];
  await second.tab.open(calls.urlOf(CALL));
  await second.shows(button(USE_HERE));
  expect(await second.captured()).toEqual([]);
  expect(await teacher.faces()).toEqual([TEACHER, MEI].sort());

  await second.press(USE_HERE);
  await until('the media have moved', CONNECTED_MS, () => mei.isShown(button(USE_HERE)));
  await eventually(() => mei.captured()).toEqual([]);
  await eventually(() => mei.openConnections()).toEqual([]);
  await second.speak();
  await expectFullCall([teacher, second]);
  expect(await teacher.faces()).toEqual([TEACHER, MEI].sort());
  expect(await teacher.openConnections()).toHaveLength(1);
  expect(await teacher.sounds()).toHaveLength(1);

  await second.tab.close();
  everyone = [teacher, mei];
  await mei.press(USE_HERE);
  await mei.speak();
  await expectFullCall(everyone);
});

test('an element that is moved in the page keeps its connections and its picture', async () => {
  const before = await mei.connections();
  await Promise.all(everyone.map((person) => person.forgetGaps()));
  await mei.tab.evaluate(() => {
    const stage = document.querySelector('lms-meeting-room');
    const elsewhere = document.body.appendChild(document.createElement('section'));
    if (stage) elsewhere.append(stage);
  }, null);
  await expectFullCall(everyone);
  expect(await mei.connections()).toEqual(before);
  await expectNoPause(everyone, LONGEST_PAUSE_MS);
});

test('an element that is removed turns off the camera and closes every connection within a second', async () => {
  const afterMs = await mei.tab.evaluate(async () => {
    const { witness } = globalThis as Witnessed;
    document.querySelector('lms-meeting-room')?.remove();
    const from = performance.now();
    const isOver = (): boolean =>
      witness.captured().length === 0 && witness.connections().every(({ state }) => state === 'closed');
    while (!isOver() && performance.now() - from < 10_000) await new Promise((resolve) => setTimeout(resolve, 20));
    return performance.now() - from;
  }, null);
  expect(afterMs).toBeLessThan(1_000);
  await eventually(() => teacher.faces()).toEqual([TEACHER]);
  await eventually(() => teacher.openConnections()).toEqual([]);
});

test('who leaves lets go of everything, and may come back', async () => {
  await mei.open(calls.urlOf(CALL));
  await mei.join();
  await mei.speak();
  await expectFullCall(everyone);
  await mei.toggle('leave');
  await eventually(() => mei.captured()).toEqual([]);
  await eventually(() => mei.openConnections()).toEqual([]);
  await eventually(() => mei.text()).toContain('You have left the class');
  await eventually(() => teacher.faces()).toEqual([TEACHER]);
  expect(await mei.isShown(button('Join again'))).toBe(true);
});

test('the live server had nothing to warn of', () => {
  expect(calls.product.log('live-server')).toBe('');
});
