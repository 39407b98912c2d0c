import { classTimeOf, ClassTimes, type ClassSession } from './class-times.js';
import { lengthOf, overlapOf, unionOf, type Interval } from './intervals.js';
import type { ReportEvent } from './report-event.js';
import type { Role } from '../tables/rights.js';

/** One stay of a person; `to` null: not over. Both are when they were seen, not when it was noticed. */
export interface Stay {
  readonly from: number;
  readonly to: number | null;
}

/** A person in one session of a class, or in all of them. Seconds are rounded to whole ones. */
export interface Presence {
  /** Present while the class was live and not held. */
  readonly secondsPresent: number;
  /** `secondsPresent` of the time that the class was live and not held, 0 to 1 with four decimals; null: it never was. */
  readonly presentRatio: number | null;
  /** First and last seen within it, milliseconds since 1970; null: never. */
  readonly firstSeenAt: number | null;
  readonly lastSeenAt: number | null;
  /** After the start, or the planned one where that was later; null: never seen. */
  readonly lateBySeconds: number | null;
  /** Before the end, or the planned one where that was earlier; null: never seen, or it goes on. */
  readonly leftEarlyBySeconds: number | null;
  /** null: it goes on. */
  readonly wasPresentAtEnd: boolean | null;
}

/**
 * A person in one room, over all sessions of the class: seen first and last in the room at any time, late in the first session
 * that they came to, early in the last one, at the end of the last session of the class.
 */
export interface AttendanceOfPerson extends Presence {
  readonly participant: string;
  /** null: erased, or never announced. */
  readonly name: string | null;
  readonly isErased: boolean;
  readonly role: Role;
  /** In the room, also before the start, after the end and while it was held: union of tabs, devices and reconnects. */
  readonly stays: readonly Stay[];
  readonly secondsInRoom: number;
  readonly isPresentNow: boolean;
  /** One for each session of the class, in their order. */
  readonly sessions: readonly Presence[];
}

/** Who was in a class, and when. */
export interface AttendanceReport {
  /** Up to when it reckons, milliseconds since 1970. */
  readonly at: number;
  readonly sessions: readonly ClassSession[];
  /** The time that the class was live and not held. */
  readonly classSeconds: number;
  /** Everyone who ever was in the room, by when they first were. */
  readonly people: readonly AttendanceOfPerson[];
}

const SECOND_MS = 1_000;
const RATIO_STEPS = 10_000;

interface Known {
  name: string | null;
  /** From the staff log: the real one, where the class sees an alias. */
  realName: string | null;
  isErased: boolean;
  role: Role;
  readonly stays: { readonly from: number; to: number | null }[];
}

const UNKNOWN: Omit<Known, 'stays'> = { name: null, realName: null, isErased: false, role: 'student' };

/**
 * Folds the logs `all` and `staff` of a room into who was there. Each log in its own order; between the two any order gives the same.
 * Reads `room.changed`, `attendance.opened`, `attendance.closed`, `person.named`, `person.role` and `erased`; others pass it by.
 */
export class AttendanceFold {
  readonly times = new ClassTimes();
  readonly #people = new Map<string, Known>();

  /** The next event of one of the two logs. */
  add(event: ReportEvent): void {
    switch (event.type) {
      case 'room.changed':
        this.times.add(event);
        break;
      case 'attendance.opened':
        if (event.log === 'staff' && event.body) this.#open(event.body.participant, event.body.seenAt);
        break;
      case 'attendance.closed':
        if (event.log === 'staff' && event.body) this.#close(event.body.participant, event.body.seenAt);
        break;
      case 'person.named':
        this.#name(event);
        break;
      case 'person.role':
        if (event.body) this.#person(event.body.participant).role = event.body.role;
        break;
      case 'erased':
        for (const participant of event.body?.people ?? []) this.#erase(participant);
        break;
      default:
        break;
    }
  }

  /** All that was folded. @param now where what goes on is cut, milliseconds since 1970 */
  report(now: number): AttendanceReport {
    const sessions = this.times.sessions(now);
    const people = [...this.#people]
      .filter(([, { stays }]) => stays.length > 0)
      .map(([participant, known]) => personOf({ participant, known, sessions, now }))
      .sort((a, b) => firstOf(a) - firstOf(b) || (a.participant < b.participant ? -1 : 1));
    return {
      at: now,
      sessions,
      classSeconds: seconds(sessions.reduce((sum, one) => sum + classTimeOf(one), 0)),
      people,
    };
  }

  /** Who a participant is, as staff read it; `name` null: erased, or never announced. */
  personOf(participant: string): Pick<AttendanceOfPerson, 'name' | 'isErased' | 'role'> {
    const { name, realName, isErased, role } = this.#people.get(participant) ?? UNKNOWN;
    return { name: realName ?? name, isErased, role };
  }

  #person(participant: string): Known {
    let known = this.#people.get(participant);
    if (!known) {
      known = { ...UNKNOWN, stays: [] };
      this.#people.set(participant, known);
    }
    return known;
  }

