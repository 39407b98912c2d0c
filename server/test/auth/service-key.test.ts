import { describe, expect, test } from 'vitest';
import { PRESETS, type PresetName } from '../../src/auth/claim-presets.js';
import type { Authenticator } from '../../src/auth/types.js';
import type { KeyConfig, TenantConfig } from '../../src/config/types.js';
import * as f from './forge.js';

/** What a back end signs with a key of its own, beside tokens of people that it did not make. */

const SERVICE_SECRET = 'Zk7uNq3VxB9wTm5RyLp2HsDc8GfJ4EaK';
const SERVICE_KEY: KeyConfig = { kind: 'secret', algorithm: 'HS256', secret: SERVICE_SECRET, for: 'service' };
const PEOPLE_KEY: KeyConfig = { kind: 'secret', algorithm: 'HS256', secret: f.SECRET };
const BASE = { iss: f.ISSUER, aud: f.PUBLIC_URL, sub: 'back-end', iat: f.NOW_S, exp: f.NOW_S + 600 };

const ofService = (payload: f.Json, header: f.Json = { alg: 'HS256' }): string =>
  forge({ ...BASE, ...payload }, header);
function forge(payload: f.Json, header: f.Json): string {
  return f.forge(header, payload, f.hs256(SERVICE_SECRET));
}
function withKey(changes: Partial<TenantConfig> = {}): Authenticator {
  return f.authenticatorOf({ keys: [PEOPLE_KEY, SERVICE_KEY], ...changes });
}

const NAMESPACE = 'https://school.example/';
const presets = Object.keys(PRESETS) as PresetName[];

describe('a key for the service', () => {
  test.each(presets)('makes one beside people whose tokens are read by the preset %s', async (preset) => {
    const authenticator = withKey({ claims: PRESETS[preset].map(NAMESPACE), admission: { by: 'roster' } });
    const identity = await authenticator.authenticate(ofService({ role: 'service' }));
    expect(identity).toMatchObject({ role: 'service', sub: 'back-end', rooms: { exact: [], prefixes: [] } });
  });

  test('makes one beside keys that a sign-in service publishes, without asking for those', async () => {
    const authenticator = withKey({
      keys: [{ kind: 'jwks', algorithms: ['RS256'], url: 'http://127.0.0.1:1/certs' }, SERVICE_KEY],
    });
    expect((await authenticator.authenticate(ofService({ role: 'service' }))).role).toBe('service');
  });

  test('may be a public one', async () => {
    const pem: KeyConfig = { kind: 'pem', algorithm: 'ES256', pem: f.spki(f.ec.publicKey), for: 'service' };
    const authenticator = withKey({ keys: [PEOPLE_KEY, pem] });
    const token = f.forge({ alg: 'ES256' }, { ...BASE, role: 'service' }, f.es256(f.ec.privateKey));
    expect((await authenticator.authenticate(token)).role).toBe('service');
  });

  test('may be held to some rooms', async () => {
    const { rooms } = await withKey().authenticate(ofService({ role: 'service', room: 'algebra-*' }));
    expect(rooms).toEqual({ exact: [], prefixes: ['algebra-'] });
  });

  test.each([
    ['instructor'],
    ['student'],
    ['observer'],
    ['Service'],
    [['service']],
    [['service', 'instructor']],
    [{ service: true }],
    [null],
    [undefined],
    [1],
  ])('makes nobody else: %j', async (role) => {
    for (const claims of [undefined, PRESETS.simplejwt.map(''), PRESETS.keycloak.map('')]) {
      for (const by of ['claim', 'roster'] as const) {
        const authenticator = withKey({ admission: { by }, ...(claims && { claims }) });
        const payload = { role, user_id: 7, token_type: 'access', typ: 'Bearer', realm_access: { roles: ['teacher'] } };
        expect(await f.outcome(authenticator, ofService(payload))).toBe('token_claims');
      }
    }
  });

  test('asks for the issuer, the audience and the times as any other', async () => {
    const outcome = (payload: f.Json) => f.outcome(withKey(), ofService({ role: 'service', ...payload }));
    expect(await outcome({ iss: 'https://other.example' })).toBe('token_issuer');
    expect(await outcome({ aud: 'https://other.example' })).toBe('token_audience');
    expect(await outcome({ exp: f.NOW_S - 1 })).toBe('token_expired');
    expect(await outcome({ exp: f.NOW_S + 999_999 })).toBe('token_claims');
    expect(await outcome({ sub: undefined })).toBe('token_claims');
  });
});

describe('where there is a key for the service, a key for people', () => {
  const asPerson = async (authenticator: Authenticator, payload: f.Json) =>
    (await authenticator.authenticate(f.hsToken({ ...BASE, sub: 'student-7', ...payload }))).role;

  test('makes people as before', async () => {
    expect(await asPerson(withKey(), { role: 'instructor' })).toBe('instructor');
  });

  test('makes no service, whatever the map says', async () => {
    expect(await asPerson(withKey(), { role: 'service' })).toBe('student');
    const { role, ...map } = PRESETS.simplejwt.map('');
    const claims = { ...map, require: [], role: { ...role, values: [['live-service', 'service'] as const] } };
    const payload = { user_id: 7, role: 'live-service' };
    expect(await asPerson(withKey({ claims }), payload)).toBe('student');
    expect(await asPerson(f.authenticatorOf({ claims }), payload)).toBe('service');
  });

  test('makes one where there is none', async () => {
    expect(await asPerson(f.authenticatorOf(), { role: 'service' })).toBe('service');
  });
});
