import { LIMITS } from '@lms-live/protocol';
import { type ClaimMap, type ClaimPath, pathText, valueAt } from './claim-map.js';
import { shownName } from './shown-name.js';
import type { JsonObject } from './strict-json.js';
import { wrongClaim } from './wrong-claim.js';

/** Who has no name in the LMS. */
const NAMELESS = 'Guest';
/** BCP 47 asks for no more of whoever keeps tags in a fixed space (RFC 5646 §4.4.1). */
const MAX_LOCALE_CHARS = 35;

/** The first name that says something, as it can be shown. @throws {AuthError} `token_claims` where one is no text */
export function readName(payload: JsonObject, sources: ClaimMap['name']): string {
  for (const parts of sources) {
    const name = shownName(parts.map((path) => textAt(payload, path)).join(' '));
    if (name !== '') return name;
  }
  return NAMELESS;
}

function textAt(payload: JsonObject, path: ClaimPath): string {
  const value = valueAt(payload, path) ?? '';
  if (typeof value !== 'string') throw wrongClaim(pathText(path), 'is not a string');
  return value;
}

/** A picture that cannot be shown is left out. */
export function readPicture(payload: JsonObject, path: ClaimPath | null): string | null {
  const value = path && valueAt(payload, path);
  if (typeof value !== 'string' || value.length > LIMITS.maxUrlChars || !URL.canParse(value)) return null;
  const url = new URL(value);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null;
  return url.href.length <= LIMITS.maxUrlChars ? url.href : null;
}

/** A BCP 47 tag; `de_CH`, as some hosts write it, is understood. */
export function readLocale(payload: JsonObject, path: ClaimPath | null): string | null {
  const value = path && valueAt(payload, path);
  if (typeof value !== 'string' || value.length > MAX_LOCALE_CHARS) return null;
  try {
    return Intl.getCanonicalLocales(value.replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}
