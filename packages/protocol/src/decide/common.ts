import type { Bar } from '../tables/events.js';
import { isStaff, isStaffRole, type Grant, type Role } from '../tables/rights.js';
import { nameKey } from '../state/apply-rules.js';
import type { Rules } from '../state/rules.js';
import { refuse, toAll, toMe, toStaff, type Actor, type DraftEvent, type Refused } from './types.js';

/** Refuses who lacks a grant, and names it. */
export function requireGrant(actor: Actor, grant: Grant): Refused | null {
  return actor.grants.has(grant) ? null : refuse('forbidden', { detail: { grant } });
}

/**
 * Text as it is kept: without surrounding white space and without control characters other than line feed and tab; half of a character
 * that was cut is U+FFFD.
 * Empty where nothing of it can be seen (only spaces, joiners and marks of direction).
 */
export function cleanText(text: string): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .trim();
  return /^[\p{Cf}\s]*$/u.test(clean) ? '' : clean;
}

/** Whether a bar stands at this moment. */
export function isBarred(rules: Rules, participant: string, bar: Bar, now: number): boolean {
  const stands = rules.staff.bars.get(participant)?.[bar];
  return stands !== undefined && (stands.until === null || stands.until > now);
}

/** The role that counts in this room: one given in class stands over the one of the token. */
export function roleInRoom(rules: Rules, participant: string, tokenRole: Role): Role {
  const person = rules.all.people.get(participant);
  return person?.promoted ? person.role : tokenRole;
}

/** What people who are not staff may not do while the class is not running; `null` where it is. */
export function requireRunning({ rules, actor }: { rules: Rules; actor: Actor }): Refused | null {
  const { state } = rules.all.room;
  if (state === 'ended') return refuse('room_ended');
  if (isStaff(actor.grants)) return null;
  return state === 'live' || state === 'held' ? null : refuse('room_not_started', { detail: { state } });
}

/** Whether somebody may come in before the class begins: the policy opens the door to their role some minutes before the start. */
export function isEarlyEntry({
  room: { state, startsAt, policy },
  role,
  now,
}: {
  room: Pick<Rules['all']['room'], 'state' | 'startsAt' | 'policy'>;
  role: Role;
  now: number;
}): boolean {
  if (startsAt === null || (state !== 'scheduled' && state !== 'open')) return false;
  const minutes = policy[role === 'observer' ? 'entry.observerMinutes' : 'entry.studentMinutes'];
  return minutes > 0 && now >= startsAt - minutes * 60_000;
}

/**
 * Makes sure that the class knows who somebody is before something of theirs appears: announces a new or changed name, picture or role.
 * @param only `staff`: the class must not learn that this person acts right now (an anonymous question).
 */
export function introduce({ rules, actor, only }: { rules: Rules; actor: Actor; only?: 'staff' }): DraftEvent[] {
  const { participant } = actor;
  if (participant === null) return [];
  const known = rules.all.people.get(participant);
  const real = { participant, name: actor.name, ...(actor.picture === null ? {} : { picture: actor.picture }) };
  const hidden = rules.all.room.policy['names.hidden'] && !isStaff(actor.grants);
  const events: DraftEvent[] = [];
  if ((hidden || only === 'staff') && rules.staff.named.get(participant) !== nameKey(real)) {
    events.push(toStaff('person.named', participant, real), toMe(participant, 'person.named', participant, real));
  }
  if (only === 'staff') return events;
  const shown = hidden ? { participant, ...aliasOf(rules, participant) } : real;
  if (!known || known.removed || known.named !== nameKey(shown)) events.push(toAll('person.named', participant, shown));
  // Whoever is not said to be anything else is a student: half of the events of a class that comes in together.
  if (!known?.promoted && (known?.role ?? 'student') !== actor.role)
    events.push(toAll('person.role', participant, { participant, role: actor.role, promoted: false }));
  return events;
}

/** An alias is given once, by order of arrival, and kept until its person is erased; no two are the same. */
function aliasOf({ all }: Rules, participant: string): { readonly name: string; readonly alias: number } {
  const alias = all.people.get(participant)?.alias ?? all.namings + 1;
  return { name: `Student ${String(alias)}`, alias };
}

/** A line for the staff: who did what, with the older text where there is one. */
export function audit(
  actor: Pick<Actor, 'participant'>,
  action: string,
  more: { about?: string; text?: string | null | undefined; of?: readonly (string | null)[]; note?: string } = {},
): DraftEvent {
  const { about, text, of = [], note } = more;
  const owners = [...new Set(of)].filter((owner) => owner !== null);
  return toStaff('audit', actor.participant, {
    action,
    ...(about === undefined ? {} : { about }),
    ...(text === undefined || text === null ? {} : { text, of: owners }),
    ...(note === undefined || note === '' ? {} : { note }),
  });
}

/**
 * Compare and set: refuses where one of these (see `AllRules.changedAt`) was changed after the sender looked.
 * @param ifOffset the offset of `all` up to which the sender has read; absent: whatever it is now
 */
export function requireFresh(rules: Rules, ifOffset: number | undefined, keys: readonly string[]): Refused | null {
  if (ifOffset === undefined) return null;
  for (const key of keys) {
    const refused = requireUnchanged(ifOffset, key, rules.all.changedAt.get(key) ?? 0);
    if (refused) return refused;
  }
  return null;
}

/** `requireFresh` for one thing that knows itself when it was changed. */
export function requireUnchanged(ifOffset: number | undefined, key: string, offset: number): Refused | null {
  return ifOffset !== undefined && offset > ifOffset ? refuse('stale', { detail: { key, offset } }) : null;
}

/** Staff act on students; on staff only who may promote; nobody on themselves, so that a class keeps its teacher and nobody lifts what was decided about them. */
export function requireOver(rules: Rules, actor: Actor, participant: string): Refused | null {
  if (participant === actor.participant) return refuse('self_refused');
  const target = rules.all.people.get(participant);
  if (!isKnown(rules, participant)) return refuse('person_unknown');
  return isStaffRole(target?.role) && !actor.grants.has('people.promote') ? refuse('role_required') : null;
}

/** Whether the class or its staff know of somebody: who has only asked without a name, or was only let in, is known to the staff alone. */
export function isKnown({ all, staff }: Rules, participant: string): boolean {
  return all.people.has(participant) || staff.named.has(participant) || staff.admitted.has(participant);
}
