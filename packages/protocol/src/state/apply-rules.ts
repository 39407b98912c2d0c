import type { EventBody, LogEvent } from '../tables/events.js';
import { readablePolicy } from '../tables/policy.js';
import type { IdMap } from './id-map.js';
import type { AllRules, MeRules, MessageRule, PersonRule, QuestionRule, Rules, StaffRules } from './rules.js';

/**
 * Folds one event into the rules, each into the slice of its own log; pure and total as `applyView` is.
 * It keeps ids, flags and times only (and a name to notice its change), so that erasing lifts no ban and changes no tally.
 */
export function applyRules(rules: Rules, event: LogEvent): Rules {
  switch (event.log) {
    case 'all':
      return { ...rules, all: applyAllRules(rules.all, event) };
    case 'me':
      return { ...rules, me: applyMeRules(rules.me, event) };
    case 'staff':
      return { ...rules, staff: applyStaffRules(rules.staff, event) };
  }
}

/** `applyRules` for the log `all` alone. */
export function applyAllRules(rules: AllRules, event: LogEvent): AllRules {
  const keys = keysOf(event);
  const changedAt = keys.reduce((map, key) => map.set(key, event.offset), rules.changedAt);
  const next = applyTalk(keys.length === 0 ? rules : { ...rules, changedAt }, event);
  switch (event.type) {
    case 'room.changed': {
      if (!event.body) return next;
      const { policy, fixed, ...changes } = event.body;
      const known = Object.fromEntries(Object.entries(changes).filter(([key]) => Object.hasOwn(next.room, key)));
      return {
        ...next,
        room: {
          ...next.room,
          ...known,
          heldAt: heldAt(next.room, event.body.state, event.at),
          fixed: fixed ?? next.room.fixed,
          policy: { ...next.room.policy, ...readablePolicy(policy) },
        },
      };
    }
    case 'chat.posted':
    case 'chat.edited':
      return event.by === null ? next : { ...next, people: person(next.people, event.by, { postedAt: event.at }) };
    case 'chat.deleted':
      return event.body ? { ...next, pins: without(next.pins, event.body.id) } : next;
    case 'chat.pinned': {
      if (!event.body) return next;
      const { id, pinned } = event.body;
      return { ...next, pins: pinned ? [...without(next.pins, id), id] : without(next.pins, id) };
    }
    case 'question.answered':
      return event.body ? { ...next, questions: answered(next.questions, event.body.id, event.by) } : next;
    case 'question.tallied':
      return event.body ? { ...next, tallies: next.tallies.set(event.body.id, event.body.votes) } : next;
    case 'hand.raised':
      return event.body && !next.hands.includes(event.body.participant)
        ? { ...next, hands: [...next.hands, event.body.participant] }
        : next;
    case 'hand.lowered':
      return event.body ? { ...next, hands: without(next.hands, event.body.participant) } : next;
    case 'person.named': {
      const counted = { ...next, namings: next.namings + 1 };
      if (!event.body) {
        const erased = { named: null, alias: null, removed: false };
        return event.by === null ? counted : { ...counted, people: person(next.people, event.by, erased) };
      }
      const { participant, alias } = event.body;
      const named = { named: nameKey(event.body), removed: false, ...(alias === undefined ? {} : { alias }) };
      return { ...counted, people: person(next.people, participant, named) };
    }
    case 'person.role': {
      if (!event.body) return next;
      const { participant, role, promoted } = event.body;
      return { ...next, people: person(next.people, participant, { role, promoted }) };
    }
    case 'person.media': {
      if (!event.body) return next;
      const { participant, ...media } = event.body;
      return { ...next, people: person(next.people, participant, { media }) };
    }
    case 'person.removed': {
      if (!event.body) return next;
      const { participant } = event.body;
      return {
        ...next,
        hands: without(next.hands, participant),
        people: person(next.people, participant, { removed: true }),
      };
    }
    case 'erased': {
      if (!event.body) return next;
      const { messages, people, answers = [] } = event.body;
      return {
        ...next,
        pins: withoutAll(next.pins, messages),
        people: people.reduce(
          (map, participant) => (map.has(participant) ? person(map, participant, { named: null, alias: null }) : map),
          next.people,
        ),
        questions: answers.reduce((map, id) => changed(map, id, { answeredBy: [] }), next.questions),
      };
    }
    default:
      return next;
  }
}

/** `applyRules` for one person’s own log alone. */
export function applyMeRules(rules: MeRules, event: LogEvent): MeRules {
  if (event.type !== 'vote.set' || !event.body) return rules;
  const { question, value } = event.body;
  return { votes: value ? rules.votes.set(question, true) : rules.votes.delete(question) };
}

