import { describe, expect, test } from 'vitest';
import { tokenCommand } from '../../src/cli/token-command.js';
import { forge, hs256, rs256 } from '../auth/forge.js';
import * as h from './hosts.js';
import { claims, HEADER, nowS, school, type Json } from './make.js';

const ENV: Readonly<Record<string, string>> = {
  LMS_LIVE_PUBLIC_URL: h.PUBLIC_URL,
  LMS_LIVE_TENANTS: JSON.stringify(h.tenantsFile('http://127.0.0.1:1/jwks.json')),
};
const HEX = '9f3c5a7b1d2e4f60819a2b3c4d5e6f708192a3b4c5d6e7f8';
const SERVICE_SECRET = 'Zk7uNq3VxB9wTm5RyLp2HsDc8GfJ4EaK';
/** One tenant with tokens of Django, and a key for its back end. */
const SERVICE_ENV = {
  ...ENV,
  LMS_LIVE_TENANTS: JSON.stringify({
    tenants: h
      .tenantsFile('http://127.0.0.1:1/')
      .tenants.filter(({ id }) => id === 'django')
      .map((tenant) => ({
        ...tenant,
        keys: [
          { kind: 'secret', secret: h.DJANGO_SECRET },
          { kind: 'secret', for: 'service', secret: SERVICE_SECRET },
        ],
      })),
  }),
};
const ofService = (payload: Json): string =>
  forge(HEADER, { ...claims({ aud: undefined, room: undefined }, 'django'), ...payload }, hs256(SERVICE_SECRET));
const SECRETS = [SERVICE_SECRET, h.SECRET, h.OTHER_SECRET, h.PLAIN_SECRET, h.DJANGO_SECRET];

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

async function run(args: readonly string[], { env = ENV, input = '' }: RunOptions = {}) {
  let out = '';
  let error = '';
  const exit = await tokenCommand({
    args,
    env,
    now: Date.now,
    readInput: () => Promise.resolve(input),
    print: (text) => (out += text),
    complain: (text) => (error += text),
  });
  for (const secret of SECRETS) expect(out + error).not.toContain(secret);
  return { exit, out, error };
}

const report = async (token: string, ...more: string[]) => (await run(['check', token, ...more])).out;

