import { isStaff } from '../tables/rights.js';
import { EVENT_TYPES, EVENTS } from '../tables/events.js';
import type { Rules } from '../state/rules.js';
import { audit, cleanText, introduce, isBarred, requireGrant, requireOver, requireRunning } from './common.js';
import {
  accept,
  NOTHING,
  refuse,
  toAll,
  toMe,
  toStaff,
  toStaffAndMe,
  type DraftEvent,
  type Handler,
  type SystemHandler,
} from './types.js';

export const join: Handler<'person.join'> = ({ rules, actor, moment }) => {
  const { participant } = actor;
  if (participant === null) return refuse('forbidden', { detail: { grant: 'person' } });
  const { room } = rules.all;
  const staff = isStaff(actor.grants);
  if (isBarred(rules, participant, 'room', moment.now)) return refuse('person_banned');
  if (!staff) {
    const refused = requireRunning({ rules, actor });
    if (refused) return refused;
  }
  const opened = rules.staff.present.has(participant)
    ? []
    : toStaffAndMe(participant, 'attendance.opened', null, { participant, seenAt: moment.now });
  return accept([...introduce({ rules, actor }), ...opened, ...(staff ? staffArrived(room, moment.now) : [])], {
    result: { participant },
  });
};

export const leave: Handler<'person.leave'> = ({ rules, actor, moment }) =>
  actor.participant === null ? NOTHING : gone(rules, actor.participant, moment.now);

export const systemLeave: SystemHandler<'system.leave'> = ({ rules, command }) =>
  gone(rules, command.participant, command.seenAt);

export const setRole: Handler<'person.role'> = ({ rules, body, actor }) => {
  const refused = requireOver(rules, actor, body.participant);
  if (refused) return refused;
  if (rules.all.people.get(body.participant)?.role === body.role) return NOTHING;
  return accept([
    toAll('person.role', actor.participant, { participant: body.participant, role: body.role, promoted: true }),
    audit(actor, 'person.role', { about: body.participant, note: body.role }),
  ]);
};

export const setMedia: Handler<'person.media'> = ({ rules, body, actor }) => {
  const refused = requireOver(rules, actor, body.participant);
  if (refused) return refused;
  const { participant, ...changes } = body;
  const now = rules.all.people.get(participant)?.media ?? { audio: true, video: true, share: true };
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

export const removePerson: Handler<'person.remove'> = ({ rules, body, actor, moment }) => {
  const { participant } = body;
  const refused = requireOver(rules, actor, participant);
  if (refused) return refused;
  const left = gone(rules, participant, moment.now);
  return accept([
    toAll('person.removed', actor.participant, { participant }),
    ...left.events.filter((event) => event.type !== 'hand.lowered'),
    audit(actor, 'person.remove', { about: participant }),
  ]);
};

export const bar: Handler<'person.bar'> = ({ rules, body, actor, moment }) => {
  const { participant, barred } = body;
  const refused = requireOver(rules, actor, participant);
  if (refused) return refused;
  const until = body.until ?? null;
  const stands = isBarred(rules, participant, body.bar, moment.now);
  if (!barred && !stands) return NOTHING;
  const shown = { participant, bar: body.bar, barred, until, reason: body.reason ?? 'other' };
  const ousted =
    barred && body.bar === 'room'
      ? [
          toAll('person.removed', actor.participant, { participant }),
          ...gone(rules, participant, moment.now).events.filter((event) => event.type !== 'hand.lowered'),
        ]
      : [];
  return accept(
    [
      ...toStaffAndMe(participant, 'person.barred', actor.participant, shown),
      ...ousted,
      audit(actor, 'person.bar', { about: participant, note: cleanText(body.note ?? '') }),
    ],
    body.bar === 'room' ? { rows: [{ kind: 'ban', participant, banned: barred, until }] } : {},
  );
};

export const admit: Handler<'person.admit'> = ({ rules, body, actor }) => {
  const { participant, admitted } = body;
  if (rules.staff.admitted.get(participant) === admitted) return NOTHING;
  return accept(toStaffAndMe(participant, 'person.admitted', actor.participant, { participant, admitted }));
};

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

/** Ids in one `erased` event, so that it stays well below the size of a frame. */
const IDS_PER_EVENT = 400;

/** Erases every text, name and picture of a person; what rules need (bans, votes, attendance by id) stays. */
export const erase: Handler<'person.erase'> = ({ rules, body }) => {
  const { participant } = body;
  const inAll = {
    messages: ownMessages(rules.all, participant),
    questions: ownQuestions(rules, rules.all, participant),
  };
  const inStaff = {
    messages: ownMessages(rules.staff, participant),
    questions: ownQuestions(rules, rules.staff, participant),
  };
  // Replies of staff in this person's thread are theirs too: they stand in the `me` log that goes.
  for (const [id, { thread }] of rules.staff.messages.entries())
    if (thread === participant && !inStaff.messages.includes(id)) inStaff.messages.push(id);
  const everything = {
    messages: [...new Set([...inAll.messages, ...inStaff.messages])],
    questions: [...new Set([...inAll.questions, ...inStaff.questions])],
  };
  const erased = (ids: {
    messages: string[];
    questions: string[];
  }): { messages: string[]; questions: string[]; people: string[] }[] => chunks({ ...ids, people: [participant] });
  const events: DraftEvent[] = [
    ...erased(everything).map((ids) => toAll('erased', null, ids)),
    ...erased(everything).map((ids) => toStaff('erased', null, ids)),
    ...erased(everything).map((ids) => toMe(participant, 'erased', null, ids)),
  ];
  const refs = [participant, ...everything.messages, ...everything.questions];
  return accept(events, {
    rows: [
      { kind: 'wipe', refs, types: EVENT_TYPES.filter((type) => EVENTS[type].erasable) },
      { kind: 'forget', participant },
    ],
    result: { messages: everything.messages.length, questions: everything.questions.length },
  });
};

function staffArrived(room: Rules['all']['room'], now: number): DraftEvent[] {
  const due = room.startsAt === null || room.startsAt <= now;
  if (room.state === 'held' && room.why === 'staff') return [toAll('room.changed', null, { state: 'live', why: null })];
  if (room.kind !== 'meeting') return [];
  if (due && (room.state === 'open' || room.state === 'scheduled'))
    return [toAll('room.changed', null, { state: 'live', why: null, liveSince: now })];
  return [];
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

function ownMessages({ messages }: Pick<Rules['all'], 'messages'>, participant: string): string[] {
  return [...messages.entries()].flatMap(([id, { by }]) => (by === participant ? [id] : []));
}

function ownQuestions(rules: Rules, { questions }: Pick<Rules['all'], 'questions'>, participant: string): string[] {
  return [...questions.entries()].flatMap(([id, { by }]) =>
    (by ?? rules.staff.authors.get(id)) === participant ? [id] : [],
  );
}

function chunks({
  messages,
  questions,
  people,
}: {
  messages: string[];
  questions: string[];
  people: string[];
}): { messages: string[]; questions: string[]; people: string[] }[] {
  const parts = [{ messages: messages.slice(0, IDS_PER_EVENT), questions: questions.slice(0, IDS_PER_EVENT), people }];
  for (let at = IDS_PER_EVENT; at < Math.max(messages.length, questions.length); at += IDS_PER_EVENT) {
    parts.push({
      messages: messages.slice(at, at + IDS_PER_EVENT),
      questions: questions.slice(at, at + IDS_PER_EVENT),
      people: [],
    });
  }
  return parts;
}
