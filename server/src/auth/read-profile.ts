import { LIMITS } from '@lms-live/protocol';
import { type ClaimMap, type ClaimPath, pathText, valueAt } from './claim-map.js';
import type { JsonObject } from './strict-json.js';
import { wrongClaim } from './wrong-claim.js';

/** Who has no name in the LMS. */
const NAMELESS = 'Guest';
/** BCP 47 asks for no more of whoever keeps tags in a fixed space (RFC 5646 §4.4.1). */
const MAX_LOCALE_CHARS = 35;

/** Controls, and characters that turn or hide the text around them: a name must not rewrite what stands beside it. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

/** The first name that says something, as it can be shown. @throws {AuthError} `token_claims` where one is no text */
export function readName(payload: JsonObject, sources: ClaimMap['name']): string {
  for (const parts of sources) {
    const name = shownName(parts.map((path) => textAt(payload, path)).join(' '));
    if (name !== '') return cut(name, LIMITS.maxNameChars);
  }
  return NAMELESS;
}

function textAt(payload: JsonObject, path: ClaimPath): string {
  const value = valueAt(payload, path) ?? '';
  if (typeof value !== 'string') throw wrongClaim(pathText(path), 'is not a string');
  return value;
}

function shownName(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(UNPRINTABLE, '').trim();
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
