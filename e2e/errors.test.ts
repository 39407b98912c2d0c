/** What the elements say, in pages of plain HTML under the strictest policy, when something is wrong or not yet right. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { Bench, elementHtml, type PlainTab } from './support/elements.js';
import { expectClean } from './support/person.js';
import { OF_THE_COLLEGE } from './support/school.js';
import { eventually } from './support/until.js';

const NOT_VALID = 'Your access to this class is not valid.';
/** What Chromium itself writes into the console when a server is not there, or says no. */
const LOST = [/^WebSocket connection to '.*' failed/u, /^Failed to load resource/u];

/** The life of a token, where its end is waited for. */
const TOKEN_S = 4;

let bench: Bench;
let page: PlainTab;
/** Somebody else's device. */
let other: PlainTab;

beforeAll(async () => {
  bench = await Bench.open();
  [page, other] = await Promise.all([bench.tab(), bench.tab()]);
});

afterEach(() => expectClean([page, other]));

afterAll(closeEverything);

interface Refused {
  readonly what: string;
  readonly attributes: () => Readonly<Record<string, string>>;
  readonly code: string;
  readonly sentence: string;
  /** What the button says; where trying again does not help, there is none. */
  readonly button?: string;
  /** Chromium says in its console that something did not answer. */
  readonly isNetwork?: true;
}

const REFUSED: readonly Refused[] = [
  {
    what: 'no token at all',
    attributes: () => ({ server: bench.product.liveUrl }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up yet: the attribute “token” is missing.',
  },
  {
    what: 'no server',
    attributes: () => ({ token: bench.token() }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up yet: the attribute “server” is missing.',
  },
  {
    what: 'a server that is no web address',
    attributes: () => ({ server: 'ftp://live.school.example', token: bench.token() }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up correctly: the attribute “server” is not valid.',
  },
  {
    what: 'a room that can be none',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token(), room: 'algebra 1/week 5' }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up correctly: the attribute “room” is not valid.',
  },
  {
    what: 'a token that is none',
    attributes: () => ({ server: bench.product.liveUrl, token: 'ada' }),
    code: 'token_malformed',
    sentence: NOT_VALID,
  },
  {
    what: 'a token that somebody else has signed',
    attributes: () => ({
      server: bench.product.liveUrl,
      token: bench.token({ secret: 'a-secret-of-somebody-else-altogether-32' }),
    }),
    code: 'token_signature',
    sentence: NOT_VALID,
  },
  {
    what: 'a token of a school that is not known',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token({ iss: 'https://elsewhere.test' }) }),
    code: 'token_issuer',
    sentence: NOT_VALID,
  },
  {
    what: 'a token for another service',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token({ aud: 'https://mail.school.test' }) }),
    code: 'token_audience',
    sentence: NOT_VALID,
  },
  {
    what: 'a token of nobody',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token({ sub: '' }) }),
    code: 'token_claims',
    sentence: NOT_VALID,
  },
  {
    what: 'a token that has expired, with no way to another',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token({ expiresInS: -120 }) }),
    code: 'token_expired',
    sentence: 'Your access to this class has expired. Reload the page to continue.',
    button: 'Reload the page',
  },
  {
    what: 'a token of another school that is known',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token(OF_THE_COLLEGE) }),
    code: 'origin_refused',
    sentence: 'This page may not open the class.',
  },
  {
    what: 'a token of the back end',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token({ role: 'service' }) }),
    code: 'forbidden',
    sentence: 'You may not do this here.',
  },
  {
    what: 'a tenant that there is not',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token(), tenant: 'nobody' }),
    code: 'tenant_unknown',
    sentence: 'This school is not known here.',
  },
  {
    what: 'a token for several classes, and none named',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token({ room: ['algebra', 'geometry'] }) }),
    code: 'room_missing',
    sentence: 'No class was named.',
  },
  {
    what: 'a class that the token does not cover',
    attributes: () => ({ server: bench.product.liveUrl, token: bench.token(), room: 'geometry' }),
    code: 'room_not_covered',
    sentence: 'You are not on the list for this class.',
  },
  {
    what: 'a class that does not exist',
    attributes: () => ({
      server: bench.product.liveUrl,
      token: bench.token({ room: 'algebra-*' }),
      room: 'algebra-99',
    }),
    code: 'room_unknown',
    sentence: 'This class does not exist.',
  },
  {
    what: 'a page of the school that gives no token',
    attributes: () => ({ server: bench.product.liveUrl, 'token-url': '/no-token' }),
    code: 'token_fetch_failed',
    sentence: 'The school’s page did not renew your access. Trying again.',
    button: 'Try again',
    isNetwork: true,
  },
  {
    what: 'a server that is down',
    attributes: () => ({ server: bench.deadServer, token: bench.token() }),
    code: 'server_unreachable',
    sentence: 'The class cannot be reached. Trying again.',
    button: 'Try again',
    isNetwork: true,
  },
];

