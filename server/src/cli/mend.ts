import type { RequiredClaim } from '../auth/claim-map.js';
import { type JsonObject, member } from '../auth/strict-json.js';
import type { AuthError, Tenant } from '../auth/types.js';
import { PRESETS, SERVICE_CLAIMS } from '../auth/claim-presets.js';
import { guessPreset } from './guess-preset.js';
import { printable } from './printable.js';
import type { Finding } from './token-report.js';

export interface MendContext {
  /** null: the token could not be taken apart. */
  readonly payload: JsonObject | null;
  /** null: it was not found. */
  readonly tenant: Tenant | null;
  readonly tenants: readonly Tenant[];
}

/** What is wrong with a token, and what to change where. */
export function findingOf(error: AuthError, context: MendContext): Finding {
  return { code: error.code, message: error.message, mend: mendOf(error, context) };
}

function mendOf({ code, detail }: AuthError, { payload, tenant, tenants }: MendContext): string {
  switch (code) {
    case 'token_malformed':
      return 'Hand over the token as the LMS makes it: three parts of letters, digits, `-` and `_` with dots between, without quotes, spaces and the word `Bearer`. Let the LMS sign it with a library for JWTs, for this purpose alone.';
    case 'token_algorithm':
      return `Let the LMS sign with ${listOf(detail['accepted']) ?? 'HS256, RS256, PS256, ES256 or EdDSA'}, or give the tenant a key for what it signs with: \`keys\` in the tenants file.`;
    case 'token_issuer':
      return mendIssuer(payload, tenants);
    case 'token_signature':
      return 'Give both sides the same key: compare the secret, or the public key with the private one that the LMS signs with, and the `kid` where it names one.';
    case 'token_keys_unavailable':
      return 'Open the JWKS URL of the tenant from the machine of the live server: it has to answer 200 with at most 50 public keys, within 5 s, without a redirect.';
    case 'token_expired':
      return 'Make a new one: ten minutes are plenty, as the page fetches a fresh token by `token-url` or `tokenProvider`. If it is new, compare the clocks of the LMS and of the live server.';
    case 'token_not_yet':
      return 'Compare the clocks of the LMS and of the live server: both should follow a time server.';
    case 'token_audience':
      return mendAudience(payload, tenant);
    case 'token_claims':
      return mendClaim(detail, { payload, tenant });
    case 'tenant_unknown':
      return `Name one of ${tenants.map(({ id }) => id).join(', ')}.`;
    default:
      return 'See the reference of errors.';
  }
}

function mendIssuer(payload: JsonObject | null, tenants: readonly Tenant[]): string {
  const issuer = payload && member(payload, 'iss');
  if (issuer === undefined || issuer === null)
    return 'Let the LMS add an `iss`, or set `"issuer": null` in the tenant, and name the tenant in the page (`tenant` attribute) where there are several.';
  const known = tenants.map((tenant) => printable(tenant.issuer)).join(', ');
  return `Set \`"issuer": ${printable(issuer)}\` in the tenant, exactly so, or let the LMS write one of ${known}. The token says which tenant it is of: do not name another one.`;
}

function mendAudience(payload: JsonObject | null, tenant: Tenant | null): string {
  const audience = payload && member(payload, 'aud');
  const accepted = tenant?.audiences ?? null;
  if (audience === undefined || audience === null)
    return `Let the LMS add \`"aud": ${printable(accepted?.[0])}\`, or set \`"audiences": null\` in the tenant: then any token of its keys without an \`aud\` opens a class.`;
  const ours = accepted === null ? 'none' : accepted.map(printable).join(' or ');
  const first: unknown = Array.isArray(audience) ? audience[0] : audience;
  return `The tenant accepts ${ours}. Let the LMS write that, or, where all tokens with ${printable(first)} are meant for classes, set \`"audiences": [${printable(first)}]\` in the tenant.`;
}

function mendClaim(
  { claim, maxLifetimeS }: Readonly<Record<string, unknown>>,
  { payload, tenant }: Pick<MendContext, 'payload' | 'tenant'>,
): string {
  if (maxLifetimeS !== undefined)
    return 'Let the LMS make shorter tokens, or raise `maxLifetimeS` of the tenant: a token that leaks works as long.';
  if (claim === 'exp' || claim === 'iat' || claim === 'nbf')
    return `Let the LMS write \`${claim}\` as whole seconds since 1970, not as milliseconds and not as text.`;
  const required = tenant?.claims.require.find((one) => one.claim === claim);
  if (payload && tenant && required) {
    const other = mendPurpose(payload, { tenant, required });
    if (other !== null) return other;
  }
  const guess = payload && unusedPreset(payload, tenant);
  const hint =
    guess === null
      ? ''
      : ` This looks like a token for the preset \`"claims": {"preset": "${guess.preset}"${guess.namespace === undefined ? '' : `, "namespace": ${printable(guess.namespace)}`}}\`.`;
  return `Let the LMS write this claim, or say in \`claims\` of the tenant where it stands; with \`"admission": "roster"\` or a hook a token needs no role and no room.${hint}`;
}

/** Of a token for another purpose that the same keys sign; null: it says no purpose at all. */
function mendPurpose(
  payload: JsonObject,
  { tenant, required: { claim, values } }: { readonly tenant: Tenant; readonly required: RequiredClaim },
): string | null {
  if (tenant.claims === SERVICE_CLAIMS)
    return 'The key that signed it is for the service alone (`"for": "service"`): let the back end write `"role": "service"`, and sign tokens for people with a key of theirs.';
  const found = member(payload, claim);
  if (found === undefined) return null;
  const wanted = values.map(printable).join(' or ');
  const kind = typeof found === 'string' ? KINDS[found.toLowerCase()] : undefined;
  if (kind !== undefined) return `This is ${kind}: send the access token, whose \`${claim}\` is ${wanted}.`;
  return `This token is for something else: send the one whose \`${claim}\` is ${wanted}. Where tokens for people say ${printable(found)}, write that into \`require\` of \`claims\`.`;
}

/** As simplejwt and Keycloak call what they make beside access tokens. */
const KINDS: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  refresh: 'a refresh token',
  offline: 'an offline token',
  id: 'an ID token',
});

/** The preset that a token looks like, where the tenant does not read by it already. */
function unusedPreset(payload: JsonObject, tenant: Tenant | null): ReturnType<typeof guessPreset> {
  const guess = guessPreset(payload);
  if (guess === null || tenant === null) return guess;
  const { require, role } = PRESETS[guess.preset].map(guess.namespace ?? '');
  const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  const { claims } = tenant;
  const isUsed = require.length > 0 ? isSame(claims.require, require) : isSame(claims.role.from, role.from);
  return isUsed ? null : guess;
}

function listOf(value: unknown): string | null {
  return Array.isArray(value) && value.length > 0 ? value.join(' or ') : null;
}
