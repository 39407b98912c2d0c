import { isStaff, isStaffRole } from '../tables/rights.js';
import type { Rules } from '../state/rules.js';
import {
  audit,
  cleanText,
  introduce,
  isBarred,
  isEarlyEntry,
  isKnown,
  requireFresh,
  requireGrant,
  requireOver,
  requireRunning,
} from './common.js';
import {
  accept,
  NOTHING,
  refuse,
  toAll,
  toStaffAndMe,
  type Actor,
  type DraftEvent,
  type Handler,
  type Moment,
  type Refused,
  type SystemHandler,
} from './types.js';

/** Makes a person present. Staff bring a meeting to life that is due and starts by itself, and one back that was held for want of them. */
export const join: Handler<'person.join'> = ({ rules, actor, moment }) => {
  const { participant } = actor;
  if (participant === null) return refuse('forbidden', { detail: { grant: 'person' } });
  const { room } = rules.all;
  const staff = isStaff(actor.grants);
  const mayBeHere = staff || isEarlyEntry({ room, role: actor.role, now: moment.now });
  const refused = (mayBeHere ? null : requireRunning({ rules, actor })) ?? requirePlace({ rules, actor, participant });
  if (refused) return refused;
  const opened = rules.staff.present.has(participant)
    ? []
    : toStaffAndMe(participant, 'attendance.opened', null, { participant, seenAt: moment.now });
  return accept([...introduce({ rules, actor }), ...opened, ...(staff ? staffArrived(room, moment.now) : [])], {
    result: { participant },
  });
};

/** One leaves by oneself: attendance closes now. */
export const leave: Handler<'person.leave'> = ({ rules, actor, moment }) =>
  actor.participant === null ? NOTHING : gone(rules, actor.participant, moment.now);

/** The last connection was lost: attendance closes when the person was last seen. */
export const systemLeave: SystemHandler<'system.leave'> = ({ rules, command }) =>
  gone(rules, command.participant, command.seenAt);

/** Gives a role in this room, over the one of the token. */
export const setRole: Handler<'person.role'> = ({ rules, body, actor }) => {
  const refused =
    requireOver(rules, actor, body.participant) ?? requireFresh(rules, body.ifOffset, [`role.${body.participant}`]);
  if (refused) return refused;
  if (!rules.all.people.has(body.participant)) return refuse('person_unknown');
  if (rules.all.people.get(body.participant)?.role === body.role) return NOTHING;
  return accept([
    toAll('person.role', actor.participant, { participant: body.participant, role: body.role, promoted: true }),
    audit(actor, 'person.role', { about: body.participant, note: body.role }),
  ]);
};

/** Blocks or allows what a person sends; what is not named stays. */
export const setMedia: Handler<'person.media'> = ({ rules, body, actor }) => {
  const refused =
    requireOver(rules, actor, body.participant) ?? requireFresh(rules, body.ifOffset, [`media.${body.participant}`]);
  if (refused) return refused;
  const { participant, ...changes } = body;
  const now = rules.all.people.get(participant)?.media;
  if (!now) return refuse('person_unknown');
  const media = {
    audio: changes.audio ?? now.audio,
    video: changes.video ?? now.video,
    share: changes.share ?? now.share,
  };
  if (media.audio === now.audio && media.video === now.video && media.share === now.share) return NOTHING;
  return accept([
    toAll('person.media', actor.participant, { participant, ...media }),
    audit(actor, 'person.media', { about: participant }),
  ]);
};

/** Out of the room, and free to come back. */
export const removePerson: Handler<'person.remove'> = ({ rules, body, actor, moment }) => {
  const { participant } = body;
  const refused = requireOver(rules, actor, participant);
  if (refused) return refused;
  return accept([
    ...ousted(rules, { participant, actor, moment }),
    audit(actor, 'person.remove', { about: participant }),
  ]);
};

/** From the chat or from the room, for a time or for good; or lifts it. */
export const bar: Handler<'person.bar'> = ({ rules, body, actor, moment }) => {
  const { participant, barred } = body;
  const refused = requireOver(rules, actor, participant);
  if (refused) return refused;
  const until = (barred ? body.until : null) ?? null;
  if (until !== null && until <= moment.now) return refuse('schedule_invalid', { detail: { key: 'until' } });
  const stands = isBarred(rules, participant, body.bar, moment.now);
  if (!barred && !stands) return NOTHING;
  const ousting = barred && body.bar === 'room' ? ousted(rules, { participant, actor, moment }) : [];
  const shown = { participant, bar: body.bar, barred, until, reason: body.reason ?? 'other' };
  return accept(
    [
      ...toStaffAndMe(participant, 'person.barred', actor.participant, shown),
      ...ousting,
      audit(actor, 'person.bar', { about: participant, note: cleanText(body.note ?? '') }),
    ],
    body.bar === 'room' ? { rows: [{ kind: 'ban', participant, banned: barred, until }] } : {},
  );
};

