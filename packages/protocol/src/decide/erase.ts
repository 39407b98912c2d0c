import { EVENT_TYPES, EVENTS, type EventType } from '../tables/events.js';
import type { QuestionRule, Rules } from '../state/rules.js';
import { accept, toAll, toMe, toStaff, type DraftEvent, type Handler, type Row } from './types.js';

/** Ids of each kind in one `erased` event, so that it stays a small frame. */
const IDS_PER_EVENT = 400;

const ERASABLE = /* @__PURE__ */ EVENT_TYPES.filter((type) => EVENTS[type].erasable);

interface Ids {
  readonly messages?: readonly string[];
  readonly questions?: readonly string[];
  readonly people?: readonly string[];
  readonly answers?: readonly string[];
}

/**
 * Erases the messages, questions, answers, name and picture of a person, what was said to them in their thread with the staff,
 * and the traces of all these; what staff wrote about others (a reason, a note) goes with those. What rules need stays: bans, votes, attendance by id.
 * Every log that held something is told of it, each of its own ids only, and `all` never of a person and their anonymous question in one event.
 */
export const erase: Handler<'person.erase'> = ({ rules, body }) => {
  const { participant } = body;
  const asked = questionsOf(rules, participant);
  const talk = messagesOf(rules, participant);
  const traced = tracesOf(rules, participant);
  const answers = answersOf(rules, participant).filter((id) => !asked.all.includes(id));
  const people = [participant];

  const named = asked.inAll.filter((id) => rules.all.questions.get(id)?.by === participant);
  const anonymous = asked.inAll.filter((id) => !named.includes(id));
  const seen = rules.all.people.has(participant) ? people : [];
  const events: DraftEvent[] = [
    ...chunks({ messages: talk.inAll, questions: named, people: seen, answers }).map((ids) =>
      toAll('erased', null, ids),
    ),
    // What is wiped with an answer is also that the question was answered.
    ...answers.flatMap((id) => restated(id, rules.all.questions.get(id))),
    ...chunks({ questions: anonymous }).map((ids) => toAll('erased', null, ids)),
    ...chunks({
      messages: [...talk.all, ...traced.message],
      questions: [...asked.all, ...traced.question],
      people,
    }).map((ids) => toStaff('erased', null, ids)),
    ...chunks({ messages: talk.inOwnThread, questions: asked.all, people }).map((ids) =>
      toMe(participant, 'erased', null, ids),
    ),
    ...[...talk.inThreads].flatMap(([owner, messages]) =>
      chunks({ messages }).map((ids) => toMe(owner, 'erased', null, ids)),
    ),
  ];
  const rows: Row[] = [
    ...wipe([participant, ...talk.all, ...asked.all], ERASABLE),
    ...wipe([...traced.message, ...traced.question], ['audit']),
    ...wipe(answers, ['question.answered']),
    { kind: 'forget', participant },
  ];
  return accept(events, { rows, result: { messages: talk.all.length, questions: asked.all.length } });
};

function questionsOf(rules: Rules, participant: string): { all: string[]; inAll: string[] } {
  const own = ({ questions }: Pick<Rules['all'], 'questions'>): string[] =>
    [...questions.entries()].flatMap(([id, { by }]) =>
      (by ?? rules.staff.authors.get(id)) === participant ? [id] : [],
    );
  const inAll = own(rules.all);
  return { inAll: sorted(inAll), all: sorted([...inAll, ...own(rules.staff)]) };
}

interface Talk {
  readonly all: string[];
  readonly inAll: string[];
  /** Everything of the person's thread with the staff: their log that goes. */
  readonly inOwnThread: string[];
  /** What the person, as staff, wrote in the threads of others. */
  readonly inThreads: Map<string, string[]>;
}

function messagesOf(rules: Rules, participant: string): Talk {
  const inAll = [...rules.all.messages.entries()].flatMap(([id, { by }]) => (by === participant ? [id] : []));
  const inOwnThread: string[] = [];
  const inThreads = new Map<string, string[]>();
  for (const [id, { by, thread }] of rules.staff.messages.entries()) {
    if (thread === participant) inOwnThread.push(id);
    else if (by === participant && thread !== null) inThreads.set(thread, [...(inThreads.get(thread) ?? []), id]);
  }
  return {
    all: sorted([...inAll, ...inOwnThread, ...[...inThreads.values()].flat()]),
    inAll: sorted(inAll),
    inOwnThread: sorted(inOwnThread),
    inThreads: new Map([...inThreads].sort(([a], [b]) => (a < b ? -1 : 1)).map(([owner, ids]) => [owner, sorted(ids)])),
  };
}

/** Messages and questions that are gone, of which an older text is kept. */
function tracesOf(rules: Rules, participant: string): { message: string[]; question: string[] } {
  const own = [...rules.staff.traces.entries()].filter(([, { of }]) => of.includes(participant));
  const gone = (kind: 'message' | 'question'): string[] =>
    sorted(own.flatMap(([id, trace]) => (trace.kind === kind && !isThere(rules, id) ? [id] : [])));
  return { message: gone('message'), question: gone('question') };
}

function isThere({ all, staff }: Rules, id: string): boolean {
  return [all, staff].some(({ messages, questions }) => messages.has(id) || questions.has(id));
}

function answersOf(rules: Rules, participant: string): string[] {
  return sorted(
    [...rules.all.questions.entries()].flatMap(([id, { answeredBy }]) =>
      answeredBy.includes(participant) ? [id] : [],
    ),
  );
}

function restated(id: string, question: QuestionRule | undefined): DraftEvent[] {
  return question ? [toAll('question.changed', null, { id, state: question.state })] : [];
}

function wipe(refs: readonly string[], types: readonly EventType[]): Row[] {
  return refs.length === 0 ? [] : [{ kind: 'wipe', refs, types }];
}

/** The bodies of as many `erased` events as it takes; none for nothing. */
function chunks({ messages = [], questions = [], people = [], answers = [] }: Ids): {
  messages: string[];
  questions: string[];
  people: string[];
  answers?: string[];
}[] {
  const count = Math.ceil(Math.max(messages.length, questions.length, people.length, answers.length) / IDS_PER_EVENT);
  return Array.from({ length: count }, (_, index) => {
    const part = (ids: readonly string[]): string[] => ids.slice(index * IDS_PER_EVENT, (index + 1) * IDS_PER_EVENT);
    return {
      messages: part(messages),
      questions: part(questions),
      people: part(people),
      ...(part(answers).length === 0 ? {} : { answers: part(answers) }),
    };
  });
}

/** Each once, in an order that says nothing about when it was written. */
function sorted(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
