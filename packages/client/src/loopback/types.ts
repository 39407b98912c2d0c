import type {
  CommandInput,
  CommandType,
  ErrorCode,
  EventBody,
  EventType,
  LogName,
  MediaSession,
  PolicyPatch,
  Role,
  RoomKind,
  RoomState,
  RtcBody,
  ServerFrameOf,
  SignalBody,
  SignalKind,
} from '@lms-live/protocol';
import type { Environment, MediaWish } from '../types.js';

/** Somebody of the in-page class. */
export interface LoopbackPerson {
  readonly sub: string;
  readonly name: string;
  readonly role: Role;
  readonly picture?: string;
  readonly grants?: Readonly<Record<string, boolean>>;
}

export interface LoopbackRoom {
  /** Default `loopback`. */
  readonly id?: string;
  /** Default `meeting`. */
  readonly kind?: RoomKind;
  readonly title?: string;
  readonly description?: string;
  readonly startsAt?: number | null;
  readonly endsAt?: number | null;
  readonly capacity?: number | null;
  readonly locked?: boolean;
  readonly policy?: PolicyPatch;
  /** Staff come in without it. Default none. */
  readonly password?: string;
  /** Who is expected, by the names that `as` knows them by. Default: nobody is missed. */
  readonly roster?: readonly string[];
  /** Default `live`. */
  readonly state?: RoomState;
}

export interface LoopbackOptions {
  readonly room?: LoopbackRoom;
  /** By the name that `as`, `environment` and `tokenFor` know them by; added to those that are always there (`PEOPLE`). */
  readonly people?: Readonly<Record<string, LoopbackPerson>>;
  /** The clock of the server. Default `Date.now`. */
  readonly now?: () => number;
  /** Ids of rooms, people, messages and events; each call another. Default random. */
  readonly newId?: () => string;
  readonly sha256?: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly setTimer?: Environment['setTimer'];
  readonly clearTimer?: Environment['clearTimer'];
  /** A client that is further behind gets a snapshot. Default `LIMITS.snapshotAfterEvents`. */
  readonly snapshotAfterEvents?: number;
  /** From the loss of the last connection to the leave that others see. Default `LIMITS.leaveGraceMs`. */
  readonly leaveGraceMs?: number;
  /** From the loss of a connection to the end of its media session. Default `LIMITS.mediaGraceMs`. */
  readonly mediaGraceMs?: number;
  /** How long after `start` the list of media sessions is not complete. Default `LIMITS.restartGraceMs`. */
  readonly restartGraceMs?: number;
}

/** An event as a test writes it: by a person's name here, or a participant id. */
export type LoopbackSeed = {
  [T in EventType]: {
    readonly type: T;
    readonly body: EventBody<T>;
    /** Default `all`. */
    readonly log?: LogName;
    readonly by?: string | null;
    /** Whose `me` log. */
    readonly owner?: string;
    /** Default now. */
    readonly at?: number;
  };
}[EventType];

/** Somebody of the class, played by a script. */
export interface LoopbackActor {
  /** The random id that the class knows this person by. */
  readonly participant: string;
  send<T extends CommandType>(type: T, body: CommandInput<T>): Promise<Readonly<Record<string, unknown>>>;
  /** @throws {LmsError} where the real server would refuse it */
  signal<K extends Exclude<SignalKind, 'rtc'>>(kind: K, body: SignalBody<K>): void;
  join(): Promise<void>;
  leave(): Promise<void>;
  /**
   * What this person's media session is to be; null ends it. What is not named is off, and `live` holds once they are in the class (`join`).
   * @returns the session, null where there is none
   */
  setMedia(wish: Partial<MediaWish> | null): Promise<MediaSession | null>;
  /** The connection of the media session is lost, or back. */
  setAway(isAway: boolean): Promise<void>;
  /** To the media session `to`; dropped where there is none. */
  sendRtc(to: string, body: RtcBody): void;
  /** Calls back with every `rtc`, `mute` and `ask` for this person's media session. @returns stops listening */
  onSignal(listener: (signal: ServerFrameOf<'signal'>) => void): () => void;
  /** Comes to the door: waits there, as staff are told, where the room says so. */
  knock(note?: string): Promise<void>;
}

export interface CloseOptions {
  readonly code: number;
  /** Default none. The real server gives the code of the refusal. */
  readonly reason?: string;
  /** Default everybody. */
  readonly person?: string;
}

/** A live server in the page: the real rules, frames and hashes, and no network. For tests and for demonstrations. */
export interface LoopbackServer {
  /** Address to give to `connect` or to an element; it is never fetched. */
  readonly url: string;
  readonly roomId: string;
  /** How long each frame takes, either way. Default 0. */
  latencyMs: number;
  /** Sockets stay open and nothing goes through: a dead path. */
  isSilent: boolean;
  /** For `connect({environment})`: sockets and HTTP that lead here. One object for each person. */
  environment(person?: string): Partial<Environment>;
  /** An unsigned token that only this server takes. */
  tokenFor(person: string | LoopbackPerson, options?: { readonly expiresInMs?: number }): string;
  as(person: string): LoopbackActor;
  /** Adds events as they are, past the rules. */
  seed(...events: readonly LoopbackSeed[]): Promise<void>;
  /** Drops all sockets and takes no new ones; what is in the logs is kept, media sessions are forgotten. */
  stop(): void;
  /**
   * As a new process: the list of media sessions is not complete for `restartGraceMs`. Whoever is played by a script comes back at once
   * to the same session, unless they are away.
   */
  start(): void;
  /** The next frame of this kind, either way, is lost. */
  dropNext(frameKind: string): void;
  /** The next command is refused. */
  refuseNext(code: ErrorCode, more?: { readonly retryAfterMs?: number }): void;
  /** Who is expected from now on; null: the host takes its list back. */
  setRoster(people: readonly string[] | null): Promise<void>;
  /** Withdraws every token of a person that is there by now: their sockets are closed, and only a newer one is taken. */
  revoke(person: string): void;
  /** Closes the sockets of one person, or all. */
  closeSockets(options: CloseOptions): void;
  /** Sends a frame as it is to all who were welcomed. */
  broadcast(text: string): void;
  /** Asks all for a fresh token. */
  requestTokens(): void;
  /** Announces that the server will go away. */
  drain(inMs: number): void;
  /** Starts the logs anew under other epochs, as a restored server would: everything in them is gone. */
  reset(): Promise<void>;
  /** Resolves when everything that has arrived was done and answered; with a `latencyMs` there may be more on the way. */
  settled(): Promise<void>;
  /** Sockets that are open now. */
  readonly openSockets: number;
}
