import { expect, test } from 'vitest';
import { ROLES } from '@lms-live/protocol';
import * as f from './forge.js';

const authenticator = f.authenticatorOf();
const at = (nowMs: number) => f.authenticatorOf({}, () => nowMs);
const withClaims = (changes: f.Json) => f.outcome(authenticator, f.hsToken(f.claims(changes)));
const without = (claim: string) =>
  f.outcome(
    authenticator,
    f.hsToken(Object.fromEntries(Object.entries(f.claims()).filter(([name]) => name !== claim))),
  );
const identityOf = (changes: f.Json) => authenticator.authenticate(f.hsToken(f.claims(changes)));

test('holds exp to the millisecond', async () => {
  const token = f.hsToken(f.claims({ exp: f.NOW_S + 60 }));
  const expMs = f.NOW_MS + 60_000;
  expect(await f.outcome(at(expMs - 1_000), token)).toBe('accepted');
  expect(await f.outcome(at(expMs - 1), token)).toBe('accepted');
  expect(await f.outcome(at(expMs), token)).toBe('token_expired');
  expect(await f.outcome(at(expMs + 1_000), token)).toBe('token_expired');
});

test.each([
  ['missing', undefined],
  ['null', null],
  ['a text', String(f.NOW_S + 60)],
  ['half a second', f.NOW_S + 60.5],
  ['negative', -1],
  ['milliseconds', f.NOW_MS + 60_000],
  ['in the year 9999', 253_402_300_799],
  ['beyond every number', '1e400'],
  ['too large for a date', 1e300],
  ['a list', [f.NOW_S + 60]],
  ['true', true],
])('refuses an exp that is %s', async (_what, exp) => {
  expect(await withClaims({ exp })).toBe('token_claims');
});

test('refuses exp 1e400, which JSON reads as infinity', async () => {
  const text = JSON.stringify(f.claims()).replace(/"exp":\d+/, '"exp":1e400');
  expect(await f.outcome(authenticator, f.hsToken(text))).toBe('token_claims');
});

test.each([
  [86_400, 'accepted'],
  [86_430, 'accepted'],
  [86_431, 'token_claims'],
])('lets a token live for a day and the leeway: %i s with iat', async (lifetimeS, code) => {
  expect(await withClaims({ exp: f.NOW_S + lifetimeS })).toBe(code);
  expect(await withClaims({ iat: f.NOW_S - 3_600, exp: f.NOW_S - 3_600 + lifetimeS })).toBe(code);
  expect(await withClaims({ iat: undefined, exp: f.NOW_S + lifetimeS })).toBe(code);
});

const SKEWS = [-3_600, -600, -60, -31, -30, -15, 0, 15, 29, 30, 31, 45, 60, 3_600];
test.each(SKEWS)('allows clocks to be 30 s apart: iat and nbf at %i s', async (skewS) => {
  const code = skewS > 30 ? 'token_not_yet' : 'accepted';
  expect(await withClaims({ iat: f.NOW_S + skewS, exp: f.NOW_S + 4_000 })).toBe(code);
  expect(await withClaims({ nbf: f.NOW_S + skewS, exp: f.NOW_S + 4_000 })).toBe(code);
});

test.each([
  ['iat', f.NOW_S + 20],
  ['nbf', f.NOW_S + 20],
])('refuses %s after exp', async (claim, seconds) => {
  expect(await withClaims({ exp: f.NOW_S + 10, [claim]: seconds })).toBe('token_claims');
});

test.each(['iat', 'nbf'])('refuses an %s of the wrong type', async (claim) => {
  expect(await withClaims({ [claim]: 'yesterday' })).toBe('token_claims');
  expect(await withClaims({ [claim]: f.NOW_S - 0.5 })).toBe('token_claims');
});

test.each([
  ['missing', undefined],
  ['empty', ''],
  ['of another server', 'https://other.example'],
  ['the start of ours', 'https://live.school'],
  ['ours with more', `${f.PUBLIC_URL}.evil.example`],
  ['ours with a slash', `${f.PUBLIC_URL}/`],
  ['ours in capitals', f.PUBLIC_URL.toUpperCase()],
  ['a look-alike', f.PUBLIC_URL.replace('c', 'с')],
  ['an empty list', []],
  ['a list of others', ['https://a.example', 'https://b.example']],
  ['a list with a number', [f.PUBLIC_URL, 7]],
  ['a list in a list', [[f.PUBLIC_URL]]],
  ['an object', { 0: f.PUBLIC_URL }],
  ['a list too long', [...Array.from({ length: 50 }, (_, i) => `https://${i}.example`), f.PUBLIC_URL]],
])('refuses an aud that is %s', async (_what, aud) => {
  expect(await withClaims({ aud })).toBe('token_audience');
});

test('accepts a list with our aud', async () => {
  expect(await withClaims({ aud: ['https://other.example', f.PUBLIC_URL] })).toBe('accepted');
});

test('takes the public address where a tenant names no audience', async () => {
  const byDefault = f.authenticatorOf({ audiences: [] });
  expect(await f.outcome(byDefault, f.hsToken())).toBe('accepted');
  expect(await f.outcome(byDefault, f.hsToken(f.claims({ aud: 'x' })))).toBe('token_audience');
});

test('a tenant without aud refuses a token that names another server', async () => {
  const none = f.authenticatorOf({ audiences: null });
  expect(await f.outcome(none, f.hsToken(f.claims({ aud: undefined })))).toBe('accepted');
  expect(await f.outcome(none, f.hsToken(f.claims({ aud: 'https://other.example' })))).toBe('token_audience');
});

