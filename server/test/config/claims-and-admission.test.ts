import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError, type Config, readConfig } from '../../src/config/index.js';

const SECRET = 'q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa';
const HOOK_BYTES = Buffer.from('Xw3kTz8QnB5vMr2JhL7dFs9YpC4gUe6A');
const HOOK_SECRET = `whsec_${HOOK_BYTES.toString('base64')}`;
const URL = 'https://lms.school.example/live/admission';
const HOOK = { by: 'hook', url: URL, secret: HOOK_SECRET };

function read(changes: Record<string, unknown>, env: Record<string, string> = {}): Config {
  const tenant = {
    id: 'school',
    issuer: 'https://lms.school.example',
    origins: ['https://lms.school.example'],
    keys: [{ kind: 'secret', secret: SECRET }],
    ...changes,
  };
  return readConfig(
    {
      NODE_ENV: 'production',
      LMS_LIVE_PUBLIC_URL: 'https://live.school.example',
      LMS_LIVE_TENANTS_FILE: '/etc/live/tenants.json',
      ...env,
    },
    {
      read: (path) => {
        if (path === '/etc/live/tenants.json') return JSON.stringify({ tenants: [tenant] });
        if (path === '/etc/live/hook.secret') return `${HOOK_SECRET}\n`;
        throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      },
    },
  );
}