test.for(REFUSED)('$what: says $code', async ({ attributes, code, sentence, button, isNetwork }) => {
  await page.show(elementHtml('lms-chat', attributes()));
  await eventually(() => page.shown('lms-chat')).toMatchObject({ code, button: button ?? '' });
  const shown = await page.shown('lms-chat');
  expect(shown.text).toContain('The class cannot be opened');
  expect(shown.text).toContain(sentence);
  // What did not answer is tried again, and may be told of again; the rest is final, and told once.
  const told = await page.errors();
  expect(told.map(({ code: name }) => name)).toEqual(isNetwork ? expect.arrayContaining([code]) : [code]);
  expect(told[0]).toMatchObject({
    code,
    message: expect.any(String) as string,
    help: expect.stringMatching(/./u) as string,
  });
  if (isNetwork) expectClean([page], LOST);
});

test('a page of an origin that is not known says that the class cannot be reached', async () => {
  await page.show(elementHtml('lms-chat', { server: bench.product.liveUrl, token: bench.token() }), {
    from: bench.school.origin.replace('localhost', '127.0.0.1'),
  });
  // A browser does not tell pages why a socket was refused: the help names the origins among what to look at.
  await eventually(() => page.shown('lms-chat')).toMatchObject({ code: 'server_unreachable', button: 'Try again' });
  expect((await page.errors())[0]).toMatchObject({
    code: 'server_unreachable',
    retryable: true,
    help: expect.stringContaining('allowed origins') as string,
  });
  expectClean([page], LOST);
});

test('a class that has not begun lets its students in by itself when the teacher comes', async () => {
  const room = 'physics';
  const { liveUrl: server } = bench.product;
  await page.show(elementHtml('lms-chat', { server, token: bench.token({ room }) }));
  await eventually(async () => (await page.shown('lms-chat')).text).toBe(
    'Chat The class has not started This page opens it by itself.',
  );
  expect(await page.connection('lms-chat')).toBe('waiting');

  await other.show(elementHtml('lms-room', { server, token: bench.token({ sub: 'grace', role: 'instructor', room }) }));
  await eventually(() => page.connection('lms-chat')).toBe('online');
  await eventually(async () => (await page.shown('lms-chat')).text).toContain('No messages yet');
  const told = await page.events();
  expect(told).toContainEqual({ type: 'lms-connection-changed', detail: { state: 'waiting' } });
  expect(told).toContainEqual({ type: 'lms-room-opened', detail: { room } });
  expect(await page.errors()).toEqual([]);
});

test('a class that is full lets the next one in when somebody leaves', async () => {
  const room = 'chemistry';
  const { liveUrl: server } = bench.product;
  await bench.liveRoom(room, { capacity: 1 });
  await other.show(elementHtml('lms-people', { server, token: bench.token({ sub: 'grace', room }) }));
  await eventually(() => other.connection('lms-people')).toBe('online');

  await page.show(elementHtml('lms-chat', { server, token: bench.token({ room }) }));
  await eventually(async () => (await page.shown('lms-chat')).text).toBe(
    'Chat The class is full You come in as soon as a place is free. Write a note to the teacher',
  );
  await other.tab.page.evaluate(() => document.querySelector('lms-people')?.remove());
  await eventually(() => page.connection('lms-chat')).toBe('online');
  expect(await page.errors()).toEqual([]);
});

test('a class that is locked says so, and opens', async () => {
  const room = 'biology';
  await bench.liveRoom(room, { locked: true });
  await page.show(elementHtml('lms-chat', { server: bench.product.liveUrl, token: bench.token({ room }) }));
  await eventually(async () => (await page.shown('lms-chat')).text).toBe(
    'Chat The teacher has locked the class You come in as soon as it is opened. Write a note to the teacher',
  );
  await bench.putRoom(room, { locked: false });
  await eventually(() => page.connection('lms-chat')).toBe('online');
});

