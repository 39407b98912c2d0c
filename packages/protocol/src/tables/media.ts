import * as v from 'valibot';
import { object } from '../object.js';
import { count, id } from '../fields.js';
import { LIMITS } from './limits.js';

/**
 * What a media session takes part in, given by the server in the order of joining: everything, everything but cameras, or no media.
 * See `LIMITS.maxVideoSessions` and `LIMITS.maxMediaSessions`.
 */
export const MEDIA_MODES = ['video', 'audio', 'none'] as const;
/** What a media session takes part in. */
export type MediaMode = (typeof MEDIA_MODES)[number];

/** What is sent: a microphone, a camera, a screen (with its sound). */
export const MEDIA_SOURCES = ['audio', 'video', 'share'] as const;
/** A microphone, a camera, or a screen with its sound. */
export type MediaSource = (typeof MEDIA_SOURCES)[number];

/** Why a tab has no media session although it wants one; `full` is a session in the mode `none`. */
export const NO_SESSION_REASONS = ['elsewhere', 'taken', 'ended'] as const;
/** `elsewhere`: another tab of this person has the media · `taken`: another tab has taken it over · `ended`: the class is over. */
export type NoSessionReason = (typeof NO_SESSION_REASONS)[number];

const sources = { audio: v.boolean(), video: v.boolean(), share: v.boolean() };

/** One tab in a call, as everyone in the room is told. `audio`, `video` and `share` say what is on right now. */
export const mediaSession = object({
  /** A rebuilt or taken over session has another one. */
  session: id,
  /** Rises from session to session of a room: of two, the higher makes the connection and all its offers. */
  number: count,
  participant: id,
  mode: v.picklist(MEDIA_MODES),
  /** In the class. Before it, on the pre-join, a session is only warmed: connected, and nothing is sent either way. */
  live: v.boolean(),
  /** The socket is lost; the media may go on. */
  away: v.optional(v.boolean()),
  ...sources,
  /** What this session may send, from its role, the policy, what staff have blocked, and its mode. Receivers drop the rest. */
  may: object(sources),
});
/** One tab in a call. */
export type MediaSession = v.InferOutput<typeof mediaSession>;
/** A value for each source. */
export type MediaSources = MediaSession['may'];

/** Longest session description or candidate, UTF-16 units; of four tracks it is about 8,000. */
const MAX_SDP_CHARS = 48_000;
const MAX_CANDIDATE_CHARS = 2_048;

const sdp = v.pipe(v.string(), v.maxLength(MAX_SDP_CHARS));
/** The offer that this belongs to: 1, 2, 3 … of a pair and epoch. */
const negotiation = v.pipe(v.number(), v.integer(), v.minValue(1));

const candidate = v.strictObject({
  candidate: v.pipe(v.string(), v.maxLength(MAX_CANDIDATE_CHARS)),
  sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(64)))),
  sdpMLineIndex: v.optional(v.nullable(count)),
  usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
});

/** What two media sessions say to each other to make a connection (WebRTC §4.4, JSEP RFC 9429, trickle ICE RFC 8838). */
const rtcMessage = v.variant('type', [
  v.strictObject({ type: v.literal('offer'), negotiation, sdp }),
  v.strictObject({ type: v.literal('answer'), negotiation, sdp }),
  /** `null`: there are no more of this negotiation. */
  v.strictObject({ type: v.literal('candidate'), negotiation, candidate: v.nullable(candidate) }),
  /** Asks the side that makes the offers for an ICE restart. */
  v.strictObject({ type: v.literal('restart') }),
  /** Asks the side that makes the offers for a new connection, of the next epoch. */
  v.strictObject({ type: v.literal('rebuild') }),
  /** How the camera of the other side is looked at here; `small` before it was said. What nobody looks at is not sent. */
  v.strictObject({ type: v.literal('view'), camera: v.picklist(['none', 'small', 'large']) }),
  /** In place of a candidate that the server has kept back, where media goes through TURN only. */
  v.strictObject({ type: v.literal('withheld') }),
]);

/**
 * One frame of the stream between two media sessions: reliable, in order, each message once.
 * `seq` counts the messages of one side and epoch from 1; `ack` is the highest that has come in without a gap. Without `message` it only acknowledges.
 */
export const rtcBody = v.strictObject({
  /** Counts the connections of this pair from 1; a frame of an earlier one is dropped. */
  epoch: v.pipe(v.number(), v.integer(), v.minValue(1)),
  ack: count,
  seq: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  message: v.optional(rtcMessage),
});
/** One frame of the stream between two media sessions. */
export type RtcBody = v.InferOutput<typeof rtcBody>;
/** One message of that stream. */
export type RtcMessage = v.InferOutput<typeof rtcMessage>;

/** Somebody who waits at the door. */
export const lobbyPerson = object({
  participant: id,
  name: v.string(),
  picture: v.optional(v.string()),
  /** Since when, milliseconds since 1970. */
  since: count,
  /** Whoever waits because the class is full is let in by nobody's answer, but by a place. */
  why: v.optional(v.picklist(['lobby', 'locked', 'full'])),
  /** What they wrote to the staff with their knock. */
  note: v.optional(v.string()),
});
/** Somebody who waits at the door. */
export type LobbyPerson = v.InferOutput<typeof lobbyPerson>;
export const lobbyPeople = v.pipe(v.array(lobbyPerson), v.maxLength(LIMITS.maxLobbyNames));
