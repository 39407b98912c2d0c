/** The elements alone in pages of plain HTML, under the strictest policy: what they say when something is wrong, and what they never do. */
import type { LmsErrorDetail } from '@lms-live/client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Chromium, type ChromiumTab } from './support/chromium.js';
import { elementHtml, pageHtml, recordEvents, seenEvents, shownIn } from './support/elements.js';
import { expectClean } from './support/person.js';
import { freePort, Product } from './support/product.js';
import { type Claims, OF_THE_COLLEGE, School, signer } from './support/school.js';
import { eventually } from './support/until.js';

const NOT_VALID = 'Your access to this class is not valid.';
const UNREACHABLE = 'The class cannot be reached. Trying again.';
/** What Chromium itself writes into the console when a server is not there, or says no. */
const LOST = [/^WebSocket connection to '.*' failed/u, /^Failed to load resource/u];

let school: School;
let product: Product;
let chromium: Chromium;
let tab: ChromiumTab;
let token: (claims?: Claims) => string;
let policy: string;
let deadServer: string;

beforeAll(async () => {
  school = await School.open();
  product = await Product.start({ tenants: school.tenants });
  deadServer = `http://localhost:${await freePort()}`;
  chromium = await Chromium.launch({
    servers: [product.liveUrl, school.origin, school.origin.replace('localhost', '127.0.0.1'), deadServer],
  });
  tab = await chromium.tab();
  await tab.page.addInitScript(recordEvents);
  token = signer(product.liveUrl);
  const reachable = [product.liveUrl, deadServer].flatMap((url) => [url, url.replace('http', 'ws')]);
  policy = [
    "default-src 'none'",
    `script-src ${product.liveUrl}`,
    `connect-src 'self' ${reachable.join(' ')}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ');
});

afterEach(() => expectClean([{ tab }]));

afterAll(async () => {
  await chromium.close();
  await product.stop();
  await school.close();
});

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
    attributes: () => ({ server: product.liveUrl }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up yet: the attribute “token” is missing.',
  },
  {
    what: 'no server',
    attributes: () => ({ token: token() }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up yet: the attribute “server” is missing.',
  },
  {
    what: 'a server that is no web address',
    attributes: () => ({ server: 'ftp://live.school.example', token: token() }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up correctly: the attribute “server” is not valid.',
  },
  {
    what: 'a room that can be none',
    attributes: () => ({ server: product.liveUrl, token: token(), room: 'algebra 1/week 5' }),
    code: 'attribute_invalid',
    sentence: 'This page is not set up correctly: the attribute “room” is not valid.',
  },
  {
    what: 'a token that is none',
    attributes: () => ({ server: product.liveUrl, token: 'ada' }),
    code: 'token_malformed',
    sentence: NOT_VALID,
  },
  {
    what: 'a token that somebody else has signed',
    attributes: () => ({
      server: product.liveUrl,
      token: token({ secret: 'a-secret-of-somebody-else-altogether-32' }),
    }),
    code: 'token_signature',
    sentence: NOT_VALID,
  },
  {
    what: 'a token of a school that is not known',
    attributes: () => ({ server: product.liveUrl, token: token({ iss: 'https://elsewhere.test' }) }),
    code: 'token_issuer',
    sentence: NOT_VALID,
  },
  {
    what: 'a token for another service',
    attributes: () => ({ server: product.liveUrl, token: token({ aud: 'https://mail.school.test' }) }),
    code: 'token_audience',
    sentence: NOT_VALID,
  },
  {
    what: 'a token of a role that there is not',
    attributes: () => ({ server: product.liveUrl, token: token({ role: 'headmaster' }) }),
    code: 'token_claims',
    sentence: NOT_VALID,
  },
  {
    what: 'a token that has expired, with no way to another',
    attributes: () => ({ server: product.liveUrl, token: token({ expiresInS: -120 }) }),
    code: 'token_expired',
    sentence: 'Your access to this class has expired. Reload the page to continue.',
    button: 'Reload the page',
  },
  {
    what: 'a token of another school that is known',
    attributes: () => ({ server: product.liveUrl, token: token(OF_THE_COLLEGE) }),
    code: 'origin_refused',
    sentence: 'This page may not open the class.',
  },
  {
    what: 'a token of the back end',
    attributes: () => ({ server: product.liveUrl, token: token({ role: 'service' }) }),
    code: 'forbidden',
    sentence: 'You may not do this here.',
  },
  {
    what: 'a tenant that there is not',
    attributes: () => ({ server: product.liveUrl, token: token(), tenant: 'nobody' }),
    code: 'tenant_unknown',
    sentence: 'This school is not known here.',
  },
  {
    what: 'a token for several classes, and none named',
    attributes: () => ({ server: product.liveUrl, token: token({ room: ['algebra', 'geometry'] }) }),
    code: 'room_missing',
    sentence: 'No class was named.',
  },
  {
    what: 'a class that the token does not cover',
    attributes: () => ({ server: product.liveUrl, token: token(), room: 'geometry' }),
    code: 'room_not_covered',
    sentence: 'You are not on the list for this class.',
  },
  {
    what: 'a class that does not exist',
    attributes: () => ({ server: product.liveUrl, token: token({ room: 'algebra-*' }), room: 'algebra-99' }),
    code: 'room_unknown',
    sentence: 'This class does not exist.',
  },
  {
    what: 'a page of the school that gives no token',
    attributes: () => ({ server: product.liveUrl, 'token-url': '/no-token' }),
    code: 'token_fetch_failed',
    sentence: 'The school’s page did not renew your access. Trying again.',
    button: 'Try again',
    isNetwork: true,
  },
  {
    what: 'a server that is down',
    attributes: () => ({ server: deadServer, token: token() }),
    code: 'server_unreachable',
    sentence: UNREACHABLE,
    button: 'Try again',
    isNetwork: true,
  },
];

test.for(REFUSED)('$what: says $code', async ({ attributes, code, sentence, button, isNetwork }) => {
  await open(elementHtml('lms-chat', attributes()));
  await eventually(() => shownIn(tab, 'lms-chat')).toMatchObject({ code, button: button ?? '' });
  const shown = await shownIn(tab, 'lms-chat');
  expect(shown.text).toContain('The class cannot be opened');
  expect(shown.text).toContain(sentence);
  // What did not answer is tried again, and may be told of again; the rest is final, and told once.
  const told = await errors();
  expect(told.map(({ code: name }) => name)).toEqual(isNetwork ? expect.arrayContaining([code]) : [code]);
  expect(told[0]).toMatchObject({
    code,
    message: expect.any(String) as string,
    help: expect.stringMatching(/./u) as string,
  });
  if (isNetwork) expectClean([{ tab }], LOST);
});

test('a page of an origin that is not known says that the class cannot be reached', async () => {
  await open(elementHtml('lms-chat', { server: product.liveUrl, token: token() }), {
    from: school.origin.replace('localhost', '127.0.0.1'),
  });
  // A browser does not tell pages why a socket was refused: the help names the origins among what to look at.
  await eventually(() => shownIn(tab, 'lms-chat')).toMatchObject({ code: 'server_unreachable', button: 'Try again' });
  expect((await errors())[0]).toMatchObject({
    code: 'server_unreachable',
    retryable: true,
    help: expect.stringContaining('allowed origins') as string,
  });
  expectClean([{ tab }], LOST);
});

interface PageOptions {
  /** Another name of the same school. */
  readonly from?: string;
}

async function open(body: string, { from = school.origin }: PageOptions = {}): Promise<void> {
  const url = school.page(pageHtml({ sdk: `${product.liveUrl}/sdk/lms-live.js`, body }), policy);
  await tab.open(url.replace(school.origin, from));
}

async function errors(): Promise<LmsErrorDetail[]> {
  const seen = (await seenEvents(tab)).filter(({ type }) => type === 'lms-error');
  return seen.map(({ detail }) => detail as unknown as LmsErrorDetail);
}
