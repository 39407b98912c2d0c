import type { LogName } from '../fields.js';
import type { CommandType, Command, SystemCommand } from '../tables/commands.js';
import type { ErrorCode } from '../tables/errors.js';
import type { EventBody, EventType } from '../tables/events.js';
import type { Grant, Role } from '../tables/rights.js';
import type { Rules } from '../state/rules.js';

/** Who sends a command, as the server knows them after admission. */
export interface Actor {
  /** null for `service` and for the system. */
  readonly participant: string | null;
  readonly role: Role;
  readonly grants: ReadonlySet<Grant>;
  readonly name: string;
  readonly picture: string | null;
}

/** What is outside the pure code: the clock, fresh ids (whose last characters are random), and the text that a command is about, where its row says `reads: 'text'`. */
export interface Moment {
  readonly now: number;
  readonly newId: () => string;
  readonly text?: string | null;
  /** Who waits for an answer at the door; only where the row of the command says `reads: 'lobby'`. */
  readonly waiting?: readonly string[];
  /** Whether the participant of the command is somebody who has come to this room or is expected there; where its row says `reads: 'person'`. Default: yes. */
  readonly isSomebody?: boolean;
  /** When somebody who is present was last seen, where that is not now: their last connection was lost. */
  readonly lastSeenAt?: (participant: string) => number | null;
}

/** An event before it has a place in a log. `owner` names whose `me` log. */
export type DraftEvent = {
  [T in EventType]: {
    readonly log: LogName;
    readonly owner: string | null;
    readonly type: T;
    readonly by: string | null;
    readonly body: EventBody<T>;
  };
}[EventType];

/**
 * What is written beside the logs, in the same transaction and before the events of the decision:
 * a wipe reaches everything that was committed up to then, and nothing that it comes with.
 */
export type Row =
  | { readonly kind: 'vote'; readonly question: string; readonly participant: string; readonly value: boolean }
  /** Erase body and salt of the events of these types about these ids, in every log of the room; the digests stay. */
  | { readonly kind: 'wipe'; readonly refs: readonly string[]; readonly types: readonly EventType[] }
  /** Forget which person a participant is. */
  | { readonly kind: 'forget'; readonly participant: string }
  | { readonly kind: 'ban'; readonly participant: string; readonly banned: boolean; readonly until: number | null };

/** A command that is carried out. Without events and rows it changed nothing, and is acknowledged all the same. */
export interface Accepted {
  readonly ok: true;
  readonly events: readonly DraftEvent[];
  readonly rows: readonly Row[];
  /** Goes back in the `ack`; `id` is that of what was made. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** A command that is not carried out; nothing is stored. */
export interface Refused {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
  /** For programs: which grant, which key, which state. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** What came of a command. */
export type Decision = Accepted | Refused;

/** What a handler sees: the command's own body, and everything that `decide` was given. */
export interface Case<T extends CommandType = CommandType> {
  readonly rules: Rules;
  readonly body: Extract<Command, { type: T }>['body'];
  readonly cmid: string;
  readonly actor: Actor;
  readonly moment: Moment;
}

/** Decides one command; its grant was checked, and nobody here is banned. */
export type Handler<T extends CommandType> = (given: Case<T>) => Decision;
/** Decides one command of the system. */
export type SystemHandler<T extends SystemCommand['type']> = (given: {
  rules: Rules;
  command: Extract<SystemCommand, { type: T }>;
  moment: Moment;
}) => Decision;

/** Accepted, and all is as it was. */
export const NOTHING: Accepted = Object.freeze<Accepted>({ ok: true, events: [], rows: [], result: {} });

/** Carries a command out. */
export function accept(
  events: readonly DraftEvent[],
  more: { result?: Readonly<Record<string, unknown>>; rows?: readonly Row[] } = {},
): Accepted {
  return { ok: true, events, rows: more.rows ?? [], result: more.result ?? {} };
}

/** Does not. */
export function refuse(code: ErrorCode, more: Omit<Refused, 'ok' | 'code'> = {}): Refused {
  return { ok: false, code, ...more };
}

type DraftOf<T extends EventType> = Extract<DraftEvent, { type: T }>;

/** An event for everyone. */
export function toAll<T extends EventType>(type: T, by: string | null, body: EventBody<T>): DraftOf<T> {
  return { log: 'all', owner: null, type, by, body } as DraftOf<T>;
}

/** An event for the staff. */
export function toStaff<T extends EventType>(type: T, by: string | null, body: EventBody<T>): DraftOf<T> {
  return { log: 'staff', owner: null, type, by, body } as DraftOf<T>;
}

/** An event for one person, by whose log it is. */
export function toMe<T extends EventType>(owner: string, type: T, by: string | null, body: EventBody<T>): DraftOf<T> {
  return { log: 'me', owner, type, by, body } as DraftOf<T>;
}

/** The same event in the staff log and in one person's own. */
export function toStaffAndMe<T extends EventType>(
  owner: string,
  type: T,
  by: string | null,
  body: EventBody<T>,
): DraftOf<T>[] {
  return [toStaff(type, by, body), toMe(owner, type, by, body)];
}
