import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.js';
import { TokenCache } from '../../src/auth/token-cache.js';
import { type AuthError, coverage } from '../../src/auth/types.js';
import * as f from './forge.js';

const five = ['north', 'south', 'east', 'west', 'home'].map((id) => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = `https://${id}.example`;
  const config = f.tenant({ id, issuer, origins: [issuer], keys: [f.pemKey('ES256', keys.publicKey)] });
  return { id, issuer, keys, config };
});
const authenticator = createAuthenticator({
  tenants: five.map(({ config }) => config),
  publicUrl: f.PUBLIC_URL,
  now: () => f.NOW_MS,
});
const pairs = five.flatMap((signer) => five.map((named) => ({ signer, named, own: signer === named })));

test.each(pairs)('$signer.id signs as $named.id', async ({ signer, named, own }) => {
  const token = f.forge({ alg: 'ES256', kid: 'k1' }, f.claims({ iss: named.issuer }), f.es256(signer.keys.privateKey));
  expect(await f.outcome(authenticator, token)).toBe(own ? 'accepted' : 'token_signature');
  expect(await f.outcome(authenticator, token, named.id)).toBe(own ? 'accepted' : 'token_signature');
  if (!own) expect(await f.outcome(authenticator, token, signer.id)).toBe('token_issuer');
});

const [north] = five as [(typeof five)[0]];
test.each([
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['unknown', 'https://evil.example'],
  ['ours with a slash', `${north.issuer}/`],
  ['ours in capitals', north.issuer.toUpperCase()],
  ['the start of ours', north.issuer.slice(0, -1)],
  ['ours with a space', `${north.issuer} `],
  ['a look-alike', north.issuer.replace('o', 'о')],
  ['a list', [north.issuer]],
  ['a number', 7],
  ['the name of a method', 'constructor'],
])('refuses an iss that is %s', async (_what, iss) => {
  const token = f.forge({ alg: 'ES256' }, f.claims({ iss }), f.es256(north.keys.privateKey));
  expect(await f.outcome(authenticator, token)).toBe('token_issuer');
});

test('refuses a hint that names no tenant', async () => {
  const token = f.forge({ alg: 'ES256' }, f.claims({ iss: north.issuer }), f.es256(north.keys.privateKey));
  for (const hint of ['nowhere', '', 'NORTH', '__proto__', 'constructor']) {
    expect(await f.outcome(authenticator, token, hint)).toBe('tenant_unknown');
  }
});

describe('tenants whose tokens have no iss', () => {
  const secrets = { a: 'a'.repeat(40), b: 'b'.repeat(40) };
  const configs = (['a', 'b'] as const).map((id) =>
    f.tenant({ id, issuer: null, keys: [{ kind: 'secret', algorithm: 'HS256', secret: secrets[id] }] }),
  );
  const both = createAuthenticator({ tenants: configs, publicUrl: f.PUBLIC_URL, now: () => f.NOW_MS });
  const only = createAuthenticator({ tenants: configs.slice(0, 1), publicUrl: f.PUBLIC_URL, now: () => f.NOW_MS });
  const token = f.forge({ alg: 'HS256' }, f.claims({ iss: undefined }), f.hs256(secrets.a));

  test('are named by the page', async () => {
    expect(await f.outcome(both, token, 'a')).toBe('accepted');
    expect(await f.outcome(both, token, 'b')).toBe('token_signature');
  });

  test('need no name where there is only one', async () => {
    expect(await f.outcome(only, token)).toBe('accepted');
    expect(await f.outcome(both, token)).toBe('token_issuer');
  });

  test('do not take tokens of an issuer', async () => {
    expect(await f.outcome(only, f.forge({ alg: 'HS256' }, f.claims(), f.hs256(secrets.a)))).toBe('token_issuer');
  });

  test('a remembered token stays with its tenant', async () => {
    expect(await f.outcome(both, token, 'a')).toBe('accepted');
    expect(await f.outcome(both, token, 'b')).toBe('token_signature');
    expect(await f.outcome(both, token)).toBe('token_issuer');
  });
});