  #open(participant: string, seenAt: number): void {
    const { stays } = this.#person(participant);
    if (stays.at(-1)?.to !== null) stays.push({ from: seenAt, to: null });
  }

  #close(participant: string, seenAt: number): void {
    const last = this.#person(participant).stays.at(-1);
    if (last?.to === null) last.to = Math.max(last.from, seenAt);
  }

  #name({ log, body }: Extract<ReportEvent, { type: 'person.named' }>): void {
    if (!body) return;
    const known = this.#person(body.participant);
    if (known.isErased) return;
    if (log === 'staff') known.realName = body.name;
    else known.name = body.name;
  }

  #erase(participant: string): void {
    const known = this.#person(participant);
    known.name = null;
    known.realName = null;
    known.isErased = true;
  }
}

function personOf({
  participant,
  known,
  sessions,
  now,
}: {
  readonly participant: string;
  readonly known: Known;
  readonly sessions: readonly ClassSession[];
  readonly now: number;
}): AttendanceOfPerson {
  const union = unionOf(known.stays.map(({ from, to }) => ({ from, to: to ?? Math.max(from, now) })));
  const isPresentNow = known.stays.at(-1)?.to === null;
  const ofSessions = sessions.map((session) => presenceIn(session, union));
  const attended = ofSessions.filter(({ firstSeenAt }) => firstSeenAt !== null);
  return {
    participant,
    name: known.realName ?? known.name,
    isErased: known.isErased,
    role: known.role,
    // What goes on was cut at now for the reckoning, and has no end.
    stays: union.map((stay, index) => ({ ...stay, to: isPresentNow && index === union.length - 1 ? null : stay.to })),
    secondsInRoom: seconds(lengthOf(union)),
    isPresentNow,
    ...shareOf(
      union,
      sessions.flatMap(({ live }) => live),
    ),
    firstSeenAt: union[0]?.from ?? null,
    lastSeenAt: union.at(-1)?.to ?? null,
    lateBySeconds: attended[0]?.lateBySeconds ?? null,
    leftEarlyBySeconds: attended.at(-1)?.leftEarlyBySeconds ?? null,
    wasPresentAtEnd: ofSessions.at(-1)?.wasPresentAtEnd ?? null,
    sessions: ofSessions,
  };
}

/** A person in one session: what was before its start or after its end does not count. */
function presenceIn(
  { startedAt, endedAt, dueFrom, dueUntil, live }: ClassSession,
  union: readonly Interval[],
): Presence {
  const end = endedAt ?? Infinity;
  const within = union.filter(({ from, to }) => to > startedAt && from < end);
  const first = within[0];
  const last = within.at(-1);
  const firstSeenAt = first ? Math.max(first.from, startedAt) : null;
  const lastSeenAt = last ? Math.min(last.to, end) : null;
  return {
    ...shareOf(union, live),
    firstSeenAt,
    lastSeenAt,
    lateBySeconds: firstSeenAt === null ? null : seconds(Math.max(0, firstSeenAt - dueFrom)),
    leftEarlyBySeconds: lastSeenAt === null || dueUntil === null ? null : seconds(Math.max(0, dueUntil - lastSeenAt)),
    wasPresentAtEnd: endedAt === null ? null : lastSeenAt === endedAt,
  };
}

function shareOf(
  union: readonly Interval[],
  live: readonly Interval[],
): Pick<Presence, 'secondsPresent' | 'presentRatio'> {
  const presentMs = lengthOf(overlapOf(union, live));
  const classMs = lengthOf(live);
  return {
    secondsPresent: seconds(presentMs),
    presentRatio: classMs === 0 ? null : Math.round((presentMs / classMs) * RATIO_STEPS) / RATIO_STEPS,
  };
}

function firstOf({ stays }: Pick<AttendanceOfPerson, 'stays'>): number {
  return stays[0]?.from ?? 0;
}

function seconds(ms: number): number {
  return Math.round(ms / SECOND_MS);
}
