import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/index.js';
import { rs256 } from '../auth/forge.js';
import { startRig, type Rig } from '../support/rig.js';
import { type Catcher, jwkOf, PUBLIC_URL, startJwks } from './hosts.js';
import { forge, hs256, nowS, type Json } from './make.js';

/** Each tenant of the page "Connect an LMS" as it stands there: its back end makes a room, and people come with the tokens that they have. */

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs-site/server/tenants.md', import.meta.url)), 'utf8');
const SERVICE_SECRET = 'Zk7uNq3VxB9wTm5RyLp2HsDc8GfJ4EaK';
const PEOPLE_SECRET = 'q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa';
const KID = 'key-2026';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const LTI = 'https://purl.imsglobal.org/spec/lti/claim/';

interface DocumentedTenant {
  readonly id: string;
  readonly issuer: string | null;
  readonly audiences: readonly string[] | null;
  readonly origins: readonly string[];
  readonly claims: { readonly preset: string };
  readonly keys: readonly Json[];
}
/** An id of its own each, as several of them are called `school`. */
const tenants = [...PAGE.matchAll(/```json\n([\s\S]*?)\n```/g)]
  .map(([, json = '']) => JSON.parse(json) as DocumentedTenant)
  .filter(({ id }) => (id as string | undefined) !== undefined)
  .map((tenant) => ({ ...tenant, id: tenant.claims.preset }));

/** What the host puts into the token of a person, and nothing that it does not by itself. */
const PEOPLE: Readonly<Record<string, (sub: string) => Json>> = {
  simplejwt: (user_id) => ({ token_type: 'access', user_id, jti: `of-${user_id}` }),
  pyjwt: (sub) => ({ sub, role: 'student' }),
  keycloak: (sub) => ({ sub, typ: 'Bearer', realm_access: { roles: ['offline_access', 'student'] } }),
  auth0: (sub) => ({ sub, 'https://school.example/roles': ['student'] }),
  'moodle-lti': (sub) => ({
    sub,
    [`${LTI}message_type`]: 'LtiResourceLinkRequest',
    [`${LTI}version`]: '1.3.0',
    [`${LTI}roles`]: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
    [`${LTI}context`]: { id: '2' },
  }),
};

let rig: Rig;
let jwks: Catcher;
let env: Record<string, string>;

beforeAll(async () => {
  jwks = await startJwks([jwkOf(rsa.publicKey, { kid: KID, alg: 'RS256' })]);
  const local = tenants.map((tenant) => ({
    ...tenant,
    keys: tenant.keys.map((key) => (key['kind'] === 'jwks' ? { ...key, url: `${jwks.url}/certs` } : key)),
  }));
  env = { LMS_LIVE_PUBLIC_URL: PUBLIC_URL };
  const read = local.flatMap((tenant) => {
    const secretOf = (path: string) => (basename(path) === 'service.secret' ? SERVICE_SECRET : PEOPLE_SECRET);
    const files = { read: (path: string) => `${secretOf(path)}-${tenant.id}\n` };
    return readConfig({ ...env, LMS_LIVE_TENANTS: JSON.stringify({ tenants: [tenant] }) }, files).tenants;
  });
  rig = await startRig({ tenants: read });
});

afterAll(async () => {
  await rig.stop();
  await jwks.close();
});

const baseOf = ({ issuer, audiences }: DocumentedTenant): Json => ({
  ...(issuer === null ? {} : { iss: issuer }),
  ...(audiences === null ? {} : { aud: audiences[0] }),
  iat: nowS(),
  exp: nowS() + 60,
});

/** As the page says that the back end signs. */
const ofService = (tenant: DocumentedTenant, claims: Json = { sub: 'back-end', role: 'service' }): string =>
  forge({ alg: 'HS256' }, { ...baseOf(tenant), ...claims }, hs256(`${SERVICE_SECRET}-${tenant.id}`));

function ofPerson(tenant: DocumentedTenant, sub: string, more: Json = {}): string {
  const payload = { ...baseOf(tenant), ...PEOPLE[tenant.id]?.(sub), ...more };
  return tenant.keys.some(({ kind }) => kind === 'jwks')
    ? forge({ alg: 'RS256', kid: KID }, payload, rs256(rsa.privateKey))
    : forge({ alg: 'HS256' }, payload, hs256(`${PEOPLE_SECRET}-${tenant.id}`));
}

const ROOM = 'course-2';
function call(tenant: DocumentedTenant, token: string, request: { method: string; path: string; body?: unknown }) {
  const { method, path, body } = request;
  const query = tenant.issuer === null ? `?tenant=${tenant.id}` : '';
  const headers = { authorization: `Bearer ${token}` };
  return rig.http(method, `/v1/rooms/${path}${query}`, { claims: null, headers, ...(body !== undefined && { body }) });
}

describe.each(tenants.map((tenant) => ({ tenant, preset: tenant.claims.preset })))(
  'the back end of a tenant of $preset',
  ({ tenant }) => {
    test('makes a room with its list; people come in with the tokens that they have, as what the list says', async () => {
      const roster = [{ sub: '17', role: 'instructor' }, { sub: '42' }];
      const made = await call(tenant, ofService(tenant), {
        method: 'PUT',
        path: ROOM,
        body: { kind: 'meeting', roster },
      });
      expect(made).toMatchObject({ status: 201, body: { id: ROOM, expected: 2 } });
      await call(tenant, ofService(tenant), { method: 'POST', path: `${ROOM}/start` });

      // A launch names its course and says who teaches there; the others have a list that does.
      const launch = { [`${LTI}roles`]: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor'] };
      const teacher = await call(tenant, ofPerson(tenant, '17', launch), { method: 'POST', path: `${ROOM}/join` });
      expect(teacher).toMatchObject({ status: 200, body: { role: 'instructor' } });
      const student = await call(tenant, ofPerson(tenant, '42'), { method: 'POST', path: `${ROOM}/join` });
      expect(student).toMatchObject({ status: 200, body: { role: 'student' } });
    });

    test('is nobody who has the token of a person, whatever it says', async () => {
      const words = {
        role: 'service',
        realm_access: { roles: ['service'] },
        'https://school.example/roles': 'service',
      };
      const made = await call(tenant, ofPerson(tenant, '42', words), {
        method: 'PUT',
        path: 'mine',
        body: { kind: 'meeting' },
      });
      expect(made.status).toBe(403);
    });

    test('makes no person with its key', async () => {
      for (const role of ['instructor', 'student', undefined]) {
        const token = ofService(tenant, { ...PEOPLE[tenant.id]?.('42'), role });
        const read = await call(tenant, token, { method: 'GET', path: ROOM });
        expect(read).toMatchObject({ status: 401, body: { code: 'token_claims' } });
      }
    });

    test('does not come into a class', async () => {
      const peer = await rig.open({ origin: tenant.origins[0] ?? null });
      const hint = tenant.issuer === null ? { tenant: tenant.id } : {};
      const first = await peer.hello(ofService(tenant), { room: ROOM, ...hint });
      expect(first).toMatchObject({ frame: 'refused', code: 'forbidden' });
    });
  },
);
