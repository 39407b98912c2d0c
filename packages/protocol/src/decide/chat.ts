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

export const post: Handler<'chat.post'> = ({ rules, body, actor, moment }) => {
  const text = cleanText(body.text);
  if (text === '') return refuse('text_empty');
  const thread = threadOf({ to: body.to, actor, rules });
  if (thread === undefined) return refuse('person_unknown');
  const refused = requireRunning({ rules, actor }) ?? requireMayPost({ rules, actor, moment, thread });
  if (refused) return refused;
  if (body.replyTo !== undefined && !findMessage(rules, body.replyTo)) return refuse('message_unknown');
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

export const edit: Handler<'chat.edit'> = ({ rules, body, actor, moment }) => {
  const text = cleanText(body.text);
  if (text === '') return refuse('text_empty');
  const message = findMessage(rules, body.id);
  if (!message || !mayRead(message, { rules, actor })) return refuse('message_unknown');
  if (message.by === null || message.by !== actor.participant)
    return refuse('forbidden', { detail: { grant: 'author' } });
  const refused =
    requireRunning({ rules, actor }) ??
    requireMayPost({ rules, actor, moment: { ...moment, now: Infinity }, thread: message.thread });
  if (refused) return refused;
  if (moment.text === text) return NOTHING;
  const edited = { id: body.id, text, ...(message.thread === null ? {} : { thread: message.thread }) };
  return accept([
    ...inThread(message.thread, (to) => to('chat.edited', actor.participant, edited)),
    audit(actor, 'chat.edit', { about: body.id, text: moment.text ?? null }),
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
      audit(actor, 'chat.delete', { about: body.id, text: moment.text ?? null }),
    ],
    {
      rows: [{ kind: 'wipe', refs: [body.id], types: ['chat.posted', 'chat.edited'] }],
    },
  );
};

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
  if (actor.grants.has('chat.moderate')) return null;
  const { participant } = actor;
  if (participant !== null && isBarred(rules, participant, 'chat', moment.now === Infinity ? 0 : moment.now))
    return refuse('chat_muted');
  switch (policy['chat.mode']) {
    case 'open':
      return null;
    case 'frozen':
      return refuse('chat_frozen');
    case 'questionsOnly':
      return thread === null ? refuse('chat_questions_only') : null;
    case 'toStaff':
      return thread === null ? refuse('chat_to_staff_only') : null;
    case 'slow': {
      if (participant === null) return null;
      const last = Math.max(
        rules.all.people.get(participant)?.postedAt ?? 0,
        rules.staff.postedAt.get(participant) ?? 0,
      );
      const waitMs = last + policy['chat.slowSeconds'] * 1_000 - moment.now;
      return waitMs > 0 ? refuse('slow_mode', { retryAfterMs: waitMs }) : null;
    }
  }
}
