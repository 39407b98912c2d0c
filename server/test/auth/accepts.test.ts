import { expect, test } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.js';
import type { TenantConfig } from '../../src/config/types.js';
import * as f from './forge.js';

const authenticatorOf = (...keys: TenantConfig['keys']) =>
  createAuthenticator({ tenants: [f.tenant({ keys })], publicUrl: f.PUBLIC_URL, now: () => f.NOW_MS });

test('says who holds a token', async () => {
  const { authenticate } = authenticatorOf({ kind: 'secret', algorithm: 'HS256', secret: f.SECRET });
  const identity = await authenticate(f.hsToken(f.claims({ grants: { 'chat.moderate': true, made_up: true } })));
  expect(identity).toMatchObject({
    tenant: { id: 'school' },
    sub: 'student-7',
    role: 'student',
    name: 'Noor Haddad',
    picture: null,
    locale: null,
    rooms: { exact: ['algebra-1-week-5'], prefixes: [] },
    expiresAt: f.NOW_MS + 600_000,
  });
  expect(identity.grantChanges).toEqual({ 'chat.moderate': true });
});

test.each([
  ['RS256', f.rsa, f.rs256(f.rsa.privateKey)],
  ['PS256', f.rsa, f.ps256(f.rsa.privateKey)],
  ['ES256', f.ec, f.es256(f.ec.privateKey)],
  ['EdDSA', f.ed, f.eddsa(f.ed.privateKey)],
] as const)('verifies %s by a PEM key, with and without a kid', async (algorithm, pair, signer) => {
  const { authenticate } = authenticatorOf({ kind: 'pem', algorithm, pem: f.spki(pair.publicKey) });
  expect((await authenticate(f.forge({ alg: algorithm }, f.claims(), signer))).sub).toBe('student-7');
  expect((await authenticate(f.forge({ alg: algorithm, kid: 'k1' }, f.claims(), signer))).sub).toBe('student-7');
});
