import { constants, createHmac, timingSafeEqual, verify, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import type { UnverifiedToken } from './compact-jws.js';
import type { Algorithm, VerificationKey } from './keys.js';

/** RFC 7518 §3.4, RFC 8037 §3.1: two numbers of 32 bytes each, one behind the other. */
const CURVE_SIGNATURE_BYTES = 64;
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } as const;

/**
 * Whether the key made the signature of this token (RFC 7515 §5.2), with an algorithm of that key. HS256 costs less here than its way to
 * another thread and back; the others are computed there.
 *
 * @param token one that `readCompactJws` has passed
 */
export async function verifySignature(token: UnverifiedToken, { key, algorithms }: VerificationKey): Promise<boolean> {
  const algorithm = algorithms.find((one) => one === token.algorithm);
  if (algorithm === undefined) return false;
  const end = token.compact.lastIndexOf('.');
  const signed = token.compact.slice(0, end);
  const signature = Buffer.from(token.compact.slice(end + 1), 'base64url');
  return algorithm === 'HS256'
    ? isOfSecret({ key, signed, signature })
    : isOfKeyPair({ algorithm, key, signed, signature });
}

interface Signed {
  readonly key: KeyObject;
  /** Header and payload as they are on the wire. */
  readonly signed: string;
  readonly signature: Buffer;
}

function isOfSecret({ key, signed, signature }: Signed): boolean {
  if (key.type !== 'secret') return false;
  const expected = createHmac('sha256', key).update(signed).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

async function isOfKeyPair({
  algorithm,
  key,
  signed,
  signature,
}: Signed & { readonly algorithm: Exclude<Algorithm, 'HS256'> }): Promise<boolean> {
  if (key.type !== 'public') return false;
  const { digest, options, bytes } = schemeOf(algorithm);
  if (bytes !== undefined && signature.length !== bytes) return false;
  return new Promise((resolve, reject) => {
    verify(digest, Buffer.from(signed), { key, ...options }, signature, (error, holds) => {
      if (error) reject(error);
      else resolve(holds);
    });
  });
}

function schemeOf(algorithm: Exclude<Algorithm, 'HS256'>): {
  readonly digest: 'sha256' | null;
  readonly options?: Omit<SignKeyObjectInput, 'key'>;
  readonly bytes?: number;
} {
  switch (algorithm) {
    case 'RS256':
      return { digest: 'sha256' };
    case 'PS256':
      return { digest: 'sha256', options: PSS };
    case 'ES256':
      return { digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' }, bytes: CURVE_SIGNATURE_BYTES };
    case 'EdDSA':
      return { digest: null, bytes: CURVE_SIGNATURE_BYTES };
  }
}
