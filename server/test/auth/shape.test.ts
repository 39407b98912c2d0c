import { expect, test } from 'vitest';
import * as f from './forge.js';

const authenticator = f.authenticatorOf();
const good = f.hsToken();
const [header = '', payload = '', signature = ''] = good.split('.');
const HEADER = { alg: 'HS256' };
/** The text of the claims with one more member, as no object could hold it. */
const claimsWith = (member: string): string => `${JSON.stringify(f.claims()).slice(0, -1)},${member}}`;

/** The last character of a base64url text with one of its unused bits set: it decodes to the same bytes. */
function withSpareBit(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.slice(-1));
  return `${part.slice(0, -1)}${alphabet[last ^ 1] ?? ''}`;
}

test('accepts the token that the others are made from', async () => {
  expect(await f.outcome(authenticator, good)).toBe('accepted');
});

test.each([
  ['nothing', '', 'token_missing'],
  ['no text', 7 as unknown as string, 'token_missing'],
  ['one part', header, 'token_malformed'],
  ['two parts', `${header}.${payload}`, 'token_malformed'],
  ['four parts', `${good}.${signature}`, 'token_malformed'],
  ['five parts, an encrypted token', `${good}.${signature}.${signature}`, 'token_malformed'],
  ['an empty header', `.${payload}.${signature}`, 'token_malformed'],
  ['an empty payload', `${header}..${signature}`, 'token_malformed'],
  ['no signature', `${header}.${payload}.`, 'token_signature'],
  ['a line feed at the end', `${good}\n`, 'token_malformed'],
  ['a line feed at the start', `\n${good}`, 'token_malformed'],
  ['a space at the end', `${good} `, 'token_malformed'],
  ['padding', `${good}=`, 'token_malformed'],
  ['padding within', `${header}=.${payload}.${signature}`, 'token_malformed'],
  ['letters of plain base64', `${header}.${payload}.${signature.slice(0, -1)}+`, 'token_malformed'],
  ['a set spare bit in the signature', `${header}.${payload}.${withSpareBit(signature)}`, 'token_malformed'],
  ['a length that no bytes have', `${header}.${payload}.${signature}AA`, 'token_malformed'],
  ['a Bearer prefix', `Bearer ${good}`, 'token_malformed'],
  ['letters that are no ASCII', good.replace('e', 'е'), 'token_malformed'],
  ['a JSON serialisation', JSON.stringify({ payload, protected: header, signature }), 'token_malformed'],
])('refuses %s', async (_what, token, code) => {
  expect(await f.outcome(authenticator, token)).toBe(code);
});

test.each([
  ['one byte more than 8 KiB', 8_193],
  ['8 MiB', 8 * 1_024 * 1_024],
])('refuses a token of %s before it is decoded', async (_what, length) => {
  expect(await f.outcome(authenticator, 'A'.repeat(length))).toBe('token_malformed');
});

test('reads a token of 8 KiB', async () => {
  const base = f.hsToken(f.claims({ padding: '' })).length;
  const token = f.hsToken(f.claims({ padding: 'x'.repeat(Math.floor(((8_192 - base) * 3) / 4)) }));
  expect(token.length).toBeGreaterThan(8_180);
  expect(token.length).toBeLessThanOrEqual(8_192);
  expect(await f.outcome(authenticator, token)).toBe('accepted');
});

