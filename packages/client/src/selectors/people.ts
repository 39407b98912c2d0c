import type { Person, Role } from '@lms-live/protocol';
import type { RoomState } from '../types.js';
import { memoise, NOBODY } from './memoise.js';

export interface PersonItem {
  readonly participant: string;
  /** null where it is not known, or was erased. For staff the real name. */
  readonly name: string | null;
  readonly picture: string | null;
  readonly role: Role;
  /** Joined right now. */
  readonly present: boolean;
  /** Joined, with a page that is hidden or silent. */
  readonly away: boolean;
  /** When the hand went up, server time; null while it is down. */
  readonly handAt: number | null;
  readonly isMe: boolean;
  readonly media: Person['media'];
}

const ALLOWED: Person['media'] = Object.freeze({ audio: true, video: true, share: true });

const selectAll: (state: RoomState) => readonly PersonItem[] = /* @__PURE__ */ memoise(
  ({ views: { all, staff }, presence, me }) => [all.people, staff.names, all.hands, presence, me ?? NOBODY] as const,
  ([people, names, hands, { people: present }, me]) => {
    const handAt = new Map(hands.map((hand) => [hand.participant, hand.at]));
    const item = (participant: string): PersonItem => {
      const known = people.get(participant);
      const here = present.get(participant);
      return Object.freeze({
        participant,
        name: names.get(participant) ?? known?.name ?? null,
        picture: known?.picture ?? null,
        role: here?.role ?? known?.role ?? 'student',
        present: here !== undefined,
        away: here?.away ?? false,
        handAt: handAt.get(participant) ?? null,
        isMe: participant === me.participant,
        media: known?.media ?? ALLOWED,
      });
    };
    const participants = new Set([...people.keys(), ...present.keys()]);
    return Object.freeze([...participants].map(item).sort(byRank));
  },
);

const selectPresent: (state: RoomState) => readonly PersonItem[] = /* @__PURE__ */ memoise(
  (state) => [selectAll(state)],
  ([people]) => Object.freeze(people.filter(({ present }) => present)),
);

/**
 * Who is in the class: staff first, then raised hands, the longest first, then by name.
 * @param options `all`: also who has been there and is absent now
 */
export function selectPeople(state: RoomState, { all = false }: { all?: boolean } = {}): readonly PersonItem[] {
  return all ? selectAll(state) : selectPresent(state);
}

function byRank(a: PersonItem, b: PersonItem): number {
  return (
    Number(isTeaching(b)) - Number(isTeaching(a)) ||
    (a.handAt ?? Infinity) - (b.handAt ?? Infinity) ||
    compareNames(a.name, b.name) ||
    (a.participant < b.participant ? -1 : 1)
  );
}

function isTeaching({ role }: PersonItem): boolean {
  return role === 'instructor' || role === 'assistant';
}

function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.localeCompare(b);
}
