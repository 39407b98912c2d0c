import { lengthOf, type Interval } from './intervals.js';
import type { ReportEvent } from './report-event.js';

/** From going live to the end; a class that is started again has another one. */
export interface ClassSession {
  /** When it went live, milliseconds since 1970. */
  readonly startedAt: number;
  /** null: it goes on. */
  readonly endedAt: number | null;
  /** When it was live and not held; up to now where it goes on. */
  readonly live: readonly Interval[];
  /** From when on somebody who is not there is late: the start, or the planned one where that was later. */
  readonly dueFrom: number;
  /** Until when one is there who does not leave early: the end, or the planned one where that was earlier; null: it goes on. */
  readonly dueUntil: number | null;
}

interface Session {
  readonly startedAt: number;
  endedAt: number | null;
  readonly live: { readonly from: number; to: number | null }[];
  plannedStart: number | null;
  plannedEnd: number | null;
}

/** When a room was a class: a fold of the events `room.changed` of the log `all`. Others pass it by. */
export class ClassTimes {
  readonly #sessions: Session[] = [];
  #startsAt: number | null = null;
  #endsAt: number | null = null;
  #title = '';

  /** As it is announced last. */
  get title(): string {
    return this.#title;
  }

  get startsAt(): number | null {
    return this.#startsAt;
  }

  get endsAt(): number | null {
    return this.#endsAt;
  }

  /** The next event of the log `all`. */
  add(event: ReportEvent): void {
    if (event.type !== 'room.changed' || event.body === null) return;
    const { state, startsAt, endsAt, title, liveSince, endedAt } = event.body;
    if (title !== undefined) this.#title = title;
    if (startsAt !== undefined) this.#startsAt = startsAt;
    if (endsAt !== undefined) this.#endsAt = endsAt;
    if (state === 'live') this.#goLive(liveSince ?? event.at, event.at);
    if (state === 'held') this.#pause(event.at);
    if (state === 'ended') this.#end(endedAt ?? event.at);
    const running = this.#running();
    if (running) {
      running.plannedStart = this.#startsAt;
      running.plannedEnd = this.#endsAt;
    }
  }

  /** The sessions so far, the first one first. @param now where the running one is cut, milliseconds since 1970 */
  sessions(now: number): readonly ClassSession[] {
    return this.#sessions.map((session) => {
      const { startedAt, endedAt, plannedStart, plannedEnd } = session;
      const live = session.live.map(({ from, to }) => ({ from, to: to ?? Math.max(from, now) }));
      const end = endedAt ?? Infinity;
      // A plan that is past, or that the whole class was before or after, says nothing about this one.
      const dueFrom = plannedStart !== null && plannedStart < end ? Math.max(startedAt, plannedStart) : startedAt;
      const dueUntil =
        endedAt === null ? null : plannedEnd !== null && plannedEnd > dueFrom ? Math.min(end, plannedEnd) : end;
      return { startedAt, endedAt, live, dueFrom, dueUntil };
    });
  }

  #running(): Session | undefined {
    const last = this.#sessions.at(-1);
    return last?.endedAt === null ? last : undefined;
  }

  #goLive(since: number, at: number): void {
    const running = this.#running();
    if (!running) {
      const live = [{ from: since, to: null }];
      this.#sessions.push({ startedAt: since, endedAt: null, live, plannedStart: null, plannedEnd: null });
    } else if (running.live.at(-1)?.to !== null) running.live.push({ from: at, to: null });
  }

  #pause(at: number): void {
    const span = this.#running()?.live.at(-1);
    if (span?.to === null) span.to = Math.max(span.from, at);
  }

  #end(at: number): void {
    const running = this.#running();
    if (!running) return;
    this.#pause(at);
    running.endedAt = Math.max(running.startedAt, at);
  }
}

/** How long a session was live and not held, milliseconds. */
export function classTimeOf({ live }: Pick<ClassSession, 'live'>): number {
  return lengthOf(live);
}