test('does not start with an id or an issuer twice', () => {
  const start =
    (...tenants: Parameters<typeof createAuthenticator>[0]['tenants']) =>
    () =>
      createAuthenticator({ tenants, publicUrl: f.PUBLIC_URL });
  expect(start(f.tenant(), f.tenant({ issuer: 'https://x.example' }))).toThrow('Two tenants have the id school.');
  expect(start(f.tenant(), f.tenant({ id: 'x' }))).toThrow(`Two tenants have the issuer ${f.ISSUER}.`);
});

test('names its tenants and their origins, and no key', () => {
  expect(authenticator.tenants.map(({ id }) => id)).toEqual(['north', 'south', 'east', 'west', 'home']);
  expect(authenticator.origins).toContain('https://west.example');
  expect(authenticator.tenant('east')?.issuer).toBe('https://east.example');
  expect(authenticator.tenant()).toBeNull();
  expect(authenticator.tenant('nowhere')).toBeNull();
  expect(f.authenticatorOf().tenant()?.id).toBe('school');
  expect(JSON.stringify(f.authenticatorOf().tenants)).not.toContain(f.SECRET);
});

test('says how a token covers a room', () => {
  const rooms = { exact: ['a'], prefixes: ['b-'] };
  expect(['a', 'b-1', 'b-', 'b', 'A', 'ab'].map((id) => coverage(rooms, id))).toEqual([
    'exact',
    'prefix',
    'prefix',
    null,
    null,
    null,
  ]);
});

describe('what was verified', () => {
  test('is remembered until it expires, and not longer', async () => {
    let nowMs = f.NOW_MS;
    const remembering = f.authenticatorOf({}, () => nowMs);
    const token = f.hsToken();
    const first = await remembering.authenticate(token);
    expect(await remembering.authenticate(token)).toBe(first);
    nowMs = f.NOW_MS + 599_999;
    expect(await remembering.authenticate(token)).toBe(first);
    nowMs = f.NOW_MS + 600_000;
    expect(await f.outcome(remembering, token)).toBe('token_expired');
  });

  test('does not vouch for another token with the same claims', async () => {
    const remembering = f.authenticatorOf();
    const token = f.hsToken();
    await remembering.authenticate(token);
    const forged = f.forge(
      { alg: 'HS256', typ: 'JWT' },
      f.claims(),
      f.hs256('another secret of enough bytes, but wrong'),
    );
    expect(await f.outcome(remembering, forged)).toBe('token_signature');
  });

  test('makes room for the new, oldest first', () => {
    const cache = new TokenCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([undefined, 2, 3, 2]);
  });

  test('is keyed by a hash and not by the token', () => {
    expect(TokenCache.keyOf('token', 'a')).not.toBe(TokenCache.keyOf('token', 'b'));
    expect(TokenCache.keyOf('token', 'a')).not.toContain('token');
  });
});

test('an error says what a developer needs', async () => {
  const error = await f
    .authenticatorOf()
    .authenticate(f.hsToken(f.claims({ exp: f.NOW_S + 90_000 })))
    .catch((caught: unknown) => caught as AuthError);
  expect(error).toMatchObject({
    name: 'AuthError',
    code: 'token_claims',
    message: 'The claim `exp` makes the token live longer than 86400 s.',
    detail: { claim: 'exp', lifetimeS: 90_000, maxLifetimeS: 86_400 },
  });
});

test('asks nothing of the network for a tenant without a URL', async () => {
  const fetch = vi.fn<typeof globalThis.fetch>();
  const offline = createAuthenticator({ tenants: [f.tenant()], publicUrl: f.PUBLIC_URL, now: () => f.NOW_MS, fetch });
  for (const kid of ['https://evil.example', '../x', 'k']) {
    await f.outcome(offline, f.hsToken(f.claims(), { alg: 'HS256', kid, jku: 'https://evil.example/jwks' }));
    await f.outcome(offline, f.hsToken(f.claims({ iss: 'https://evil.example' }), { alg: 'HS256', kid }));
  }
  expect(fetch).not.toHaveBeenCalled();
});
