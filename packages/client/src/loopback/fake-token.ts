import { isRole, type Role } from '@lms-live/protocol';
import type { LoopbackPerson } from './types.js';

const ISSUER = 'loopback';

export interface FakeClaims extends LoopbackPerson {
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly issuedAt: number;
}

/** A token in the shape of a JWT without a signature. */
export function writeFakeToken(
  { sub, name, role, picture, grants }: LoopbackPerson,
  { room, now, expiresAt }: { readonly room: string; readonly now: number; readonly expiresAt: number },
): string {
  const header = { alg: 'none', typ: 'JWT' };
  const claims = {
    iss: ISSUER,
    sub,
    name,
    role,
    picture,
    grants,
    room,
    iat: now / 1_000,
    exp: expiresAt / 1_000,
  };
  return `${base64url(header)}.${base64url(claims)}.`;
}

/** @returns null where it is no such token */
export function readFakeToken(token: string): FakeClaims | null {
  try {
    const base64 = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const json = new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
    const { sub, name, role, picture, grants, exp, iat } = JSON.parse(json) as Record<string, unknown>;
    if (typeof sub !== 'string' || !isRole(role) || typeof exp !== 'number') return null;
    return {
      sub,
      role,
      name: typeof name === 'string' ? name : sub,
      expiresAt: exp * 1_000,
      issuedAt: typeof iat === 'number' ? iat * 1_000 : 0,
      ...(typeof picture === 'string' ? { picture } : {}),
      ...(typeof grants === 'object' && grants !== null ? { grants: grants as Record<string, boolean> } : {}),
    };
  } catch {
    return null;
  }
}

function base64url(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
