import type { Bar } from '../tables/events.js';
import { isStaff, type Grant, type Role } from '../tables/rights.js';
import { nameKey } from '../state/apply-rules.js';
import type { Rules } from '../state/rules.js';
import { refuse, toAll, toMe, toStaff, type Actor, type DraftEvent, type Refused } from './types.js';

export function requireGrant(actor: Actor, grant: Grant): Refused | null {
  return actor.grants.has(grant) ? null : refuse('forbidden', { detail: { grant } });
}

/** Text as it is kept: without surrounding white space and without control characters other than line feed and tab. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
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
  const shown = hidden ? { participant, name: aliasOf(rules, participant) } : real;
  if (!known || known.removed || known.named !== nameKey(shown)) events.push(toAll('person.named', participant, shown));
  if (!known || (!known.promoted && known.role !== actor.role))
    events.push(toAll('person.role', participant, { participant, role: actor.role, promoted: false }));
  return events;
}

/** An alias is given once, by order of arrival, and kept. */
function aliasOf(rules: Rules, participant: string): string {
  const named = rules.all.people.get(participant)?.named;
  if (typeof named === 'string') return (JSON.parse(named) as [string])[0];
  return `Student ${String(rules.all.people.size + 1)}`;
}

export function audit(
  actor: Actor,
  action: string,
  more: { about?: string; text?: string | null; note?: string } = {},
): DraftEvent {
  const { about, text, note } = more;
  return toStaff('audit', actor.participant, {
    action,
    ...(about === undefined ? {} : { about }),
    ...(text === undefined || text === null ? {} : { text }),
    ...(note === undefined || note === '' ? {} : { note }),
  });
}

/** Staff act on students; on other staff only who may promote. */
export function requireOver(rules: Rules, actor: Actor, participant: string): Refused | null {
  const target = rules.all.people.get(participant);
  if (!target) return refuse('person_unknown');
  const targetIsStaff = target.role === 'instructor' || target.role === 'assistant';
  return targetIsStaff && participant !== actor.participant && !actor.grants.has('people.promote')
    ? refuse('role_required')
    : null;
}
