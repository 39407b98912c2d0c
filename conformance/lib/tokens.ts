import { createHmac } from 'node:crypto';

/** Signs a token with these claims over those that every token of the tenant has (page “Tokens”). */
export type Mint = (claims: Readonly<Record<string, unknown>>) => string;

/** What a tenant whose tokens are signed with a secret has agreed on. */
export interface Signer {
  readonly secret: string;
  /** `iss`; null: the tenant's tokens have none. */
  readonly issuer: string | null;
  readonly audience: string;
}

const TOKEN_S = 3_600;

/** An HS256 token (RFC 7515). */
export function sign({ secret, issuer, audience }: Signer, claims: Readonly<Record<string, unknown>>): string {
  const nowS = Math.floor(Date.now() / 1_000);
  const payload = {
    ...(issuer === null ? {} : { iss: issuer }),
    aud: audience,
    iat: nowS,
    exp: nowS + TOKEN_S,
    ...claims,
  };
  const content = [{ alg: 'HS256', typ: 'JWT' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

/** The claims of a token as it is written; nothing is verified. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
