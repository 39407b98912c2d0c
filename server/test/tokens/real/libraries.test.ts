import { generateKeyPairSync } from 'node:crypto';
import { type Actor, grantsOf, type ServerFrame } from '@lms-live/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config/index.js';
import { ORIGIN, startRig, type Rig } from '../../support/rig.js';
import { ENTRIES, type Outcome } from '../entries.js';
import { type Catcher, jwkOf, PUBLIC_URL, startJwks } from '../hosts.js';
import { nowS, type Json } from '../make.js';
import { runPython } from './python.js';

/** Tokens as the libraries themselves make them, at a real server with the preset for each. */

const SECRETS = {
  django: 'Wm4tKz9QxB7vNr2JhL8dFs6YpC3gUe5A',
  fastapi: 'Rb8nVx3MqZ6wTk2LpJf7HsDc9EaUg4Yt',
  jose: 'Hq5sXv9JmBz7TnKw2RyLp4GcFd8EaUt3',
};
const KEYCLOAK = 'https://id.school.example/realms/school';
const AUTH0 = 'https://school.eu.auth0.com/';
const MOODLE = 'https://moodle.school.example';
const LTI = 'https://purl.imsglobal.org/spec/lti/claim/';
const KID = 'key-2026';
const key = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const privatePem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

interface Job {
  readonly payload: Json;
  readonly key: string;
  readonly algorithm: string;
  readonly headers?: Json;
}
const pyjwt = (...jobs: Job[]): string[] => runPython('pyjwt_tokens.py', jobs) as string[];
const jose = (...jobs: Job[]): string[] => runPython('jose_tokens.py', jobs) as string[];
const simplejwt = (...jobs: Json[]): string[] =>
  runPython('simplejwt_tokens.py', { settings: { SIGNING_KEY: SECRETS.django }, jobs }) as string[];
const published = (payload: Json, headers: Json = { kid: KID }): Job => ({
  payload,
  key: privatePem,
  algorithm: 'RS256',
  headers,
});

let rig: Rig;
let jwks: Catcher;
let env: Record<string, string>;

beforeAll(async () => {
  jwks = await startJwks([jwkOf(key.publicKey, { kid: KID, alg: 'RS256' })]);
  const origins = [ORIGIN];
  const published = [{ kind: 'jwks', url: `${jwks.url}/certs`, algorithms: ['RS256'] }];
  const secret = (text: string) => [{ kind: 'secret', secret: text }];
  const tenants = [
    {
      id: 'django',
      issuer: null,
      audiences: null,
      origins,
      admission: 'roster',
      claims: { preset: 'simplejwt' },
      keys: secret(SECRETS.django),
    },
    {
      id: 'fastapi',
      issuer: null,
      audiences: null,
      origins,
      admission: 'roster',
      claims: { preset: 'pyjwt' },
      keys: secret(SECRETS.fastapi),
    },
    {
      id: 'jose',
      issuer: null,
      audiences: null,
      origins,
      admission: 'roster',
      claims: { preset: 'python-jose' },
      keys: secret(SECRETS.jose),
    },
    {
      id: 'keycloak',
      issuer: KEYCLOAK,
      audiences: ['live'],
      origins,
      admission: 'roster',
      claims: { preset: 'keycloak' },
      keys: published,
    },
    {
      id: 'auth0',
      issuer: AUTH0,
      origins,
      claims: { preset: 'auth0', namespace: 'https://school.example/' },
      keys: published,
    },
    {
      id: 'moodle',
      issuer: MOODLE,
      audiences: ['client-4711'],
      origins,
      claims: { preset: 'moodle-lti' },
      keys: published,
    },
  ];
  env = { LMS_LIVE_PUBLIC_URL: PUBLIC_URL, LMS_LIVE_TENANTS: JSON.stringify({ tenants }) };
  const config = readConfig(env);
  rig = await startRig({ tenants: config.tenants });
  for (const { id } of config.tenants) {
    const { live } = await rig.server.directory.create({
      tenant: id,
      id: 'algebra',
      actor: SERVICE,
      body: { kind: 'meeting' },
      owners: [],
    });
    await live.room.submit({
      command: { type: 'room.start', body: {}, cmid: `start-the-class-of-${id}` },
      actor: SERVICE,
    });
    if (config.tenants.find((tenant) => tenant.id === id)?.admission.by === 'roster') {
      await live.setRoster([
        { sub: '7', role: 'instructor', name: 'Ada Lovelace' },
        { sub: 'johndoe', role: null, name: null },
        { sub: '6b7f2c1e-keycloak', role: null, name: null },
      ]);
    }
  }
});

afterAll(async () => {
  await rig.stop();
  await jwks.close();
});

