import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.js';
import { Revocations, type RevocationStore } from '../../src/auth/revocations.js';
import type { Revocation } from '../../src/storage/types.js';
import * as f from './forge.js';

/** What two servers share. */
function sharedStore(): RevocationStore & { readonly rows: Map<string, Revocation>; fails: boolean } {
  const rows = new Map<string, Revocation>();
  const keyOf = ({ tenant, kind, value }: Pick<Revocation, 'tenant' | 'kind' | 'value'>): string =>
    [tenant, kind, value].join();
  const store = {
    rows,
    fails: false,
    addRevocation(revocation: Revocation) {
      if (store.fails) return Promise.reject(new Error('away'));
      rows.set(keyOf(revocation), revocation);
      return Promise.resolve();
    },
    removeRevocation: (name: Pick<Revocation, 'tenant' | 'kind' | 'value'>) =>
      Promise.resolve(rows.delete(keyOf(name))),
    revocations: (now: number) =>
      store.fails
        ? Promise.reject(new Error('away'))
        : Promise.resolve([...rows.values()].filter(({ until }) => until > now)),
  };
  return store;
}

const OF_PERSON: Revocation = {
  tenant: 'school',
  kind: 'sub',
  value: 'student-7',
  before: f.NOW_MS,
  until: f.NOW_MS + 86_400_000,
};
const OF_TOKEN: Revocation = { ...OF_PERSON, kind: 'jti', value: 'token-1' };
const open: Revocations[] = [];

async function node(store: RevocationStore, now: () => number = () => f.NOW_MS) {
  const revocations = await Revocations.open(store, now);
  open.push(revocations);
  const authenticator = createAuthenticator({ tenants: [f.tenant()], publicUrl: f.PUBLIC_URL, now, revocations });
  return {
    revocations,
    outcome: (changes: f.Json) => f.outcome(authenticator, f.hsToken(f.claims(changes))),
  };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((revocations) => revocations.close()));
  vi.useRealTimers();
});

describe('a person that is withdrawn', () => {
  test('has no token any more but newer ones', async () => {
    const { revocations, outcome } = await node(sharedStore());
    expect(await outcome({ iat: f.NOW_S - 1 })).toBe('accepted');
    await revocations.revoke(OF_PERSON);
    // The first one was verified and remembered before.
    expect(await outcome({ iat: f.NOW_S - 1 })).toBe('token_revoked');
    expect(await outcome({ iat: f.NOW_S - 600 })).toBe('token_revoked');
    expect(await outcome({ iat: undefined })).toBe('token_revoked');
    expect(await outcome({ iat: f.NOW_S })).toBe('accepted');
    expect(await outcome({ iat: f.NOW_S + 20 })).toBe('accepted');
    expect(await outcome({ iat: f.NOW_S - 1, sub: 'student-8' })).toBe('accepted');
  });

  test('is nobody of another tenant, whatever its name', async () => {
    const { revocations, outcome } = await node(sharedStore());
    await revocations.revoke({ ...OF_PERSON, tenant: 'other' });
    await revocations.revoke({ ...OF_PERSON, tenant: 'school', kind: 'jti' });
    expect(await outcome({ iat: f.NOW_S - 1 })).toBe('accepted');
    expect(revocations.of('other')).toHaveLength(1);
  });

  test('may come back when it is lifted', async () => {
    const { revocations, outcome } = await node(sharedStore());
    await revocations.revoke(OF_PERSON);
    expect(await revocations.lift(OF_PERSON)).toBe(true);
    expect(await revocations.lift(OF_PERSON)).toBe(false);
    expect(await outcome({ iat: f.NOW_S - 1 })).toBe('accepted');
  });

  test('stays out with the later of two moments', async () => {
    const { revocations, outcome } = await node(sharedStore());
    await revocations.revoke(OF_PERSON);
    await revocations.revoke({ ...OF_PERSON, before: f.NOW_MS - 60_000 });
    expect(await outcome({ iat: f.NOW_S - 1 })).toBe('token_revoked');
  });
});

test('one token is withdrawn by its id, however it is spelled', async () => {
  const { revocations } = await node(sharedStore());
  const authenticator = createAuthenticator({
    tenants: [f.tenant()],
    publicUrl: f.PUBLIC_URL,
    now: () => f.NOW_MS,
    revocations,
  });
  const token = f.hsToken(f.claims({ jti: 'token-1' }));
  await revocations.revoke(OF_TOKEN);
  expect(await f.outcome(authenticator, token)).toBe('token_revoked');
  for (const spelling of [
    `${token}\n`,
    `${token}=`,
    ` ${token}`,
    token.replace(/.$/, (end) => (end === 'B' ? 'A' : 'B')),
  ]) {
    expect(await f.outcome(authenticator, spelling)).not.toBe('accepted');
  }
  expect(await f.outcome(authenticator, f.hsToken(f.claims({ jti: 'token-2' })))).toBe('accepted');
});

test('what one server withdraws another one knows within two seconds', async () => {
  vi.useFakeTimers();
  const store = sharedStore();
  const [here, there] = [await node(store), await node(store)];
  const told = vi.fn();
  there.revocations.onRevoked(told);
  await here.revocations.revoke(OF_PERSON);
  expect(await there.outcome({ iat: f.NOW_S - 1 })).toBe('accepted');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await there.outcome({ iat: f.NOW_S - 1 })).toBe('token_revoked');
  expect(told).toHaveBeenCalledTimes(1);
  await here.revocations.lift(OF_PERSON);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await there.outcome({ iat: f.NOW_S - 1 })).toBe('accepted');
});

test('a store that is away takes nothing back, and one that did not save withdraws nothing', async () => {
  vi.useFakeTimers();
  const store = sharedStore();
  const { revocations, outcome } = await node(store);
  await revocations.revoke(OF_PERSON);
  store.fails = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await outcome({ iat: f.NOW_S - 1 })).toBe('token_revoked');
  await expect(revocations.revoke(OF_TOKEN)).rejects.toThrow('away');
  expect(await outcome({ jti: 'token-1', iat: f.NOW_S })).toBe('accepted');
});

test('what was read while something was withdrawn does not undo it', async () => {
  vi.useFakeTimers();
  const store = sharedStore();
  const { revocations, outcome } = await node(store);
  let answer: () => void = () => undefined;
  const before = [...store.rows.values()];
  vi.spyOn(store, 'revocations').mockImplementationOnce(
    () =>
      new Promise(
        (resolve) =>
          (answer = () => {
            resolve(before);
          }),
      ),
  );
  await vi.advanceTimersByTimeAsync(1_000);
  await revocations.revoke(OF_PERSON);
  answer();
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome({ iat: f.NOW_S - 1 })).toBe('token_revoked');
});

test('is forgotten when no such token can live any more, and nothing of it runs after the end', async () => {
  vi.useFakeTimers();
  let nowMs = f.NOW_MS;
  const { revocations } = await node(sharedStore(), () => nowMs);
  await revocations.revoke(OF_PERSON);
  expect(revocations.of('school')).toEqual([OF_PERSON]);
  nowMs = OF_PERSON.until;
  expect(revocations.of('school')).toEqual([]);
  await revocations.close();
  expect(vi.getTimerCount()).toBe(0);
});
