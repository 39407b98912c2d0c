import type {
  CommandInput,
  CommandType,
  Grant,
  IceServer,
  LobbyPerson,
  MediaSession,
  MediaSource,
  NoSessionReason,
  PolicyKey,
  Question,
  Role,
  RoomKind,
  RtcBody,
  SignalKind,
  SignalBody,
  Views,
  WaitingReason,
} from '@lms-live/protocol';

/** A failure that a page can show and a program can tell apart. */
export interface LmsErrorDetail {
  /** One of the codes of the protocol (`ERRORS`), or a newer server's own. */
  readonly code: string;
  /** For people. */
  readonly message: string;
  /** Trying again later may help; where this is so the client does it by itself. */
  readonly retryable: boolean;
  /** For the developer: what to look at. */
  readonly help: string;
  readonly retryAfterMs?: number;
  /** Which grant, key, state or attribute. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Gives a fresh token: asked near expiry and when the server wants one, never in a loop. */
export type TokenProvider = (context: {
  readonly reason: 'start' | 'expiring' | 'refused';
}) => string | Promise<string>;

export interface ConnectOptions {
  /** Address of the live server, e.g. `https://live.school.example`. */
  readonly server: string;
  /** A token of the LMS. One of `token`, `tokenUrl`, `tokenProvider` is needed. */
  readonly token?: string | undefined;
  /** Same-origin address of the LMS that answers `{"token": "…"}` or the bare token, fetched with the page's cookies. */
  readonly tokenUrl?: string | undefined;
  readonly tokenProvider?: TokenProvider | undefined;
  /** Only where the token does not say. */
  readonly tenant?: string | undefined;
  /** Only where the token covers several rooms. */
  readonly room?: string | undefined;
  /**
   * Of a room that has one; staff need none. Kept in memory for as long as the page lives, so that it is not asked for again after a reconnect; stored
   * nowhere. Where it is missing or wrong the connection waits for `knock({password})`.
   */
  readonly password?: string | undefined;
  /** The kind of room to make where it does not exist and this person may create it. Default `meeting`. */
  readonly kind?: RoomKind | undefined;
  /** Be present in the class at once. Default true; a page with a stage joins later, by `join()`. */
  readonly join?: boolean | undefined;
  /**
   * Where messages wait that are not sent yet. Default `indexeddb`: on this device, so that they outlive the tab, unless the class says otherwise
   * (its policy `clientStorage`). `memory`: as long as the page is open; for devices that many people share without accounts of their own.
   */
  readonly clientStorage?: 'indexeddb' | 'memory' | undefined;
  /** What the connection is made of; default the platform's. For tests, Node and the in-page server. */
  readonly environment?: Partial<Environment> | undefined;
}

/** What comes in from outside: everything that is not pure. */
export interface Environment {
  openSocket(url: string, protocol: string): SocketLike;
  fetch: typeof globalThis.fetch;
  /** SHA-256; null where the page has none (`crypto.subtle` is missing without TLS): then only heads are compared. */
  sha256: ((bytes: Uint8Array) => Promise<Uint8Array>) | null;
  /** At least 128 random bits in 16 to 64 characters of `[A-Za-z0-9_-]`: commands and tabs are named so. */
  randomId(): string;
  /** Chance, from 0 up to and without 1: spreads reconnects. */
  random(): number;
  /** Monotonic milliseconds. */
  monotonicMs(): number;
  /** Wall clock. */
  nowMs(): number;
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** `online`, visibility, freeze and resume of the page; absent in Node. */
  page: PageEvents | null;
  /**
   * The unsent commands of one person in one room; asked for once it is known who they are. An implementation that keeps nothing longer than the
   * page may ignore what it is given.
   */
  createOutbox(owner: OutboxOwner, news: OutboxNews): Outbox | Promise<Outbox>;
}

/** Whose outbox it is; nothing in it is ever sent for another. */
export interface OutboxOwner {
  readonly server: string;
  readonly tenant: string;
  readonly room: string;
  /** The person, as the server knows them: two people who use one browser never have the same. */
  readonly participant: string;
  /** `iss` and `sub` of the token, as the page reads them, for `forget`; null where it cannot. */
  readonly person: string | null;
  /** `memory`: nothing may be stored; what an earlier visit has stored is taken over and wiped. */
  readonly storage: 'indexeddb' | 'memory';
}

/** What an outbox tells by itself. */
export interface OutboxNews {
  /** Another tab of this person is gone; what it could not send is in this outbox now, in its order. */
  adopted(items: readonly OutboxItem[]): void;
  /** Whether what is added outlives the page: told once it is open, and when that is over. Until then it does not. */
  keeps(isKept: boolean): void;
}

/** The part of `WebSocket` that is used. */
export interface SocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface PageEvents {
  readonly hidden: boolean;
  /**
   * Calls back on becoming visible (`wake`), when hidden, when the device has lost its network (`offline`), and when the page was cut off meanwhile
   * (`back`: at `online`, on `resume` after being frozen, and out of the cache of the browser), so that the socket is most likely dead, whatever it says.
   * @returns stops listening
   */
  listen(callback: (what: 'wake' | 'hidden' | 'back' | 'offline') => void): () => void;
}

/**
 * Commands that were not acknowledged yet, in the order of sending. Every method settles after the change is as durable as the outbox is.
 * One outbox belongs to one person in one room; it is never sent for another.
 */
export interface Outbox {
  add(item: OutboxItem): Promise<void>;
  remove(cmid: string): Promise<void>;
  /** All items, the oldest first. */
  list(): Promise<readonly OutboxItem[]>;
  /** Closes, and leaves nothing behind. Without it, its items are removed one by one. */
  wipe?(): Promise<void>;
  close(): Promise<void>;
}

export interface OutboxItem {
  readonly cmid: string;
  readonly type: CommandType;
  readonly body: Readonly<Record<string, unknown>>;
  /** When it was said, wall clock. */
  readonly at: number;
  /** It was refused for good: it is kept to be shown, and is not sent. */
  readonly refused?: LmsErrorDetail;
}

/**
 * `idle`: not started · `connecting`: for the first time · `waiting`: admitted to the door, not in yet (`why`) · `online` ·
 * `reconnecting`: comes back by itself · `ended`: the class is over, the log can be read · `failed`: will not come back by itself (`error`) · `closed`: by its owner.
 */
export type ConnectionState =
  'idle' | 'connecting' | 'waiting' | 'online' | 'reconnecting' | 'ended' | 'failed' | 'closed';

export interface Connection {
  readonly state: ConnectionState;
  readonly why: WaitingReason | null;
  readonly error: LmsErrorDetail | null;
  /** When the next attempt is made, wall clock; null where none is planned. */
  readonly retryAt: number | null;
  /** Everything up to the heads of `welcome` has been folded. */
  readonly synced: boolean;
  /**
   * What becomes of that which is not sent yet when the page goes. `kept`: it waits on this device, and is sent when this person opens the class again within a
   * day; `memory`: it is lost, because the host or the class wants it so, because storage is refused or full, or because it is not known yet who this is.
   */
  readonly outbox: 'kept' | 'memory';
}

export interface Me {
  readonly participant: string;
  readonly role: Role;
  readonly grants: ReadonlySet<Grant>;
}

/** A command that this page has sent and the server has not confirmed; shown as pending, never mixed into the truth. */
export interface Pending {
  readonly cmid: string;
  readonly type: CommandType;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: number;
  /** null while it is on its way; otherwise why it was refused for good, until it is sent again or dropped. */
  readonly error: LmsErrorDetail | null;
  /** Goes out by itself. With an `error`: when there is another connection, for it failed with the one before and nobody has refused it. */
  readonly waits: boolean;
}

export interface PresentPerson {
  readonly participant: string;
  readonly role: Role;
  readonly away: boolean;
}

/** What this tab wants of its media session; kept over reconnects, and told again until the server has it. */
export interface MediaWish {
  /** In the class; false while only warmed on the pre-join. */
  readonly live: boolean;
  readonly audio: boolean;
  readonly video: boolean;
  readonly share: boolean;
  /** Take the media over from another tab of this person. */
  readonly take?: boolean;
}

/** The media sessions of the class, as the server says. */
export interface MediaState {
  /** This tab's own; null while it has none. */
  readonly own: MediaSession | null;
  /** Why there is none although one is wanted. */
  readonly why: NoSessionReason | null;
  /** The server has answered the last wish. */
  readonly settled: boolean;
  /** Everyone's, by session. */
  readonly sessions: ReadonlyMap<string, MediaSession>;
  /** False for a while after a start of the server: whoever is missing may be on the way back. */
  readonly complete: boolean;
}

/** An `rtc` signal of another media session. */
export interface RtcSignal {
  readonly session: string;
  readonly participant: string;
  readonly body: RtcBody;
}

/** What there is to say at the door, beside why one waits there (`connection.why`). */
export interface Door {
  /** The password that was given is not that of the class. */
  readonly isWrong: boolean;
  /** When another password is looked at, wall clock; null: at once. */
  readonly retryAt: number | null;
  /** The last that staff have written to those who wait, or to this person; `at` is server time. */
  readonly message: { readonly text: string; readonly at: number; readonly name: string } | null;
  /** What this person has written to the staff with a knock; null: nothing. */
  readonly note: string | null;
}

/** What somebody says at the door. */
export interface Knock {
  readonly password?: string;
  /** A word to the staff, up to `LIMITS.maxNoteChars`; an empty one takes it back. */
  readonly note?: string;
}

/** Somebody whom the host expects. */
export interface ExpectedPerson {
  readonly participant: string;
  readonly name: string;
  readonly role: Role;
}

/** One frozen state; a new object for each change, unchanged parts kept by identity. */
export interface RoomState {
  readonly connection: Connection;
  readonly me: Me | null;
  /** Present in the class: counted, in attendance. */
  readonly joined: boolean;
  /** The id of the room, once it is known. */
  readonly roomId: string | null;
  /** What the server said, folded: the truth. */
  readonly views: Views;
  readonly pending: readonly Pending[];
  readonly presence: { readonly count: number; readonly people: ReadonlyMap<string, PresentPerson> };
  /** Who is writing, by participant. */
  readonly typing: readonly string[];
  readonly media: MediaState;
  /** Who waits at the door, for those who may admit; `count` where they are too many to be named. */
  readonly lobby: { readonly count: number; readonly people: readonly LobbyPerson[] };
  /** Of this person's own wait at the door. */
  readonly door: Door;
  /** Who is expected, as the host gave it, for staff; `people` is empty where they are too many to be named. null: the host gave no list, or it is not for this person. */
  readonly roster: { readonly total: number; readonly people: readonly ExpectedPerson[] } | null;
  /** Server clock minus this clock, milliseconds: `Date.now() + clockOffsetMs` is server time. */
  readonly clockOffsetMs: number;
  readonly ice: readonly IceServer[];
  /** Positions, for tests and support: offset and hash of each log that is read. */
  readonly heads: Readonly<Record<string, { readonly offset: number; readonly hash: string } | undefined>>;
}

/** What happened, in the past tense; elements re-dispatch these as `lms-…`. Facts of a replay are not announced. */
export interface RoomEvents {
  joined: { readonly participant: string };
  left: { readonly participant: string };
  'connection-changed': { readonly state: ConnectionState };
  'person-joined': { readonly participant: string; readonly name: string | null };
  'person-left': { readonly participant: string; readonly name: string | null };
  'message-posted': { readonly id: string; readonly by: string | null; readonly own: boolean };
  'question-asked': { readonly id: string; readonly own: boolean };
  'question-answered': { readonly id: string };
  'hand-raised': { readonly participant: string };
  'room-opened': { readonly room: string };
  'room-ended': { readonly room: string };
  'token-refreshed': Readonly<Record<string, never>>;
  reaction: { readonly participant: string; readonly emoji: string };
  /** Staff have turned off what this tab sends; it may be turned on again where it is allowed. */
  muted: { readonly by: string | null; readonly source: MediaSource };
  /** Staff ask to turn something on. */
  asked: { readonly by: string; readonly source: 'audio' | 'video' };
  /** For media engines: told at once, before the state. */
  rtc: RtcSignal;
  error: LmsErrorDetail;
}

/** One person in one room, shared by everything on the page that names the same server, tenant, room and person. */
export interface RoomClient {
  getState(): RoomState;
  /** @returns stops listening */
  subscribe(listener: (state: RoomState) => void): () => void;
  /** @returns stops listening */
  on<K extends keyof RoomEvents>(event: K, listener: (detail: RoomEvents[K]) => void): () => void;
  /**
   * Sends a command and settles when the server has made it durable. Survives reconnects; sent twice it acts once.
   * @returns the result of the `ack`, `id` among it where something was made
   * @throws {LmsError} when it is refused for good, or `closed`
   */
  send<T extends CommandType>(type: T, body: CommandInput<T>): Promise<Readonly<Record<string, unknown>>>;
  /** Sends a refused command again under a new id, or drops it. What `waits` goes out by itself. */
  retryPending(cmid: string): void;
  dropPending(cmid: string): void;
  /** At most once, past the log; silently dropped while offline. */
  signal<K extends Exclude<SignalKind, 'rtc'>>(kind: K, body: SignalBody<K>): void;
  /** For media engines: wants a media session, or null: wants none any more. One on a page: the last one who asked is heard. */
  setMedia(wish: MediaWish | null): void;
  /** For media engines: at most once. @returns false where it could not be sent, because the connection is down */
  sendRtc(to: string, body: RtcBody): boolean;
  join(): Promise<void>;
  leave(): Promise<void>;
  /**
   * At the door: the password of the room, or a word to the staff. What comes of it is seen in the state. Said while the connection is being made, it is
   * told with it.
   */
  knock(knock: Knock): void;
  /**
   * Lets in everyone who waits for an answer at the door, for staff.
   * @returns how many that were
   * @throws {LmsError} as `send`; `server_unreachable` while offline: whoever waits later is not meant
   */
  admitAll(): Promise<number>;
  /** A word to those who wait at the door, or to one of them, for staff; whoever comes to wait later reads the last one to all. Silently dropped while offline. */
  messageLobby(text: string, participant?: string): void;
  /** Fetches older messages of the class into the views. @returns whether there may be more */
  loadOlderMessages(): Promise<boolean>;
  /** Tries again at once after `failed` or while `reconnecting`. */
  retry(): void;
  /** Gives a fresh token to the living connection. */
  setToken(token: string): void;
  /** Lets go; the last holder's release closes the connection within a second. */
  release(): void;
}

/** What a person may do right now, and why not: for enabling controls, with the codes that a refusal would have. */
export interface Permission {
  readonly allowed: boolean;
  readonly code: string | null;
  /** Until when, wall clock (slow mode). */
  readonly until: number | null;
}

/** A question with what only this person knows of it. */
export interface QuestionItem extends Question {
  readonly own: boolean;
  readonly voted: boolean;
  /** Staff: who asked it, where it is anonymous to the class. */
  readonly author: string | null;
}

export type { PolicyKey };
