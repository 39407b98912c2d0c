import { grantsOf, ROLES } from '@lms-live/protocol';
import { describe, expect, test } from 'vitest';
import { refreshed } from '../../src/auth/refreshed.js';
import type { Identity } from '../../src/auth/types.js';
import * as f from './forge.js';

const authenticator = f.authenticatorOf();
const identityOf = (changes: f.Json): Promise<Identity> => authenticator.authenticate(f.hsToken(f.claims(changes)));
const PEOPLE = ROLES.filter((role) => role !== 'service');
const GRANTS = [{}, { 'chat.moderate': true }, { 'chat.post': false }, { 'people.erase': true, 'chat.post': false }];

describe('a fresh token on a living connection', () => {
  test.each(PEOPLE.flatMap((before) => PEOPLE.map((after) => ({ before, after }))))(
    'gives no right that the first did not: $before, then $after',
    async ({ before, after }) => {
      for (const first of GRANTS) {
        for (const second of GRANTS) {
          const was = await identityOf({ role: before, grants: first });
          const is = refreshed(was, await identityOf({ role: after, grants: second, exp: f.NOW_S + 900 }));
          const had = grantsOf(was.role, was.grantChanges);
          const has = [...grantsOf(is.role, is.grantChanges)];
          expect(has.filter((grant) => !had.has(grant))).toEqual([]);
          expect(is.expiresAt).toBe(f.NOW_MS + 900_000);
        }
      }
    },
  );

  test('takes rights away at once', async () => {
    const was = await identityOf({ role: 'instructor' });
    expect(refreshed(was, await identityOf({ role: 'student' })).role).toBe('student');
    expect(
      refreshed(was, await identityOf({ role: 'instructor', grants: { 'room.end': false } })).grantChanges,
    ).toEqual({
      'room.end': false,
    });
  });

  test('is of the same person, and of no back end', async () => {
    const was = await identityOf({});
    const other = await identityOf({ sub: 'student-8' });
    expect(() => refreshed(was, other)).toThrow(expect.objectContaining({ code: 'token_person_changed' }));
    const elsewhere = { ...was, tenant: { ...was.tenant, id: 'other' } };
    expect(() => refreshed(was, elsewhere)).toThrow(expect.objectContaining({ code: 'token_person_changed' }));
    const service = await identityOf({ role: 'service' });
    expect(() => refreshed(was, service)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });
});
