import type { QuestionItem, QuestionLists, RoomState } from '@lms-live/client';

export type Sort = 'votes' | 'newest' | 'unanswered';
export type Tab = 'open' | 'queue' | 'archive';

/** What stands in the list, and under a heading of its own what has been dealt with: answered, or declined. */
export interface Shown {
  readonly first: readonly QuestionItem[];
  readonly done: readonly QuestionItem[];
}

interface Choice {
  readonly lists: QuestionLists;
  readonly declined: readonly QuestionItem[];
  readonly tab: Tab;
  readonly sort: Sort;
}

/** The question that is being answered is on top whatever the order. */
export function arrange({ lists: { open, answered, archived, queue }, declined, tab, sort }: Choice): Shown {
  if (tab === 'queue') return { first: queue, done: declined };
  if (tab === 'archive') return { first: archived, done: [] };
  const first = sort === 'votes' ? open : [...open].sort(byNewest);
  return { first, done: sort === 'unanswered' ? [] : sort === 'newest' ? [...answered].sort(byNewest) : answered };
}

function byNewest(a: QuestionItem, b: QuestionItem): number {
  return Number(b.state === 'answering') - Number(a.state === 'answering') || b.askedAt - a.askedAt;
}

/** For the staff: what was declined, the last asked first. It can still be published. */
export function declinedOf({ views: { staff }, me }: RoomState): readonly QuestionItem[] {
  return [...staff.questions.values()]
    .filter(({ state }) => state === 'declined')
    .map((question) => ({
      ...question,
      own: question.by !== null && question.by === me?.participant,
      voted: false,
      author: question.by ?? staff.authors.get(question.id) ?? null,
    }))
    .sort((a, b) => b.askedAt - a.askedAt);
}

/** Everyone reads what was put away, as soon as something was; what is to be checked is for the staff. */
export function tabsOf(isStaff: boolean, { archived }: QuestionLists): readonly Tab[] {
  if (isStaff) return ['open', 'queue', 'archive'];
  return archived.length > 0 ? ['open', 'archive'] : ['open'];
}
