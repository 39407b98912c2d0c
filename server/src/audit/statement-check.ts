import type { KeyObject } from 'node:crypto';
import { AttendanceFold } from '@lms-live/protocol';
import { toReportEvent } from '../reports/read-log.js';
import { logId } from '../rooms/logs.js';
import { attendanceClaims, type HeadClaim, type StatementClaims } from '../signing/statement.js';
import { verifyStatement } from '../signing/verify-statement.js';
import type { StoredEvent } from '../storage/types.js';
import type { LogRow } from './log-row.js';

interface Checked {
  readonly name: string;
  readonly claims: StatementClaims;
  readonly heads: ReadonlyMap<string, HeadClaim>;
  /** Logs of which the head was met, as it was signed or not. */
  readonly met: Set<string>;
  readonly fold: AttendanceFold;
}

/** What is wrong; `log` null: with the statement as a whole. */
export interface StatementFinding {
  readonly log: string | null;
  readonly offset: number | null;
  readonly what: string;
}

/** Holds the statements of one room against its logs, as they are read one after the other. */
export class StatementCheck {
  readonly findings: StatementFinding[] = [];
  readonly #statements: readonly Checked[];
  #isWhole = true;

  constructor({
    statements,
    keys,
    tenant,
    room,
  }: {
    readonly statements: readonly { readonly name: string; readonly jws: string }[];
    readonly keys: ReadonlyMap<string, KeyObject>;
    readonly tenant: string;
    readonly room: string;
  }) {
    this.#statements = statements.flatMap(({ name, jws }) => {
      const verdict = verifyStatement(jws, keys);
      if (!verdict.ok) {
        this.#tell(`${name} is not true: ${verdict.what}`);
        return [];
      }
      const { claims } = verdict;
      if (claims.tenant !== tenant || claims.room !== room) {
        this.#tell(`${name} is of another room: ${claims.tenant}/${claims.room}`);
        return [];
      }
      const heads = new Map(claims.logs.map((head) => [logId({ log: head.log, owner: head.participant ?? '' }), head]));
      return [{ name, claims, heads, met: new Set<string>(), fold: new AttendanceFold() }];
    });
  }

  /** The next event of a log. @param fits whether it fits its hash: what does not is folded into nothing */
  add(event: StoredEvent, fits: boolean): void {
    const log = logId(event);
    if (!fits && event.log !== 'me') this.#isWhole = false;
    for (const { name, heads, met, fold } of this.#statements) {
      const head = heads.get(log);
      if (!head || event.offset > head.offset) continue;
      if (event.log !== 'me' && this.#isWhole) this.#fold(fold, event);
      if (event.offset < head.offset) continue;
      met.add(log);
      if (event.hash !== head.hash)
        this.findings.push({ log, offset: event.offset, what: `the log was rewritten after ${name} was signed` });
    }
  }

  /** All logs of the room were read. */
  end(logs: readonly LogRow[]): void {
    const rows = new Map(logs.map((row) => [logId(row), row]));
    for (const statement of this.#statements) {
      const before = this.findings.length;
      for (const [log, head] of statement.heads) this.#checkHead(statement, { log, head, row: rows.get(log) });
      if (this.#isWhole && this.findings.length === before) this.#checkAttendance(statement);
    }
  }

  #fold(fold: AttendanceFold, event: StoredEvent): void {
    try {
      const folded = toReportEvent(event);
      if (folded) fold.add(folded);
    } catch {
      // Its hash fits and its body is no JSON: no server has written it.
      this.#isWhole = false;
      this.findings.push({ log: logId(event), offset: event.offset, what: 'the content is not JSON' });
    }
  }

  #checkHead(
    { name, met }: Checked,
    { log, head, row }: { readonly log: string; readonly head: HeadClaim; readonly row: LogRow | undefined },
  ): void {
    const tell = (what: string): void => {
      this.findings.push({ log, offset: head.offset, what });
    };
    if (!row) tell(`the log is gone; ${name} was signed at this offset`);
    else if (row.epoch !== head.epoch) tell(`the log was made anew after ${name} was signed`);
    else if (head.offset > 0 && !met.has(log)) tell(`the log was cut: ${name} was signed at this offset`);
  }

  #checkAttendance({ name, claims, fold }: Checked): void {
    const { sessions, attendance } = attendanceClaims(fold.report(claims.endedAt));
    const factsOf = (given: Pick<StatementClaims, 'sessions' | 'attendance'>): string =>
      JSON.stringify([
        given.sessions.map(({ startedAt, endedAt, live }) => [startedAt, endedAt, live]),
        given.attendance.map(({ participant, stays }) => [participant, stays]),
      ]);
    // Hours alone: how they are reckoned may change from version to version.
    if (factsOf({ sessions, attendance }) !== factsOf(claims)) this.#tell(`${name} says something else than the logs`);
  }

  #tell(what: string): void {
    this.findings.push({ log: null, offset: null, what });
  }
}