test.each([
  ['is no JSON', 'nonsense'],
  ['is an array', '[]'],
  ['is null', 'null'],
  ['is a text', '"text"'],
  ['is a number', '1'],
  ['has a comment', `/**/${JSON.stringify(f.claims())}`],
  ['has a byte order mark', `\ufeff${JSON.stringify(f.claims())}`],
  ['has something after it', `${JSON.stringify(f.claims())}{}`],
  ['has a claim twice', claimsWith('"sub":"teacher-1"')],
  ['has a claim twice, once escaped', claimsWith('"\\u0073ub":"teacher-1"')],
  ['has a name twice within', claimsWith('"x":{"a":1,"a":2}')],
  ['has a name twice after an array', claimsWith('"x":[{"a":1},[2]],"x":3')],
  ['has __proto__', claimsWith('"__proto__":{"role":"instructor"}')],
  ['has __proto__ within', claimsWith('"grants":{"__proto__":true}')],
  ['has a lone surrogate', claimsWith('"given_name":"\\ud800"')],
  ['is nested nine deep', claimsWith(`"x":${'['.repeat(8)}${']'.repeat(8)}`)],
  ['is nested 3,000 deep', claimsWith(`"x":${'['.repeat(2_500)}${']'.repeat(2_500)}`)],
])('refuses a payload that %s', async (_what, text) => {
  expect(await f.outcome(authenticator, f.hsToken(text))).toBe('token_malformed');
});

test('refuses a payload that is no UTF-8', async () => {
  const bytes = Buffer.from(JSON.stringify(f.claims({ name: 'X' }))).map((byte) => (byte === 0x58 ? 0xff : byte));
  const input = `${header}.${Buffer.from(bytes).toString('base64url')}`;
  const token = `${input}.${f.hs256(f.SECRET)(input).toString('base64url')}`;
  expect(await f.outcome(authenticator, token)).toBe('token_malformed');
});

test('reads what stands in strings as text', async () => {
  const token = f.hsToken(f.claims({ name: 'a"b{c[d,e:f\\', nested: { sub: 'x', list: [{ sub: 1 }, { sub: 2 }] } }));
  const identity = await authenticator.authenticate(token);
  expect(identity.name).toBe('a"b{c[d,e:f\\');
  expect(identity.sub).toBe('student-7');
});

test('does not take what every object has for a claim', async () => {
  const { sub: _sub, ...rest } = f.claims();
  expect(await f.outcome(authenticator, f.hsToken({ ...rest, constructor: { sub: 'x' } }))).toBe('token_claims');
});

test.each([
  ['jku', 'https://evil.example/jwks.json'],
  ['x5u', 'https://evil.example/chain.pem'],
  ['x5c', ['MIIB']],
  ['jwk', f.ec.publicKey.export({ format: 'jwk' })],
  ['crit', ['exp']],
  ['crit', []],
  ['crit', ['b64']],
  ['b64', false],
  ['b64', true],
  ['enc', 'A256GCM'],
  ['zip', 'DEF'],
  ['p2c', 1e9],
])('refuses the header parameter %s (%#)', async (parameter, value) => {
  expect(await f.outcome(authenticator, f.hsToken(f.claims(), { ...HEADER, [parameter]: value }))).toBe(
    'token_malformed',
  );
});

test.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt', undefined])('accepts the type %s', async (typ) => {
  expect(await f.outcome(authenticator, f.hsToken(f.claims(), { ...HEADER, ...(typ && { typ }) }))).toBe('accepted');
});

test.each(['lms-live-webhook+jwt', 'lms-live-ticket+jwt', 'logout+jwt', 'dpop+jwt', 'JOSE', '', 7, null])(
  'refuses the type %j, which is for something else',
  async (typ) => {
    expect(await f.outcome(authenticator, f.hsToken(f.claims(), { ...HEADER, typ }))).toBe('token_malformed');
  },
);

test('refuses a token within a token', async () => {
  const token = f.forge({ ...HEADER, cty: 'JWT' }, good, f.hs256(f.SECRET));
  expect(await f.outcome(authenticator, token)).toBe('token_malformed');
});

test('refuses a header with alg twice', async () => {
  expect(await f.outcome(authenticator, f.hsToken(f.claims(), '{"alg":"none","alg":"HS256"}'))).toBe('token_malformed');
});

test('ignores header parameters that bring no key, as Clerk and Entra ID send them', async () => {
  expect(await f.outcome(authenticator, f.hsToken(f.claims(), { ...HEADER, cat: 'cl_1', 'x5t#S256': 'abc' }))).toBe(
    'accepted',
  );
});