const SERVICE: Actor = { participant: null, role: 'service', grants: grantsOf('service'), name: '', picture: null };

/** How a token fares at the socket, over HTTP, and at `lms-live token check`, which also says what its claims became. */
async function fares(
  token: string | undefined,
  tenant?: string,
): Promise<Outcome & { readonly became: Json; readonly checked: string; readonly joined: string }> {
  if (token === undefined) throw new Error('the script made fewer tokens than it was asked for');
  const attempt = { rig, env, token, tenant };
  const [hello, join, check] = [
    await ENTRIES.hello(attempt),
    await ENTRIES.join(attempt),
    await ENTRIES.check(attempt),
  ];
  const { claims } = JSON.parse(check.said) as {
    readonly claims: { readonly what: string; readonly became: string }[];
  };
  return {
    ...hello,
    joined: join.code,
    checked: check.code,
    became: Object.fromEntries(claims.map(({ what, became }) => [what, became])),
  };
}
const accepted = (role: string) => ({ code: 'accepted', joined: 'accepted', checked: 'accepted', role });

describe('Django REST framework simplejwt', () => {
  test('as it is, with the roster saying what somebody is', async () => {
    const [listed, stranger] = simplejwt({ kind: 'access', user_id: 7 }, { kind: 'access', user_id: 8 });
    expect(await fares(listed, 'django')).toMatchObject({
      ...accepted('instructor'),
      became: { person: '"7"', purpose: 'a token for people who connect' },
    });
    // Where one tenant alone has no issuer the page need not name it; here there are three.
    expect(await fares(listed)).toMatchObject({
      code: 'token_issuer',
      joined: 'token_issuer',
      checked: 'token_issuer',
    });
    expect(await fares(stranger, 'django')).toMatchObject({
      code: 'enrolment_refused',
      joined: 'enrolment_refused',
      checked: 'accepted',
    });
  });

  test('with claims that a serializer adds', async () => {
    const [token] = simplejwt({
      kind: 'access',
      user_id: 7,
      claims: { first_name: 'Noor', last_name: 'Haddad', role: 'teacher', room: 'algebra' },
    });
    expect(await fares(token, 'django')).toMatchObject({
      ...accepted('instructor'),
      became: { name: '"Noor Haddad"', role: 'instructor', room: 'algebra' },
    });
  });

  test('but no refresh token, which lives for a day', async () => {
    const [token] = simplejwt({ kind: 'refresh', user_id: 7 });
    expect(await fares(token, 'django')).toMatchObject({
      code: 'token_claims',
      joined: 'token_claims',
      checked: 'token_claims',
    });
  });
});

describe.each([
  ['python-jose', 'jose', jose, SECRETS.jose],
  ['PyJWT', 'fastapi', pyjwt, SECRETS.fastapi],
] as const)('FastAPI with %s', (_library, tenant, make, secret) => {
  test('as its tutorial makes them: a user name and an end', async () => {
    const [token] = make({ payload: { sub: 'johndoe', exp: nowS() + 1_800 }, key: secret, algorithm: 'HS256' });
    expect(await fares(token, tenant)).toMatchObject({
      ...accepted('student'),
      became: { person: '"johndoe"', name: '"Guest"' },
    });
  });

  test('with a role, a name and a room of its own', async () => {
    const payload = {
      sub: '7',
      full_name: 'Ada Lovelace',
      role: 'teacher',
      room: 'algebra',
      iat: nowS(),
      exp: nowS() + 1_800,
    };
    const [token] = make({ payload, key: secret, algorithm: 'HS256' });
    expect(await fares(token, tenant)).toMatchObject({
      ...accepted('instructor'),
      became: { name: '"Ada Lovelace"', role: 'instructor' },
    });
  });

  test('but not those of somebody else’s secret', async () => {
    const [token] = make({ payload: { sub: 'johndoe', exp: nowS() + 1_800 }, key: SECRETS.django, algorithm: 'HS256' });
    expect(await fares(token, tenant)).toMatchObject({
      code: 'token_signature',
      joined: 'token_signature',
      checked: 'token_signature',
    });
  });
});