describe('lms-live token check', () => {
  test('says what each claim became, which key signed, and when it ends', async () => {
    const token = school(
      claims({ name: 'Noor  Haddad', role: 'instructor', room: ['algebra', 'geo-*'], locale: 'de_CH' }),
    );
    const { exit, out } = await run(['check', token]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^Accepted: the server lets its holder connect\./);
    expect(out).toContain('school (by its `iss`), admits by claim');
    expect(out).toContain('HS256, by keys[0] (secret)');
    expect(out).toMatch(/expires +\d{4}-.*Z, in (10|9) min/);
    expect(out).toMatch(/person +"student-7" +← sub = "student-7"/);
    expect(out).toMatch(/role +instructor +← role = "instructor"/);
    expect(out).toMatch(/room +algebra, geo-\* +←/);
    expect(out).toMatch(/name +"Noor Haddad"/);
    expect(out).toMatch(/locale +de-CH +← locale = "de_CH"/);
    expect(out).not.toContain(token.split('.')[2]);
  });

  test('says everything that is wrong at once, and how to mend each', async () => {
    const token = school(claims({ aud: 'account', exp: nowS() + 90_000, sub: undefined, room: 'a b' }));
    const { exit, out } = await run(['check', token]);
    expect(exit).toBe(1);
    expect(out).toContain('"audiences": ["account"]');
    expect(out).toContain('raise `maxLifetimeS` of the tenant');
    expect(out).toMatch(/✗ The claim `sub` is not/);
    expect(out).toMatch(/✗ The claim `room` is not/);
  });

  test('tells a teacher why they are a student', async () => {
    expect(await report(school(claims({ role: 'Teacher' })))).toMatch(
      /role +student \(no word of the map is in it: instructor, assistant, student, observer, service\) +← role = "Teacher"/,
    );
  });

  test('warns that a role nobody knows makes a student, and says where the word is missing', async () => {
    const { exit, out } = await run(['check', school(claims({ role: ['instructor'] }))]);
    expect(exit).toBe(0);
    expect(out).toContain('· The tenant has no word for the role ["instructor"]: its holder is a student');
    expect(out).toContain('`claims.role.values`');
    expect(await report(school(claims({ role: 'assistant' })))).not.toContain('no word');
  });

  test.each(['exp', 'iat', 'nbf'])('says that %s is in milliseconds, not that the clock is wrong', async (claim) => {
    const { exit, out } = await run(['check', school(claims({ [claim]: Date.now() + 60_000 }))]);
    expect(exit).toBe(1);
    expect(out).toContain(`✗ The claim \`${claim}\` is in milliseconds`);
    expect(out).toContain(`Let the LMS write \`${claim}\` as whole seconds`);
    expect(out).not.toMatch(/maxLifetimeS|clocks|\+0\d{5}/);
  });

  test.each([
    ['decoded from base64', Buffer.from(h.SECRET, 'base64')],
    ['with a line break at its end', Buffer.from(`${h.SECRET}\n`)],
    ['with a line break of Windows at its end', Buffer.from(`${h.SECRET}\r\n`)],
    ['in double quotes, as part of it', Buffer.from(`"${h.SECRET}"`)],
    ['in single quotes, as part of it', Buffer.from(`'${h.SECRET}'`)],
  ])('notices that one side uses the secret %s', async (what, key) => {
    const out = await report(forge(HEADER, claims(), hs256(key)));
    expect(out).toMatch(/^Not accepted/);
    expect(out).toContain(`The signature holds with the secret of keys[0] ${what}`);
    expect(out).toContain('do not believe it');
  });

  test.each([
    ['decoded from hexadecimal digits', (hex: string) => Buffer.from(hex, 'hex'), HEX],
    ['without the quotes around it', () => Buffer.from(HEX), `"${HEX}"`],
    ['without the space around it', () => Buffer.from(HEX), ` ${HEX} `],
  ])('notices that the LMS uses it %s', async (what, bytesOf, secret) => {
    const tenant = { ...h.tenantsFile('http://127.0.0.1:1/').tenants[0], keys: [{ kind: 'secret', secret }] };
    const env = { ...ENV, LMS_LIVE_TENANTS: JSON.stringify({ tenants: [tenant] }) };
    const { out } = await run(['check', forge(HEADER, claims(), hs256(bytesOf(secret)))], { env });
    expect(out).toContain(`The signature holds with the secret of keys[0] ${what}`);
    expect(out).not.toContain(HEX);
  });

  test('says of a refresh or an ID token to send the access token, and names no preset that is set already', async () => {
    const django = (payload: Json) =>
      forge(HEADER, { ...claims({ aud: undefined, user_id: 7 }, 'django'), ...payload }, hs256(h.DJANGO_SECRET));
    const refresh = await report(django({ token_type: 'refresh' }));
    expect(refresh).toContain('This is a refresh token: send the access token, whose `token_type` is "access".');
    expect(refresh).not.toContain('preset');
    expect(await report(django({ token_type: 'sliding' }))).toContain('send the one whose `token_type` is "access"');
    expect(await report(django({}))).toContain('Let the LMS write this claim');
    expect(await report(django({ token_type: 'access' }))).toMatch(/^Accepted/);
  });

  test('reads what a key for the service signed as such', async () => {
    const { exit, out } = await run(['check', ofService({ role: 'service' })], { env: SERVICE_ENV });
    expect(exit).toBe(0);
    expect(out).toContain('HS256, by keys[1] (secret, for the service)');
    expect(out).toMatch(/role +service +← role = "service"/);
    expect(out).toContain('A service calls the HTTP API; it cannot come into a class.');
    const person = await run(['check', ofService({ role: 'instructor' })], { env: SERVICE_ENV });
    expect(person.exit).toBe(1);
    expect(person.out).toContain('is for the service alone');
  });

  test('names the preset that a token looks like', async () => {
    const looks = async (payload: Json): Promise<string> =>
      report(school({ ...claims({ sub: undefined, role: undefined }), ...payload }));
    expect(await looks({ user_id: 7, token_type: 'access' })).toContain('"claims": {"preset": "simplejwt"}');
    expect(await looks({ realm_access: { roles: ['x'] } })).toContain('"claims": {"preset": "keycloak"}');
    expect(await looks({ 'https://s.example/roles': ['x'] })).toContain(
      '"preset": "auth0", "namespace": "https://s.example/"',
    );
    expect(await looks({ 'https://purl.imsglobal.org/spec/lti/claim/version': '1.3.0' })).toContain(
      '"preset": "moodle-lti"',
    );
  });

  test('says what an unknown issuer, a wrong algorithm and a foreign room need', async () => {
    expect(await report(school(claims({ iss: 'https://new.example' })))).toContain(
      'Set `"issuer": "https://new.example"`',
    );
    expect(await report(forge({ alg: 'RS256' }, claims(), rs256(h.rsa.privateKey)))).toContain(
      'Let the LMS sign with HS256',
    );
    expect(await report(school(), '--room', 'geometry')).toContain('does not cover the room geometry');
    expect(await report(school(), '--tenant', 'nobody')).toMatch(/tenant_unknown[\s\S]*Name one of school, other/);
    expect(await report(school(claims({ room: undefined })))).toContain('The token names no room');
    expect(await report(school(claims({ iat: undefined })))).toContain('The token has no `iat`');
  });

  test('reads standard input, and prints JSON for programs', async () => {
    const { exit, out } = await run(['check', '-', '--json'], { input: `${school()}\n` });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ accepted: true, tenant: { id: 'school', foundBy: 'iss' }, problems: [] });
  });

  test('shows nothing that a terminal would obey', async () => {
    const evil = '\u001b[2J\u009b31m\u202eevil\u0007';
    const out = await report(
      school({ ...claims({ name: evil, sub: evil, iss: evil, aud: evil }), [evil]: evil }, { ...HEADER, alg: evil }),
    );
    const alsoSigned = await report(school(claims({ name: evil, sub: evil, picture: evil, locale: evil })));
    for (const text of [out, alsoSigned]) {
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
  });

  test('asks for one token, and for a configuration that can be read', async () => {
    expect((await run(['check'])).exit).toBe(64);
    expect((await run(['check', 'a', 'b'])).exit).toBe(64);
    expect((await run(['check', 'a', '--what'])).exit).toBe(64);
    expect((await run(['chek'])).error).toContain('There are check and mint.');
    expect((await run(['check', 'a'], { env: { LMS_LIVE_PORT: 'x' } })).exit).toBe(78);
  });
});

