/** The demo on a phone: by touch, upright, in light and in dark; and what axe-core finds in it. */
import axe from 'axe-core';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import type { ChromiumTab } from './support/chromium.js';
import { Classroom, type InChromium, MEI, NOOR, TEACHER } from './support/classroom.js';
import { expectClean } from './support/person.js';
import { eventually } from './support/until.js';

const WIDTH_PX = 390;
const HEIGHT_PX = 844;
const PHONE: BrowserContextOptions = {
  viewport: { width: WIDTH_PX, height: HEIGHT_PX },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
/** WCAG 2.2, levels A and AA. */
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SCHEMES = ['light', 'dark'] as const;
/** The tabs of the page; those within an element are its own. */
const PARTS = '[role="tablist"][data-tabs]';
const TABS = ['Class', 'Chat', 'Questions', 'People'] as const;

let classroom: Classroom;
let mei: InChromium;
let teacher: InChromium;
/** On a large screen. */
let noor: InChromium;

beforeAll(async () => {
  classroom = await Classroom.open();
  [mei, teacher, noor] = await Promise.all([
    classroom.enter(MEI, PHONE),
    classroom.enter(TEACHER, PHONE),
    classroom.enter(NOOR, { viewport: { width: 1_280, height: 800 } }),
  ]);
});

afterEach(() => expectClean([mei, teacher, noor]));

afterAll(closeEverything);

test('a student takes part with one thumb', async () => {
  await show(mei, 'Chat');
  await mei.tab.fill({ element: 'lms-chat', css: 'textarea' }, 'Hello from the bus');
  await mei.tab.click({ element: 'lms-chat', css: '[part~="send-button"]' });
  await eventually(() => noor.texts()).toEqual(['Hello from the bus']);
  await mei.onMessage('Hello from the bus', 'Edit');
  await mei.tab.fill({ element: 'lms-chat', css: 'textarea' }, 'Hello from the tram');
  await mei.tab.click({ element: 'lms-chat', css: '[part~="send-button"]' });
  await eventually(() => noor.texts()).toEqual(['Hello from the tram']);

  await show(mei, 'Questions');
  await mei.ask('May we use a calculator?');
  await noor.ask('Is there homework?');
  await mei.vote('Is there homework?');
  await eventually(async () => (await noor.question('Is there homework?'))?.votes).toBe(1);

  await show(mei, 'People');
  await mei.toggleHand();
  await eventually(() => noor.hands()).toEqual([MEI]);
});

test('a teacher runs the class with one thumb', async () => {
  await show(teacher, 'Chat');
  await teacher.onMessage('Hello from the tram', 'Pin');
  await eventually(() => mei.pinned()).toBe('Hello from the tram');
  await teacher.setMode('Questions only');
  await eventually(() => mei.notice()).toBe('Only questions are open right now. You can still write to the teachers.');
  await show(mei, 'Chat');
  await mei.tab.fill({ element: 'lms-chat', css: 'textarea' }, 'I am late, sorry.');
  await mei.tab.click({ element: 'lms-chat', css: '[part~="send-button"]' });
  await eventually(async () => (await teacher.messages()).at(-1)).toMatchObject({
    text: 'I am late, sorry.',
    marks: ['private'],
  });
  await teacher.setMode('Everyone');

  await show(teacher, 'Questions');
  await teacher.answer('Is there homework?', 'Exercises 1 to 6.');
  await eventually(async () => (await mei.question('Is there homework?'))?.answer).toBe('Exercises 1 to 6.');

  await show(teacher, 'People');
  await teacher.onPerson(MEI, 'Mute in the chat');
  await eventually(() => mei.notice()).toBe('The teacher has muted you in the chat.');
  await teacher.onPerson(MEI, 'Lift the mute');
  await eventually(() => mei.notice()).toBe('');
  await teacher.lowerHandOf(MEI);
  await eventually(() => mei.hands()).toEqual([]);
});

test('nothing is wider than the screen, and what one needs is within it', async () => {
  for (const person of [mei, teacher]) {
    for (const part of TABS) {
      await show(person, part);
      const { page } = person.tab;
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(WIDTH_PX);
      expect(await page.evaluate(cutOff)).toEqual([]);
    }
    await show(person, 'Chat');
    const field = await person.tab.page.locator('lms-chat textarea').boundingBox();
    expect((field?.y ?? HEIGHT_PX) + (field?.height ?? 0)).toBeLessThan(HEIGHT_PX);
  }
});

test('a long conversation keeps its newest message in sight', async () => {
  await show(mei, 'Chat');
  for (let index = 0; index < 15; index += 1)
    await noor.post(`Step ${index}: divide both sides by two, and look again.`);
  await eventually(async () => (await mei.texts()).at(-1)).toContain('Step 14');
  const last = mei.tab.page.locator('lms-chat [part~="message"]').last();
  const composer = mei.tab.page.locator('lms-chat [part~="composer"]');
  await eventually(async () => {
    const [box, below] = [await last.boundingBox(), await composer.boundingBox()];
    return box !== null && below !== null && box.y > 0 && box.y + box.height <= below.y + 1;
  }).toBe(true);
});

test.for(SCHEMES)('axe finds nothing in the class, %s', async (colorScheme) => {
  for (const person of [mei, teacher, noor]) await person.tab.page.emulateMedia({ colorScheme });
  for (const person of [mei, teacher])
    for (const part of TABS) {
      await show(person, part);
      expect(await violations(person, `${person.name}, ${part}`)).toEqual([]);
    }
  expect(await violations(noor, `${NOOR}, everything at once`)).toEqual([]);

  // What opens above the page.
  await show(teacher, 'People');
  await teacher.tab.click({ element: 'lms-people', css: 'button', name: `Actions for ${MEI}` });
  expect(await violations(teacher, 'menu of a person')).toEqual([]);
  await teacher.tab.click({ element: 'lms-people', css: '.menu button', name: 'Ban from the class' });
  expect(await violations(teacher, 'dialog to ban')).toEqual([]);
  await teacher.tab.click({ element: 'lms-people', css: 'dialog button', name: 'Cancel' });
});

test.for(SCHEMES)('axe finds nothing where one signs in and sees the courses, %s', async (colorScheme) => {
  const { tab } = await classroom.guest({ ...PHONE, colorScheme });
  const { lmsUrl } = classroom.product;
  const visitor = { tab, name: 'visitor' };
  await tab.open(`${lmsUrl}/sign-in`);
  expect(await violations(visitor, 'sign-in')).toEqual([]);
  await tab.click({ css: 'button.person', text: MEI });
  await tab.page.waitForURL(`${lmsUrl}/`);
  for (const path of ['/', '/courses/algebra-1', '/courses/silk-roads', '/nowhere']) {
    await tab.open(lmsUrl + path);
    expect(await violations(visitor, path)).toEqual([]);
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(WIDTH_PX);
  }
  // The page that is nowhere is a 404, and Chromium says so.
  expectClean([visitor], [/^Failed to load resource: .* 404/u]);
  await tab.close();
});

/** One part of the class, by its tab. */
async function show({ tab }: InChromium, part: (typeof TABS)[number]): Promise<void> {
  await tab.click({ css: `${PARTS} button`, name: part });
  await eventually(() => tab.page.locator(`${PARTS} [aria-selected="true"]`).textContent()).toBe(part);
}

/** What axe-core finds, each with where it is. */
async function violations({ tab }: { readonly tab: ChromiumTab }, where: string): Promise<string[]> {
  const { page } = tab;
  await page.evaluate(stillness);
  await page.evaluate(axe.source);
  const results = await page.evaluate(
    (tags) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: { type: 'tag', values: tags },
        resultTypes: ['violations'],
      }),
    WCAG,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${where}: ${id}: ${target.flat().join(' ')}: ${failureSummary ?? ''}`),
  );
}

/** Waits until nothing moves or fades any more: what is half there has no colour to measure; runs in the page. */
async function stillness(): Promise<void> {
  const QUIET_FRAMES = 5;
  const MOST_FRAMES = 300;
  let quiet = 0;
  for (let frame = 0; quiet < QUIET_FRAMES && frame < MOST_FRAMES; frame += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const roots = [document, ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
    quiet = roots.some((root) => root.getAnimations().length > 0) ? 0 : quiet + 1;
  }
}

/** Controls that stand, in part, beyond the sides of the screen; runs in the page. */
function cutOff(): string[] {
  const roots = [document, ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
  return roots.flatMap((root) =>
    [...root.querySelectorAll('button, input, textarea, select, a[href]')]
      .filter((node) => node.checkVisibility({ visibilityProperty: true }))
      .filter((node) => !node.classList.contains('skip'))
      .filter((node) => {
        const { left, right } = node.getBoundingClientRect();
        return left < 0 || right > innerWidth;
      })
      .map((node) => node.getAttribute('aria-label') ?? node.textContent.trim()),
  );
}
