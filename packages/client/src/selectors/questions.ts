import type { IdMap, MeView, Question, StaffView } from '@lms-live/protocol';
import type { Me, QuestionItem, RoomState } from '../types.js';
import { memoise, NOBODY } from './memoise.js';

export interface QuestionLists {
  /** To be answered: the one being answered first, then by votes, then the older first. */
  readonly open: readonly QuestionItem[];
  /** The last answered first. */
  readonly answered: readonly QuestionItem[];
  readonly archived: readonly QuestionItem[];
  /** Staff: waiting to be published, the older first. */
  readonly queue: readonly QuestionItem[];
  /** One's own that the class does not see: pending or declined. */
  readonly mine: readonly QuestionItem[];
}

interface Known {
  readonly me: Me;
  readonly asked: MeView['asked'];
  readonly votes: MeView['votes'];
  readonly authors: StaffView['authors'];
}

export const selectQuestions: (state: RoomState) => QuestionLists = /* @__PURE__ */ memoise(
  ({ views: { all, me, staff }, me: person }) =>
    [all.questions, me.questions, staff.questions, me.asked, me.votes, staff.authors, person ?? NOBODY] as const,
  ([questions, own, staffs, asked, votes, authors, me]) => {
    const known = { me, asked, votes, authors };
    const shown = items(questions, known);
    const inState = (state: Question['state']): QuestionItem[] => shown.filter((question) => question.state === state);
    return Object.freeze({
      open: Object.freeze([...inState('answering').sort(byVotes), ...inState('open').sort(byVotes)]),
      answered: Object.freeze(inState('answered').sort((a, b) => answeredAt(b) - answeredAt(a))),
      archived: Object.freeze(inState('archived').sort((a, b) => b.askedAt - a.askedAt)),
      queue: Object.freeze(items(staffs, known, 'pending').sort((a, b) => a.askedAt - b.askedAt)),
      mine: Object.freeze(
        [...items(own, known, 'pending'), ...items(own, known, 'declined')].sort((a, b) => a.askedAt - b.askedAt),
      ),
    });
  },
);

function byVotes(a: Question, b: Question): number {
  return b.votes - a.votes || a.askedAt - b.askedAt || a.offset - b.offset;
}

function answeredAt({ answer, askedAt }: Question): number {
  return answer?.at ?? askedAt;
}

function items(questions: IdMap<Question>, known: Known, state?: Question['state']): QuestionItem[] {
  const list: QuestionItem[] = [];
  for (const question of questions.values())
    if (state === undefined || question.state === state) list.push(itemOf(question, known));
  return list;
}

const cache = new WeakMap<Question, QuestionItem>();

/** The same item as long as nothing of it has changed, so that a list need not draw it again. */
function itemOf(question: Question, { me, asked, votes, authors }: Known): QuestionItem {
  const own = question.by === null ? asked.has(question.id) : question.by === me.participant;
  const voted = votes.has(question.id);
  const author = question.by ?? authors.get(question.id) ?? null;
  const cached = cache.get(question);
  if (cached?.own === own && cached.voted === voted && cached.author === author) return cached;
  const item: QuestionItem = Object.freeze({ ...question, own, voted, author });
  cache.set(question, item);
  return item;
}
