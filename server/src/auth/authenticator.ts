import type { TenantConfig } from '../config/types.js';
import type { ClaimMap } from './claim-map.js';
import { NATIVE_CLAIMS, SERVICE_CLAIMS } from './claim-presets.js';
import { readIdentity } from './claims.js';
import { checkLength, readCompactJws } from './compact-jws.js';
import type { VerificationKey } from './keys.js';
import { Revocations } from './revocations.js';
import { indexTenants, tenantOf } from './tenant-of.js';
import { TenantKeys } from './tenant-keys.js';
import { TokenCache } from './token-cache.js';
import { UnknownWords } from './unknown-words.js';
import { AuthError, type AuthLog, type Authenticator, type Identity, type Tenant } from './types.js';

export interface AuthenticatorOptions {
  readonly tenants: readonly TenantConfig[];
  /** Address of this server: the `aud` of tenants that name none. */
  readonly publicUrl: string;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
  /** For JWKS documents. Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  readonly log?: AuthLog;
  /** What was withdrawn; closed by whoever opened it. Default: in memory alone. */
  readonly revocations?: Revocations;
}

interface Entry {
  readonly tenant: Tenant;
  readonly keys: TenantKeys;
}

interface Verified {
  readonly identity: Identity;
  readonly key: VerificationKey;
  readonly keys: TenantKeys;
}

/**
 * Says who holds a token. Each tenant's tokens are verified with its own keys, each with its own algorithm (RFC 8725 §3.1);
 * what was verified is remembered until it expires or its key is withdrawn.
 *
 * @throws {TypeError} on a tenant that cannot work: a weak secret, an unreadable key, an issuer or id twice
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { publicUrl, now = Date.now, fetch = globalThis.fetch, log } = options;
  const { revocations = Revocations.inMemory(now) } = options;
  const entries = options.tenants.map((config): Entry => {
    const tenant = tenantFrom(config, publicUrl);
    return { tenant, keys: new TenantKeys(config, { now, fetch, log }) };
  });
  const index = indexTenants(entries);
  const verified = new TokenCache<Verified>();
  const unknownWords = new UnknownWords(log);

  function remembered(cacheKey: string): Identity | null {
    const hit = verified.get(cacheKey);
    if (hit === undefined) return null;
    if (now() < hit.identity.expiresAt && hit.keys.isCurrent(hit.key)) return hit.identity;
    verified.delete(cacheKey);
    return null;
  }

  /** Asked each time: a token that was let in before may be withdrawn since. */
  function unrevoked(identity: Identity): Identity {
    if (!revocations.isRevoked(identity)) return identity;
    throw new AuthError('token_revoked', 'The token was revoked.');
  }

  return {
    revocations,
    tenants: Object.freeze(entries.map(({ tenant }) => tenant)),
    origins: new Set(entries.flatMap(({ tenant }) => tenant.origins)),

    tenant(id) {
      if (id !== undefined) return index.byId.get(id)?.tenant ?? null;
      const [only] = entries;
      return only !== undefined && entries.length === 1 ? only.tenant : null;
    },

    async authenticate(compact, hints = {}) {
      const hinted = hints.tenant === undefined ? null : (index.byId.get(hints.tenant) ?? null);
      if (hints.tenant !== undefined && hinted === null) {
        throw new AuthError('tenant_unknown', 'No tenant has this id.');
      }
      checkLength(compact);
      // What was taken apart and verified before, letter for letter, is not again.
      const cacheKey = TokenCache.keyOf(compact, hinted?.tenant.id ?? '');
      const known = remembered(cacheKey);
      if (known !== null) return unrevoked(known);

      const token = readCompactJws(compact);
      const { tenant, keys } = tenantOf(token.payload, { entries: index, hinted });
      const key = await keys.verify(token);
      const map = key.isForService ? SERVICE_CLAIMS : tenant.claims;
      const identity = readIdentity(token.payload, { tenant, map, nowMs: now() });
      unknownWords.note(token.payload, { tenant: tenant.id, map: map.role });
      verified.set(cacheKey, { identity, key, keys });
      return unrevoked(identity);
    },

    close() {
      verified.clear();
      for (const { keys } of entries) keys.close();
    },
  };
}

/** What of a configured tenant everyone may know. */
export function tenantFrom(
  { id, issuer, audiences, origins, maxLifetimeS, admission, claims = NATIVE_CLAIMS, limits, keys }: TenantConfig,
  publicUrl: string,
): Tenant {
  return Object.freeze({
    id,
    issuer,
    audiences: audiences === null ? null : Object.freeze(audiences.length === 0 ? [publicUrl] : [...audiences]),
    origins: Object.freeze([...origins]),
    maxLifetimeS,
    admission,
    // Where the back end has a key of its own, no other makes one.
    claims: keys.some((key) => key.kind !== 'jwks' && key.for === 'service') ? withoutService(claims) : claims,
    limits,
  });
}

function withoutService(claims: ClaimMap): ClaimMap {
  const values = claims.role.values.filter(([, role]) => role !== 'service');
  return { ...claims, role: { ...claims.role, values } };
}
