import type { StoreFault } from './store-fault.js';
import type { EventType, LogName, Position, RoomKind, RoomState, Visibility } from '@lms-live/protocol';

/** A room's key in this store; never leaves the server. */
export type RoomKey = number;

/** What of a room is found without folding its log. The truth of the public part is the log; these columns are written in the same transaction. */
export interface RoomRow {
  readonly key: RoomKey;
  readonly tenant: string;
  readonly id: string;
  readonly kind: RoomKind;
  readonly state: RoomState;
  readonly visibility: Visibility;
  readonly title: string;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly createdAt: number;
  readonly liveSince: number | null;
  /** When the clock has to look at this room next (open, go live, end, give up being held); null: never. */
  readonly dueAt: number | null;
  /** Whether a public room stands in the list. */
  readonly listed: boolean;
  /** How the host calls it: an appointment, a webinar, a course; null: it has not said. */
  readonly externalRef: string | null;
  /** The hash of the password with its salt and cost; null: there is none. */
  readonly passwordHash: string | null;
  /** How many people stand on the list of the host; null: it has given none. */
  readonly expected: number | null;
  /** Subs who may change or delete the record; empty: every instructor whose token covers the room. */
  readonly owners: readonly string[];
}

/** The part of the record that stands in no log: nobody in the class may know it. */
export type PrivateRecord = Pick<RoomRow, 'owners' | 'externalRef' | 'passwordHash'>;

/** The part that follows the log; written in its commits. */
export type RoomPatch = Partial<
  Omit<RoomRow, 'key' | 'tenant' | 'id' | 'createdAt' | 'expected' | keyof PrivateRecord>
>;

/** Somebody on the list that a host gives for a room. */
export interface RosterEntry {
  readonly sub: string;
  /** null: what the token says. */
  readonly role: 'instructor' | 'assistant' | 'student' | 'observer' | null;
  readonly name: string | null;
}

/** A room that somebody was in, or is expected in. */
export interface RoomOfPerson {
  readonly room: RoomRow;
  /** null: they are on its list, and have not come yet. */
  readonly participant: string | null;
}

/** Tokens of one tenant that count no more, whatever their `exp`. */
export interface Revocation {
  readonly tenant: string;
  /** Of a person (`sub`), or one token (`jti`). */
  readonly kind: 'sub' | 'jti';
  readonly value: string;
  /** Of a person: the tokens whose `iat` is before this, milliseconds since 1970, and those without one. */
  readonly before: number;
  /** When every such token has expired anyway, milliseconds since 1970. */
  readonly until: number;
}

/** What was signed at one end of a class. */
export interface Statement {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Compact JWS (RFC 7515). */
  readonly jws: string;
}

/** What was answered to a request with an `Idempotency-Key`. */
export interface StoredRequest {
  /** SHA-256 of the method, the path and the body. */
  readonly digest: string;
  readonly status: number;
  /** JSON. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Names one log of a room; `owner` is the participant of a `me` log, else empty. */
export interface LogKey {
  readonly log: LogName;
  readonly owner: string;
}

export interface LogHead extends LogKey {
  readonly position: Position;
}

/** An event as it is stored. `body` is the exact JSON text; null, with the salt, once it was erased. */
export interface StoredEvent extends LogKey {
  readonly offset: number;
  readonly id: string;
  readonly at: number;
  readonly type: EventType;
  readonly by: string | null;
  /** What it is about (message, question, participant), for erasing and for reading texts. */
  readonly ref: string | null;
  readonly salt: string | null;
  readonly digest: string;
  readonly hash: string;
  readonly body: string | null;
}

/** The answer to a command, kept as long as the room so that sending twice acts once. */
export interface StoredCommand {
  /** The participant, or `service`. */
  readonly actor: string;
  readonly cmid: string;
  /** SHA-256 (hex) of type and body: the same id with another body is a conflict. Empty once it was wiped. */
  readonly digest: string;
  /** JSON of `{positions, result}`. */
  readonly answer: string;
  /** The id of what it was about, so that wiping that wipes the digest too; where absent, the `id` of the result. */
  readonly ref?: string | null;
}

/** One step of a commit. Steps are carried out in their order, so that a wipe reaches what was inserted before it and not what comes after. */
export type CommitStep =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'command'; readonly command: StoredCommand }
  | { readonly kind: 'vote'; readonly question: string; readonly participant: string; readonly value: boolean }
  /** Sets body and salt to null for events of these types about these ids, in every log of the room, and the digests of commands about them; drops the checkpoint. */
  | { readonly kind: 'wipe'; readonly refs: readonly string[]; readonly types: readonly EventType[] }
  | { readonly kind: 'forget'; readonly participant: string }
  | { readonly kind: 'ban'; readonly subHash: string; readonly banned: boolean; readonly until: number | null }
  | { readonly kind: 'room'; readonly patch: RoomPatch }
  | { readonly kind: 'lease'; readonly participant: string; readonly seenAt: number | null };

