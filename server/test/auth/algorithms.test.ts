import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.js';
import type { KeyConfig } from '../../src/config/types.js';
import * as f from './forge.js';

const EC = f.authenticatorOf({ keys: [f.pemKey('ES256', f.ec.publicKey)] });
const RSA = f.authenticatorOf({ keys: [f.pemKey('RS256', f.rsa.publicKey)] });
const signedByEc = f.es256(f.ec.privateKey);
const good = f.forge({ alg: 'ES256' }, f.claims(), signedByEc);
const unsigned = () => Buffer.alloc(0);

/** The good token with another signature, made from the good one. */
function resigned(change: (signature: Buffer) => Buffer): string {
  const [header = '', payload = '', signature = ''] = good.split('.');
  return `${header}.${payload}.${change(Buffer.from(signature, 'base64url')).toString('base64url')}`;
}

test.each(['none', 'None', 'NONE', 'nOnE', 'NonE', 'nonE'])('refuses alg %s, signed or not', async (alg) => {
  expect(await f.outcome(EC, f.forge({ alg }, f.claims(), unsigned))).toBe('token_algorithm');
  expect(await f.outcome(EC, f.forge({ alg }, f.claims(), signedByEc))).toBe('token_algorithm');
});

test.each([
  ['missing', {}],
  ['empty', { alg: '' }],
  ['a number', { alg: 7 }],
  ['a list', { alg: ['ES256'] }],
  ['null', { alg: null }],
  ['in lower case', { alg: 'es256' }],
  ['followed by a space', { alg: 'ES256 ' }],
  ['unknown', { alg: 'XX999' }],
  ['of a MAC', { alg: 'HS256' }],
  ['of another size', { alg: 'ES384' }],
  ['of another family', { alg: 'RS256' }],
  ['of key wrapping', { alg: 'PBES2-HS256+A128KW' }],
  ['the name of a method', { alg: 'constructor' }],
])('refuses an alg that is %s', async (_what, header) => {
  expect(await f.outcome(EC, f.forge(header, f.claims(), signedByEc))).toBe('token_algorithm');
});

const pem = f.spki(f.rsa.publicKey);
const der = f.rsa.publicKey.export({ type: 'spki', format: 'der' });
const jwk = JSON.stringify(f.rsa.publicKey.export({ format: 'jwk' }));
const pkcs1 = f.rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();

test.each([
  ['PEM', pem],
  ['PEM without its last line feed', pem.trimEnd()],
  ['PEM with Windows line ends', pem.replaceAll('\n', '\r\n')],
  ['PKCS #1 PEM', pkcs1],
  ['DER', der],
  ['DER in base64', der.toString('base64')],
  ['JWK', jwk],
])('refuses a token that took the public key as a shared secret: %s', async (_what, secret) => {
  expect(await f.outcome(RSA, f.forge({ alg: 'HS256' }, f.claims(), f.hs256(secret)))).toBe('token_algorithm');
  const both = f.authenticatorOf({
    keys: [f.pemKey('RS256', f.rsa.publicKey), { kind: 'secret', algorithm: 'HS256', secret: f.SECRET }],
  });
  expect(await f.outcome(both, f.forge({ alg: 'HS256' }, f.claims(), f.hs256(secret)))).toBe('token_signature');
});

const secretKey = (secret: string): KeyConfig => ({ kind: 'secret', algorithm: 'HS256', secret });
const start = (key: KeyConfig) => () =>
  createAuthenticator({ tenants: [f.tenant({ keys: [key] })], publicUrl: f.PUBLIC_URL });

test.each([
  ['PEM', pem],
  ['JWK', jwk],
  ['DER in base64', der.toString('base64')],
])('does not start with a public key as a secret: %s', (_what, secret) => {
  expect(start(secretKey(secret))).toThrow(/is a public key/);
});

test.each(['', 'x', 'secret', 'your-256-bit-secret', 'a'.repeat(31)])(
  'does not start with the short secret %j',
  (secret) => {
    expect(start(secretKey(secret))).toThrow(/needs at least 32/);
  },
);

test('counts the bytes of a secret and not its characters', () => {
  expect(start(secretKey('ü'.repeat(16)))).not.toThrow();
});

test.each([
  ['a private key', 'ES256', f.ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /is a private key/],
  ['nonsense', 'ES256', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /cannot be read/],
  ['an RSA key for ES256', 'ES256', pem, /P-256/],
  ['an EC key for RS256', 'RS256', f.spki(f.ec.publicKey), /no RSA key/],
  ['an EC key for EdDSA', 'EdDSA', f.spki(f.ec.publicKey), /Ed25519/],
  ['RSA of 1024 bits', 'RS256', f.smallRsaPem, /1024 bits/],
  ['the curve P-384', 'ES256', f.p384Pem, /P-256/],
] as const)('does not start with %s', (_what, algorithm, text, message) => {
  expect(start({ kind: 'pem', algorithm, pem: text })).toThrow(message);
});

