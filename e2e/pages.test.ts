/** Elements in pages of plain HTML, under the strictest policy: each stands alone, and together they are one connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { Bench, elementHtml, type PanelTag, type PlainTab } from './support/elements.js';
import { expectClean } from './support/person.js';
import { eventually } from './support/until.js';

const PANELS: readonly PanelTag[] = ['lms-chat', 'lms-qa-panel', 'lms-people'];
/** A connection that nobody holds any more is closed within this time. */
const CLOSED_MS = 1_000;

let bench: Bench;
let page: PlainTab;
let other: PlainTab;
let rooms = 0;
/** A class of its own for each test, under way. */
let room: string;
let server: string;

beforeAll(async () => {
  bench = await Bench.open();
  server = bench.product.liveUrl;
  [page, other] = await Promise.all([bench.tab(), bench.tab()]);
});

afterEach(() => expectClean([page, other]));

afterAll(closeEverything);

async function newRoom(): Promise<void> {
  rooms += 1;
  room = `class-${rooms}`;
  await bench.liveRoom(room);
}

/** Sockets that were opened since, and those of them that are closed. */
function socketsSince(tab: PlainTab): () => { opened: number; closed: number } {
  const before = { ...tab.tab.record.sockets };
  return () => ({
    opened: tab.tab.record.sockets.opened - before.opened,
    closed: tab.tab.record.sockets.closed - before.closed,
  });
}

async function online(tab: PlainTab, tags: readonly string[]): Promise<void> {
  for (const tag of tags) await eventually(() => tab.connection(tag)).toBe('online');
}

test('a chat needs nothing but its attributes', async () => {
  await newRoom();
  await page.show(elementHtml('lms-chat', { server, token: bench.token({ room, name: 'Ada Lovelace' }) }));
  await other.show(
    elementHtml('lms-chat', { server, token: bench.token({ room, sub: 'grace', name: 'Grace Hopper' }) }),
  );
  await page.post('Is anybody here?');
  await eventually(async () => (await other.shown('lms-chat')).text).toMatch(/Ada Lovelace .*Is anybody here\?/u);
  await other.post('I am.');
  await eventually(async () => (await page.shown('lms-chat')).text).toMatch(/Grace Hopper .*I am\./u);
  expect((await page.events()).map(({ type }) => type)).toContain('lms-joined');
});

test.for([
  ['the same attributes each', (token: string): Record<string, string>[] => PANELS.map(() => ({ token, room }))],
  [
    'a token in one of them',
    (token: string): Record<string, string>[] => [{ token }, { 'token-url': '/token' }, { token, room }],
  ],
  ['an address of tokens', (): Record<string, string>[] => PANELS.map(() => ({ 'token-url': '/token' }))],
] as const)('three elements with %s share one socket', async ([, attributesOf]) => {
  await newRoom();
  const token = bench.token({ room });
  let given = 0;
  bench.school.answer('/token', (response) => {
    given += 1;
    response.end(token);
  });
  const sockets = socketsSince(page);
  const attributes = attributesOf(token);
  await page.show(PANELS.map((tag, index) => elementHtml(tag, { server, ...attributes[index] })).join(''));
  await online(page, PANELS);
  await page.post('One voice.');
  await eventually(async () => (await page.shown('lms-chat')).text).toContain('One voice.');
  await eventually(async () => (await page.shown('lms-people')).text).toContain('1 person');
  expect(sockets()).toEqual({ opened: 1, closed: 0 });
  expect(given).toBeLessThanOrEqual(1);
});

test('two persons on one page are two connections', async () => {
  await newRoom();
  const sockets = socketsSince(page);
  await page.show(
    elementHtml('lms-chat', { server, token: bench.token({ room, sub: 'ada' }) }) +
      elementHtml('lms-people', { server, token: bench.token({ room, sub: 'grace' }) }),
  );
  await online(page, ['lms-chat', 'lms-people']);
  await eventually(async () => (await page.shown('lms-people')).text).toContain('2 people');
  expect(sockets()).toEqual({ opened: 2, closed: 0 });
});

test('an element that is moved in the page keeps its connection, and what was written in it', async () => {
  await newRoom();
  const sockets = socketsSince(page);
  await page.show(
    `<main id="here">${elementHtml('lms-chat', { server, token: bench.token({ room }) })}</main><aside id="there"></aside>`,
  );
  await online(page, ['lms-chat']);
  await page.post('Before.');
  await eventually(async () => (await page.shown('lms-chat')).text).toContain('Before.');
  await page.tab.fill({ element: 'lms-chat', css: 'textarea' }, 'Not sent yet');

  for (const place of ['#there', '#here', '#there'])
    await page.tab.evaluate((css) => {
      const chat = document.querySelector('lms-chat');
      if (chat) document.querySelector(css)?.append(chat);
    }, place);
  await eventually(() => page.connection('lms-chat')).toBe('online');
  expect(await page.tab.page.locator('lms-chat textarea').inputValue()).toBe('Not sent yet');
  await page.post('After.');
  await eventually(async () => (await page.shown('lms-chat')).text).toMatch(/Before\..*After\./u);
  // What a removal would have done by now.
  await sleep(CLOSED_MS);
  expect(sockets()).toEqual({ opened: 1, closed: 0 });
  expect(await page.connection('lms-chat')).toBe('online');
});

test('the last element that goes closes the connection within a second, and the person leaves the class', async () => {
  await newRoom();
  const token = bench.token({ room, sub: 'ada', name: 'Ada Lovelace' });
  await other.show(elementHtml('lms-people', { server, token: bench.token({ room, sub: 'grace' }) }));
  const sockets = socketsSince(page);
  await page.show(elementHtml('lms-room', { server, token }, PANELS.map((tag) => elementHtml(tag)).join('')));
  await online(page, ['lms-room', ...PANELS]);
  await eventually(async () => (await other.shown('lms-people')).text).toContain('Ada Lovelace');

  await page.tab.evaluate((tags) => {
    for (const tag of tags) document.querySelector(tag)?.remove();
  }, PANELS);
  await sleep(CLOSED_MS);
  // The room itself still holds it.
  expect(sockets()).toEqual({ opened: 1, closed: 0 });

  await page.tab.page.evaluate(() => document.querySelector('lms-room')?.remove());
  await eventually(sockets, CLOSED_MS).toEqual({ opened: 1, closed: 1 });
  await eventually(async () => (await other.shown('lms-people')).text).not.toContain('Ada Lovelace');
});

test('elements that come and go while they connect leave nothing open', async () => {
  await newRoom();
  const token = bench.token({ room });
  const sockets = socketsSince(page);
  await page.show('');
  await page.tab.evaluate(
    async (attributes) => {
      for (let round = 0; round < 20; round += 1) {
        const chat = document.createElement('lms-chat');
        for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
        document.body.append(chat);
        await new Promise((resolve) => setTimeout(resolve, round * 5));
        chat.remove();
      }
    },
    { server, token },
  );
  await eventually(() => sockets().opened - sockets().closed).toBe(0);
});
