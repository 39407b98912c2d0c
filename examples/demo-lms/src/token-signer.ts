import { join } from 'node:path';
import {
  type CryptoKey,
  type JSONWebKeySet,
  SignJWT,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
} from 'jose';
import { createPublicKey } from 'node:crypto';
import { keptFile } from './kept-file.js';
import type { Person } from './people.js';

const ALGORITHM = 'ES256';
/** Short: a copied token is soon worthless, and the page fetches the next one by itself. */
const LIFETIME_S = 600;
const SERVICE_LIFETIME_S = 60;

/** Signs what the live server is to know; this and `/.well-known/jwks.json` are all that a host has to add. */
export interface TokenSigner {
  /** Who somebody is in one class. */
  forPerson(person: Person, room: string): Promise<string>;
  /** For requests of this LMS's own back end about one class. */
  forService(room: string): Promise<string>;
  /** The public half of the key, for the live server. */
  readonly jwks: JSONWebKeySet;
}

export async function createTokenSigner(options: {
  readonly dataDir: string;
  readonly issuer: string;
  readonly audience: string;
}): Promise<TokenSigner> {
  const pem = await keptFile(join(options.dataDir, 'signing-key.pem'), makeKey);
  const key = await importPKCS8(pem, ALGORITHM);
  const publicJwk = await exportJWK(createPublicKey(pem));
  // The kid changes with the key, so that the live server notices a new one.
  const kid = await calculateJwkThumbprint(publicJwk);
  const { issuer, audience } = options;
  const sign = (claims: Claims): Promise<string> => signToken({ ...claims, issuer, audience }, { key, kid });
  return {
    forPerson: ({ id, name, role }, room) =>
      sign({ sub: id, lifetimeS: LIFETIME_S, payload: { role, name, room, locale: 'en' } }),
    forService: (room) =>
      sign({ sub: 'northfield-lms', lifetimeS: SERVICE_LIFETIME_S, payload: { role: 'service', room } }),
    jwks: { keys: [{ ...publicJwk, kid, use: 'sig', alg: ALGORITHM }] },
  };
}

interface Claims {
  readonly sub: string;
  readonly lifetimeS: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

function signToken(
  { issuer, audience, sub, lifetimeS, payload }: Claims & { readonly issuer: string; readonly audience: string },
  { key, kid }: { readonly key: CryptoKey; readonly kid: string },
): Promise<string> {
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeS}s`)
    .sign(key);
}

async function makeKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return exportPKCS8(privateKey);
}