/** All of one room, atomic and durable when the promise settles. Moves the revision of the room by one. */
export interface CommitBatch {
  readonly key: RoomKey;
  /**
   * The revision that this was decided on. Where the room stands at another one nothing is written, and `RoomMoved` says
   * so. Absent: at whatever it stands, for what was not decided on anything.
   */
  readonly basis?: number;
  /** Logs written for the first time, with their epoch, before any step. */
  readonly newLogs: readonly LogHead[];
  readonly steps: readonly CommitStep[];
}

/** A unique key was already there: this one command was answered before; the batch was not committed. */
export class CommandConflict extends Error {
  override readonly name = 'CommandConflict';
  constructor(
    readonly actor: string,
    readonly cmid: string,
  ) {
    super(`command ${cmid} was already answered`);
  }
}

/** Somebody else has committed to the room since: nothing was written. Read on from `movedSince`, and decide again. */
export class RoomMoved extends Error {
  override readonly name = 'RoomMoved';
  constructor(
    readonly key: RoomKey,
    /** Where it stands now. */
    readonly revision: number,
  ) {
    super(`room ${key} has moved to revision ${revision}`);
  }
}

/**
 * The store cannot commit or read right now (disk full, locked, closed). Nothing was written, except where `isUnknown`:
 * then the answer was lost with whoever carried it out, and only reading on tells.
 */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
  readonly isUnknown: boolean;
  readonly fault: StoreFault;

  constructor(
    message: string,
    {
      isUnknown = false,
      fault = 'unavailable',
      ...options
    }: ErrorOptions & { readonly isUnknown?: boolean; readonly fault?: StoreFault } = {},
  ) {
    super(message, options);
    this.isUnknown = isUnknown;
    this.fault = fault;
  }
}

export interface RoomHeads {
  /** How often the room was committed to. */
  readonly revision: number;
  readonly heads: readonly LogHead[];
}

/** The room of this key was deleted, or never was: nothing was written, and trying again does not help. */
export class NoSuchRoom extends Error {
  override readonly name = 'NoSuchRoom';
  constructor(readonly key: RoomKey) {
    super(`there is no room with key ${key}`);
  }
}

export interface Participant {
  readonly participant: string;
  /** null once it was forgotten. */
  readonly sub: string | null;
}

/** A fold of the rules at a position of each log, so that a room comes back without reading its whole log. */
export interface Checkpoint {
  readonly heads: readonly LogHead[];
  /** The rules as text, with a digest over them and the heads. */
  readonly rules: string;
}

/** Which rooms of a tenant; what is absent is not asked. */
export interface RoomQuery {
  readonly tenant: string;
  readonly states?: readonly RoomState[] | undefined;
  readonly kind?: RoomKind | undefined;
  readonly externalRef?: string | undefined;
  /** Those that are not over before this, and … milliseconds since 1970. Those without a start are left out by either. */
  readonly from?: number | undefined;
  /** … that begin before this. */
  readonly to?: number | undefined;
  /** Those that a person may come to. Absent: all. */
  readonly visibleTo?: RoomReader | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** By what a person may come to rooms: public ones that are listed, those they own, those whose list holds them, and by their token. */
export interface RoomReader {
  readonly sub: string;
  /** Ids that the token names … */
  readonly exact: readonly string[];
  /** … and how those begin that it covers. */
  readonly prefixes: readonly string[];
  /** Where a room has a list, the list alone says it. */
  readonly hasLists: boolean;
}

/** An open lease: somebody was joined when it was last written. */
export interface Lease {
  readonly key: RoomKey;
  readonly participant: string;
  readonly seenAt: number;
}

/**
 * Where rooms live. Calls are carried out in the order in which they were made; none blocks the event loop.
 * Every method throws `StoreUnavailable` where the store cannot serve.
 */
export interface Store {
  /** Creates the row, or gives the one that is there. The log is still empty then. */
  createRoom(room: {
    readonly tenant: string;
    readonly id: string;
    readonly kind: RoomKind;
    readonly createdAt: number;
    readonly owners: readonly string[];
    readonly externalRef?: string | null;
    readonly passwordHash?: string | null;
  }): Promise<{ readonly room: RoomRow; readonly created: boolean }>;
  getRoom(tenant: string, id: string): Promise<RoomRow | null>;
  getRoomByKey(key: RoomKey): Promise<RoomRow | null>;
  /** Rooms of a tenant by id, after `after`, at most `limit`. */
  listRooms(query: RoomQuery): Promise<readonly RoomRow[]>;
  /** Changes what of the record stands in no log. @throws {NoSuchRoom} */
  changeRecord(key: RoomKey, patch: Partial<PrivateRecord>): Promise<RoomRow>;
  /** Replaces the list of who is expected; null: there is none any more. @throws {NoSuchRoom} */
  setRoster(key: RoomKey, people: readonly RosterEntry[] | null): Promise<RoomRow>;
  /** By `sub`. */
  roster(key: RoomKey): Promise<readonly RosterEntry[]>;
  rosterEntry(query: { readonly key: RoomKey; readonly sub: string }): Promise<RosterEntry | null>;
  /** Every room of a tenant that a person was in or is expected in, by id. */
  roomsOfPerson(query: { readonly tenant: string; readonly sub: string }): Promise<readonly RoomOfPerson[]>;
  /** Takes a person off every list of a tenant. */
  dropFromRosters(query: { readonly tenant: string; readonly sub: string }): Promise<void>;
  /** Deletes a room and everything of it. @returns whether it was there */
  deleteRoom(key: RoomKey): Promise<boolean>;
  /** Rooms whose `dueAt` is at or before `now`. */
  dueRooms(now: number): Promise<readonly RoomRow[]>;

