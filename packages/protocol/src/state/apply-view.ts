import type { Bar, EventBody, LogEvent } from '../tables/events.js';
import { readablePolicy } from '../tables/policy.js';
import type { IdMap } from './id-map.js';
import type { MessageList } from './message-list.js';
import { applyPins, withoutPins } from './apply-pins.js';
import type {
  AllView,
  Attended,
  Audit,
  BarView,
  MeView,
  Message,
  Person,
  Question,
  RoomView,
  StaffView,
  Views,
} from './view.js';

const MAX_AUDITS = 500;

/**
 * Folds one event into the views, each into the slice of its own log. Pure and total: every event of every log applies,
 * erased bodies and ids that are unknown included. Folding an erased log gives the state that erasing a folded one gives.
 */
export function applyView(views: Views, event: LogEvent): Views {
  switch (event.log) {
    case 'all':
      return { ...views, all: applyAllView(views.all, event) };
    case 'me':
      return { ...views, me: applyMeView(views.me, event) };
    case 'staff':
      return { ...views, staff: applyStaffView(views.staff, event) };
  }
}

/** `applyView` for the log `all` alone. */
export function applyAllView(view: AllView, event: LogEvent): AllView {
  const next = applyTalk(view, event);
  switch (event.type) {
    case 'room.changed': {
      if (!event.body) return next;
      const { policy, ...changes } = event.body;
      const values = { ...next.room.policy, ...readablePolicy(policy) };
      return { ...next, room: { ...next.room, ...changes, policy: values } as RoomView };
    }
    case 'chat.deleted':
    case 'chat.edited':
    case 'chat.pinned':
      return applyPins(next, event);
    case 'question.answered': {
      if (!event.body) return next;
      const { id, text } = event.body;
      return {
        ...next,
        questions: changed(next.questions, id, { answer: { text, by: event.by, at: event.at }, state: 'answered' }),
      };
    }
    case 'question.tallied':
      return event.body
        ? { ...next, questions: changed(next.questions, event.body.id, { votes: event.body.votes }) }
        : next;
    case 'hand.raised': {
      if (!event.body) return next;
      const { participant } = event.body;
      return next.hands.some((hand) => hand.participant === participant)
        ? next
        : { ...next, hands: [...next.hands, { participant, at: event.at }] };
    }
    case 'hand.lowered': {
      if (!event.body) return next;
      const { participant } = event.body;
      return { ...next, hands: next.hands.filter((hand) => hand.participant !== participant) };
    }
    case 'person.named': {
      if (!event.body)
        return event.by === null
          ? next
          : { ...next, people: person(next.people, event.by, { name: null, picture: null }) };
      const { participant, name, picture } = event.body;
      return { ...next, people: person(next.people, participant, { name, picture: picture ?? null }) };
    }
    case 'person.role':
      return event.body
        ? { ...next, people: person(next.people, event.body.participant, { role: event.body.role }) }
        : next;
    case 'person.media': {
      if (!event.body) return next;
      const { participant, ...media } = event.body;
      return { ...next, people: person(next.people, participant, { media }) };
    }
    case 'person.removed': {
      if (!event.body) return next;
      const { participant } = event.body;
      return { ...next, hands: next.hands.filter((hand) => hand.participant !== participant) };
    }
    case 'erased': {
      if (!event.body) return next;
      const { messages, people, answers = [] } = event.body;
      return {
        ...next,
        ...withoutPins(next, messages),
        people: people.reduce(
          (map, participant) => (map.has(participant) ? person(map, participant, { name: null, picture: null }) : map),
          next.people,
        ),
        questions: answers.reduce((map, id) => changed(map, id, { answer: null }), next.questions),
      };
    }
    default:
      return next;
  }
}

/** `applyView` for one person’s own log alone. */
export function applyMeView(view: MeView, event: LogEvent): MeView {
  const next = applyTalk(view, event);
  switch (event.type) {
    case 'question.author':
      return event.body ? { ...next, asked: next.asked.set(event.body.question, event.body.cmid) } : next;
    case 'vote.set': {
      if (!event.body) return next;
      const { question, value } = event.body;
      return { ...next, votes: value ? next.votes.set(question, true) : next.votes.delete(question) };
    }
    case 'person.named':
      return { ...next, name: event.body?.name ?? null };
    case 'person.barred':
      return event.body ? { ...next, bars: barred(next.bars, event.body) } : next;
    case 'person.admitted':
      return event.body ? { ...next, admitted: event.body.admitted } : next;
    case 'attendance.opened':
    case 'attendance.closed':
      return event.body ? { ...next, attended: attended(next.attended, event.type, event.body.seenAt) } : next;
    case 'erased': {
      if (!event.body) return next;
      const { questions, people } = event.body;
      return { ...next, asked: deleteAll(next.asked, questions), name: people.length > 0 ? null : next.name };
    }
    default:
      return next;
  }
}

