/** What the page reads of a token, without verifying it: to share a connection and to refresh in time. Rights come from the server alone. */
export interface TokenClaims {
  /** `iss` and `sub`: the person, as far as this page can tell. */
  readonly person: string;
  /** The room, where the token names exactly one. */
  readonly room: string | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null;
  readonly issuedAt: number | null;
}

/** Reads the claims of a JWT (RFC 7519). One that cannot be read is a person of its own; the server will say what is wrong with it. */
export function readClaims(token: string): TokenClaims {
  const claims = payloadOf(token);
  const { iss, sub, room, exp, iat } = claims ?? {};
  return {
    person: claims ? JSON.stringify([iss ?? null, sub ?? null]) : token,
    room: onlyRoom(room),
    expiresAt: typeof exp === 'number' ? exp * 1_000 : null,
    issuedAt: typeof iat === 'number' ? iat * 1_000 : null,
  };
}

/** Whether a `person` whose token could be read has a `sub`, and so is told from others. */
export function isNamed(person: string | null): person is string {
  return person !== null && !person.endsWith(',null]');
}

function payloadOf(token: string): Record<string, unknown> | null {
  try {
    const base64 = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function onlyRoom(claim: unknown): string | null {
  const room: unknown = Array.isArray(claim) && claim.length === 1 ? claim[0] : claim;
  return typeof room === 'string' && !room.endsWith('*') ? room : null;
}
