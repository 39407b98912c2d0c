import type { AttendanceReport, LogName, Role } from '@lms-live/protocol';
import type { LogHead } from '../storage/types.js';

/** What a statement says that it is, so that it passes for no token (RFC 8725 §3.11). */
export const STATEMENT_TYPE = 'lms-live-statement+jwt';

/** From and to, milliseconds since 1970; null: it goes on. */
type Span = readonly [from: number, to: number | null];

/** One person in a class. Who that is, is not signed: it can be erased, and what was signed stays true. */
export interface AttendanceClaim {
  readonly participant: string;
  readonly role: Role;
  readonly stays: readonly Span[];
  readonly secondsPresent: number;
  readonly presentRatio: number | null;
  readonly lateBySeconds: number | null;
  readonly leftEarlyBySeconds: number | null;
  readonly wasPresentAtEnd: boolean | null;
}

/** A log as far as the statement reaches. */
export interface HeadClaim {
  readonly log: LogName;
  /** Whose log it is, where it is somebody’s own. */
  readonly participant?: string;
  readonly epoch: string;
  readonly offset: number;
  readonly hash: string;
}

/** What is signed at the end of a class. Times but `iat` are milliseconds since 1970. */
export interface StatementClaims {
  /** The public URL of the server. */
  readonly iss: string;
  /** When it was signed, seconds since 1970. */
  readonly iat: number;
  /** The statement; unique in its room. */
  readonly jti: string;
  readonly tenant: string;
  readonly room: string;
  readonly endedAt: number;
  readonly sessions: readonly {
    readonly startedAt: number;
    readonly endedAt: number | null;
    readonly live: readonly Span[];
  }[];
  readonly classSeconds: number;
  readonly logs: readonly HeadClaim[];
  readonly attendance: readonly AttendanceClaim[];
}

/** What follows from the logs alone, up to some heads: an audit comes to the same. */
export function attendanceClaims({
  sessions,
  classSeconds,
  people,
}: AttendanceReport): Pick<StatementClaims, 'sessions' | 'classSeconds' | 'attendance'> {
  return {
    sessions: sessions.map(({ startedAt, endedAt, live }) => ({
      startedAt,
      endedAt,
      live: live.map(({ from, to }) => [from, to] as const),
    })),
    classSeconds,
    attendance: people.map((person) => ({
      participant: person.participant,
      role: person.role,
      stays: person.stays.map(({ from, to }) => [from, to] as const),
      secondsPresent: person.secondsPresent,
      presentRatio: person.presentRatio,
      lateBySeconds: person.lateBySeconds,
      leftEarlyBySeconds: person.leftEarlyBySeconds,
      wasPresentAtEnd: person.wasPresentAtEnd,
    })),
  };
}

export function headClaims(heads: readonly LogHead[]): readonly HeadClaim[] {
  return heads.map(({ log, owner, position: { epoch, offset, hash } }) => ({
    log,
    ...(owner === '' ? {} : { participant: owner }),
    epoch,
    offset,
    hash,
  }));
}
