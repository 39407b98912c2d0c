import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { TenantConfig } from '../../src/config/types.js';

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
  keys: [{ kind: 'secret', algorithm: 'HS256', secret: SECRET }],
  ...changes,
});
