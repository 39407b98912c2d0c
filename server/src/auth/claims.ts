import { LIMITS, isGrant } from '@lms-live/protocol';
import { type ClaimMap, type ClaimPath, type RequiredClaim, pathText, valueAt } from './claim-map.js';
import { readLocale, readName, readPicture } from './read-profile.js';
import { readRole } from './read-role.js';
import { readRooms } from './read-rooms.js';
import { readTimes } from './read-times.js';
import { type JsonObject, isJsonObject, member } from './strict-json.js';
import { AuthError, type Identity, type Tenant } from './types.js';
import { wrongClaim } from './wrong-claim.js';

const MAX_AUDIENCES = 50;
/** What most tokens say: shared by thousands of identities. */
const NO_CHANGES: Identity['grantChanges'] = Object.freeze({});

export interface ReadIdentityOptions {
  readonly tenant: Tenant;
  /** How the payload is read. Default: as the tokens of the tenant's people. */
  readonly map?: ClaimMap;
  readonly nowMs: number;
}

/**
 * Who a verified payload says that somebody is.
 *
 * @throws {AuthError} `token_expired`, `token_not_yet`, `token_audience`, `token_claims`
 */
export function readIdentity(
  payload: JsonObject,
  { tenant, map = tenant.claims, nowMs }: ReadIdentityOptions,
): Identity {
  const { admission } = tenant;
  const times = readTimes(payload, { maxLifetimeS: tenant.maxLifetimeS, nowMs });
  checkAudience(payload, tenant.audiences);
  for (const required of map.require) checkPurpose(payload, required);
  return Object.freeze({
    tenant,
    sub: readPerson(payload, map.person),
    role: readRole(payload, map.role, admission.by),
    grantChanges: readGrants(payload, map.grants),
    name: readName(payload, map.name),
    picture: readPicture(payload, map.picture),
    locale: readLocale(payload, map.locale),
    rooms: readRooms(payload, map.room),
    ...times,
    tokenId: tokenIdOf(payload),
    claims: admission.by === 'hook' ? payload : null,
  });
}

/** RFC 7519 §4.1.7; one that could not be withdrawn by its name is none. */
function tokenIdOf(payload: JsonObject): string | null {
  const jti = member(payload, 'jti');
  return typeof jti === 'string' && jti.length >= 1 && jti.length <= LIMITS.maxIdChars ? jti : null;
}

/** @throws {AuthError} `token_audience` */
export function checkAudience(payload: JsonObject, accepted: readonly string[] | null): void {
  const claim = member(payload, 'aud');
  if (accepted === null) {
    // RFC 7519 §4.1.3: a token that names others is not for this server.
    if (claim === undefined) return;
    throw new AuthError('token_audience', 'The token has an `aud`, and the tenant is set to tokens without one.');
  }
  const named: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const isNamed =
    named.length <= MAX_AUDIENCES &&
    named.every((audience) => typeof audience === 'string') &&
    named.some((audience) => accepted.includes(audience));
  if (!isNamed) throw new AuthError('token_audience', '`aud` does not name this server.', { detail: { accepted } });
}

/** RFC 8725 §3.11: the keys of a host sign for more than classes. @throws {AuthError} `token_claims` */
export function checkPurpose(payload: JsonObject, { claim, values }: RequiredClaim): void {
  const value = member(payload, claim);
  if (typeof value !== 'string' || !values.includes(value)) {
    throw wrongClaim(claim, `is not ${values.join(' or ')}: the token is for another purpose`);
  }
}

/** @throws {AuthError} `token_claims` */
export function readPerson(payload: JsonObject, path: ClaimPath): string {
  const value = valueAt(payload, path);
  // Beyond the safe integers two people would be one.
  const sub = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof sub !== 'string' || sub.length < 1 || sub.length > LIMITS.maxIdChars) {
    throw wrongClaim(pathText(path), `is not a string of 1 to ${LIMITS.maxIdChars} characters, or a whole number`);
  }
  return sub;
}

/** @throws {AuthError} `token_claims` */
export function readGrants(payload: JsonObject, path: ClaimPath | null): Identity['grantChanges'] {
  const grants = path && valueAt(payload, path);
  if (path === null || grants === undefined || grants === null) return NO_CHANGES;
  const claim = pathText(path);
  if (!isJsonObject(grants)) throw wrongClaim(claim, 'is not an object');
  const entries = Object.entries(grants);
  if (!entries.every((entry): entry is [string, boolean] => typeof entry[1] === 'boolean')) {
    throw wrongClaim(claim, 'holds something else than true and false');
  }
  return Object.freeze(Object.fromEntries(entries.filter(([grant]) => isGrant(grant))));
}
