import * as v from 'valibot';
import { object } from './object.js';
import { cmid, count, digest, hash, id, log, position, positions, salt, time, type LogName } from './fields.js';
import { LIMITS } from './tables/limits.js';
import { lobbyPeople, mediaSession, NO_SESSION_REASONS } from './tables/media.js';
import { presence } from './tables/signals.js';
import { ROLES } from './tables/rights.js';
import { ROOM_KINDS } from './tables/states.js';

/** The sub-protocol that is negotiated in the WebSocket handshake (RFC 6455 §1.9). */
export const SUBPROTOCOL = 'lms-live.v1';
/** Where the socket is, below the address of the server. */
export const SOCKET_PATH = '/v1/socket';

// ── What a client says ──────────────────────────────────────────────────────────────────────────────────────────────

const password = v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.maxPasswordChars));

const hello = v.strictObject({
  frame: v.literal('hello'),
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.maxTokenBytes)),
  tenant: v.optional(id),
  room: v.optional(id),
  /** Of a room that has one; staff need none. */
  password: v.optional(password),
  /** The kind of room to create where the room does not exist and the token may create it. */
  kind: v.optional(v.picklist(ROOM_KINDS)),
  /** Where this client stands; without it everything is sent. */
  positions: v.optional(positions),
  /** Join at once: this person is then present. */
  join: v.optional(v.boolean(), false),
  client: v.strictObject({
    /** One tab, for as long as it lives; a newer connection with the same id replaces the older one. */
    id,
    name: v.optional(v.pipe(v.string(), v.maxLength(64))),
    /** The page is hidden. */
    hidden: v.optional(v.boolean()),
  }),
});

const command = v.strictObject({
  frame: v.literal('command'),
  cmid,
  /** 1, 2, 3 … of this connection. */
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  type: v.pipe(v.string(), v.maxLength(64)),
  body: v.optional(v.record(v.string(), v.unknown()), {}),
  /** This command may have been received before, on an earlier connection. */
  resend: v.optional(v.boolean(), false),
});

const signal = v.strictObject({
  frame: v.literal('signal'),
  kind: v.pipe(v.string(), v.maxLength(64)),
  to: v.optional(id),
  body: v.optional(v.record(v.string(), v.unknown()), {}),
});

const clientFrames = {
  hello,
  command,
  signal,
  /** A fresh token on a living connection. */
  token: v.strictObject({
    frame: v.literal('token'),
    token: v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.maxTokenBytes)),
  }),
  /**
   * What this tab wants of its media session, whole each time: said again it changes nothing. `open: false` ends it.
   * Answered by a `session`, which repeats `rev`.
   */
  media: v.strictObject({
    frame: v.literal('media'),
    /** Counts the wishes of this tab from 1, over all its connections. */
    rev: count,
    open: v.boolean(),
    /** The session that this tab had on an earlier connection. */
    session: v.optional(id),
    /** Take it over from another tab of this person. */
    take: v.optional(v.boolean(), false),
    /** In the class; false while only warmed. */
    live: v.optional(v.boolean(), false),
    audio: v.optional(v.boolean(), false),
    video: v.optional(v.boolean(), false),
    share: v.optional(v.boolean(), false),
  }),
  /** Something is missing: send again from here. */
  resume: v.strictObject({ frame: v.literal('resume'), positions }),
  /** At the door: the password of the room, or a word to the staff. Answered by a `waiting` or a `welcome`. */
  knock: v.strictObject({
    frame: v.literal('knock'),
    password: v.optional(password),
    note: v.optional(v.pipe(v.string(), v.maxLength(LIMITS.maxNoteChars))),
  }),
  /** Are you there? Answered by a `pong`. */
  ping: v.strictObject({ frame: v.literal('ping'), hidden: v.optional(v.boolean()) }),
};
/** Every frame that a client may send, told apart by `frame`. A key that is not known is refused. */
export const clientFrame = /* @__PURE__ */ v.variant(
  'frame',
  /* @__PURE__ */ Object.values(clientFrames) as [
    typeof hello,
    typeof command,
    typeof signal,
    typeof clientFrames.token,
    typeof clientFrames.media,
    typeof clientFrames.resume,
    typeof clientFrames.knock,
    typeof clientFrames.ping,
  ],
);
/** A frame of a client as it was read: with the defaults filled in. */
export type ClientFrame = v.InferOutput<typeof clientFrame>;
/** A frame of a client as it is written: defaults may be left out. */
export type ClientFrameInput = v.InferInput<typeof clientFrame>;
/** The first frame of a connection. */
export type HelloFrame = v.InferOutput<typeof hello>;
/** What a tab wants of its media session, as it was read. */
export type MediaFrame = v.InferOutput<typeof clientFrames.media>;
/** What somebody says at the door. */
export type KnockFrame = v.InferOutput<typeof clientFrames.knock>;
/** A command on its way; `readCommand` reads what is in it. */
export type CommandFrame = v.InferOutput<typeof command>;