function problemsOf(changes: Record<string, unknown>, env?: Record<string, string>): readonly string[] {
  try {
    read(changes, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the admission of a tenant', () => {
  it('is by the token, a roster, or a hook with its secret here or in a file', () => {
    expect(read({}).tenants[0]?.admission).toEqual({ by: 'claim' });
    expect(read({ admission: 'roster' }).tenants[0]?.admission).toEqual({ by: 'roster' });
    const hook = { by: 'hook', url: URL, secret: new Uint8Array(HOOK_BYTES) };
    expect(read({ admission: HOOK }).tenants[0]?.admission).toEqual(hook);
    expect(read({ admission: { by: 'hook', url: URL, secretFile: 'hook.secret' } }).tenants[0]?.admission).toEqual(
      hook,
    );
  });

  it.each([
    ['a word that there is not', 'rosters', /admission is "rosters"; write claim, roster, or/],
    ['another kind', { ...HOOK, by: 'script' }, /admission\.by is "script"; write hook/],
    ['no address', { by: 'hook', secret: HOOK_SECRET }, /admission\.url is missing; write an https address/],
    ['plain http', { ...HOOK, url: 'http://lms.school.example/' }, /admission\.url is .*; write an https address/],
    ['no secret', { by: 'hook', url: URL }, /admission has no key; write secret or secretFile/],
    ['two secrets', { ...HOOK, secretFile: 'hook.secret' }, /admission has both secret and secretFile/],
    [
      'a file that is not there',
      { by: 'hook', url: URL, secretFile: 'no' },
      /secretFile is "no", which cannot be read/,
    ],
    ['a secret without its prefix', { ...HOOK, secret: HOOK_SECRET.slice(6) }, /secret is not valid; write whsec_/],
    ['a short secret', { ...HOOK, secret: 'whsec_c2hvcnQ=' }, /secret is not valid; write whsec_ and 24/],
    [
      'a secret made of a few letters',
      { ...HOOK, secret: `whsec_${Buffer.from('abab'.repeat(8)).toString('base64')}` },
      /admission: The secret repeats a few characters/,
    ],
    [
      'the secret that signs tokens',
      { ...HOOK, secret: `whsec_${Buffer.from(SECRET).toString('base64')}` },
      /the tokens of a tenant and the admission hook of a tenant have the same secret/,
    ],
    ['a key that there is not', { ...HOOK, urls: [] }, /admission\.urls is no option; did you mean url\?/],
  ])('is refused with %s', (_what, admission, sentence) => {
    const problems = problemsOf({ admission });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    expect(problems.join()).not.toContain(HOOK_SECRET.slice(6));
  });
});

it('refuses the TURN secret as a secret for tokens', () => {
  const env = { LMS_LIVE_TURN_URLS: 'turn:turn.school.example', LMS_LIVE_TURN_SECRET: SECRET };
  expect(problemsOf({}, env)).toEqual([
    'LMS_LIVE_TURN_SECRET and the tokens of a tenant have the same secret; give each its own.',
  ]);
});

describe('a key for the service', () => {
  const people = { kind: 'secret', secret: SECRET };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const pem = pair.export({ type: 'spki', format: 'pem' }).toString();

  it('stands beside keys for people', () => {
    const service = { kind: 'secret', for: 'service', secret: 'Zk7uNq3VxB9wTm5RyLp2HsDc8GfJ4EaK' };
    const [tenant] = read({ keys: [{ ...people, for: 'people' }, service] }).tenants;
    expect(tenant?.keys.map((key) => (key.kind === 'jwks' ? null : key.for))).toEqual([undefined, 'service']);
  });

  it.each([
    ['is the only one', [{ ...people, for: 'service' }], /keys are all for the service, so nobody could come in/],
    ['has the secret of another', [people, { ...people, for: 'service' }], /keys has one key for the service and for/],
    [
      'is the public key of another in another spelling',
      [
        { kind: 'pem', algorithm: 'ES256', pem },
        { kind: 'pem', algorithm: 'ES256', pem: `\n${pem.trim()}`, for: 'service' },
      ],
      /keys has one key for the service and for people/,
    ],
    ['is for somebody else', [people, { ...people, for: 'teachers' }], /for is "teachers"; write people or service/],
    [
      'is published',
      [people, { kind: 'jwks', url: 'https://id.example/certs', for: 'service' }],
      /keys\[1\]\.for is no option/,
    ],
  ])('stops the start where it %s', (_what, keys, sentence) => {
    expect(problemsOf({ keys }).join('\n')).toMatch(sentence);
  });
});

describe('the claims of a tenant', () => {
  it.each([
    [
      'a preset that there is not',
      { preset: 'simple-jwt' },
      /claims\.preset is "simple-jwt"; write lms-live, simplejwt/,
    ],
    ['a key that there is not', { roles: 'x' }, /claims\.roles is no option; did you mean role\?/],
    ['an empty path', { person: [] }, /claims\.person is \[\]; write a claim such as "sub"/],
    ['a path with a number', { person: ['a', 0] }, /claims\.person is/],
    ['a name of another shape', { name: { firs: ['x'] } }, /claims\.name is .*; write a claim, \{"join"/],
    ['a role that there is not', { role: { values: { teacher: 'host' } } }, /claims\.role\.values is .*instructor, /],
    [
      'a default with rights',
      { role: { default: 'instructor' } },
      /claims\.role\.default is "instructor"; write student/,
    ],
    ['an unknown key of role', { role: { form: 'x' } }, /claims\.role\.form is no option; did you mean from\?/],
    ['two places in a template', { room: { template: '{}-{}' } }, /claims\.room\.template is/],
    ['a template that opens every room', { room: { template: '*' } }, /claims\.room\.template is/],
    ['a template with a space', { room: { template: 'course {}' } }, /claims\.room\.template is/],
    ['a requirement of a number', { require: { typ: 1 } }, /claims\.require is/],
    ['no namespace for auth0', { preset: 'auth0' }, /claims\.namespace is missing, which the preset auth0 needs/],
    ['a namespace without its end', { preset: 'auth0', namespace: 'https://x.example' }, /claims\.namespace is/],
    ['a namespace for nothing', { namespace: 'https://x.example/' }, /namespace is not used by the preset lms-live/],
    ['no object', 'keycloak', /claims is "keycloak"; write an object such as \{"preset": "keycloak"\}/],
  ])('are refused with %s', (_what, claims, sentence) => {
    const problems = problemsOf({ claims });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });
});

describe('a secret that can be looked up', () => {
  it.each([
    // RFC 7515 A.1, jwt.io, the tutorial of FastAPI, a well-known self-hosted database, and a list of secrets to try.
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    'a-string-secret-at-least-256-bits-long',
    '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
    'super-secret-jwt-token-with-at-least-32-characters-long',
    '012345678901234567890123456789XY',
    'C2A4EB068AF8ABEF18D80B1689C7D785',
    'my_very_long_and_safe_secret_key',
    'Secret key. You can use `mix guardian.gen.secret` to get one',
  ])('stops the start in production: %s', (secret) => {
    const problems = problemsOf({ keys: [{ kind: 'secret', secret }] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/: The secret is a well-known example; write 32 or more random bytes/);
    expect(problems[0]).not.toContain(secret);
  });

  it('is refused at any length below 32 bytes, in production and out of it', () => {
    for (const secret of ['secret', 'x', 'changeme', 'q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uE']) {
      for (const NODE_ENV of ['production', 'development']) {
        expect(problemsOf({ keys: [{ kind: 'secret', secret }] }, { NODE_ENV })[0]).toMatch(/at least 32 random ones/);
      }
    }
  });
});
