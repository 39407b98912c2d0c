import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JSONWebKeySet, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { PEOPLE } from '../src/people.js';
import { createTokenSigner } from '../src/token-signer.js';
import * as site from './site.js';

const TOKEN_PATH = `/live-token?class=${site.LIVE_CLASS}`;

async function keysOf(browser: Awaited<ReturnType<typeof site.openSite>>) {
  return createLocalJWKSet((await (await browser.get('/.well-known/jwks.json')).json()) as JSONWebKeySet);
}

test.each(PEOPLE)('says in a token who $name is, and for which class', async ({ id, name, role }) => {
  const browser = await site.openSite();
  await browser.signIn(id);
  const response = await browser.get(TOKEN_PATH, { 'sec-fetch-site': 'same-origin' });
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { token } = (await response.json()) as { token: string };
  const { payload, protectedHeader } = await jwtVerify(token, await keysOf(browser), {
    issuer: site.ORIGIN,
    audience: site.LIVE,
    algorithms: ['ES256'],
  });
  expect(payload).toMatchObject({ sub: id, name, role, room: site.LIVE_CLASS });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
  expect(protectedHeader.typ).toBe('JWT');
});

test('gives no token to who is signed out', async () => {
  const browser = await site.openSite();
  const response = await browser.get(TOKEN_PATH);
  expect(response.status).toBe(401);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toEqual({ error: 'signed_out', message: 'Sign in again.' });
});

test.each(['cross-site', 'same-site', 'none'])('gives no token to a request that is %s', async (site_) => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  expect((await browser.get(TOKEN_PATH, { 'sec-fetch-site': site_ })).status).toBe(403);
});

test('gives no token for a class that there is not', async () => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  for (const query of ['', '?class=', '?class=*', '?class=nothing']) {
    expect((await browser.get(`/live-token${query}`)).status).toBe(404);
  }
});

test('publishes the public half of its key and no more', async () => {
  const browser = await site.openSite();
  const response = await browser.get('/.well-known/jwks.json');
  const { keys } = (await response.json()) as JSONWebKeySet;
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

test('keeps its key, for its owner alone', async () => {
  const dataDir = await site.temporaryFolder();
  const make = () => createTokenSigner({ dataDir, issuer: site.ORIGIN, audience: site.LIVE });
  const [first, second] = [await make(), await make()];
  expect(second.jwks).toEqual(first.jwks);
  const path = join(dataDir, 'signing-key.pem');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toContain('BEGIN PRIVATE KEY');
});

test('a new key has a new kid', async () => {
  const signers = await Promise.all(
    [1, 2].map(async () =>
      createTokenSigner({ dataDir: await site.temporaryFolder(), issuer: site.ORIGIN, audience: site.LIVE }),
    ),
  );
  const kids = await Promise.all(
    signers.map(async (signer) => decodeProtectedHeader(await signer.forService('a')).kid),
  );
  expect(kids[0]).not.toBe(kids[1]);
});

test('speaks for the college in a token of its own, for one room and a minute', async () => {
  const signer = await createTokenSigner({
    dataDir: await site.temporaryFolder(),
    issuer: site.ORIGIN,
    audience: site.LIVE,
  });
  const { payload } = await jwtVerify(await signer.forService('algebra'), createLocalJWKSet(signer.jwks));
  expect(payload).toMatchObject({ sub: 'northfield-lms', role: 'service', room: 'algebra' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
});

test.each(PEOPLE)('says of $name in a stock token who it is, and neither a class nor a role', async ({ id }) => {
  const browser = await site.openSite();
  await browser.signIn(id);
  const response = await browser.get(`/live-token?class=${site.STOCK_CLASS}`);
  const { token } = (await response.json()) as { token: string };
  const keys = (await (await browser.get('/.well-known/api-jwks.json')).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys));
  expect(Object.keys(payload).sort()).toEqual(['exp', 'iat', 'jti', 'token_type', 'user_id']);
  expect(payload).toMatchObject({ token_type: 'access', user_id: id });
  await expect(jwtVerify(token, await keysOf(browser))).rejects.toThrow();
});

test('does not start with a broken key', async () => {
  const dataDir = await site.temporaryFolder();
  await writeFile(join(dataDir, 'signing-key.pem'), 'nonsense');
  await expect(createTokenSigner({ dataDir, issuer: site.ORIGIN, audience: site.LIVE })).rejects.toThrow(TypeError);
});
