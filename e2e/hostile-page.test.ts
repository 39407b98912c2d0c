/** A page whose old library has put something on the prototype of everything, for each `for … in` to find. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Chromium } from './support/chromium.js';
import { Classroom, MEI, NOOR, TEACHER } from './support/classroom.js';
import { closeEverything } from './support/cleanup.js';
import { expectClean, type Person } from './support/person.js';
import { eventually } from './support/until.js';

/** Runs in the page, before its own scripts. */
function extendEverything(): void {
  Object.assign(Object.prototype, { extend: (): undefined => undefined, foo: '<img src=x onerror=alert(1)>' });
}

let everyone: readonly Person[];

beforeAll(async () => {
  const classroom = await Classroom.open();
  const { lmsUrl, liveUrl } = classroom.product;
  const device = await Chromium.launch({ servers: [lmsUrl, liveUrl], scripts: [extendEverything] });
  everyone = [
    await classroom.enter(TEACHER),
    await classroom.enter(MEI, { on: device }),
    await classroom.enter(NOOR, { on: device }),
  ];
});

afterEach(() => expectClean(everyone));

afterAll(closeEverything);

test('the elements are in class there as anywhere', async () => {
  const texts = everyone.map(({ name }) => `${name} writes`);
  for (const [index, person] of everyone.entries()) {
    await person.post(texts[index] ?? '');
    await eventually(() => person.texts()).toContain(texts[index]);
  }
  for (const person of everyone) {
    expect(await person.tab.evaluate(() => 'foo' in {}, null)).toBe(person.name !== TEACHER);
    await eventually(() => person.texts()).toEqual(texts);
    await eventually(async () => (await person.people()).length).toBe(everyone.length);
  }
});
