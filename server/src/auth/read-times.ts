import { type JsonObject, member } from './strict-json.js';
import { AuthError } from './types.js';
import { wrongClaim } from './wrong-claim.js';

/** Seconds until the year 5138: what is more counts milliseconds. */
export const MAX_SECONDS = 99_999_999_999;
/** How far the clocks of the LMS and of this server may be apart. */
export const LEEWAY_S = 30;

export interface TokenTimes {
  /** `exp`, milliseconds since 1970. */
  readonly expiresAt: number;
  /** `iat`, milliseconds since 1970; null: there is none. */
  readonly issuedAt: number | null;
}

/**
 * When a token was made and until when it counts (RFC 7519 §4.1.4–4.1.6).
 *
 * @throws {AuthError} `token_expired`, `token_not_yet`, `token_claims`
 */
export function readTimes(
  payload: JsonObject,
  { maxLifetimeS, nowMs }: { readonly maxLifetimeS: number; readonly nowMs: number },
): TokenTimes {
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
  return { expiresAt, issuedAt: iat === null ? null : iat * 1_000 };
}

/** A NumericDate (RFC 7519 §2), whole seconds only. */
function readSeconds(payload: JsonObject, claim: string): number | null {
  const value = member(payload, claim);
  if (value === undefined) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value * 1_000) || !Number.isInteger(value) || value < 0) {
    throw wrongClaim(claim, 'is not a whole number of seconds since 1970');
  }
  if (value > MAX_SECONDS) throw wrongClaim(claim, 'is in milliseconds, and has to be in seconds since 1970');
  return value;
}
