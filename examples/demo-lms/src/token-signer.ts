import { join } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import type { LiveClass, TokenKind } from './courses.js';
import type { Person } from './people.js';
import { openSigningKey } from './signing-key.js';

/** Short: a copied token is soon worthless, and the page fetches the next one by itself. */
const LIFETIME_S = 600;
const SERVICE_LIFETIME_S = 60;

/** Signs what the live server is to know; this and its public key at an address are all that a host has to add. */
export interface TokenSigner {
  /** The tenant of the live server that these tokens are of. */
  readonly tenant: string;
  /** Who somebody is, for one class. */
  forPerson(person: Person, room: string): Promise<string>;
  /** For requests of this LMS's own back end about one class. */
  forService(room: string): Promise<string>;
  /** The public half of the key, for the live server. */
  readonly jwks: JSONWebKeySet;
}

/** Each kind of token is of a tenant of its own. */
export type TokenSigners = Readonly<Record<TokenKind, TokenSigner>>;

/** The one whose tokens open a class. */
export function signerOf(signers: TokenSigners, { tokens = 'made' }: Pick<LiveClass, 'tokens'>): TokenSigner {
  return signers[tokens];
}

/** Tokens made for one class: they say who somebody is, as what, and where. */
export async function createTokenSigner({
  dataDir,
  issuer,
  audience,
}: {
  readonly dataDir: string;
  readonly issuer: string;
  readonly audience: string;
}): Promise<TokenSigner> {
  const { sign, jwks } = await openSigningKey(join(dataDir, 'signing-key.pem'));
  const claims = { iss: issuer, aud: audience };
  return {
    tenant: 'demo',
    forPerson: ({ id, name, role }, room) => sign({ ...claims, sub: id, role, name, room, locale: 'en' }, LIFETIME_S),
    forService: (room) => sign({ ...claims, sub: 'northfield-lms', role: 'service', room }, SERVICE_LIFETIME_S),
    jwks,
  };
}