// ── What the server says ────────────────────────────────────────────────────────────────────────────────────────────

const iceServer = object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});
const head = object({ log, position });

const welcome = object({
  frame: v.literal('welcome'),
  /** This person's random id in this room. */
  participant: id,
  tenant: id,
  role: v.picklist(ROLES),
  grants: v.array(v.string()),
  room: object({ id, kind: v.picklist(ROOM_KINDS) }),
  /** The heads of the logs that this person reads; the client is up to date once it is there. */
  positions,
  serverTime: time,
  /** When the token expires, milliseconds since 1970. */
  expiresAt: time,
  ice: v.array(iceServer),
  limits: v.record(v.string(), v.number()),
});

const waiting = object({
  frame: v.literal('waiting'),
  why: v.picklist(['not_started', 'password', 'lobby', 'locked', 'full']),
  /** The password that was given is not the one of the room. */
  isWrong: v.optional(v.boolean()),
  /** How long until another password is looked at. */
  retryAfterMs: v.optional(count),
  /** What the staff have written to those who wait, or to this person. */
  message: v.optional(object({ text: v.string(), at: time, name: v.string() })),
  room: object({ id, title: v.optional(v.string()), startsAt: v.optional(v.nullable(time)) }),
  serverTime: time,
  expiresAt: time,
});

const RESET_REASONS = ['new', 'epoch', 'hash', 'too_far', 'role'] as const;
const reset = object({
  frame: v.literal('reset'),
  log,
  /** `new`: nothing was known · `epoch`, `hash`: the log is another one · `too_far`: too much is missing · `role`: this person may now read it. */
  why: v.picklist(RESET_REASONS),
  position,
  snapshot: v.unknown(),
});

const event = object({
  frame: v.literal('event'),
  log,
  offset: v.pipe(v.number(), v.integer(), v.minValue(1)),
  id,
  at: time,
  type: v.string(),
  by: v.nullable(id),
  hash,
  salt: v.optional(salt),
  digest: v.optional(digest),
  body: v.unknown(),
});

