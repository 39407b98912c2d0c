/** A call with less than everything: without a permission, without a device, and with one that goes away in the middle. */
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FAKE_DEVICES_ASKED } from '../scripts/browsers.mjs';
import { closeEverything } from './support/cleanup.js';
import { type CallerInChromium, Calls } from './support/calls.js';
import { ENTER, expectFullCall } from './support/call-person.js';
import { MEI, TEACHER } from './support/classroom.js';
import { expectClean } from './support/person.js';
import { CALL } from './support/product.js';
import { eventually } from './support/until.js';
import type { Witnessed } from './support/witness.js';

const GRANTED: BrowserContextOptions = { permissions: ['camera', 'microphone'] };
const DENIED: BrowserContextOptions = { permissions: [] };
/** A device that is gone is replaced or named within this. */
const NAMED_MS = 1_000;

let calls: Calls;
let teacher: CallerInChromium;
let mei: CallerInChromium;

beforeAll(async () => {
  calls = await Calls.open(FAKE_DEVICES_ASKED);
  teacher = await calls.arrive(TEACHER, GRANTED);
  await teacher.open(calls.urlOf(CALL));
  await teacher.join();
});

afterEach(async () => {
  expectClean([teacher, mei]);
  await mei.tab.close();
  await eventually(() => teacher.faces()).toEqual([TEACHER]);
});

afterAll(closeEverything);

test('whoever refuses the camera is told what to do, and comes in to listen and watch', async () => {
  mei = await calls.arrive(MEI, DENIED);
  await mei.open(calls.urlOf(CALL));
  await eventually(() => mei.text()).toContain('Camera: blocked by the browser');
  // Nobody is asked for a microphone before they want it.
  await mei.press('Microphone');
  await eventually(() => mei.text()).toContain('Microphone: blocked by the browser');
  expect(await mei.isShown({ ...ENTER, name: 'Join as listener' })).toBe(true);
  await mei.join();
  await mei.sees(TEACHER);
  await mei.hears(TEACHER);
  await eventually(() => teacher.about(MEI)).toContain('Microphone off');
  expect(await teacher.picture(MEI)).toBeUndefined();
  expect(await mei.captured()).toEqual([]);
});

test('whoever has no device comes in silent', async () => {
  mei = await calls.arrive(MEI, GRANTED);
  await mei.tab.page.addInitScript(takeDevicesAway);
  await mei.open(calls.urlOf(CALL));
  await eventually(() => mei.text()).toContain('Camera: none found');
  await mei.press('Microphone');
  await eventually(() => mei.text()).toContain('Microphone: none found');
  await mei.join();
  await mei.sees(TEACHER);
  await mei.hears(TEACHER);
  await eventually(() => teacher.about(MEI)).toContain('Microphone off');
});

test('a camera that is taken back in the middle is named within a second, and the rest goes on', async () => {
  mei = await calls.arrive(MEI, GRANTED);
  await mei.open(calls.urlOf(CALL));
  await mei.join();
  await mei.speak();
  await expectFullCall([teacher, mei]);
  const before = await mei.connections();

  const said = mei.saysAfterLoss('Camera: blocked by the browser');
  await mei.tab.deny('camera');
  expect(await said).toBeLessThan(NAMED_MS);
  expect(await mei.isOn('camera')).toBe(false);
  await teacher.seesNoPictureOf(MEI);
  await mei.sees(TEACHER);
  await mei.hears(TEACHER);
  expect(await mei.connections()).toEqual(before);
});

test('a camera that is pulled out is replaced by the other one', async () => {
  mei = await calls.arrive(MEI, GRANTED);
  await mei.open(calls.urlOf(CALL));
  await mei.join();
  await mei.speak();
  await expectFullCall([teacher, mei]);
  const before = await mei.connections();

  const said = mei.saysAfterLoss('Camera: ');
  await mei.tab.evaluate(() => (globalThis as Witnessed).witness.pullCameraOut(), null);
  expect(await said).toBeLessThan(NAMED_MS);
  await teacher.sees(MEI);
  expect(await mei.isOn('camera')).toBe(true);
  expect(await mei.connections()).toEqual(before);
});

/** A machine without a camera and without a microphone, as the page sees it; runs in the page, before its own scripts. */
function takeDevicesAway(): void {
  navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
  navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('Requested device not found', 'NotFoundError'));
}