describe.each([
  ['python-jose', jose],
  ['PyJWT', pyjwt],
] as const)('RS256 by a JWKS URL, signed by %s', (_library, make) => {
  /** As Keycloak 26 writes an access token. */
  const keycloak = (changes: Json = {}): Json => ({
    exp: nowS() + 300,
    iat: nowS(),
    auth_time: nowS() - 5,
    jti: 'onrtac:4a1ce1c2-bb23-4f6f-8a7e-000000000001',
    iss: KEYCLOAK,
    aud: ['live', 'account'],
    sub: '6b7f2c1e-keycloak',
    typ: 'Bearer',
    azp: 'lms',
    sid: 'b7c3',
    acr: '1',
    'allowed-origins': ['https://lms.school.example'],
    realm_access: { roles: ['default-roles-school', 'offline_access', 'uma_authorization', 'teacher'] },
    resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
    scope: 'openid profile email',
    email_verified: true,
    name: 'Noor Haddad',
    preferred_username: 'noor',
    given_name: 'Noor',
    family_name: 'Haddad',
    locale: 'de',
    ...changes,
  });

  test('of Keycloak: the roles of the realm', async () => {
    const students = { realm_access: { roles: ['default-roles-school', 'student'] } };
    const [teacher, student] = make(published(keycloak()), published(keycloak(students)));
    expect(await fares(teacher)).toMatchObject({
      ...accepted('instructor'),
      became: { name: '"Noor Haddad"', locale: 'de', role: 'instructor' },
    });
    expect(await fares(student)).toMatchObject(accepted('student'));
  });

  test('of Keycloak, but neither its ID nor its refresh tokens', async () => {
    for (const token of make(published(keycloak({ typ: 'ID' })), published(keycloak({ typ: 'Refresh' })))) {
      expect(await fares(token)).toMatchObject({
        code: 'token_claims',
        joined: 'token_claims',
        checked: 'token_claims',
      });
    }
  });

  test('of Auth0: claims behind a namespace', async () => {
    const payload = {
      iss: AUTH0,
      sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
      aud: [PUBLIC_URL, `${AUTH0}userinfo`],
      iat: nowS(),
      exp: nowS() + 7_200,
      azp: 'client',
      scope: 'openid profile',
      permissions: [],
      'https://school.example/roles': ['student', 'teacher'],
      'https://school.example/name': 'Noor Haddad',
      'https://school.example/room': 'algebra',
      'https://school.example/picture': 'https://cdn.example/noor.png',
    };
    const [token, other] = make(
      published(payload),
      published({ ...payload, 'https://school.example/roles': ['Teacher'] }),
    );
    expect(await fares(token)).toMatchObject({
      ...accepted('instructor'),
      became: { picture: 'https://cdn.example/noor.png', room: 'algebra' },
    });
    expect(await fares(other)).toMatchObject(accepted('student'));
  });

  /** As Moodle 4 writes the launch of a tool. */
  const moodle = (roles: readonly string[], changes: Json = {}): Json => ({
    nonce: '62d3',
    iat: nowS(),
    exp: nowS() + 60,
    iss: MOODLE,
    aud: 'client-4711',
    sub: '42',
    given_name: 'Noor',
    family_name: 'Haddad',
    name: 'Noor Haddad',
    email: 'noor@school.example',
    [`${LTI}deployment_id`]: '3',
    [`${LTI}target_link_uri`]: 'https://live.school.example/lti',
    [`${LTI}roles`]: roles,
    [`${LTI}context`]: { id: '7', label: 'ALG', title: 'Algebra', type: ['CourseSection'] },
    [`${LTI}resource_link`]: { title: 'Live', id: '15' },
    [`${LTI}launch_presentation`]: { locale: 'de', document_target: 'iframe' },
    [`${LTI}message_type`]: 'LtiResourceLinkRequest',
    [`${LTI}version`]: '1.3.0',
    ...changes,
  });
  const role = (name: string): string => `http://purl.imsglobal.org/vocab/lis/v2/${name}`;

  test('of Moodle: an LTI 1.3 launch opens the room of its course', async () => {
    const [teacher, admin, linking] = make(
      published(moodle([role('membership#Instructor')])),
      published(moodle([role('institution/person#Administrator'), role('system/person#Administrator')], { sub: '43' })),
      published(moodle([role('membership#Instructor')], { [`${LTI}message_type`]: 'LtiDeepLinkingRequest' })),
    );
    const checks = await Promise.all(
      [teacher, admin, linking].map((token) => ENTRIES.check({ rig, env, token: token ?? '' })),
    );
    expect(checks.map(({ code }) => code)).toEqual(['accepted', 'accepted', 'token_claims']);
    const frames: ServerFrame[] = [];
    for (const token of [teacher, admin, linking]) {
      const peer = await rig.open();
      frames.push(await peer.hello(token ?? '', { join: true }));
    }
    expect(frames).toMatchObject([
      // The teacher opens the room by coming in; an administrator of the school is nobody special in the course.
      { frame: 'welcome', role: 'instructor', room: { id: 'course-7' } },
      { frame: 'welcome', role: 'student', room: { id: 'course-7' } },
      { frame: 'refused', code: 'token_claims' },
    ]);
  });
});
