import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Store } from '../storage/types.js';
import { signJws } from './jws.js';

/** The public half as JWK (RFC 7517, RFC 8037 §2). */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

/** Settings of the store whose names begin so are keys, in the order in which they were made; the last one signs. */
export const KEY_SETTINGS = 'signing-key.';
const NUMBER_DIGITS = 6;

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly jwk: PublicJwk;
}

/**
 * The keys of this installation, which sign statements and nothing else: no session token is verified with one of them.
 * Earlier ones stay, since what they signed has to be verified for as long as hosts keep it.
 */
export class SigningKeys {
  readonly #keys: readonly SigningKey[];

  private constructor(keys: readonly SigningKey[]) {
    this.#keys = keys;
  }

  /** Reads the keys of a store; makes the first one where there is none. */
  static async open(store: Store): Promise<SigningKeys> {
    if ((await store.settings(KEY_SETTINGS)).length === 0) await store.setting(nameOf(1), makeKey);
    return SigningKeys.read(await store.settings(KEY_SETTINGS));
  }

  static read(settings: readonly { readonly value: string }[]): SigningKeys {
    return new SigningKeys(settings.map(({ value }) => readKey(value)));
  }

  /** Makes a new key, which signs from the next start on. @returns its `kid` */
  static async rotate(store: Store): Promise<string> {
    const { length } = await store.settings(KEY_SETTINGS);
    return readKey(await store.setting(nameOf(length + 1), makeKey)).jwk.kid;
  }

  /** A JWK set (RFC 7517 §5): the key that signs now first. */
  get jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: this.#keys.map(({ jwk }) => jwk).reverse() };
  }

  /** Signs with the newest key. @param typ what the JWS is, so that it is taken for nothing else (RFC 8725 §3.11) */
  sign(typ: string, payload: unknown): string {
    const key = this.#keys.at(-1);
    if (!key) throw new Error('there is no key to sign with');
    return signJws({ header: { typ, kid: key.jwk.kid }, payload, key: key.privateKey });
  }
}

/** The thumbprint of an Ed25519 key (RFC 7638, RFC 8037 §2). */
export function thumbprintOf({ x }: { readonly x: string }): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}

/** The keys of a JWK set that verify statements, by their thumbprints, whatever it calls them. Others are passed over. */
export function readJwks(jwks: unknown): ReadonlyMap<string, KeyObject> {
  const { keys } = (jwks ?? {}) as { readonly keys?: unknown };
  const found = new Map<string, KeyObject>();
  for (const jwk of Array.isArray(keys) ? (keys as unknown[]) : []) {
    const { kty, crv, x } = (jwk ?? {}) as Partial<PublicJwk>;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') continue;
    found.set(thumbprintOf({ x }), createPublicKey({ key: { kty, crv, x }, format: 'jwk' }));
  }
  return found;
}

function nameOf(number: number): string {
  return KEY_SETTINGS + String(number).padStart(NUMBER_DIGITS, '0');
}

/** PKCS #8, as the store keeps it. */
function makeKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function readKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (typeof x !== 'string') throw new Error('a key of the store is no Ed25519 key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprintOf({ x }), use: 'sig', alg: 'EdDSA' } as const;
  return { privateKey, jwk };
}
