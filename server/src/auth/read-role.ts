import type { Role } from '@lms-live/protocol';
import { type RoleMap, pathText, valueAt } from './claim-map.js';
import type { JsonObject } from './strict-json.js';
import type { Admission } from './types.js';
import { wrongClaim } from './wrong-claim.js';

/** Of whoever has a word that nobody knows, or something else than a word. */
const LEAST: Role = 'student';

/**
 * What somebody is by their token. Words are compared exactly: `Teacher ` is not `teacher`, and whatever is not in the map is a student.
 *
 * @throws {AuthError} `token_claims` where the token does not say it, and nobody else is asked
 */
export function readRole(payload: JsonObject, map: RoleMap, by: Admission['by']): Role {
  const value = valueAt(payload, map.from);
  if (value === undefined || value === null) {
    if (map.default !== null) return map.default;
    if (by !== 'claim') return LEAST;
    throw wrongClaim(pathText(map.from), 'is missing');
  }
  return wordRole(value, map) ?? LEAST;
}

/** What the words of a claim mean; null: none of them is known. */
export function wordRole(value: unknown, { values, isList }: RoleMap): Role | null {
  const words: readonly unknown[] = isList && Array.isArray(value) ? value : [value];
  return values.find(([word]) => words.includes(word))?.[1] ?? null;
}
