import type { QuestionLists } from '@lms-live/client';
import type { QuestionItem } from '@lms-live/client';

export type Sort = 'votes' | 'newest' | 'unanswered';
export type Tab = 'open' | 'queue' | 'archive';

/** What stands in the list, and under a heading of its own what has been answered. */
export interface Shown {
  readonly first: readonly QuestionItem[];
  readonly answered: readonly QuestionItem[];
}

/** The question that is being answered is on top whatever the order. */
export function arrange({ open, answered, archived, queue }: QuestionLists, tab: Tab, sort: Sort): Shown {
  if (tab === 'queue') return { first: queue, answered: [] };
  if (tab === 'archive') return { first: archived, answered: [] };
  const first = sort === 'votes' ? open : [...open].sort(byNewest);
  return { first, answered: sort === 'unanswered' ? [] : sort === 'newest' ? [...answered].sort(byNewest) : answered };
}

function byNewest(a: QuestionItem, b: QuestionItem): number {
  return Number(b.state === 'answering') - Number(a.state === 'answering') || b.askedAt - a.askedAt;
}
