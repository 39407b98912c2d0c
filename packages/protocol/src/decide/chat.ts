import { LIMITS } from '../tables/limits.js';
import { isStaff } from '../tables/rights.js';
import type { MessageRule, Rules } from '../state/rules.js';
import { audit, cleanText, introduce, isBarred, requireGrant, requireRunning } from './common.js';
import {
  accept,
  NOTHING,
  refuse,
  toAll,
  toMe,
  toStaff,
  type Case,
  type DraftEvent,
  type Handler,
  type Refused,
} from './types.js';

/** Writes to everyone, to the staff, or as staff to one person. */
export const post: Handler<'chat.post'> = ({ rules, body, actor, moment }) => {
  const text = cleanText(body.text);
  if (text === '') return refuse('text_empty');
  const thread = threadOf({ to: body.to, actor, rules });
  if (thread === undefined) return refuse('person_unknown');
  const refused =
    requireRunning({ rules, actor }) ??
    requireMayPost({ rules, actor, moment, thread }) ??
    requirePause({ rules, actor, moment }) ??
    requireInReach({ rules, replyTo: body.replyTo, thread });
  if (refused) return refused;
  const id = moment.newId();
  const message = {
    id,
    text,
    ...(body.replyTo === undefined ? {} : { replyTo: body.replyTo }),
    ...(thread === null ? {} : { thread }),
  };
  return accept(
    [...introduce({ rules, actor }), ...inThread(thread, (to) => to('chat.posted', actor.participant, message))],
    { result: { id } },
  );
};

/** One’s own message, where one could write it now; the older text stays with the staff. */
export const edit: Handler<'chat.edit'> = ({ rules, body, actor, moment }) => {
  const text = cleanText(body.text);
  if (text === '') return refuse('text_empty');
  const message = findMessage(rules, body.id);
  if (!message || !mayRead(message, { rules, actor })) return refuse('message_unknown');
  if (message.by === null || message.by !== actor.participant)
    return refuse('forbidden', { detail: { grant: 'author' } });
  const refused = requireRunning({ rules, actor }) ?? requireMayPost({ rules, actor, moment, thread: message.thread });
  if (refused) return refused;
  if (moment.text === text) return NOTHING;
  // Else slow mode would be a matter of one message that is written again and again.
  const tooSoon = requirePause({ rules, actor, moment });
  if (tooSoon) return tooSoon;
  const { thread, replyTo } = message;
  const edited = {
    id: body.id,
    text,
    ...(replyTo === null ? {} : { replyTo }),
    ...(thread === null ? {} : { thread }),
  };
  return accept([
    ...inThread(thread, (to) => to('chat.edited', actor.participant, edited)),
    trace('chat.edit', { id: body.id, message, actor, moment }),
  ]);
};

/** One's own message, or any with `chat.moderate`. The text leaves every log but its trace for staff. */
export const remove: Handler<'chat.delete'> = ({ rules, body, actor, moment }) => {
  const message = findMessage(rules, body.id);
  if (!message || !mayRead(message, { rules, actor })) return refuse('message_unknown');
  const own = message.by !== null && message.by === actor.participant;
  const refused = own ? null : requireGrant(actor, 'chat.moderate');
  if (refused) return refused;
  return accept(
    [
      ...inThread(message.thread, (to) => to('chat.deleted', actor.participant, { id: body.id })),
      trace('chat.delete', { id: body.id, message, actor, moment }),
    ],
    {
      rows: [{ kind: 'wipe', refs: [body.id], types: ['chat.posted', 'chat.edited'] }],
    },
  );
};

/** Puts a message of everyone’s up for all to see, or takes it down. */
export const pin: Handler<'chat.pin'> = ({ rules, body, actor }) => {
  const message = findMessage(rules, body.id);
  if (!message || message.thread !== null) return refuse('message_unknown');
  const isPinned = rules.all.pins.includes(body.id);
  if (isPinned === body.pinned) return NOTHING;
  if (body.pinned && rules.all.pins.length >= LIMITS.maxPins) return refuse('pins_full');
  return accept([toAll('chat.pinned', actor.participant, { id: body.id, pinned: body.pinned })]);
};

/** Whose thread with the staff a message goes to; null: to everyone; undefined: there is no such person. */
function threadOf({
  to,
  actor,
  rules,
}: Pick<Case<'chat.post'>, 'actor' | 'rules'> & { to: string | undefined }): string | null | undefined {
  if (to === undefined) return null;
  if (to === 'staff') return actor.participant ?? undefined;
  return isStaff(actor.grants) && rules.all.people.has(to) ? to : undefined;
}

/** The logs of a thread: everyone's, or the staff's and that of the student it is with. */
function inThread(thread: string | null, write: (to: typeof toAll) => DraftEvent): DraftEvent[] {
  if (thread === null) return [write(toAll)];
  return [write(toStaff), write((type, by, body) => toMe(thread, type, by, body))];
}

/** The older text, for the staff: it is its author's, and in a thread also the student's. */
function trace(
  action: 'chat.edit' | 'chat.delete',
  { id, message, actor, moment }: Pick<Case, 'actor' | 'moment'> & { id: string; message: MessageRule },
): DraftEvent {
  return audit(actor, action, { about: id, text: moment.text, of: [message.by, message.thread] });
}

/** A reply stays with those who can read what it replies to. */
function requireInReach({
  rules,
  replyTo,
  thread,
}: Pick<Case, 'rules'> & { replyTo: string | undefined; thread: string | null }): Refused | null {
  if (replyTo === undefined) return null;
  const message = findMessage(rules, replyTo);
  return message && (message.thread === null || message.thread === thread) ? null : refuse('message_unknown');
}

function findMessage(rules: Rules, id: string): MessageRule | undefined {
  return rules.all.messages.get(id) ?? rules.staff.messages.get(id);
}

function mayRead(message: MessageRule, { actor }: Pick<Case, 'rules' | 'actor'>): boolean {
  return message.thread === null || message.thread === actor.participant || isStaff(actor.grants);
}

function requireMayPost({
  rules,
  actor,
  moment,
  thread,
}: Pick<Case, 'rules' | 'actor' | 'moment'> & { thread: string | null }): Refused | null {
  const { policy } = rules.all.room;
  if (!policy['chat.enabled']) return refuse('chat_disabled');
  const { participant } = actor;
  if (participant !== null && isBarred(rules, participant, 'chat', moment.now)) return refuse('chat_muted');
  if (actor.grants.has('chat.moderate')) return null;
  switch (policy['chat.mode']) {
    case 'open':
    case 'slow':
      return null;
    case 'frozen':
      return refuse('chat_frozen');
    case 'questionsOnly':
      return thread === null ? refuse('chat_questions_only') : null;
    case 'toStaff':
      return thread === null ? refuse('chat_to_staff_only') : null;
  }
}

/** In slow mode, between two messages of who does not moderate, or two versions of one. */
function requirePause({ rules, actor, moment }: Pick<Case, 'rules' | 'actor' | 'moment'>): Refused | null {
  const { policy } = rules.all.room;
  const { participant } = actor;
  if (policy['chat.mode'] !== 'slow' || participant === null || actor.grants.has('chat.moderate')) return null;
  const last = Math.max(rules.all.people.get(participant)?.postedAt ?? 0, rules.staff.postedAt.get(participant) ?? 0);
  const waitMs = last + policy['chat.slowSeconds'] * 1_000 - moment.now;
  return waitMs > 0 ? refuse('slow_mode', { retryAfterMs: waitMs }) : null;
}
