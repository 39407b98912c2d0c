import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createAuthenticator } from '../../src/auth/authenticator.js';
import { AuthError, type Authenticator } from '../../src/auth/types.js';
import { DEFAULT_TENANT_LIMITS } from '../../src/config/tenant-options.js';
import type { KeyConfig, TenantConfig } from '../../src/config/types.js';

/** Makes tokens by hand: a library would refuse to make the bad ones. */

export const NOW_MS = Date.UTC(2026, 8, 1, 8, 0, 0);
export const NOW_S = NOW_MS / 1_000;
export const PUBLIC_URL = 'https://live.school.example';
export const ISSUER = 'https://lms.school.example';
export const SECRET = 'u7Qm2-a-secret-of-the-tests-only-5xK9';

export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const ed = generateKeyPairSync('ed25519');

export type Json = Record<string, unknown>;

export const claims = (changes: Json = {}): Json => ({
  iss: ISSUER,
  aud: PUBLIC_URL,
  sub: 'student-7',
  role: 'student',
  name: 'Noor Haddad',
  room: 'algebra-1-week-5',
  iat: NOW_S,
  exp: NOW_S + 600,
  ...changes,
});

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export type Signer = (input: string) => Buffer;
export const hs256 =
  (secret: string | Buffer): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();
export const es256 =
  (key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding });
export const rs256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), key);
export const ps256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, padding: 6, saltLength: 32 });
export const eddsa =
  (key: KeyObject): Signer =>
  (input) =>
    sign(null, Buffer.from(input), key);

/** A compact JWS of any header and payload; text goes in as it is, so that both may be no JSON. */
export function forge(header: Json | string, payload: Json | string, signer: Signer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

export const hsToken = (
  payload: Json | string = claims(),
  header: Json | string = { alg: 'HS256', typ: 'JWT' },
): string => forge(header, payload, hs256(SECRET));

export const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

export const tenant = (changes: Partial<TenantConfig> = {}): TenantConfig => ({
  id: 'school',
  issuer: ISSUER,
  audiences: [PUBLIC_URL],
  origins: ['https://lms.school.example'],
  maxLifetimeS: 86_400,
  admission: { by: 'claim' },
  limits: DEFAULT_TENANT_LIMITS,
  keys: [{ kind: 'secret', algorithm: 'HS256', secret: SECRET }],
  ...changes,
});

/** The code that a token is refused with, and `accepted` where it is not. Fails where the refusal gives the token away. */
export async function outcome(authenticator: Authenticator, token: string, hint?: string): Promise<string> {
  try {
    await authenticator.authenticate(token, { tenant: hint });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    const said = `${error.message} ${JSON.stringify(error.detail)}`;
    const secrets = [SECRET, ...(typeof token === 'string' ? token.split('.') : [])].filter((part) => part.length > 12);
    for (const part of secrets) {
      if (said.includes(part)) throw new Error('the refusal holds a part of the token or the secret', { cause: error });
    }
    return error.code;
  }
}

export const authenticatorOf = (changes: Partial<TenantConfig> = {}, now: () => number = () => NOW_MS): Authenticator =>
  createAuthenticator({ tenants: [tenant(changes)], publicUrl: PUBLIC_URL, now });

export const pemKey = (algorithm: 'RS256' | 'PS256' | 'ES256' | 'EdDSA', key: KeyObject): KeyConfig => ({
  kind: 'pem',
  algorithm,
  pem: spki(key),
});

export const smallRsaPem = spki(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey);
export const p384Pem = spki(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);
export const P256_ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

/** Self-signed, of a key that nobody has any more. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkTCCATegAwIBAgIUSueYicbJl+HvuaIICrTLK4hDa8IwCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSbG1zLnNjaG9vbC5leGFtcGxlMCAXDTI2MTEyMDA3NDg0NVoY
DzIxMjYxMDI3MDc0ODQ1WjAdMRswGQYDVQQDDBJsbXMuc2Nob29sLmV4YW1wbGUw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATfs13bqjbuUIQF54qIofo8wbGY5SQ1
t4VTJcMZprUxhAY4nS3xuUOZeMv7YWwc9lln1Zn3/VLJmI9H5w+SZF5Vo1MwUTAd
BgNVHQ4EFgQU1909isUT6O65rB2vMT0FHR5KvHQwHwYDVR0jBBgwFoAU1909isUT
6O65rB2vMT0FHR5KvHQwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
AiEAkutJJjksDV2xDoJ/89iWzLK7nPDU+C9PVqO+m+ax3IQCIDhy3WaK7H0ApJ9x
GZngKCTWF4xHzKGnGYQwCS8vqqtD
-----END CERTIFICATE-----
`;