test.each([
  [undefined],
  [null],
  [''],
  [7.5],
  [-0.1],
  [2 ** 53],
  [1e300],
  [true],
  [{}],
  [['student-7']],
  ['x'.repeat(129)],
])('refuses the sub %j', async (sub) => {
  expect(await withClaims({ sub })).toBe('token_claims');
});

test.each([[7], [0], [-7], [2 ** 53 - 1]])('takes the number %i as a sub', async (sub) => {
  expect((await identityOf({ sub })).sub).toBe(String(sub));
});

test('takes a sub of 128 characters', async () => {
  expect((await identityOf({ sub: 'x'.repeat(128) })).sub).toHaveLength(128);
});

test.each(ROLES)('knows the role %s', async (role) => {
  expect((await identityOf({ role })).role).toBe(role);
});

const WORDS = [
  ...[
    'Teacher',
    'teacher',
    'Instructor',
    'instructor ',
    ' instructor',
    'INSTRUCTOR',
    'instruct\u043er',
    'instructor\u0000',
  ],
  ...['ınstructor', 'admin', 'system', '', 'constructor', '__proto__', 'toString', 'instructor,student'],
  ...[0, 1, true, false, {}, { role: 'instructor' }, [], ['instructor'], ['student', 'instructor'], [['instructor']]],
].map((role) => ({ role }));

test.each(WORDS)('makes a student of the role $role', async ({ role }) => {
  expect((await identityOf({ role })).role).toBe('student');
});

test('refuses a token without a role', async () => {
  expect(await without('role')).toBe('token_claims');
  expect(await withClaims({ role: null })).toBe('token_claims');
});

test.each([
  ['Noor Haddad', 'Noor Haddad'],
  ['  Noor \n Haddad\t', 'Noor Haddad'],
  ['Noor\u0000\u0007Haddad', 'NoorHaddad'],
  ['evil\u202Egnp.exe', 'evilgnp.exe'],
  ['نور حداد', 'نور حداد'],
  ['می‌خواهم', 'می‌خواهم'],
  ['👩🏽‍🏫 Ms Ito', '👩🏽‍🏫 Ms Ito'],
  ['<b>x</b>', '<b>x</b>'],
  ['', 'Guest'],
  [' \u202E ', 'Guest'],
  [null, 'Guest'],
  [undefined, 'Guest'],
  ['x'.repeat(121), 'x'.repeat(120)],
  [`${'x'.repeat(119)}😀`, 'x'.repeat(119)],
])('makes of the name %j what can be shown', async (name, shown) => {
  expect((await identityOf({ name })).name).toBe(shown);
});

test.each([[7], [{}], [['Noor']], [true]])('refuses the name %j', async (name) => {
  expect(await withClaims({ name })).toBe('token_claims');
});

test.each([
  ['https://cdn.example/noor.png', 'https://cdn.example/noor.png'],
  ['https://cdn.example/ñ ñ.png', 'https://cdn.example/%C3%B1%20%C3%B1.png'],
  ['http://cdn.example/noor.png', null],
  ['//cdn.example/noor.png', null],
  ['/noor.png', null],
  ['javascript:alert(1)', null],
  ['data:image/png;base64,AAAA', null],
  ['https://user:pass@cdn.example/noor.png', null],
  [`https://cdn.example/${'x'.repeat(2_048)}`, null],
  ['https://', null],
  [7, null],
  [null, null],
])('takes the picture %j as %j', async (picture, taken) => {
  expect((await identityOf({ picture })).picture).toBe(taken);
});

test.each([
  ['de', 'de'],
  ['de_CH', 'de-CH'],
  ['AR-eg', 'ar-EG'],
  ['zh-hant-tw', 'zh-Hant-TW'],
  ['x'.repeat(36), null],
  ['not a locale', null],
  ['../..', null],
  [7, null],
])('takes the locale %j as %j', async (locale, taken) => {
  expect((await identityOf({ locale })).locale).toBe(taken);
});

test.each([
  ['algebra-1', ['algebra-1'], []],
  [['a', 'b', 'a'], ['a', 'b'], []],
  ['algebra-*', [], ['algebra-']],
  [['a', 'b-*'], ['a'], ['b-']],
  ['*', [], ['']],
  [undefined, [], []],
  [null, [], []],
  [[], [], []],
  [Array.from({ length: 50 }, (_, i) => `r${i}`), Array.from({ length: 50 }, (_, i) => `r${i}`), []],
])('reads the room claim %j', async (room, exact, prefixes) => {
  expect((await identityOf({ room })).rooms).toEqual({ exact, prefixes });
});

test.each([
  ...['', ' ', 'a b', 'a/b', '../x', 'a*b', '**', '*a', 'räume', 'a\n', 'x'.repeat(129), `${'x'.repeat(128)}*`],
  ...[7, true, {}, [7], ['a', null], [['a']], Array.from({ length: 51 }, (_, i) => `r${i}`)],
])('refuses the room claim %j', async (room) => {
  expect(await withClaims({ room })).toBe('token_claims');
});

test.each([['yes'], [[]], [{ 'chat.moderate': 'true' }], [{ 'chat.moderate': 1 }], [{ 'chat.moderate': null }]])(
  'refuses the grants %j',
  async (grants) => {
    expect(await withClaims({ grants })).toBe('token_claims');
  },
);

test('keeps the grants that there are', async () => {
  const grants = { 'chat.post': false, 'room.end': true, constructor: true, 'no.such': true };
  expect((await identityOf({ grants })).grantChanges).toEqual({ 'chat.post': false, 'room.end': true });
});

test('hands out what nobody can change', async () => {
  const identity = await identityOf({});
  for (const part of [identity, identity.tenant, identity.rooms, identity.rooms.exact, identity.grantChanges]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});
