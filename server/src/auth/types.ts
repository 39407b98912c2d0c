import type { ErrorCode, Role } from '@lms-live/protocol';
import type { TenantLimits } from '../config/types.js';
import type { ClaimMap } from './claim-map.js';
import type { Revocations } from './revocations.js';

/** One host LMS as configured; see `config/tenants.ts` for the file. */
export interface Tenant {
  readonly id: string;
  /** `iss` of its tokens; null: its tokens have none and the tenant is named by the page. */
  readonly issuer: string | null;
  /** Accepted `aud`; null: tokens carry none, explicitly. */
  readonly audiences: readonly string[] | null;
  /** Exact origins of pages that may connect, e.g. `https://lms.school.example`. */
  readonly origins: readonly string[];
  /** The longest `exp - iat` that is accepted, seconds. */
  readonly maxLifetimeS: number;
  /**
   * What says that a person may be in a room, and as what: `claim`, their token · `roster`, the list that the host has given for
   * the room · `hook`, the host itself, asked by a signed request.
   */
  readonly admission: Admission;
  /** Where the tokens of its people say the rest. */
  readonly claims: ClaimMap;
  /** What it may take of the server. */
  readonly limits: TenantLimits;
}

/** How a tenant says who may be in a room. */
export type Admission =
  | { readonly by: 'claim' }
  | { readonly by: 'roster' }
  /** `secret`: the key of the signature (Standard Webhooks), as its bytes. */
  | { readonly by: 'hook'; readonly url: string; readonly secret: Uint8Array };

/** Who a verified token says that somebody is. */
export interface Identity {
  readonly tenant: Tenant;
  readonly sub: string;
  /** `student`, the least, where the token says none and the tenant does not ask it. */
  readonly role: Role;
  /** Single grants added (true) or removed (false). */
  readonly grantChanges: Readonly<Record<string, boolean>>;
  readonly name: string;
  readonly picture: string | null;
  readonly locale: string | null;
  readonly rooms: RoomClaim;
  /** `exp`, milliseconds since 1970. */
  readonly expiresAt: number;
  /** `iat`, milliseconds since 1970; null: the token has none. */
  readonly issuedAt: number | null;
  /** `jti`; null: the token has none. */
  readonly tokenId: string | null;
  /** The whole payload, for the admission hook; null where the tenant has none. */
  readonly claims: Readonly<Record<string, unknown>> | null;
}

/** `exact`: these rooms · `prefix`: all that start so (`algebra-*`) · `none`: the token names no room. Several entries may mix both. */
export interface RoomClaim {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
}

/** How a token covers a room; null: it does not. */
export function coverage(rooms: RoomClaim, id: string): 'exact' | 'prefix' | null {
  if (rooms.exact.includes(id)) return 'exact';
  return rooms.prefixes.some((prefix) => id.startsWith(prefix)) ? 'prefix' : null;
}

/** Whether this is a back end for all rooms of its tenant; one whose token names rooms speaks for those alone. */
export function speaksForAll({ role, rooms }: Pick<Identity, 'role' | 'rooms'>): boolean {
  return role === 'service' && (rooms.exact.length + rooms.prefixes.length === 0 || rooms.prefixes.includes(''));
}

export class AuthError extends Error {
  override readonly name = 'AuthError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown; detail?: Readonly<Record<string, unknown>> },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.detail = options?.detail ?? {};
  }
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Authenticator {
  readonly tenants: readonly Tenant[];
  /** @throws {AuthError} with a `token_…`, `tenant_unknown` code; never the token in its message */
  authenticate(token: string, hints?: { readonly tenant?: string | undefined }): Promise<Identity>;
  /** By id; without an id the only tenant, or null where there are several. */
  tenant(id?: string): Tenant | null;
  /** Every origin of any tenant. */
  readonly origins: ReadonlySet<string>;
  /** What counts no more although it has not expired. */
  readonly revocations: Revocations;
  close(): void;
}

/** Where the authenticator says that a host's keys cannot be had; pino fits. Never given a token or a secret. */
export interface AuthLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  debug?(fields: Readonly<Record<string, unknown>>, message: string): void;
}
