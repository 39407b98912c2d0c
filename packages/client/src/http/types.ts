import type {
  CommandInput,
  Grant,
  IceServer,
  Message,
  PolicyPatch,
  Positions,
  Question,
  QuestionState,
  Role,
  RoomKind,
  RoomState,
  RoomView,
} from '@lms-live/protocol';

/** What a room is made of, or changed to; a key that is absent stays as it is, or takes its default. */
export type RoomSettings = Omit<CommandInput<'room.change'>, 'policy'> & { readonly policy?: PolicyPatch };
/** `kind` is fixed when the room is made; default `meeting`. */
export type NewRoom = RoomSettings & { readonly kind?: RoomKind };

/** A room in a list: what tells it from others. `GET` of the room has the rest. */
export type ListedRoom = Pick<
  RoomView,
  'id' | 'kind' | 'state' | 'visibility' | 'title' | 'startsAt' | 'endsAt' | 'createdAt' | 'liveSince'
>;

/** A page of a list; `next` is where the following one begins, null at the end. */
export interface Page<T, N = string> {
  readonly items: readonly T[];
  readonly next: N | null;
}

export interface RoomStatus {
  readonly status: RoomState;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  /** Who is in the class right now. */
  readonly viewers: number;
  readonly serverTime: number;
}

/** Admission without a socket. */
export interface Admission {
  readonly participant: string;
  readonly role: Role;
  readonly grants: readonly Grant[];
  readonly room: RoomView;
  readonly ice: readonly IceServer[];
  readonly serverTime: number;
}

/** Sent twice with the same key, it acts once; without one, each call acts. */
export interface WriteOptions {
  /** 16 to 64 characters of `[A-Za-z0-9_-]`; the `cmid` of the command. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
}

export interface RoomListQuery extends ReadOptions {
  readonly status?: RoomState | readonly RoomState[];
  readonly kind?: RoomKind;
  /** `next` of the page before. */
  readonly after?: string;
  /** At most, and by default, 100. */
  readonly limit?: number;
}

export interface MessageListQuery extends ReadOptions {
  /** Only messages before this offset; `next` of the page that came after. */
  readonly before?: number;
  /** Default 50, at most 200. */
  readonly limit?: number;
}

/** The HTTP API under `/v1`. Each call rejects with an `LmsError` that has the code of the problem. */
export interface HttpClient {
  readonly rooms: {
    /** Makes the room, or brings the one that is there to these settings. */
    put(id: string, room: NewRoom, options?: WriteOptions): Promise<RoomView>;
    /** Makes a room, with an id of the server's where none is given. @throws {LmsError} `room_exists` */
    create(room: NewRoom & { readonly id?: string }, options?: WriteOptions): Promise<RoomView>;
    list(query?: RoomListQuery): Promise<Page<ListedRoom>>;
    get(id: string, options?: ReadOptions): Promise<RoomView>;
    change(id: string, settings: RoomSettings, options?: WriteOptions): Promise<RoomView>;
    delete(id: string, options?: WriteOptions): Promise<void>;
    /** Public: needs no token, but the tenant where the server has more than one. */
    status(id: string, options?: ReadOptions & { readonly tenant?: string }): Promise<RoomStatus>;
    start(id: string, options?: WriteOptions): Promise<RoomView>;
    stop(id: string, options?: WriteOptions): Promise<RoomView>;
    join(id: string, options?: WriteOptions): Promise<Admission>;
    leave(id: string, options?: WriteOptions): Promise<void>;
  };
  readonly messages: {
    /** The messages to everyone, ascending by offset; without `before` the newest. */
    list(room: string, query?: MessageListQuery): Promise<Page<Message, number>>;
    post(room: string, message: CommandInput<'chat.post'>, options?: WriteOptions): Promise<Posted>;
  };
  readonly questions: {
    /** Public ones, one's own that wait, and for staff the queue. */
    list(room: string, options?: ReadOptions): Promise<Page<Question>>;
    ask(room: string, question: CommandInput<'question.ask'>, options?: WriteOptions): Promise<Asked>;
    vote(room: string, question: string, options?: WriteOptions): Promise<{ readonly votes: number }>;
    unvote(room: string, question: string, options?: WriteOptions): Promise<{ readonly votes: number }>;
    /** Answers in writing; again, it replaces the answer. */
    answer(room: string, question: string, answer: AnswerText): Promise<{ readonly positions: Positions }>;
  };
}

export interface Posted {
  readonly id: string;
  readonly positions: Positions;
}

export interface Asked {
  readonly id: string;
  readonly state: QuestionState;
  readonly positions: Positions;
}

export interface AnswerText extends WriteOptions {
  readonly text: string;
}