/** The answer of the lobby; it is remembered. */
export const admit: Handler<'person.admit'> = ({ rules, body, actor, moment }) => {
  const { participant, admitted } = body;
  if (moment.isSomebody === false && !isKnown(rules, participant)) return refuse('person_unknown');
  if (rules.staff.admitted.get(participant) === admitted) return NOTHING;
  return accept(toStaffAndMe(participant, 'person.admitted', actor.participant, { participant, admitted }));
};

/** The same answer for everyone who waits for one. */
export const admitAll: Handler<'person.admitAll'> = ({ rules, actor, moment }) => {
  const waiting = (moment.waiting ?? []).filter((participant) => rules.staff.admitted.get(participant) !== true);
  return accept(
    waiting.flatMap((participant) =>
      toStaffAndMe(participant, 'person.admitted', actor.participant, { participant, admitted: true }),
    ),
    { result: { admitted: waiting.length } },
  );
};

/** Asks for the word. */
export const raiseHand: Handler<'hand.raise'> = ({ rules, actor }) => {
  const { participant } = actor;
  if (participant === null) return refuse('forbidden', { detail: { grant: 'hand.raise' } });
  const refused = requireRunning({ rules, actor });
  if (refused) return refused;
  if (!rules.all.room.policy['hands.enabled']) return refuse('hands_disabled');
  if (rules.all.hands.includes(participant)) return NOTHING;
  return accept([...introduce({ rules, actor }), toAll('hand.raised', participant, { participant })]);
};

/** One's own, or anyone's with `people.moderate`. */
export const lowerHand: Handler<'hand.lower'> = ({ rules, body, actor }) => {
  const participant = body.participant ?? actor.participant;
  if (participant === null) return refuse('person_unknown');
  if (participant !== actor.participant) {
    const refused = requireGrant(actor, 'people.moderate');
    if (refused) return refused;
  }
  return rules.all.hands.includes(participant)
    ? accept([toAll('hand.lowered', actor.participant, { participant })])
    : NOTHING;
};

function staffArrived(room: Rules['all']['room'], now: number): DraftEvent[] {
  const due = room.startsAt === null || room.startsAt <= now;
  if (room.state === 'held' && room.why === 'staff') return [toAll('room.changed', null, { state: 'live', why: null })];
  if (room.kind !== 'meeting' || !room.policy['schedule.autoStart']) return [];
  if (due && (room.state === 'open' || room.state === 'scheduled'))
    return [toAll('room.changed', null, { state: 'live', why: null, liveSince: now })];
  return [];
}

/** Whoever is not here yet comes in only where there is a place: past a lock with `room.enterAlways` or once admitted. Staff take no place. */
function requirePlace({
  rules,
  actor,
  participant,
}: {
  rules: Rules;
  actor: Actor;
  participant: string;
}): Refused | null {
  const { locked, capacity } = rules.all.room;
  const { present, admitted } = rules.staff;
  if (actor.grants.has('room.enterAlways') || present.has(participant)) return null;
  if (locked && admitted.get(participant) !== true) return refuse('room_locked');
  if (capacity === null || present.size < capacity) return null;
  // Counted only where it matters: this is asked for everyone who comes.
  const taken = [...present.keys()].filter((id) => !isStaffRole(rules.all.people.get(id)?.role));
  return taken.length >= capacity ? refuse('room_full', { detail: { capacity } }) : null;
}

/** Whoever the class has never seen goes without its notice. Whose connection was lost before was last seen then. */
function ousted(
  rules: Rules,
  { participant, actor, moment }: { participant: string; actor: Actor; moment: Moment },
): DraftEvent[] {
  const seenAt = moment.lastSeenAt?.(participant) ?? moment.now;
  const left = gone(rules, participant, seenAt).events.filter((event) => event.type !== 'hand.lowered');
  const isSeen = rules.all.people.has(participant);
  return [...(isSeen ? [toAll('person.removed', actor.participant, { participant })] : []), ...left];
}

function gone(rules: Rules, participant: string, seenAt: number): ReturnType<typeof accept> {
  const hand = rules.all.hands.includes(participant) ? [toAll('hand.lowered', null, { participant })] : [];
  const openedAt = rules.staff.present.get(participant);
  if (openedAt === undefined) return accept(hand);
  return accept([
    ...hand,
    ...toStaffAndMe(participant, 'attendance.closed', null, { participant, seenAt: Math.max(seenAt, openedAt) }),
  ]);
}
