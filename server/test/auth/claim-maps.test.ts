import { describe, expect, test } from 'vitest';
import { NATIVE_CLAIMS, PRESETS, type PresetName } from '../../src/auth/claim-presets.js';
import type { ClaimMap } from '../../src/auth/claim-map.js';
import type { Identity } from '../../src/auth/types.js';
import type { TenantConfig } from '../../src/config/types.js';
import { readClaims } from '../../src/config/read-claims.js';
import * as f from './forge.js';

/** A map as an operator writes it. */
function mapOf(written: Record<string, unknown>): ClaimMap {
  const problems: string[] = [];
  const map = readClaims(written, { where: 'claims', problems });
  expect(problems).toEqual([]);
  return map;
}

const BASE = { iss: f.ISSUER, aud: f.PUBLIC_URL, iat: f.NOW_S, exp: f.NOW_S + 600 };

function read(written: Record<string, unknown>, claims: f.Json, more: Partial<TenantConfig> = {}): Promise<Identity> {
  const authenticator = f.authenticatorOf({ claims: mapOf(written), ...more });
  return authenticator.authenticate(f.hsToken({ ...BASE, ...claims }));
}
const refusal = (written: Record<string, unknown>, claims: f.Json, more: Partial<TenantConfig> = {}) =>
  f.outcome(f.authenticatorOf({ claims: mapOf(written), ...more }), f.hsToken({ ...BASE, ...claims }));

const ROSTER = { admission: { by: 'roster' } } as const;

describe('where a claim stands', () => {
  test('one name is one claim, with its dots and slashes', async () => {
    const claims = { 'a.b': 'dotted', a: { b: 'nested' }, 'https://s.example/r': 'student', sub: 'x' };
    const role = 'https://s.example/r';
    expect((await read({ person: 'a.b', role }, claims)).sub).toBe('dotted');
    expect((await read({ person: ['a', 'b'], role }, claims)).sub).toBe('nested');
    expect(await refusal({ person: ['a', 'b', 'c'], role }, claims)).toBe('token_claims');
    expect(await refusal({ person: ['a.b', '0'], role }, claims)).toBe('token_claims');
  });

  test('nothing is read from a prototype', async () => {
    for (const person of ['constructor', ['constructor', 'name'], ['a', 'toString', 'name'], '__proto__']) {
      expect(await refusal({ person }, { a: {}, role: 'student' })).toBe('token_claims');
    }
  });
});

describe('a name', () => {
  const name = { first: ['name', { join: ['given_name', 'family_name'] }, ['profile', 'nick']] };
  test.each([
    [{ name: 'Noor', given_name: 'N' }, 'Noor'],
    [{ name: ' ', given_name: 'Noor', family_name: 'Haddad' }, 'Noor Haddad'],
    [{ given_name: 'Noor' }, 'Noor'],
    [{ family_name: 'Haddad', profile: { nick: 'no' } }, 'Haddad'],
    [{ profile: { nick: 'no' } }, 'no'],
    [{}, 'Guest'],
    [{ name: '\u202e', profile: { nick: 'no' } }, 'no'],
  ])('is the first that says something: %j', async (claims, shown) => {
    expect((await read({ name }, { sub: 'x', role: 'student', ...claims })).name).toBe(shown);
  });

  test('is refused where it is no text', async () => {
    expect(await refusal({ name }, { sub: 'x', role: 'student', given_name: ['Noor'] })).toBe('token_claims');
  });
});