/** `applyView` for the log `staff` alone. */
export function applyStaffView(view: StaffView, event: LogEvent): StaffView {
  const next = applyTalk(view, event);
  switch (event.type) {
    case 'question.author':
      return event.body ? { ...next, authors: next.authors.set(event.body.question, event.body.participant) } : next;
    case 'person.named': {
      if (!event.body) return event.by === null ? next : { ...next, names: next.names.delete(event.by) };
      return { ...next, names: next.names.set(event.body.participant, event.body.name) };
    }
    case 'person.barred': {
      if (!event.body) return next;
      const { participant } = event.body;
      return { ...next, bars: next.bars.set(participant, barred(next.bars.get(participant) ?? {}, event.body)) };
    }
    case 'person.admitted':
      return event.body ? { ...next, admitted: next.admitted.set(event.body.participant, event.body.admitted) } : next;
    case 'attendance.opened':
    case 'attendance.closed': {
      if (!event.body) return next;
      const { participant, seenAt } = event.body;
      return {
        ...next,
        attended: next.attended.set(participant, attended(next.attended.get(participant) ?? [], event.type, seenAt)),
      };
    }
    case 'audit':
      return { ...next, audits: [...next.audits, audited(event)].slice(-MAX_AUDITS) };
    case 'erased': {
      if (!event.body) return next;
      const { messages, questions, people } = event.body;
      const gone = new Set([...messages, ...questions, ...people]);
      return {
        ...next,
        authors: deleteAll(next.authors, questions),
        names: deleteAll(next.names, people),
        audits: next.audits.map((audit) =>
          audit.about !== null && gone.has(audit.about) ? audited({ ...audit, body: null }) : audit,
        ),
      };
    }
    default:
      return next;
  }
}

function audited({
  offset,
  at,
  by,
  body,
}: Pick<Audit, 'offset' | 'at' | 'by'> & { readonly body: EventBody<'audit'> | null }): Audit {
  const { action, about, text, note } = body ?? { action: 'erased' };
  return { offset, at, by, action, about: about ?? null, text: text ?? null, note: note ?? null };
}

interface Talk {
  readonly messages: MessageList<Message>;
  readonly questions: IdMap<Question>;
}

/** Messages and questions, which stand in all three logs. */
function applyTalk<V extends Talk>(view: V, event: LogEvent): V {
  switch (event.type) {
    case 'chat.posted': {
      const { offset, at, by, body } = event;
      return { ...view, messages: view.messages.push(body ? posted(event, body) : tombstone({ offset, at, by })) };
    }
    case 'chat.edited': {
      const { body, at } = event;
      return body
        ? {
            ...view,
            messages: view.messages.replace(body.id, (message) => ({ ...message, text: body.text, editedAt: at })),
          }
        : view;
    }
    case 'chat.deleted':
      return event.body ? { ...view, messages: view.messages.replace(event.body.id, tombstone) } : view;
    case 'question.asked':
      return event.body ? { ...view, questions: view.questions.set(event.body.id, asked(event, event.body)) } : view;
    case 'question.changed': {
      if (!event.body) return view;
      const { id, state } = event.body;
      // Once it is open it stands in `all`, and what happens to it is told there.
      const elsewhere = state === 'removed' || (state === 'open' && event.log !== 'all');
      if (elsewhere) return { ...view, questions: view.questions.delete(id) };
      return { ...view, questions: changed(view.questions, id, changesOf(event.body)) };
    }
    case 'erased': {
      if (!event.body) return view;
      const { messages, questions } = event.body;
      return {
        ...view,
        messages: messages.reduce((list, id) => list.replace(id, tombstone), view.messages),
        questions: deleteAll(view.questions, questions),
      };
    }
    default:
      return view;
  }
}

function posted({ offset, at, by }: LogEvent, { id, text, replyTo, thread }: EventBody<'chat.posted'>): Message {
  return { offset, id, at, by, text, replyTo: replyTo ?? null, thread: thread ?? null, editedAt: null };
}

function tombstone({ offset, at, by }: Pick<Message, 'offset' | 'at' | 'by'>): Message {
  return { offset, id: null, at, by, text: null, replyTo: null, thread: null, editedAt: null };
}

function asked(
  { offset, by }: LogEvent,
  { id, text, state, alias, labels, askedAt }: EventBody<'question.asked'>,
): Question {
  return {
    id,
    offset,
    askedAt,
    by,
    alias: alias ?? null,
    text,
    state,
    labels: labels ?? [],
    handledBy: null,
    answer: null,
    votes: 0,
    reason: null,
  };
}

function changesOf({ text, state, labels, handledBy, reason }: EventBody<'question.changed'>): Partial<Question> {
  return {
    ...(text === undefined ? {} : { text }),
    ...(state === undefined ? {} : { state }),
    ...(labels === undefined ? {} : { labels }),
    ...(handledBy === undefined ? {} : { handledBy }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function changed(questions: IdMap<Question>, id: string, changes: Partial<Question>): IdMap<Question> {
  const question = questions.get(id);
  return question ? questions.set(id, { ...question, ...changes }) : questions;
}

const ALLOWED = { audio: true, video: true, share: true } as const;

function person(people: IdMap<Person>, participant: string, changes: Partial<Person>): IdMap<Person> {
  const known = people.get(participant) ?? { participant, name: null, picture: null, role: 'student', media: ALLOWED };
  return people.set(participant, { ...known, ...changes });
}

function barred(
  bars: { readonly [K in Bar]?: BarView },
  { bar, barred: stands, until, reason }: EventBody<'person.barred'>,
): { readonly [K in Bar]?: BarView } {
  const { [bar]: _lifted, ...others } = bars;
  return stands ? { ...others, [bar]: { until, reason } } : others;
}

function attended(
  intervals: readonly Attended[],
  type: 'attendance.opened' | 'attendance.closed',
  seenAt: number,
): readonly Attended[] {
  const last = intervals.at(-1);
  const open = last?.closedAt === null;
  if (type === 'attendance.opened') return open ? intervals : [...intervals, { openedAt: seenAt, closedAt: null }];
  return open ? [...intervals.slice(0, -1), { ...last, closedAt: seenAt }] : intervals;
}

function deleteAll<V>(map: IdMap<V>, ids: readonly string[]): IdMap<V> {
  return ids.reduce((rest, id) => rest.delete(id), map);
}
