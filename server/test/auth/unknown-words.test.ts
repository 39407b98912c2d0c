import { describe, expect, test } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.js';
import { PRESETS } from '../../src/auth/claim-presets.js';
import type { TenantConfig } from '../../src/config/types.js';
import * as f from './forge.js';

interface Told {
  readonly tenant?: unknown;
  readonly word?: unknown;
}

function listening(tenants: readonly TenantConfig[]) {
  const told: Told[] = [];
  const log = { warn: (fields: Told) => void told.push(fields) };
  const authenticator = createAuthenticator({ tenants, publicUrl: f.PUBLIC_URL, now: () => f.NOW_MS, log });
  return { told, authenticator };
}
let people = 0;
/** Of somebody new each time, so that it is read each time. */
const tokenOf = (role: unknown, more: f.Json = {}) =>
  f.hsToken(f.claims({ role, sub: `person-${String((people += 1))}`, ...more }));

describe('a role that nobody knows', () => {
  test.each([['teacher'], ['Instructor'], [['instructor']], ['__proto__'], [5]])(
    'is a student, and the operator is told once: %j',
    async (role) => {
      const { told, authenticator } = listening([f.tenant()]);
      expect((await authenticator.authenticate(tokenOf(role))).role).toBe('student');
      await authenticator.authenticate(tokenOf(role));
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({ tenant: 'school', word: JSON.stringify(role) });
    },
  );

  test('is told for each tenant, twenty of them at most, and cut', async () => {
    const other = f.tenant({ id: 'other', issuer: 'https://other.example' });
    const { told, authenticator } = listening([f.tenant(), other]);
    for (let index = 0; index < 30; index += 1) {
      await authenticator.authenticate(tokenOf(`word-${String(index)}-${'x'.repeat(200)}`));
    }
    expect(told).toHaveLength(20);
    expect(told.every(({ word }) => String(word).length <= 60)).toBe(true);
    await authenticator.authenticate(tokenOf('teacher', { iss: 'https://other.example' }));
    expect(told.at(-1)).toMatchObject({ tenant: 'other', word: '"teacher"' });
  });

  test('is not told of words that are known, of lists, and of tokens that are refused', async () => {
    const { told, authenticator } = listening([f.tenant({ claims: { ...PRESETS.pyjwt.map('') } })]);
    await authenticator.authenticate(tokenOf('teacher'));
    await authenticator.authenticate(tokenOf(['offline_access', 'uma_authorization']));
    await f.outcome(authenticator, f.forge({ alg: 'HS256' }, f.claims({ role: 'forged' }), f.hs256('x'.repeat(32))));
    expect(told).toEqual([]);
  });
});
