import { LIMITS, isGrant, isRole } from '@lms-live/protocol';
import { type JsonObject, isJsonObject, member } from './strict-json.js';
import { AuthError, type Identity, type RoomClaim, type Tenant } from './types.js';

/** How far the clocks of the LMS and of this server may be apart. */
export const LEEWAY_S = 30;
const MAX_ROOMS = 50;
const MAX_AUDIENCES = 50;
const ROOM_ID = /^[\w.~-]{1,128}$/;
const ROOM_PREFIX = /^[\w.~-]{0,127}\*$/;
/** Who has no name in the LMS. */
const NAMELESS = 'Guest';
/** What most tokens say: shared by thousands of identities. */
const NO_CHANGES: Identity['grantChanges'] = Object.freeze({});
const NONE: readonly string[] = Object.freeze([]);
const NO_ROOMS: RoomClaim = Object.freeze({ exact: NONE, prefixes: NONE });

/** Controls, and characters that turn or hide the text around them: a name must not rewrite what stands beside it. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

/**
 * Who a verified payload says that somebody is.
 *
 * @throws {AuthError} `token_expired`, `token_not_yet`, `token_audience`, `token_claims`
 */
export function readIdentity(payload: JsonObject, { tenant, nowMs }: { tenant: Tenant; nowMs: number }): Identity {
  const expiresAt = readTimes(payload, { maxLifetimeS: tenant.maxLifetimeS, nowMs });
  checkAudience(payload, tenant.audiences);
  return Object.freeze({
    tenant,
    sub: readSub(payload),
    role: readRole(payload),
    grantChanges: readGrants(payload),
    name: readName(payload),
    picture: readPicture(payload),
    locale: readLocale(payload),
    rooms: readRooms(payload),
    expiresAt,
    issuedAt: iatOf(payload),
    tokenId: tokenIdOf(payload),
    claims: tenant.admission.by === 'hook' ? payload : null,
  });
}

function iatOf(payload: JsonObject): number | null {
  const iat = readSeconds(payload, 'iat');
  return iat === null ? null : iat * 1_000;
}

/** RFC 7519 §4.1.7; one that could not be withdrawn by its name is none. */
function tokenIdOf(payload: JsonObject): string | null {
  const jti = member(payload, 'jti');
  return typeof jti === 'string' && jti.length >= 1 && jti.length <= LIMITS.maxIdChars ? jti : null;
}

function readTimes(payload: JsonObject, { maxLifetimeS, nowMs }: { maxLifetimeS: number; nowMs: number }): number {
  const exp = readSeconds(payload, 'exp');
  const iat = readSeconds(payload, 'iat');
  const nbf = readSeconds(payload, 'nbf');
  if (exp === null) throw wrongClaim('exp', 'is missing');
  const expiresAt = exp * 1_000;
  if (nowMs >= expiresAt) {
    throw new AuthError('token_expired', 'The token has expired.', { detail: { exp, now: Math.floor(nowMs / 1_000) } });
  }
  const latestS = nowMs / 1_000 + LEEWAY_S;
  for (const [claim, seconds] of [
    ['nbf', nbf],
    ['iat', iat],
  ] as const) {
    if (seconds === null) continue;
    if (seconds > latestS) {
      throw new AuthError('token_not_yet', `The \`${claim}\` of the token is in the future.`, {
        detail: { claim, [claim]: seconds, now: Math.floor(nowMs / 1_000) },
      });
    }
    if (seconds > exp) throw wrongClaim(claim, 'is after `exp`');
  }
  const lifetimeS = exp - (iat ?? nowMs / 1_000);
  if (lifetimeS > maxLifetimeS + LEEWAY_S) {
    throw wrongClaim('exp', `makes the token live longer than ${maxLifetimeS} s`, {
      lifetimeS: Math.floor(lifetimeS),
      maxLifetimeS,
    });
  }
  return expiresAt;
}

