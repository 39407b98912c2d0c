import { createPublicKey } from 'node:crypto';
import {
  type JSONWebKeySet,
  type JWTPayload,
  SignJWT,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
} from 'jose';
import { keptFile } from './kept-file.js';

const ALGORITHM = 'ES256';

/** A key of this LMS; it never leaves it. */
export interface SigningKey {
  /** @returns a token that lives so long from now */
  readonly sign: (claims: JWTPayload, lifetimeS: number) => Promise<string>;
  /** The public half, for whoever verifies. */
  readonly jwks: JSONWebKeySet;
}

/** Reads the key in a file; at the first start it makes it. @throws {TypeError} where there is no key in the file */
export async function openSigningKey(path: string): Promise<SigningKey> {
  const pem = await keptFile(path, makeKey);
  const key = await importPKCS8(pem, ALGORITHM);
  const publicJwk = await exportJWK(createPublicKey(pem));
  // The kid changes with the key, so that the live server notices a new one.
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    sign: (claims, lifetimeS) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
        .setIssuedAt()
        .setExpirationTime(`${lifetimeS}s`)
        .sign(key),
    jwks: { keys: [{ ...publicJwk, kid, use: 'sig', alg: ALGORITHM }] },
  };
}

async function makeKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return exportPKCS8(privateKey);
}