  /** The participant of a person in a room, made with `newId` where it is new. */
  participantOf(query: { readonly key: RoomKey; readonly sub: string; readonly newId: string }): Promise<Participant>;
  participants(key: RoomKey): Promise<readonly Participant[]>;

  /** Heads of all logs of a room. */
  heads(key: RoomKey): Promise<readonly LogHead[]>;
  /**
   * Heads of the logs that have moved, or are new, after a revision of their room (below 0: all of them), and its revision
   * now, both as of one moment.
   * @throws {NoSuchRoom}
   */
  movedSince(query: { readonly key: RoomKey; readonly revision: number }): Promise<RoomHeads>;
  /** The revisions of these rooms; one that is not there is left out. */
  revisions(keys: readonly RoomKey[]): Promise<readonly { readonly key: RoomKey; readonly revision: number }[]>;
  /** Events after an offset, ascending, at most `limit`. */
  readEvents(
    query: { readonly key: RoomKey; readonly after: number; readonly limit: number } & LogKey,
  ): Promise<readonly StoredEvent[]>;
  /** The event at an offset. */
  readEvent(query: { readonly key: RoomKey; readonly offset: number } & LogKey): Promise<StoredEvent | null>;
  /** All events about some ids, of some types, by log and offset. */
  readAbout(query: {
    readonly key: RoomKey;
    readonly refs: readonly string[];
    readonly types: readonly EventType[];
  }): Promise<readonly StoredEvent[]>;
  /** Events of some types after an offset, and up to another one, ascending: what a report reads of a long log. */
  readOfTypes(
    query: {
      readonly key: RoomKey;
      readonly types: readonly EventType[];
      readonly after: number;
      readonly upTo: number;
    } & LogKey,
  ): Promise<readonly StoredEvent[]>;
  /** The newest `limit` events of one type before an offset, ascending. */
  readPage(
    query: {
      readonly key: RoomKey;
      readonly type: EventType;
      readonly before: number;
      readonly limit: number;
    } & LogKey,
  ): Promise<readonly StoredEvent[]>;

  /** @throws {RoomMoved} before anything else; {CommandConflict}; {NoSuchRoom} */
  commit(batch: CommitBatch): Promise<void>;
  findCommand(query: {
    readonly key: RoomKey;
    readonly actor: string;
    readonly cmid: string;
  }): Promise<StoredCommand | null>;

  /** Who votes for which questions. */
  votes(key: RoomKey): Promise<readonly { readonly question: string; readonly participant: string }[]>;
  isBanned(query: { readonly key: RoomKey; readonly subHash: string; readonly now: number }): Promise<boolean>;

  /** Nothing happens where the room stands at another revision than `basis`: what was wiped since may be in the rules. */
  saveCheckpoint(key: RoomKey, checkpoint: Checkpoint, basis?: number): Promise<void>;
  loadCheckpoint(key: RoomKey): Promise<Checkpoint | null>;

  /** Writes when people were last seen; only leases that are open. */
  touchLeases(leases: readonly Lease[]): Promise<void>;
  openLeases(): Promise<readonly Lease[]>;

  /** Of one person or token there is one: the later one stands. */
  addRevocation(revocation: Revocation): Promise<void>;
  /** @returns whether it was there */
  removeRevocation(which: Pick<Revocation, 'tenant' | 'kind' | 'value'>): Promise<boolean>;
  /** Those that still matter at this time; the others are forgotten. */
  revocations(now: number): Promise<readonly Revocation[]>;

  saveStatement(key: RoomKey, statement: Statement): Promise<void>;
  /** The oldest first. */
  statements(key: RoomKey): Promise<readonly Statement[]>;
  /** Rooms that have ended, and of which nothing was signed since they last went live. */
  unsignedRooms(): Promise<readonly RoomKey[]>;

  /** Remembers what was answered. Nothing happens where something was remembered already. */
  saveRequest(query: {
    readonly tenant: string;
    readonly caller: string;
    readonly key: string;
    readonly request: StoredRequest;
  }): Promise<void>;
  findRequest(query: {
    readonly tenant: string;
    readonly caller: string;
    readonly key: string;
    /** Older ones are forgotten. */
    readonly after: number;
  }): Promise<StoredRequest | null>;

  /** A small secret or setting of this installation, made once (`make` is called where it is missing). */
  setting(name: string, make: () => string): Promise<string>;
  /** Those whose name begins so, by name. */
  settings(prefix: string): Promise<readonly { readonly name: string; readonly value: string }[]>;
  /** Settles when the store can read and write; for `/readyz`. */
  check(): Promise<void>;
  close(): Promise<void>;
}
export type { LogName };
