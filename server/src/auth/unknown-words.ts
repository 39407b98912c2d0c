import { type RoleMap, valueAt } from './claim-map.js';
import { wordRole } from './read-role.js';
import type { JsonObject } from './strict-json.js';
import type { AuthLog } from './types.js';

/** Words of one tenant that are told: an LMS could write another one for everybody. */
const MAX_WORDS = 20;
const MAX_WORD_CHARS = 60;

/**
 * Tells the operator once of each word for a role that nobody knows: whoever has it is a student, and a teacher wonders why. A list of
 * roles always has words that say nothing about a class, and is not told of; `lms-live token check` shows it.
 */
export class UnknownWords {
  readonly #told = new Map<string, Set<string>>();
  readonly #log: AuthLog | undefined;

  constructor(log: AuthLog | undefined) {
    this.#log = log;
  }

  /** @param payload of a token that was verified: nobody else writes into the log */
  note(payload: JsonObject, { tenant, map }: { readonly tenant: string; readonly map: RoleMap }): void {
    const value = valueAt(payload, map.from);
    if (value === undefined || value === null || (map.isList && Array.isArray(value))) return;
    if (wordRole(value, map) !== null) return;
    const word = JSON.stringify(value).slice(0, MAX_WORD_CHARS);
    const told = this.#told.get(tenant) ?? new Set();
    if (told.has(word) || told.size >= MAX_WORDS) return;
    this.#told.set(tenant, told.add(word));
    const known = map.values.map(([one]) => one);
    this.#log?.warn(
      { tenant, word, known },
      'Tokens have a role that this tenant has no word for: their holders are students. Mend the LMS, or write the word into `claims.role.values`.',
    );
  }
}