describe('lms-live token mint', () => {
  test('signs for the service with the key that is for it', async () => {
    const { exit, out } = await run(['mint', '--role', 'service', '--sub', 'back-end'], { env: SERVICE_ENV });
    expect(exit).toBe(0);
    const [, payload = ''] = out.trim().split('.');
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Json;
    expect(said).toMatchObject({ role: 'service', sub: 'back-end' });
    expect(said).not.toHaveProperty('user_id');
    expect((await run(['check', out.trim()], { env: SERVICE_ENV })).out).toContain('for the service');
    const person = await run(['mint', '--room', 'algebra'], { env: SERVICE_ENV });
    expect((await run(['check', person.out.trim()], { env: SERVICE_ENV })).out).toContain('keys[0] (secret)');
  });

  test('says how a tenant gets one', async () => {
    const { exit, error } = await run(['mint', '--tenant', 'django', '--role', 'service']);
    expect(exit).toBe(1);
    expect(error).toContain('{"kind": "secret", "for": "service", "secretFile": "service.secret"}');
  });

  test.each([
    [
      'school',
      ['--role', 'instructor', '--room', 'algebra', '--name', 'Ms Ito'],
      { role: 'instructor', room: 'algebra' },
    ],
    ['plain', ['--role', 'observer', '--room', 'algebra'], { role: 'observer' }],
    ['django', ['--sub', '7', '--room', 'algebra'], { user_id: '7', token_type: 'access' }],
  ])('makes a token for %s that its own check accepts', async (tenant, args, said) => {
    const { exit, out, error } = await run(['mint', '--tenant', tenant, ...args]);
    expect(exit).toBe(0);
    expect(error).toMatch(/^For 10 minutes, /);
    const token = out.trim();
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject(said);
    const hint = tenant === 'plain' ? ['--tenant', tenant] : [];
    expect((await run(['check', token, ...hint])).exit).toBe(0);
  });

  test.each([
    [['--tenant', 'rs'], /no key of the kind secret/],
    [['--tenant', 'nobody'], /--tenant is one of school, /],
    [[], /--tenant is one of school, /],
    [['--tenant', 'school', '--role', 'teacher'], /--role is one of instructor/],
    [['--tenant', 'django', '--role', 'service'], /No word of this tenant means service/],
    [['--tenant', 'school', '--minutes', '0'], /--minutes is 1 to 1440/],
    [['--tenant', 'school', '--minutes', 'ten'], /--minutes is 1 to 1440/],
    [['--tenant', 'school', '--sub', ''], /Its own check refuses it: The claim `sub`/],
  ])('refuses %j', async (args, sentence) => {
    const { exit, out, error } = await run(['mint', ...args]);
    expect(exit).toBe(1);
    expect(out).toBe('');
    expect(error).toMatch(sentence);
  });

  test('makes none in production without --yes', async () => {
    const production = { ...ENV, NODE_ENV: 'production', LMS_LIVE_PUBLIC_URL: 'https://live.school.example' };
    expect((await run(['mint', '--tenant', 'school'], { env: production })).error).toContain('This is production');
    expect((await run(['mint', '--tenant', 'school', '--yes'], { env: production })).exit).toBe(0);
  });
});
