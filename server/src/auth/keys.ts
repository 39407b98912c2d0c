import { type KeyObject, createPublicKey, createSecretKey } from 'node:crypto';
import type { KeyConfig } from '../config/types.js';
import { type JsonObject, isJsonObject, member } from './strict-json.js';

export type AsymmetricAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
export type Algorithm = 'HS256' | AsymmetricAlgorithm;

/** A key that verifies tokens. It holds its algorithms, so that a token cannot choose how it is read. */
export interface VerificationKey {
  readonly kid: string | null;
  readonly algorithms: readonly Algorithm[];
  readonly key: KeyObject;
  /** Whether it signs for the back end of the host alone, and never for people. */
  readonly isForService: boolean;
}

/** HS256 is as strong as its secret: RFC 7518 §3.2 asks for at least the size of the hash. */
export const MIN_SECRET_BYTES = 32;
/** RFC 7518 §3.3. */
const MIN_RSA_BITS = 2_048;
/** Verifying costs with the square of the size. */
const MAX_RSA_BITS = 8_192;

/**
 * A key as configured.
 *
 * @throws {TypeError} with a sentence for the operator; never the key in it
 */
export function configuredKey(config: Exclude<KeyConfig, { kind: 'jwks' }>): VerificationKey {
  const kid = config.kid ?? null;
  const isForService = config.for === 'service';
  if (config.kind === 'secret') {
    return { kid, algorithms: ['HS256'], key: secretKey(config.secret), isForService };
  }
  const key = publicKey(config.pem);
  const unfit = unfitness(key, config.algorithm);
  if (unfit !== null) throw new TypeError(`The PEM key ${unfit}.`);
  return { kid, algorithms: [config.algorithm], key, isForService };
}

/**
 * A key of a JWKS document, or the reason why it is not used. What is private, symmetric, weak or for another purpose is not.
 */
export function jwkKey(
  jwk: unknown,
  allowed: readonly AsymmetricAlgorithm[],
): VerificationKey | { readonly skipped: string } {
  if (!isJsonObject(jwk)) return { skipped: 'is not an object' };
  const kid = member(jwk, 'kid');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 128)) return { skipped: 'has no valid kid' };
  if (Object.hasOwn(jwk, 'd') || Object.hasOwn(jwk, 'k'))
    return { skipped: 'is not a public key: its host gave it away' };
  const use = member(jwk, 'use');
  if (use !== undefined && use !== 'sig') return { skipped: 'is not for signatures' };
  const operations = member(jwk, 'key_ops');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return { skipped: 'is not for verifying' };
  }
  const key = importJwk(jwk);
  if (key === null) return { skipped: 'cannot be read' };
  const named = member(jwk, 'alg');
  const algorithms = allowed.filter(
    (algorithm) => (named === undefined || named === algorithm) && unfitness(key, algorithm) === null,
  );
  if (algorithms.length === 0) return { skipped: 'has no algorithm of the configuration, or is too short' };
  return { kid: kid ?? null, algorithms, key, isForService: false };
}

function importJwk(jwk: JsonObject): KeyObject | null {
  const type = member(jwk, 'kty');
  if (type !== 'RSA' && type !== 'EC' && type !== 'OKP') return null;
  try {
    return createPublicKey({ key: { ...jwk, kty: type }, format: 'jwk' });
  } catch {
    return null;
  }
}

function secretKey(secret: string): KeyObject {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new TypeError(
      `The HS256 secret has ${bytes.length} bytes; it needs at least ${MIN_SECRET_BYTES} random ones (openssl rand -base64 48).`,
    );
  }
  // A public key as a secret would let anyone who can read that key sign tokens.
  if (looksLikeKey(secret)) throw new TypeError('The HS256 secret is a public key. Configure it as a PEM key instead.');
  return createSecretKey(bytes);
}

function looksLikeKey(secret: string): boolean {
  if (secret.includes('-----BEGIN ') || /"kty"\s*:/.test(secret)) return true;
  try {
    createPublicKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'spki' });
    return true;
  } catch {
    return false;
  }
}

function publicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY-----')) {
    throw new TypeError(
      'The PEM key is a private key. Give the live server the public one; the private one stays in the LMS.',
    );
  }
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new TypeError(
      'The PEM key cannot be read: it is a public key or a certificate, from -----BEGIN to -----END.',
      {
        cause,
      },
    );
  }
}

/** Why a key is not good for an algorithm; null: it is. */
function unfitness(key: KeyObject, algorithm: AsymmetricAlgorithm): string | null {
  const details = key.asymmetricKeyDetails;
  switch (algorithm) {
    case 'RS256':
    case 'PS256': {
      if (key.asymmetricKeyType !== 'rsa') return `is no RSA key, which ${algorithm} needs`;
      const bits = details?.modulusLength ?? 0;
      if (bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS) return null;
      return `has ${bits} bits; RSA keys have ${MIN_RSA_BITS} to ${MAX_RSA_BITS}`;
    }
    case 'ES256':
      return key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1'
        ? null
        : 'is no key on the curve P-256, which ES256 needs';
    case 'EdDSA':
      return key.asymmetricKeyType === 'ed25519' ? null : 'is no Ed25519 key, which EdDSA needs';
  }
}