const serverFrames = {
  welcome,
  waiting,
  reset,
  event,
  ack: object({ frame: v.literal('ack'), cmid, positions, result: v.record(v.string(), v.unknown()) }),
  refused: object({
    frame: v.literal('refused'),
    /** Absent where it was not a command that was refused. */
    cmid: v.optional(v.string()),
    code: v.string(),
    message: v.string(),
    /** For the developer or operator: what to look at. */
    help: v.optional(v.string()),
    retryable: v.boolean(),
    retryAfterMs: v.optional(count),
    expect: v.optional(count),
    detail: v.optional(v.record(v.string(), v.unknown())),
  }),
  signal: object({
    frame: v.literal('signal'),
    kind: v.string(),
    from: v.optional(id),
    /** The media session that an `rtc` signal comes from. */
    session: v.optional(id),
    body: v.record(v.string(), v.unknown()),
  }),
  // A call that is marked pure can be left out of a bundle that reads no schema; a bare spread cannot.
  presence: /* @__PURE__ */ (() => object({ frame: v.literal('presence'), ...presence.entries }))(),
  /** All media sessions of the room. Not `complete` for a while after a start of the server: whoever is missing may be on the way back. */
  media: object({
    frame: v.literal('media'),
    complete: v.boolean(),
    /** Told again with each ping while there are any. */
    sessions: v.array(mediaSession),
  }),
  /** The media session of this tab, or why it has none. */
  session: object({
    frame: v.literal('session'),
    /** The last wish that it answers. */
    rev: count,
    session: v.nullable(mediaSession),
    why: v.nullable(v.picklist(NO_SESSION_REASONS)),
  }),
  /** Fresh ICE servers, before the credentials of the last ones expire. */
  ice: object({ frame: v.literal('ice'), ice: v.array(iceServer) }),
  /** Who waits at the door; for those who may admit. */
  lobby: object({ frame: v.literal('lobby'), count, people: lobbyPeople }),
  /** Who is expected, as the host gave it, for staff: whoever of them is not present is missing. Beyond `LIMITS.maxRosterNames` only how many. */
  roster: object({
    frame: v.literal('roster'),
    total: count,
    people: v.array(object({ participant: id, name: v.string(), role: v.picklist(ROLES) })),
  }),
  rights: object({ frame: v.literal('rights'), role: v.picklist(ROLES), grants: v.array(v.string()) }),
  /** The token is accepted; or, without `expiresAt`, a fresh one is wanted. */
  token: object({ frame: v.literal('token'), expiresAt: v.optional(time) }),
  ping: object({ frame: v.literal('ping'), heads: v.array(head) }),
  pong: object({ frame: v.literal('pong'), serverTime: time, heads: v.array(head) }),
  drain: object({ frame: v.literal('drain'), inMs: count }),
};
/** Every frame that a server sends, told apart by `frame`. Keys that are not known are left out, so that an older client reads a newer server. */
export const serverFrame = /* @__PURE__ */ v.variant(
  'frame',
  /* @__PURE__ */ Object.values(serverFrames) as unknown as [
    typeof welcome,
    typeof waiting,
    typeof reset,
    typeof event,
    (typeof serverFrames)['ack'],
    (typeof serverFrames)['refused'],
    (typeof serverFrames)['signal'],
    (typeof serverFrames)['presence'],
    (typeof serverFrames)['media'],
    (typeof serverFrames)['session'],
    (typeof serverFrames)['ice'],
    (typeof serverFrames)['lobby'],
    (typeof serverFrames)['roster'],
    (typeof serverFrames)['rights'],
    (typeof serverFrames)['token'],
    (typeof serverFrames)['ping'],
    (typeof serverFrames)['pong'],
    (typeof serverFrames)['drain'],
  ],
);
/** A frame of the server. */
export type ServerFrame = v.InferOutput<typeof serverFrame>;
/** The frame of the server with this name. */
export type ServerFrameOf<K extends ServerFrame['frame']> = Extract<ServerFrame, { frame: K }>;
/** The answer to a `hello` of somebody who is admitted. */
export type WelcomeFrame = v.InferOutput<typeof welcome>;
/** An event on its way: the body stands last, as the exact text that is hashed. */
export type EventFrame = v.InferOutput<typeof event>;
/** Why a client is sent a snapshot. */
export type ResetReason = (typeof RESET_REASONS)[number];
/** A STUN or TURN server, as `RTCConfiguration.iceServers` takes it (WebRTC §4.2.2). */
export type IceServer = v.InferOutput<typeof iceServer>;
/** Why somebody has to wait at the door. */
export type WaitingReason = v.InferOutput<typeof waiting>['why'];
/** Where a log ends. */
export type Head = { readonly log: LogName; readonly position: v.InferOutput<typeof position> };