test('does not start without a key', () => {
  expect(() => createAuthenticator({ tenants: [f.tenant({ keys: [] })], publicUrl: f.PUBLIC_URL })).toThrow(
    /has no key/,
  );
});

test.each([
  ['tampered payload', good.replace(/\.[^.]+\./, `.${f.encode(f.claims({ role: 'instructor' }))}.`)],
  ['tampered header', good.replace(/^[^.]+/, f.encode({ alg: 'ES256', typ: 'JWT' }))],
  ['another key', f.forge({ alg: 'ES256' }, f.claims(), f.es256(f.otherEc.privateKey))],
  ['DER signature', f.forge({ alg: 'ES256' }, f.claims(), f.es256(f.ec.privateKey, 'der'))],
  ['zero signature', resigned(() => Buffer.alloc(64))],
  ['r = 0', resigned((signature) => Buffer.concat([Buffer.alloc(32), signature.subarray(32)]))],
  ['s = 0', resigned((signature) => Buffer.concat([signature.subarray(0, 32), Buffer.alloc(32)]))],
  ['r = s = n', resigned(() => Buffer.concat([f.P256_ORDER, f.P256_ORDER]))],
  ['63 bytes', resigned((signature) => signature.subarray(0, 63))],
  ['65 bytes', resigned((signature) => Buffer.concat([signature, Buffer.alloc(1)]))],
  ['128 bytes', resigned((signature) => Buffer.concat([signature, signature]))],
  ['swapped halves', resigned((signature) => Buffer.concat([signature.subarray(32), signature.subarray(0, 32)]))],
])('refuses an ES256 token with %s', async (_what, token) => {
  expect(await f.outcome(EC, good)).toBe('accepted');
  expect(await f.outcome(EC, token)).toBe('token_signature');
});

test('does not verify PS256 with a key for RS256', async () => {
  expect(await f.outcome(RSA, f.forge({ alg: 'RS256' }, f.claims(), f.rs256(f.rsa.privateKey)))).toBe('accepted');
  expect(await f.outcome(RSA, f.forge({ alg: 'PS256' }, f.claims(), f.ps256(f.rsa.privateKey)))).toBe(
    'token_algorithm',
  );
  expect(await f.outcome(RSA, f.forge({ alg: 'RS256' }, f.claims(), f.ps256(f.rsa.privateKey)))).toBe(
    'token_signature',
  );
});

test('takes the key that a certificate holds', () => {
  expect(createPublicKey(f.CERTIFICATE).asymmetricKeyType).toBe('ec');
  expect(start({ kind: 'pem', algorithm: 'ES256', pem: f.CERTIFICATE })).not.toThrow();
});

test.each([
  '../../dev/null',
  '/etc/passwd',
  'https://evil.example/key',
  "x' UNION SELECT 'secret",
  '__proto__',
  'constructor',
  'toString',
  'k1 ',
  'K1',
])('takes the kid %j for a name and nothing else', async (kid) => {
  const keyed = f.authenticatorOf({ keys: [{ ...f.pemKey('ES256', f.ec.publicKey), kid: 'k1' } as KeyConfig] });
  expect(await f.outcome(keyed, f.forge({ alg: 'ES256', kid: 'k1' }, f.claims(), signedByEc))).toBe('accepted');
  expect(await f.outcome(keyed, f.forge({ alg: 'ES256', kid }, f.claims(), signedByEc))).toBe('token_signature');
});

test.each([
  [''],
  ['k\0'],
  ['k\n1'],
  ['ключ'],
  ['k'.repeat(129)],
  ['k'.repeat(3_000)],
  [7],
  [{}],
  [['k1']],
  [true],
  [null],
])('refuses the kid %j', async (kid) => {
  expect(await f.outcome(EC, f.forge({ alg: 'ES256', kid }, f.claims(), signedByEc))).toBe('token_malformed');
});

test('picks a key by its kid, and by its algorithm where there is none', async () => {
  const mixed = f.authenticatorOf({
    keys: [
      { kind: 'secret', algorithm: 'HS256', secret: f.SECRET, kid: 'hs' },
      { ...f.pemKey('ES256', f.ec.publicKey), kid: 'ec' } as KeyConfig,
    ],
  });
  expect(await f.outcome(mixed, f.forge({ alg: 'ES256', kid: 'ec' }, f.claims(), signedByEc))).toBe('accepted');
  expect(await f.outcome(mixed, good)).toBe('accepted');
  expect(await f.outcome(mixed, f.hsToken())).toBe('accepted');
  expect(await f.outcome(mixed, f.forge({ alg: 'ES256', kid: 'hs' }, f.claims(), signedByEc))).toBe('token_algorithm');
});