/** A NumericDate (RFC 7519 §2), whole seconds only. */
function readSeconds(payload: JsonObject, claim: string): number | null {
  const value = member(payload, claim);
  if (value === undefined) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value * 1_000) || !Number.isInteger(value) || value < 0) {
    throw wrongClaim(claim, 'is not a whole number of seconds since 1970');
  }
  return value;
}

function checkAudience(payload: JsonObject, accepted: readonly string[] | null): void {
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

function readSub(payload: JsonObject): string {
  const sub = member(payload, 'sub');
  if (typeof sub !== 'string' || sub.length < 1 || sub.length > LIMITS.maxIdChars) {
    throw wrongClaim('sub', `is not a string of 1 to ${LIMITS.maxIdChars} characters`);
  }
  return sub;
}

function readRole(payload: JsonObject): Identity['role'] {
  const role = member(payload, 'role');
  if (!isRole(role)) throw wrongClaim('role', 'is not one of the roles');
  return role;
}

function readGrants(payload: JsonObject): Identity['grantChanges'] {
  const grants = member(payload, 'grants');
  if (grants === undefined || grants === null) return NO_CHANGES;
  if (!isJsonObject(grants)) throw wrongClaim('grants', 'is not an object');
  const entries = Object.entries(grants);
  if (!entries.every((entry): entry is [string, boolean] => typeof entry[1] === 'boolean')) {
    throw wrongClaim('grants', 'holds something else than true and false');
  }
  return Object.freeze(Object.fromEntries(entries.filter(([grant]) => isGrant(grant))));
}

function readName(payload: JsonObject): string {
  const value = member(payload, 'name') ?? '';
  if (typeof value !== 'string') throw wrongClaim('name', 'is not a string');
  const name = value.replace(/\s+/gu, ' ').replace(UNPRINTABLE, '').trim();
  return name === '' ? NAMELESS : cut(name, LIMITS.maxNameChars);
}

/** A name that is too long is no reason to miss a class. */
function cut(text: string, maxChars: number): string {
  return text.length <= maxChars
    ? text
    : text
        .slice(0, maxChars)
        .replace(/\p{Surrogate}$/u, '')
        .trimEnd();
}

/** A picture that cannot be shown is left out. */
function readPicture(payload: JsonObject): string | null {
  const value = member(payload, 'picture');
  if (typeof value !== 'string' || value.length > LIMITS.maxUrlChars || !URL.canParse(value)) return null;
  const url = new URL(value);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null;
  return url.href.length <= LIMITS.maxUrlChars ? url.href : null;
}

/** A BCP 47 tag; `de_CH`, as some hosts write it, is understood. */
function readLocale(payload: JsonObject): string | null {
  const value = member(payload, 'locale');
  if (typeof value !== 'string' || value.length > 35) return null;
  try {
    return Intl.getCanonicalLocales(value.replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}

function readRooms(payload: JsonObject): RoomClaim {
  const value = member(payload, 'room');
  if (value === undefined || value === null) return NO_ROOMS;
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (entries.length > MAX_ROOMS) throw wrongClaim('room', `names more than ${MAX_ROOMS} rooms`);
  const exact = new Set<string>();
  const prefixes = new Set<string>();
  for (const entry of entries) {
    if (typeof entry === 'string' && ROOM_ID.test(entry)) exact.add(entry);
    else if (typeof entry === 'string' && ROOM_PREFIX.test(entry)) prefixes.add(entry.slice(0, -1));
    else throw wrongClaim('room', 'is not a room id of letters, digits and `_ . ~ -`, or a prefix that ends in `*`');
  }
  return Object.freeze({
    exact: Object.freeze([...exact]),
    prefixes: prefixes.size === 0 ? NONE : Object.freeze([...prefixes]),
  });
}

function wrongClaim(claim: string, what: string, detail: Readonly<Record<string, unknown>> = {}): AuthError {
  return new AuthError('token_claims', `The claim \`${claim}\` ${what}.`, { detail: { claim, ...detail } });
}
