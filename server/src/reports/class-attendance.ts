import type { AttendanceOfPerson, AttendanceReport, Role } from '@lms-live/protocol';
import type { Participant, RosterEntry } from '../storage/types.js';

/** A person of the attendance, as a host knows them. */
export interface Attendee extends AttendanceOfPerson {
  /** null: erased. */
  readonly sub: string | null;
  /** Stands on the list of the host; null: it has given none, or nobody knows who this was. */
  readonly isExpected: boolean | null;
  /** Was there while the class was live, or is now; where it never was live, in the room. */
  readonly wasPresent: boolean;
}

/** Somebody on the list of the host who was not there. */
export interface Missing {
  readonly sub: string;
  readonly participant: string | null;
  readonly name: string | null;
  readonly role: Role | null;
}

/** The attendance of a class, held against the list of who was expected. */
export interface ClassAttendance extends Omit<AttendanceReport, 'people'> {
  readonly counts: {
    /** On the list of the host; null here and below: it has given none. */
    readonly expected: number | null;
    readonly present: number;
    readonly missing: number | null;
    /** Were there, and stand on no list. */
    readonly unexpected: number | null;
    /** Were there, and were erased since: nobody knows whether they were expected. */
    readonly erased: number;
  };
  readonly people: readonly Attendee[];
  readonly missing: readonly Missing[];
}

/** @param roster null: the host has given none */
export function classAttendance({
  report,
  participants,
  roster,
}: {
  readonly report: AttendanceReport;
  readonly participants: readonly Participant[];
  readonly roster: readonly RosterEntry[] | null;
}): ClassAttendance {
  const subs = new Map(participants.map(({ participant, sub }) => [participant, sub]));
  const ids = new Map(participants.map(({ participant, sub }) => [sub, participant]));
  const expected = roster && new Set(roster.map(({ sub }) => sub));
  const people = report.people.map((person) => {
    const sub = subs.get(person.participant) ?? null;
    const isExpected = expected === null || sub === null ? null : expected.has(sub);
    const seconds = report.sessions.length === 0 ? person.secondsInRoom : person.secondsPresent;
    return { ...person, sub, isExpected, wasPresent: person.isPresentNow || seconds > 0 };
  });
  const present = people.filter(({ wasPresent }) => wasPresent);
  const here = new Set(present.map(({ sub }) => sub));
  const missing = (roster ?? [])
    .filter(({ sub }) => !here.has(sub))
    .map(({ sub, name, role }) => ({ sub, participant: ids.get(sub) ?? null, name, role }));
  return {
    ...report,
    counts: {
      expected: roster && roster.length,
      present: present.length,
      missing: roster && missing.length,
      unexpected: expected && present.filter(({ isExpected }) => isExpected === false).length,
      erased: present.filter(({ sub }) => sub === null).length,
    },
    people,
    missing,
  };
}
