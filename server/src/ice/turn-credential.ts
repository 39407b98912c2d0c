import { createHmac } from 'node:crypto';

export interface TurnCredential {
  readonly username: string;
  readonly credential: string;
}

export interface TurnCredentialOptions {
  /** The one that the TURN server has as well (coturn: `static-auth-secret`). */
  readonly secret: string;
  /** Whom the TURN server counts allocations for; no colon in it. */
  readonly user: string;
  /** Milliseconds since 1970; the TURN server reads whole seconds. */
  readonly expiresAt: number;
}

/**
 * A credential with an end, which a TURN server checks without asking anybody: the user name is `expiry:user`, the password the
 * HMAC-SHA1 of it in base64 ("A REST API for access to TURN services", draft-uberti-behave-turn-rest-00 §2.2; coturn: `use-auth-secret`).
 */
export function turnCredential({ secret, user, expiresAt }: TurnCredentialOptions): TurnCredential {
  const username = `${String(Math.floor(expiresAt / 1_000))}:${user}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