/** `applyRules` for the log `staff` alone. */
export function applyStaffRules(rules: StaffRules, event: LogEvent): StaffRules {
  const next = applyTalk(rules, event);
  switch (event.type) {
    case 'chat.posted':
    case 'chat.edited':
      return event.by === null ? next : { ...next, postedAt: next.postedAt.set(event.by, event.at) };
    case 'question.author':
      return event.body ? { ...next, authors: next.authors.set(event.body.question, event.body.participant) } : next;
    case 'person.named': {
      if (!event.body) return event.by === null ? next : { ...next, named: next.named.delete(event.by) };
      return { ...next, named: next.named.set(event.body.participant, nameKey(event.body)) };
    }
    case 'person.barred': {
      if (!event.body) return next;
      const { participant, bar, barred, until } = event.body;
      const { [bar]: _lifted, ...others } = next.bars.get(participant) ?? {};
      return { ...next, bars: next.bars.set(participant, barred ? { ...others, [bar]: { until } } : others) };
    }
    case 'person.admitted':
      return event.body ? { ...next, admitted: next.admitted.set(event.body.participant, event.body.admitted) } : next;
    case 'attendance.opened':
      return event.body ? { ...next, present: next.present.set(event.body.participant, event.body.seenAt) } : next;
    case 'attendance.closed':
      return event.body ? { ...next, present: next.present.delete(event.body.participant) } : next;
    case 'audit': {
      if (event.body?.about === undefined || event.body.of === undefined || event.body.text === undefined) return next;
      const { action, about, of } = event.body;
      const kind = action.startsWith('question.') ? 'question' : 'message';
      return { ...next, traces: next.traces.set(about, { kind, of }) };
    }
    case 'erased': {
      if (!event.body) return next;
      const { messages, questions, people } = event.body;
      return {
        ...next,
        authors: deleteAll(next.authors, questions),
        traces: deleteAll(next.traces, [...messages, ...questions]),
        named: deleteAll(next.named, people),
      };
    }
    default:
      return next;
  }
}

/** What an event changes of that which is compared before it is set, see `AllRules.changedAt`. */
function keysOf(event: LogEvent): readonly string[] {
  if (event.body === null) return [];
  switch (event.type) {
    case 'room.changed': {
      const { policy = {}, ...record } = event.body;
      return [...Object.keys(record).map((key) => `room.${key}`), ...Object.keys(policy).map((key) => `policy.${key}`)];
    }
    case 'person.role':
      return [`role.${event.body.participant}`];
    case 'person.media':
      return [`media.${event.body.participant}`];
    default:
      return [];
  }
}

/** Kept over what else changes while it is held, so that the wait for a teacher begins once. */
function heldAt(room: AllRules['room'], state: AllRules['room']['state'] | undefined, at: number): number | null {
  if (state === undefined || state === room.state) return room.heldAt;
  return state === 'held' ? at : null;
}

/** What stands for a name and a picture when looking for a change. */
export function nameKey({ name, picture }: { readonly name: string; readonly picture?: string | undefined }): string {
  return JSON.stringify([name, picture ?? null]);
}

interface Talk {
  readonly messages: IdMap<MessageRule>;
  readonly questions: IdMap<QuestionRule>;
}

function applyTalk<R extends Talk>(rules: R, event: LogEvent): R {
  switch (event.type) {
    case 'chat.posted':
      return event.body ? { ...rules, messages: rules.messages.set(event.body.id, posted(event, event.body)) } : rules;
    case 'chat.deleted':
      return event.body ? { ...rules, messages: rules.messages.delete(event.body.id) } : rules;
    case 'question.asked':
      return event.body ? { ...rules, questions: rules.questions.set(event.body.id, asked(event, event.body)) } : rules;
    case 'question.changed': {
      if (!event.body) return rules;
      const { id, state, labels, handledBy } = event.body;
      if (state === 'removed') return { ...rules, questions: rules.questions.delete(id) };
      const changes = {
        ...(state === undefined ? {} : { state }),
        ...(labels === undefined ? {} : { labels }),
        ...(handledBy === undefined ? {} : { handledBy }),
        changedAt: event.offset,
      };
      return { ...rules, questions: changed(rules.questions, id, changes) };
    }
    case 'erased': {
      if (!event.body) return rules;
      const { messages, questions } = event.body;
      return {
        ...rules,
        messages: deleteAll(rules.messages, messages),
        questions: deleteAll(rules.questions, questions),
      };
    }
    default:
      return rules;
  }
}

function posted({ by }: LogEvent, { thread, replyTo }: EventBody<'chat.posted'>): MessageRule {
  return { by, thread: thread ?? null, replyTo: replyTo ?? null };
}

function asked({ by }: LogEvent, { alias, state, labels, askedAt }: EventBody<'question.asked'>): QuestionRule {
  return {
    by,
    alias: alias ?? null,
    state,
    labels: labels ?? [],
    askedAt,
    handledBy: null,
    answeredBy: [],
    changedAt: 0,
  };
}

function answered(questions: IdMap<QuestionRule>, id: string, by: string | null): IdMap<QuestionRule> {
  const before = questions.get(id)?.answeredBy ?? [];
  const answeredBy = by === null || before.includes(by) ? before : [...before, by];
  return changed(questions, id, { state: 'answered', answeredBy });
}

function changed(questions: IdMap<QuestionRule>, id: string, changes: Partial<QuestionRule>): IdMap<QuestionRule> {
  const question = questions.get(id);
  return question ? questions.set(id, { ...question, ...changes }) : questions;
}

const ALLOWED = { audio: true, video: true, share: true } as const;

function person(people: IdMap<PersonRule>, participant: string, changes: Partial<PersonRule>): IdMap<PersonRule> {
  const known = people.get(participant) ?? {
    named: null,
    alias: null,
    role: 'student',
    promoted: false,
    media: ALLOWED,
    removed: false,
    postedAt: 0,
  };
  return people.set(participant, { ...known, ...changes });
}

function without(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((other) => other !== id) : ids;
}

function withoutAll(ids: readonly string[], gone: readonly string[]): readonly string[] {
  return ids.some((id) => gone.includes(id)) ? ids.filter((id) => !gone.includes(id)) : ids;
}

function deleteAll<V>(map: IdMap<V>, ids: readonly string[]): IdMap<V> {
  return ids.reduce((rest, id) => rest.delete(id), map);
}
