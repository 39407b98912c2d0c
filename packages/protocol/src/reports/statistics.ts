import type { Role } from '../tables/rights.js';
import { AttendanceFold, type AttendanceReport } from './attendance.js';
import type { ReportEvent } from './report-event.js';

/** What was said and done; what was deleted or erased since counts as well. */
export interface Engagement {
  /** Messages to everyone, and to the staff or back. */
  readonly messages: number;
  readonly questions: number;
  /** Written answers, each question once for each who answered it. */
  readonly answers: number;
  /** Votes that stand. */
  readonly votes: number;
  /** How often a hand went up. */
  readonly hands: number;
}

/** One person’s part in a class. */
export interface EngagementOfPerson extends Engagement {
  readonly participant: string;
  /** null: erased, or never announced. */
  readonly name: string | null;
  readonly isErased: boolean;
  readonly role: Role;
  readonly secondsPresent: number;
}

/** A class in numbers. */
export interface StatisticsReport extends Engagement {
  /** Up to when it reckons, milliseconds since 1970. */
  readonly at: number;
  readonly viewers: {
    /** Present now, staff too. */
    readonly current: number;
    /** The most at one moment. */
    readonly peak: number;
    /** When there first were as many; null: nobody came. */
    readonly peakAt: number | null;
    /** Everyone who ever was in the room. */
    readonly total: number;
  };
  /** Live and not held. */
  readonly durationSeconds: number;
  /** Questions that were asked without a name. */
  readonly anonymousQuestions: number;
  /** Questions that have, or had, a written answer. */
  readonly answeredQuestions: number;
  readonly people: readonly EngagementOfPerson[];
}

/** A vote that stands. */
export interface Vote {
  readonly participant: string;
}

/**
 * Folds the logs `all` and `staff` of a room into numbers. Each log in its own order; between the two any order gives the same.
 * Reactions are signals, and in no log.
 */
export class StatisticsFold {
  readonly attendance = new AttendanceFold();
  readonly #messages = new Map<string, number>();
  readonly #hands = new Map<string, number>();
  /** Who asked; null: nobody that is told. */
  readonly #questions = new Map<string, string | null>();
  readonly #anonymous = new Set<string>();
  /** Who answered, by question. */
  readonly #answers = new Map<string, Set<string>>();

  /** The next event of one of the two logs. */
  add(event: ReportEvent): void {
    this.attendance.add(event);
    switch (event.type) {
      case 'chat.posted':
        if (event.by !== null && event.log !== 'me') increase(this.#messages, event.by);
        break;
      case 'question.asked':
        if (event.log !== 'me') this.#ask(idOf(event, event.body?.id), event.by);
        break;
      case 'question.author':
        if (event.body && event.log === 'staff') {
          this.#anonymous.add(event.body.question);
          this.#questions.set(event.body.question, event.body.participant);
        }
        break;
      case 'question.answered':
        if (event.by !== null) this.#answer(idOf(event, event.body?.id), event.by);
        break;
      case 'hand.raised':
        if (event.body) increase(this.#hands, event.body.participant);
        break;
      default:
        break;
    }
  }

  /**
   * All that was folded.
   * @param now where what goes on is cut, milliseconds since 1970
   * @param votes those that stand: the store counts them, since each is in the log of the one who votes
   */
  report(now: number, votes: readonly Vote[]): StatisticsReport {
    const attendance = this.attendance.report(now);
    const standing = new Map<string, number>();
    for (const { participant } of votes) increase(standing, participant);
    const asked = new Map<string, number>();
    for (const by of this.#questions.values()) if (by !== null) increase(asked, by);
    const answered = new Map<string, number>();
    for (const authors of this.#answers.values()) for (const by of authors) increase(answered, by);
    const present = new Map(attendance.people.map(({ participant, secondsPresent }) => [participant, secondsPresent]));
    // Over HTTP one may write without being there.
    const active = [this.#messages, asked, answered, standing, this.#hands].flatMap((counts) => [...counts.keys()]);
    const elsewhere = new Set(active.filter((participant) => !present.has(participant)));
    return {
      at: now,
      viewers: viewersOf(attendance),
      durationSeconds: attendance.classSeconds,
      messages: sumOf(this.#messages),
      questions: this.#questions.size,
      anonymousQuestions: this.#anonymous.size,
      answers: sumOf(answered),
      answeredQuestions: this.#answers.size,
      votes: votes.length,
      hands: sumOf(this.#hands),
      people: [...present.keys(), ...elsewhere].map((participant) => ({
        participant,
        ...this.attendance.personOf(participant),
        secondsPresent: present.get(participant) ?? 0,
        messages: this.#messages.get(participant) ?? 0,
        questions: asked.get(participant) ?? 0,
        answers: answered.get(participant) ?? 0,
        votes: standing.get(participant) ?? 0,
        hands: this.#hands.get(participant) ?? 0,
      })),
    };
  }

  /** It stands in `staff` while it waits, and again in `all` once it is public. */
  #ask(question: string, by: string | null): void {
    this.#questions.set(question, this.#questions.get(question) ?? by);
  }

  #answer(question: string, by: string): void {
    const authors = this.#answers.get(question) ?? new Set();
    this.#answers.set(question, authors.add(by));
  }
}

/** Sweeps over the stays: whoever leaves at the moment that another comes is not counted with them. */
function viewersOf({ people }: AttendanceReport): StatisticsReport['viewers'] {
  const steps = people
    .flatMap(({ stays }) =>
      stays.flatMap(({ from, to }) => [
        { at: from, by: 1 },
        { at: to ?? Infinity, by: -1 },
      ]),
    )
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let [current, peak] = [0, 0];
  let peakAt: number | null = null;
  for (const { at, by } of steps) {
    current += by;
    if (current <= peak) continue;
    peak = current;
    peakAt = at;
  }
  return { current: people.filter(({ isPresentNow }) => isPresentNow).length, peak, peakAt, total: people.length };
}

function idOf({ ref, log, offset }: ReportEvent, id: string | undefined): string {
  return id ?? ref ?? `${log} ${String(offset)}`;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
