import type { RoomState } from '@lms-live/client';
import BookOpen from 'lucide/dist/esm/icons/book-open.mjs';
import MessageCircleQuestionMark from 'lucide/dist/esm/icons/message-circle-question-mark.mjs';
import MessageSquare from 'lucide/dist/esm/icons/message-square.mjs';
import Users from 'lucide/dist/esm/icons/users.mjs';
import type { IconNode } from '../internal/icons.js';
import type { Localize } from '../internal/localize.js';
import { MAX_UNREAD, type Unread } from './unread.js';

/** What a panel shows; `extra` is the page's own. */
export type PanelName = 'chat' | 'questions' | 'people' | 'extra';

export interface Tab {
  readonly name: PanelName;
  readonly label: string;
  readonly drawing: IconNode;
  /** What waits there to be looked at. */
  readonly count: number;
  /** The same in words, for who does not see it. */
  readonly news: string;
}

const DRAWINGS = { chat: MessageSquare, questions: MessageCircleQuestionMark, people: Users, extra: BookOpen } as const;

/** The tabs that this person has in this class, in their order. */
export function tabNames({ me, views }: RoomState, hasExtra: boolean): PanelName[] {
  const { policy, fixed } = views.all.room;
  // Whoever can switch questions on again keeps the panel, which has the switch.
  const maySwitchOn = (me?.grants.has('question.moderate') ?? false) && !fixed.includes('questions.enabled');
  const names: (PanelName | false)[] = [
    policy['chat.enabled'] && 'chat',
    (policy['questions.enabled'] || maySwitchOn) && 'questions',
    'people',
    hasExtra && 'extra',
  ];
  return names.filter((name) => name !== false);
}

interface Given {
  readonly names: readonly PanelName[];
  readonly state: RoomState;
  readonly localize: Localize;
  readonly unread: Unread;
  /** The name of the page's own tab. */
  readonly extraLabel: string;
}

/** The same with what is written on them. */
export function tabsOf({ names, state, localize, unread, extraLabel }: Given): Tab[] {
  return names.map((name) => {
    const label = name === 'extra' ? extraLabel : localize.term(name);
    const count = name === 'people' ? wantingOf(state) : name === 'extra' ? 0 : unread.count(state, name);
    const news = name === 'people' ? localize.term('peopleWanting', count) : newsOf(count, localize);
    return { name, label, drawing: DRAWINGS[name], count, news: count === 0 ? '' : news };
  });
}

function newsOf(count: number, localize: Localize): string {
  return localize.term('unread', shownCount(count, localize.lang()));
}

/** As a badge: from a hundred on it is enough to know that they are many. */
export function shownCount(count: number, lang: string): string {
  return count > MAX_UNREAD ? `${MAX_UNREAD.toLocaleString(lang)}+` : count.toLocaleString(lang);
}

/** Raised hands and those at the door, for those who answer them. */
function wantingOf({ me, views, lobby }: RoomState): number {
  if (!me?.grants.has('people.moderate')) return 0;
  const others = views.all.hands.filter(({ participant }) => participant !== me.participant);
  return others.length + lobby.count;
}
