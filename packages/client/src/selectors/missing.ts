import type { ExpectedPerson, RoomState } from '../types.js';
import { memoise } from './memoise.js';

/** Who of those whom the host expects is not here. */
export interface Missing {
  /** All who are expected. */
  readonly total: number;
  /** Expected, and joined right now. null where they are too many for the server to name: then nobody can be missed. */
  readonly here: number | null;
  /** By name. */
  readonly people: readonly ExpectedPerson[];
}

const select: (state: RoomState) => Missing | null = /* @__PURE__ */ memoise(
  ({ roster, presence }) => [roster ?? NO_LIST, presence] as const,
  ([roster, { count, people: present }]) => {
    if (roster === NO_LIST) return null;
    const { total, people } = roster;
    if (people.length < total || present.size < count) return Object.freeze({ total, here: null, people: [] });
    const missing = people.filter(({ participant }) => !present.has(participant));
    const { compare } = new Intl.Collator(undefined, { numeric: true });
    missing.sort((a, b) => compare(a.name, b.name));
    return Object.freeze({ total, here: total - missing.length, people: Object.freeze(missing) });
  },
);

/** Who is missing, for staff of a class for which the host gave a list of people; null where there is no such list, or it is not for this person. */
export function missingPeople(state: RoomState): Missing | null {
  return select(state);
}

const NO_LIST: NonNullable<RoomState['roster']> = Object.freeze({ total: 0, people: Object.freeze([]) });
