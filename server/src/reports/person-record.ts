import type { BarReason, Bar, QuestionState, ReportEvent } from '@lms-live/protocol';
import type { Store } from '../storage/types.js';
import { endOf, type PersonInRoom } from './person-attendance.js';
import { readLog, toReportEvent } from './read-log.js';

const OF_ALL = [
  ...(['person.named', 'person.role', 'chat.posted', 'chat.edited', 'chat.deleted'] as const),
  ...(['question.asked', 'question.changed', 'question.answered', 'hand.raised'] as const),
];
const OF_STAFF = [
  ...(['person.named', 'chat.posted', 'chat.edited', 'chat.deleted'] as const),
  ...(['question.asked', 'question.changed', 'audit'] as const),
];
const OF_ME = [
  ...(['question.author', 'vote.set', 'person.barred', 'person.admitted'] as const),
  ...(['chat.posted', 'chat.edited', 'chat.deleted'] as const),
];

/** A message that they wrote, or that staff wrote to them alone. */
interface RecordedMessage {
  readonly id: string;
  readonly at: number;
  readonly by: string | null;
  readonly to: 'all' | 'staff' | 'person';
  /** As it stands; null: deleted. */
  text: string | null;
  editedAt: number | null;
}

interface RecordedQuestion {
  readonly id: string;
  readonly at: number;
  readonly isAnonymous: boolean;
  text: string | null;
  state: QuestionState | null;
}

/** Everything of one person in the logs of one room. Times are milliseconds since 1970. */
export interface PersonRecord {
  readonly name: string | null;
  readonly picture: string | null;
  readonly messages: readonly RecordedMessage[];
  readonly questions: readonly RecordedQuestion[];
  readonly answers: readonly { readonly question: string; readonly at: number; readonly text: string }[];
  /** Those that stand. */
  readonly votes: readonly { readonly question: string; readonly at: number }[];
  readonly hands: readonly number[];
  readonly bars: readonly {
    readonly at: number;
    readonly bar: Bar;
    readonly barred: boolean;
    readonly until: number | null;
    readonly reason: BarReason;
  }[];
  readonly admissions: readonly { readonly at: number; readonly admitted: boolean }[];
  /** What staff did about them, or about what they wrote. */
  readonly moderation: readonly {
    readonly at: number;
    readonly action: string;
    readonly text: string | null;
    readonly note: string | null;
  }[];
}

/** Reads everything of one person in the logs of one room: their own log, and what is theirs in the others. */
export async function readPersonRecord(
  store: Store,
  { key, participant, heads }: Omit<PersonInRoom, 'now'>,
): Promise<PersonRecord> {
  const record = new RecordFold(participant);
  // Their own log first: it alone says which questions without a name are theirs.
  for (const [log, owner, types] of [
    ['me', participant, OF_ME],
    ['staff', '', OF_STAFF],
    ['all', '', OF_ALL],
  ] as const) {
    for await (const stored of readLog(store, { key, log, owner, types, upTo: endOf(heads, log, owner) })) {
      const event = toReportEvent(stored);
      if (event) record.add(event);
    }
  }
  return record.record();
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };

class RecordFold {
  readonly #participant: string;
  readonly #anonymous = new Set<string>();
  readonly #messages = new Map<string, RecordedMessage>();
  readonly #questions = new Map<string, RecordedQuestion>();
  readonly #votes = new Map<string, number>();
  readonly #rest: Mutable<Omit<PersonRecord, 'messages' | 'questions' | 'votes'>> = {
    name: null,
    picture: null,
    answers: [],
    hands: [],
    bars: [],
    admissions: [],
    moderation: [],
  };

  constructor(participant: string) {
    this.#participant = participant;
  }

  record(): PersonRecord {
    return {
      ...this.#rest,
      messages: [...this.#messages.values()].sort((a, b) => a.at - b.at),
      questions: [...this.#questions.values()].sort((a, b) => a.at - b.at),
      votes: [...this.#votes].map(([question, at]) => ({ question, at })),
    };
  }

  add(event: ReportEvent): void {
    if (event.type.startsWith('chat.')) this.#addMessage(event);
    else if (event.type.startsWith('question.')) this.#addQuestion(event);
    else this.#addOther(event);
  }

  #addMessage(event: ReportEvent): void {
    const { at, by, log } = event;
    switch (event.type) {
      case 'chat.posted': {
        const id = event.body?.id ?? event.ref;
        const isOwn = by === this.#participant;
        if (!id || this.#messages.has(id) || !(isOwn || log === 'me')) return;
        const to = !isOwn ? 'person' : log === 'all' ? 'all' : 'staff';
        this.#messages.set(id, { id, at, by, to, text: event.body?.text ?? null, editedAt: null });
        return;
      }
      case 'chat.edited': {
        const known = this.#messages.get(event.body?.id ?? '');
        if (known && event.body && known.text !== null) Object.assign(known, { text: event.body.text, editedAt: at });
        return;
      }
      case 'chat.deleted': {
        const known = this.#messages.get(event.body?.id ?? '');
        if (known) known.text = null;
        return;
      }
      default:
    }
  }

  #addQuestion(event: ReportEvent): void {
    const { at, by } = event;
    switch (event.type) {
      case 'question.author':
        if (event.body?.participant === this.#participant) this.#anonymous.add(event.body.question);
        return;
      case 'question.asked': {
        const id = event.body?.id ?? event.ref;
        if (!id || !(by === this.#participant || this.#anonymous.has(id))) return;
        const isAnonymous = this.#anonymous.has(id);
        const { text = null, state = null, askedAt = at } = event.body ?? {};
        this.#questions.set(id, { id, at: askedAt, isAnonymous, text, state });
        return;
      }
      case 'question.changed': {
        const known = this.#questions.get(event.body?.id ?? '');
        if (!known || !event.body) return;
        known.text = event.body.text ?? known.text;
        known.state = event.body.state ?? known.state;
        return;
      }
      case 'question.answered': {
        const known = this.#questions.get(event.body?.id ?? '');
        if (known) known.state = 'answered';
        if (by === this.#participant && event.body)
          this.#rest.answers.push({ question: event.body.id, at, text: event.body.text });
        return;
      }
      default:
    }
  }

  #addOther(event: ReportEvent): void {
    const { at } = event;
    switch (event.type) {
      case 'person.named':
        if (event.body?.participant !== this.#participant) return;
        // The staff log has the real name where the class reads an alias, and is read first.
        if (event.body.alias === undefined || this.#rest.name === null) {
          this.#rest.name = event.body.name;
          this.#rest.picture = event.body.picture ?? null;
        }
        return;
      case 'vote.set':
        if (event.body?.value) this.#votes.set(event.body.question, at);
        else if (event.body) this.#votes.delete(event.body.question);
        return;
      case 'hand.raised':
        if (event.body?.participant === this.#participant) this.#rest.hands.push(at);
        return;
      case 'person.barred':
        if (event.body) {
          const { bar, barred, until, reason } = event.body;
          this.#rest.bars.push({ at, bar, barred, until, reason });
        }
        return;
      case 'person.admitted':
        if (event.body) this.#rest.admissions.push({ at, admitted: event.body.admitted });
        return;
      case 'audit': {
        const { about, of = [], action, text = null, note = null } = event.body ?? { action: '' };
        if (about === this.#participant || of.includes(this.#participant))
          this.#rest.moderation.push({ at, action, text, note });
        return;
      }
      default:
    }
  }
}