describe('a role', () => {
  const role = {
    from: ['realm_access', 'roles'],
    values: { docent: 'instructor', helper: 'assistant', pupil: 'student', guest: 'observer' },
  };
  test.each([
    ['docent', 'instructor'],
    [['pupil', 'docent', 'helper'], 'instructor'],
    [['offline_access', 'helper'], 'assistant'],
    [['guest', 'pupil'], 'student'],
    [['guest'], 'observer'],
    ['guest', 'observer'],
    ['Docent', 'student'],
    ['docent ', 'student'],
    ['d\u043ecent', 'student'],
    ['instructor', 'student'],
    ['service', 'student'],
    [['service'], 'student'],
    [[], 'student'],
    [[['docent']], 'student'],
    [{ docent: true }, 'student'],
    [1, 'student'],
    ['toString', 'student'],
    ['__proto__', 'student'],
  ])('of %j is %s', async (roles, is) => {
    expect((await read({ role }, { sub: 'x', realm_access: { roles } })).role).toBe(is);
  });

  test('that is missing is the default, or by admission a student, or a refusal', async () => {
    expect((await read({ role: { ...role, default: 'observer' } }, { sub: 'x' })).role).toBe('observer');
    expect((await read({ role }, { sub: 'x' }, ROSTER)).role).toBe('student');
    expect(await refusal({ role }, { sub: 'x' })).toBe('token_claims');
  });

  test('a back end is named by the operator alone', async () => {
    expect((await read({ role: 'user_type' }, { sub: 'x', user_type: 'service' })).role).toBe('student');
    expect((await read({ role: 'user_type' }, { sub: 'x', user_type: 'instructor' })).role).toBe('instructor');
    const named = { from: 'user_type', values: { robot: 'service' } };
    expect((await read({ role: named }, { sub: 'x', user_type: 'robot' })).role).toBe('service');
    expect((await read({}, { sub: 'x', role: 'service' })).role).toBe('service');
    for (const preset of Object.keys(PRESETS).filter((one) => one !== 'lms-live') as PresetName[]) {
      expect(PRESETS[preset].map('n/').role.values.map(([, is]) => is)).not.toContain('service');
      expect(PRESETS[preset].map('n/').grants).toBeNull();
    }
  });
});

describe('a room', () => {
  const at = (room: unknown, claims: f.Json) => read({ room }, { sub: 'x', role: 'student', ...claims });
  test('is made by a template, also of a number', async () => {
    const room = { from: ['context', 'id'], template: 'course-{}' };
    expect((await at(room, { context: { id: 'algebra' } })).rooms.exact).toEqual(['course-algebra']);
    expect((await at(room, { context: { id: 7 } })).rooms.exact).toEqual(['course-7']);
    expect((await at({ ...room, template: 'course-{}-*' }, { context: { id: 7 } })).rooms.prefixes).toEqual([
      'course-7-',
    ]);
  });

  test.each(['*', 'a*', '$&', "$'", '{}', '', 'a b', '../x', { id: 1 }, 1.5, true, 'x'.repeat(129)])(
    'opens nothing more with the claim %j in a template',
    async (course) => {
      const room = { from: 'course', template: 'course-{}-*' };
      expect(await refusal({ room }, { sub: 'x', role: 'student', course })).toBe('token_claims');
    },
  );

  test('is not read where the map says so', async () => {
    expect((await at(null, { room: 'algebra' })).rooms).toEqual({ exact: [], prefixes: [] });
  });
});

test('a token for another purpose of the same keys is refused', async () => {
  const require = { token_type: ['access', 'live'] };
  const claims = { sub: 'x', role: 'student' };
  expect((await read({ require }, { ...claims, token_type: 'live' })).sub).toBe('x');
  for (const token_type of ['refresh', ' access', ['access'], 1, null, undefined]) {
    expect(await refusal({ require }, { ...claims, token_type })).toBe('token_claims');
  }
});

test('a single key changes a preset, and leaves the rest of it', async () => {
  const map = mapOf({ preset: 'keycloak', role: { values: { docent: 'instructor' } }, picture: null });
  const preset = PRESETS.keycloak.map('');
  expect(map).toEqual({
    ...preset,
    picture: null,
    role: { ...preset.role, values: [['docent', 'instructor']] },
  });
  expect(mapOf({})).toEqual(NATIVE_CLAIMS);
});

test('an LTI teaching assistant is no instructor, and an administrator of the school is nobody special', async () => {
  const lti = (roles: readonly string[]) =>
    read(
      { preset: 'moodle-lti' },
      {
        sub: '42',
        'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
        'https://purl.imsglobal.org/spec/lti/claim/version': '1.3.0',
        'https://purl.imsglobal.org/spec/lti/claim/context': { id: '7' },
        'https://purl.imsglobal.org/spec/lti/claim/roles': roles.map(
          (role) => `http://purl.imsglobal.org/vocab/lis/v2/${role}`,
        ),
      },
    );
  expect((await lti(['membership#Instructor', 'membership/Instructor#TeachingAssistant'])).role).toBe('assistant');
  expect((await lti(['membership#Instructor'])).role).toBe('instructor');
  expect((await lti(['institution/person#Administrator', 'system/person#Administrator'])).role).toBe('student');
  expect((await lti(['institution/person#Instructor', 'membership#Learner'])).role).toBe('student');
});