test('a class that is over can be read, and not written to', async () => {
  const room = 'history';
  const { liveUrl: server } = bench.product;
  await bench.liveRoom(room);
  await page.show(elementHtml('lms-chat', { server, token: bench.token({ room }) }));
  await page.post('See you next week.');
  await eventually(async () => (await page.shown('lms-chat')).text).toContain('See you next week.');
  await bench.api('POST', `/rooms/${room}/stop`, { claims: { room } });
  await eventually(async () => (await page.shown('lms-chat')).text).toContain('The class is over.');

  // Also for those who come now.
  await other.show(elementHtml('lms-chat', { server, token: bench.token({ sub: 'grace', room }) }));
  for (const reader of [page, other]) {
    await eventually(async () => (await reader.shown('lms-chat')).text).toMatch(
      /The class is over\..*See you next week\./u,
    );
    await eventually(() => reader.connection('lms-chat')).toBe('ended');
    expect(await reader.tab.page.locator('lms-chat textarea').count()).toBe(0);
    expect((await reader.shown('lms-chat')).code).toBe('');
  }
});

test('who is removed may come back, and who is banned may not', async () => {
  const room = 'latin';
  const { liveUrl: server } = bench.product;
  await bench.liveRoom(room);
  const token = bench.token({ sub: 'linus', name: 'Linus', room });
  await page.show(elementHtml('lms-chat', { server, token }, '<p slot="not-enrolled">Ask the office, room 12.</p>'));
  await other.show(
    elementHtml('lms-people', { server, token: bench.token({ sub: 'grace', role: 'instructor', room }) }),
  );

  const choose = async (item: string): Promise<void> => {
    await other.tab.click({ element: 'lms-people', css: 'button', name: 'Actions for Linus' });
    await other.tab.click({ element: 'lms-people', css: '.menu button', name: item });
    await other.tab.click({ element: 'lms-people', css: 'dialog button', name: item });
  };
  await choose('Remove from the class');
  await eventually(() => page.shown('lms-chat')).toMatchObject({
    text: expect.stringContaining('You have been removed from the class.') as string,
    code: 'person_removed',
    button: 'Join again',
  });
  await page.mend('lms-chat');
  await eventually(() => page.connection('lms-chat')).toBe('online');

  await choose('Ban from the class');
  await eventually(() => page.connection('lms-chat')).toBe('failed');
  // The school's own words, where it has some.
  await eventually(() => page.tab.page.locator('p').filter({ hasText: 'room 12' }).isVisible()).toBe(true);
  expect((await page.errors()).map(({ code }) => code)).toEqual(['person_removed', 'person_banned']);
});

test('a server that comes up later lets everyone in by itself', async () => {
  const { product } = bench;
  const room = 'music';
  await bench.liveRoom(room);
  await page.show('');
  await product.killLive();
  await page.tab.evaluate(
    (attributes) => {
      const chat = document.createElement('lms-chat');
      for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
      document.body.append(chat);
    },
    { server: product.liveUrl, token: bench.token({ room }) },
  );
  await eventually(() => page.shown('lms-chat')).toMatchObject({ code: 'server_unreachable', button: 'Try again' });
  // Impatience changes nothing.
  await page.mend('lms-chat');
  await product.startLive();
  await eventually(() => page.connection('lms-chat')).toBe('online');
  await eventually(async () => (await page.shown('lms-chat')).text).toContain('No messages yet');
  // The other page has lost its server, too.
  expectClean([page, other], LOST);
});

test('a page whose tokens last seconds stays in the class, on one socket', async () => {
  const room = 'drawing';
  await bench.liveRoom(room);
  let given = 0;
  bench.school.answer('/token', (response) => {
    given += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    // The first one is of no use.
    response.end(JSON.stringify({ token: bench.token({ room, expiresInS: given === 1 ? -120 : TOKEN_S }) }));
  });
  await page.show(elementHtml('lms-chat', { server: bench.product.liveUrl, 'token-url': '/token' }));
  await eventually(() => page.connection('lms-chat')).toBe('online');
  const { opened } = page.tab.record.sockets;

  await sleep(TOKEN_S * 2_500);
  expect(await page.connection('lms-chat')).toBe('online');
  await page.post('Still here.');
  await eventually(async () => (await page.shown('lms-chat')).text).toContain('Still here.');
  expect(page.tab.record.sockets.opened).toBe(opened);
  expect(given).toBeGreaterThanOrEqual(4);
  expect(given).toBeLessThan(10);
  expect(await page.errors()).toEqual([]);
});
