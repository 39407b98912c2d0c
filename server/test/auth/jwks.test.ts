import { type KeyObject, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.js';
import { Jwks } from '../../src/auth/jwks.js';
import type { AuthLog, Authenticator } from '../../src/auth/types.js';
import type { TenantConfig } from '../../src/config/types.js';
import * as f from './forge.js';

const CONFIGURED = ['RS256', 'ES256', 'EdDSA'] as const;

const jwk = (key: KeyObject, kid?: string, more: f.Json = {}): f.Json => ({
  ...key.export({ format: 'jwk' }),
  ...(kid !== undefined && { kid }),
  ...more,
});
const ecKeys = Array.from({ length: 3 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const [first, second, third] = ecKeys as [(typeof ecKeys)[0], (typeof ecKeys)[0], (typeof ecKeys)[0]];
const tokenBy = (pair: { privateKey: KeyObject }, kid?: string, changes: f.Json = {}) =>
  f.forge({ alg: 'ES256', ...(kid !== undefined && { kid }) }, f.claims(changes), f.es256(pair.privateKey));

let host: Server;
let url: string;
let requests: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let nowMs: number;
let opened: Authenticator[];
let warnings: string[];

const serve =
  (...keys: f.Json[]) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  };
const fail = (status: number) => (_request: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status).end();

const log: AuthLog = {
  warn: (fields) => void warnings.push((fields['err'] as Error).message),
};

function open(...configs: TenantConfig[]): Authenticator {
  const authenticator = createAuthenticator({ tenants: configs, publicUrl: f.PUBLIC_URL, now: () => nowMs, log });
  opened.push(authenticator);
  return authenticator;
}
const jwksTenant = (changes: Partial<TenantConfig> = {}, path = '/jwks.json') =>
  f.tenant({ keys: [{ kind: 'jwks', algorithms: CONFIGURED, url: url + path }], ...changes });

beforeEach(async () => {
  requests = 0;
  nowMs = f.NOW_MS;
  opened = [];
  warnings = [];
  answer = serve(jwk(first.publicKey, 'k1'));
  host = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const authenticator of opened) authenticator.close();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
});

describe('a key set by URL', () => {
  test('is fetched once for many people', async () => {
    const authenticator = open(jwksTenant());
    const people = Array.from({ length: 20 }, (_, i) => tokenBy(first, 'k1', { sub: `p${i}` }));
    expect(new Set(await Promise.all(people.map((token) => f.outcome(authenticator, token))))).toEqual(
      new Set(['accepted']),
    );
    expect(requests).toBe(1);
  });

  test.each([
    ['RS256', f.rsa, f.rs256(f.rsa.privateKey)],
    ['EdDSA', f.ed, f.eddsa(f.ed.privateKey)],
  ] as const)('verifies %s', async (alg, pair, signer) => {
    answer = serve(jwk(pair.publicKey, 'k1', { use: 'sig', alg, key_ops: ['verify'] }));
    expect(await f.outcome(open(jwksTenant()), f.forge({ alg, kid: 'k1' }, f.claims(), signer))).toBe('accepted');
  });

  test('needs no kid where there is one key, and does not guess among several', async () => {
    expect(await f.outcome(open(jwksTenant()), tokenBy(first))).toBe('accepted');
    answer = serve(jwk(first.publicKey, 'k1'), jwk(second.publicKey, 'k2'));
    expect(await f.outcome(open(jwksTenant()), tokenBy(first))).toBe('token_signature');
  });

  test('refuses a known kid with another key', async () => {
    expect(await f.outcome(open(jwksTenant()), tokenBy(second, 'k1'))).toBe('token_signature');
  });

  test('fixes the algorithm by the key, not by the token', async () => {
    answer = serve(jwk(first.publicKey, 'k1'), jwk(f.rsa.publicKey, 'r1', { alg: 'RS256' }));
    const authenticator = open(jwksTenant());
    const signer = f.rs256(f.rsa.privateKey);
    expect(await f.outcome(authenticator, f.forge({ alg: 'RS256', kid: 'k1' }, f.claims(), signer))).toBe(
      'token_algorithm',
    );
    expect(await f.outcome(authenticator, f.forge({ alg: 'PS256', kid: 'r1' }, f.claims(), signer))).toBe(
      'token_algorithm',
    );
    const confused = f.forge({ alg: 'HS256', kid: 'r1' }, f.claims(), f.hs256(JSON.stringify(jwk(f.rsa.publicKey))));
    expect(await f.outcome(authenticator, confused)).toBe('token_algorithm');
  });

  test('is not shared between tenants, though the kid is the same', async () => {
    answer = (request, response) =>
      serve(jwk((request.url === '/b' ? second : first).publicKey, 'k1'))(request, response);
    const authenticator = open(
      jwksTenant({ id: 'a', issuer: 'https://a.example' }, '/a'),
      jwksTenant({ id: 'b', issuer: 'https://b.example' }, '/b'),
    );
    expect(await f.outcome(authenticator, tokenBy(first, 'k1', { iss: 'https://a.example' }))).toBe('accepted');
    expect(await f.outcome(authenticator, tokenBy(second, 'k1', { iss: 'https://b.example' }))).toBe('accepted');
    expect(await f.outcome(authenticator, tokenBy(first, 'k1', { iss: 'https://b.example' }))).toBe('token_signature');
  });

  test('works beside a configured key', async () => {
    const keys: TenantConfig['keys'] = [
      { kind: 'secret', algorithm: 'HS256', secret: f.SECRET },
      { kind: 'jwks', algorithms: ['ES256'], url },
    ];
    const authenticator = open(f.tenant({ keys }));
    expect(await f.outcome(authenticator, f.hsToken())).toBe('accepted');
    expect(requests).toBe(0);
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('accepted');
  });
});

describe('rotation', () => {
  test('takes a new key at once, and the old one while it is published', async () => {
    const authenticator = open(jwksTenant());
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('accepted');
    answer = serve(jwk(first.publicKey, 'k1'), jwk(second.publicKey, 'k2'));
    nowMs += 30_000;
    expect(await f.outcome(authenticator, tokenBy(second, 'k2'))).toBe('accepted');
    expect(await f.outcome(authenticator, tokenBy(first, 'k1', { sub: 'late' }))).toBe('accepted');
    expect(requests).toBe(2);
  });

  test('asks to come back where a new key may be too new to know', async () => {
    const authenticator = open(jwksTenant());
    await f.outcome(authenticator, tokenBy(first, 'k1'));
    answer = serve(jwk(second.publicKey, 'k2'));
    nowMs += 10_000;
    expect(await f.outcome(authenticator, tokenBy(second, 'k2'))).toBe('token_keys_unavailable');
    nowMs += 20_000;
    expect(await f.outcome(authenticator, tokenBy(second, 'k2'))).toBe('accepted');
  });

  test('a withdrawn key dies within a minute, also for tokens that were verified before', async () => {
    const authenticator = open(jwksTenant());
    const remembered = tokenBy(first, 'k1');
    expect(await f.outcome(authenticator, remembered)).toBe('accepted');
    answer = serve(jwk(second.publicKey, 'k2'));
    nowMs += 61_000;
    expect(await f.outcome(authenticator, tokenBy(first, 'k1', { sub: 'new' }))).toBe('token_signature');
    expect(await f.outcome(authenticator, remembered)).toBe('token_signature');
  });

  test('a kid with new key material is a new key', async () => {
    const authenticator = open(jwksTenant());
    const remembered = tokenBy(first, 'k1');
    await f.outcome(authenticator, remembered);
    answer = serve(jwk(second.publicKey, 'k1'));
    nowMs += 61_000;
    expect(await f.outcome(authenticator, tokenBy(second, 'k1'))).toBe('accepted');
    expect(await f.outcome(authenticator, remembered)).toBe('token_signature');
  });

  test('under load refuses nobody whose key was published in time', async () => {
    const authenticator = open(jwksTenant());
    const outcomes: string[] = [];
    const join = async (pair: (typeof ecKeys)[0], kid: string, i: number) => {
      outcomes.push(await f.outcome(authenticator, tokenBy(pair, kid, { sub: `p${i}`, exp: f.NOW_S + 3_600 })));
    };
    for (let i = 0; i < 150; i += 1) {
      nowMs += 1_000;
      if (i === 20) answer = serve(jwk(first.publicKey, 'k1'), jwk(second.publicKey, 'k2'));
      if (i === 130) answer = serve(jwk(second.publicKey, 'k2'), jwk(third.publicKey, 'k3'));
      await Promise.all([join(first, 'k1', i), ...(i > 85 ? [join(second, 'k2', i)] : [])].slice(i > 130 ? 1 : 0));
    }
    expect(outcomes.filter((outcome) => outcome !== 'accepted')).toEqual([]);
    expect(requests).toBeLessThanOrEqual(4);
  });
});

describe('unknown kids', () => {
  test('5,000 of them cause two requests a minute', async () => {
    const authenticator = open(jwksTenant());
    for (let i = 0; i < 5_000; i += 1) {
      nowMs = f.NOW_MS + Math.floor((i * 60_000) / 5_000);
      const code = await f.outcome(authenticator, tokenBy(second, `random-${i}`));
      expect(['token_signature', 'token_keys_unavailable']).toContain(code);
    }
    expect(requests).toBeLessThanOrEqual(2);
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('accepted');
  });

  test('are told apart from kids that cannot be looked up now', async () => {
    const authenticator = open(jwksTenant());
    expect(await f.outcome(authenticator, tokenBy(second, 'k9'))).toBe('token_signature');
    expect(await f.outcome(authenticator, tokenBy(second, 'k9', { sub: 'x' }))).toBe('token_signature');
    expect(await f.outcome(authenticator, tokenBy(second, 'k8'))).toBe('token_keys_unavailable');
    expect(requests).toBe(1);
  });

  test('are all told by one answer, however many were asked for while it was too soon', async () => {
    const authenticator = open(jwksTenant());
    const outcomes = (sub: string) =>
      Promise.all(['k6', 'k7', 'k8', 'k9'].map((kid) => f.outcome(authenticator, tokenBy(second, kid, { sub }))));
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('accepted');
    expect(new Set(await outcomes('first'))).toEqual(new Set(['token_keys_unavailable']));
    nowMs += 31_000;
    expect(await f.outcome(authenticator, tokenBy(second, 'k5'))).toBe('token_signature');
    // The answer was for k5; nobody has to wait for another one.
    expect(new Set(await outcomes('again'))).toEqual(new Set(['token_signature']));
    expect(requests).toBe(2);
  });

  test('are found when the host publishes them while they are asked for', async () => {
    const authenticator = open(jwksTenant());
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('accepted');
    expect(await f.outcome(authenticator, tokenBy(second, 'k2'))).toBe('token_keys_unavailable');
    answer = serve(jwk(first.publicKey, 'k1'), jwk(second.publicKey, 'k2'));
    nowMs += 31_000;
    expect(await f.outcome(authenticator, tokenBy(second, 'k2'))).toBe('accepted');
  });

  test('are no failure of the host, and the message says so', async () => {
    const authenticator = open(jwksTenant());
    await f.outcome(authenticator, tokenBy(first, 'k1'));
    const asked = authenticator.authenticate(tokenBy(second, 'k9'));
    await expect(asked).rejects.toThrow(/had no such key a moment ago; it is asked again within 30 s/);
  });
});

describe('a host that answers badly', () => {
  const keySet = (length: number) => Array.from({ length }, (_, i) => jwk(first.publicKey, `k${i}`));

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, RegExp]>([
    ['with 404', fail(404), /status 404/],
    ['with 500', fail(500), /status 500/],
    ['with 204', fail(204), /status 204/],
    ['with nothing', (_request, response) => void response.destroy(), /fetch failed/],
    ['with HTML', (_request, response) => void response.end('<html>'), /is not JSON/],
    ['with a list', (_request, response) => void response.end('[]'), /is not a JSON object/],
    ['with no keys', (_request, response) => void response.end('{}'), /no list/],
    ['with keys that are no list', (_request, response) => void response.end('{"keys":{}}'), /no list/],
    ['with an empty list', serve(), /no usable key/],
    ['with keys twice', (_request, response) => void response.end('{"keys":[],"keys":[]}'), /twice/],
    ['with 51 keys', serve(...keySet(51)), /51 keys/],
    [
      'with 100,000 keys',
      (_q, response) => void response.end(`{"keys":[${'{},'.repeat(99_999)}{}]}`),
      /more than 65536/,
    ],
    ['with a megabyte', (_q, response) => void response.end(Buffer.alloc(1 << 20, 0x20)), /more than 65536/],
  ])('%s gives no keys, and the class can come back', async (_what, bad, warning) => {
    answer = bad;
    const authenticator = open(jwksTenant());
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('token_keys_unavailable');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
    expect(requests).toBe(1);

    answer = serve(jwk(first.publicKey, 'k1'));
    nowMs += 1_000;
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('accepted');
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['500', fail(500)],
    ['an empty list', serve()],
    ['nothing', (_request, response) => void response.destroy()],
  ])('with %s leaves the keys that were there', async (_what, bad) => {
    const authenticator = open(jwksTenant());
    await f.outcome(authenticator, tokenBy(first, 'k1'));
    answer = bad;
    nowMs += 120_000;
    expect(await f.outcome(authenticator, tokenBy(first, 'k1', { sub: 'later' }))).toBe('accepted');
    expect(requests).toBe(2);
  });

  test.each([301, 302, 303, 307, 308])('with a redirect (%i) is not followed', async (status) => {
    let trapped = 0;
    const trap = createServer((_request, response) => {
      trapped += 1;
      serve(jwk(second.publicKey, 'k2'))(_request, response);
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/latest/meta-data`;
    answer = (_request, response) => void response.writeHead(status, { location }).end();
    expect(await f.outcome(open(jwksTenant()), tokenBy(second, 'k2'))).toBe('token_keys_unavailable');
    expect(trapped).toBe(0);
    trap.closeAllConnections();
    trap.close();
  });

  test('without end is cut off at 64 KiB', async () => {
    let sent = 0;
    let isClosed = false;
    answer = (_request, response) => {
      const chunk = Buffer.alloc(16_384, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more).on('close', () => (isClosed = true));
      more();
    };
    expect(await f.outcome(open(jwksTenant()), tokenBy(first, 'k1'))).toBe('token_keys_unavailable');
    await vi.waitFor(() => expect(isClosed).toBe(true));
    expect(sent).toBeLessThan(50 << 20);
  });

  test('slower and slower is asked less and less', async () => {
    answer = fail(500);
    const authenticator = open(jwksTenant());
    for (let second_ = 0; second_ < 120; second_ += 1) {
      nowMs = f.NOW_MS + second_ * 1_000;
      await f.outcome(authenticator, tokenBy(first, 'k1'));
    }
    // After 0, 1, 3, 7, 15, 31, 61, 91 seconds.
    expect(requests).toBe(8);
  });

  test('refuses to name the host in what the client is told', async () => {
    answer = fail(500);
    const error: unknown = await open(jwksTenant())
      .authenticate(tokenBy(first, 'k1'))
      .catch((caught: unknown) => caught);
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('127.0.0.1');
  });
});

describe('keys that are not used', () => {
  const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const secret = createSecretKey(Buffer.from(f.SECRET));

  test.each<[string, f.Json, string]>([
    [
      'a shared secret',
      { ...secret.export({ format: 'jwk' }), kid: 'bad' },
      f.forge({ alg: 'HS256', kid: 'bad' }, f.claims(), f.hs256(f.SECRET)),
    ],
    ['a private key', jwk(second.privateKey, 'bad'), tokenBy(second, 'bad')],
    ['a key for encryption', jwk(second.publicKey, 'bad', { use: 'enc' }), tokenBy(second, 'bad')],
    ['a key for signing only', jwk(second.publicKey, 'bad', { key_ops: ['sign'] }), tokenBy(second, 'bad')],
    ['a key of another algorithm', jwk(second.publicKey, 'bad', { alg: 'ES384' }), tokenBy(second, 'bad')],
    [
      'a key for PS256, which is not configured',
      jwk(f.rsa.publicKey, 'bad', { alg: 'PS256' }),
      f.forge({ alg: 'RS256', kid: 'bad' }, f.claims(), f.rs256(f.rsa.privateKey)),
    ],
    [
      'RSA of 1024 bits',
      jwk(rsa1024.publicKey, 'bad'),
      f.forge({ alg: 'RS256', kid: 'bad' }, f.claims(), f.rs256(rsa1024.privateKey)),
    ],
    [
      'the curve P-384',
      jwk(p384.publicKey, 'bad'),
      f.forge({ alg: 'ES256', kid: 'bad' }, f.claims(), f.es256(p384.privateKey)),
    ],
    [
      'a point off the curve',
      { ...jwk(second.publicKey, 'bad'), y: jwk(first.publicKey)['y'] },
      tokenBy(second, 'bad'),
    ],
    ['a kid that is a number', { ...jwk(second.publicKey), kid: 7 }, tokenBy(second, '7')],
    ['a second key of the same kid', jwk(second.publicKey, 'k1'), tokenBy(second, 'k1')],
    ['null', null as unknown as f.Json, tokenBy(second, 'bad')],
  ])('%s', async (_what, bad, token) => {
    answer = serve(jwk(first.publicKey, 'k1'), bad);
    const authenticator = open(jwksTenant());
    expect(['token_signature', 'token_algorithm']).toContain(await f.outcome(authenticator, token));
    expect(await f.outcome(authenticator, tokenBy(first, 'k1'))).toBe('accepted');
  });
});

describe('a slow host', () => {
  const options = () => ({ url, algorithms: ['ES256' as const], now: () => nowMs, fetch: globalThis.fetch, log });

  test('is given up', async () => {
    answer = () => undefined;
    const jwks = new Jwks({ ...options(), timeoutMs: 50 });
    expect(await jwks.find('k1')).toEqual({ unavailable: 'did not answer' });
    expect(warnings[0]).toMatch(/timeout/);
  });

  test('is given up in the middle of its answer', async () => {
    answer = (_request, response) => void response.write('{"keys":[');
    const jwks = new Jwks({ ...options(), timeoutMs: 50 });
    expect(await jwks.find('k1')).toEqual({ unavailable: 'did not answer' });
  });

  test('does not hold up a class whose keys are at hand', async () => {
    const jwks = new Jwks({ ...options(), refreshWaitMs: 20 });
    await jwks.find('k1');
    let release = (): void => undefined;
    answer = (request, response) => {
      release = () => serve(jwk(second.publicKey, 'k2'))(request, response);
    };
    nowMs += 61_000;
    expect(await jwks.find('k1')).toMatchObject({ keys: [{ kid: 'k1' }] });
    await vi.waitFor(() => expect(requests).toBe(2));
    release();
    await vi.waitFor(async () => expect(await jwks.find('k1')).toEqual({ keys: [] }));
    jwks.close();
  });

  test('is let go when the server closes', async () => {
    answer = () => undefined;
    const jwks = new Jwks(options());
    const found = jwks.find('k1');
    await vi.waitFor(() => expect(requests).toBe(1));
    jwks.close();
    expect(await found).toEqual({ unavailable: 'did not answer' });
    expect(warnings).toEqual([]);
  });
});
