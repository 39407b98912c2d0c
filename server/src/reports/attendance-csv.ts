import type { Stay } from '@lms-live/protocol';
import type { Attendee, ClassAttendance, Missing } from './class-attendance.js';
import { writeCsv } from './csv.js';

/** How the reports call somebody who was erased. */
export const ERASED_PERSON = 'erased person';

const COLUMNS = [
  ...['participant', 'name', 'role', 'status', 'first_seen', 'last_seen', 'seconds_present', 'present_ratio'],
  ...['late_by_seconds', 'left_early_by_seconds', 'present_at_end', 'seconds_in_room', 'stays'],
];

/**
 * The attendance of a class as CSV: a line for everyone who was there, then one for everyone who was expected and is missing. Times are in UTC
 * (RFC 3339); what is not known, or not yet, is empty.
 * @param withSubs the ids of the host stand in a first column
 */
export function attendanceCsv({ people, missing }: ClassAttendance, withSubs: boolean): string {
  const lineOf = (sub: string | null, fields: readonly string[]): string[] =>
    withSubs ? [sub ?? '', ...fields] : [...fields];
  // Who came before the start alone has a line already.
  const known = new Set<string | null>(people.map(({ participant }) => participant));
  return writeCsv([
    withSubs ? ['sub', ...COLUMNS] : COLUMNS,
    ...people.map((person) => lineOf(person.sub, fieldsOf(person))),
    ...missing
      .filter(({ participant }) => !known.has(participant))
      .map((person) => lineOf(person.sub, missingFields(person))),
  ]);
}

function fieldsOf(person: Attendee): string[] {
  const { participant, name, isErased, role, firstSeenAt, lastSeenAt } = person;
  return [
    participant,
    isErased ? ERASED_PERSON : (name ?? ''),
    role,
    statusOf(person),
    timeOf(firstSeenAt),
    timeOf(lastSeenAt),
    String(person.secondsPresent),
    shown(person.presentRatio),
    shown(person.lateBySeconds),
    shown(person.leftEarlyBySeconds),
    shown(person.wasPresentAtEnd),
    String(person.secondsInRoom),
    person.stays.map(stayOf).join(' '),
  ];
}

function statusOf({ wasPresent, isExpected }: Attendee): 'present' | 'unexpected' | 'missing' | 'absent' {
  if (wasPresent) return isExpected === false ? 'unexpected' : 'present';
  return isExpected === true ? 'missing' : 'absent';
}

function missingFields({ participant, name, role }: Missing): string[] {
  const start = [participant ?? '', name ?? '', role ?? '', 'missing'];
  return [...start, ...COLUMNS.slice(start.length).map(() => '')];
}

function stayOf({ from, to }: Stay): string {
  return `${timeOf(from)}/${timeOf(to)}`;
}

function timeOf(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString();
}

function shown(value: number | boolean | null): string {
  return value === null ? '' : String(value);
}
