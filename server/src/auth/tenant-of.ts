import { AuthError, type Tenant } from './types.js';
import { type JsonObject, member } from './strict-json.js';

/** Something of a tenant, such as its keys. */
export interface OfTenant {
  readonly tenant: Tenant;
}

/**
 * The tenant that a payload is of: by its `iss`, or by the page where its tokens have none. It is found by what is not verified yet;
 * the keys of the tenant decide.
 *
 * @param hinted what the page or the request names; null: nothing
 * @throws {AuthError} `token_issuer`
 */
export function tenantOf<T extends OfTenant>(
  payload: JsonObject,
  { entries, hinted }: { readonly entries: TenantIndex<T>; readonly hinted: T | null },
): T {
  const issuer = member(payload, 'iss');
  if (issuer === undefined) {
    const withoutIssuer = hinted === null ? entries.withoutIssuer : [hinted];
    const [entry] = withoutIssuer;
    if (entry !== undefined && withoutIssuer.length === 1 && entry.tenant.issuer === null) return entry;
    throw wrongIssuer('The token has no `iss`.', hinted);
  }
  const entry = typeof issuer === 'string' ? entries.byIssuer.get(issuer) : undefined;
  if (entry === undefined) throw wrongIssuer('No tenant has the `iss` of the token.', hinted);
  if (hinted !== null && hinted !== entry) throw wrongIssuer('The `iss` of the token is of another tenant.', hinted);
  return entry;
}

export interface TenantIndex<T extends OfTenant> {
  readonly byId: ReadonlyMap<string, T>;
  readonly byIssuer: ReadonlyMap<string, T>;
  readonly withoutIssuer: readonly T[];
}

/** @throws {TypeError} where two tenants have one id or one issuer */
export function indexTenants<T extends OfTenant>(entries: readonly T[]): TenantIndex<T> {
  return {
    byId: uniqueMap(entries, ({ tenant }) => tenant.id, 'id'),
    byIssuer: uniqueMap(entries, ({ tenant }) => tenant.issuer, 'issuer'),
    withoutIssuer: entries.filter(({ tenant }) => tenant.issuer === null),
  };
}

function uniqueMap<T extends OfTenant>(
  entries: readonly T[],
  nameOf: (entry: T) => string | null,
  what: string,
): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name === null) continue;
    if (map.has(name)) throw new TypeError(`Two tenants have the ${what} ${name}.`);
    map.set(name, entry);
  }
  return map;
}

function wrongIssuer(message: string, hinted: OfTenant | null): AuthError {
  return new AuthError('token_issuer', message, { detail: hinted === null ? {} : { tenant: hinted.tenant.id } });
}
