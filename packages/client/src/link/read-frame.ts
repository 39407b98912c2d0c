import type { ServerFrame } from '@lms-live/protocol';

type Check = (value: unknown) => boolean;

const string: Check = (value) => typeof value === 'string';
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const boolean: Check = (value) => typeof value === 'boolean';
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const anything: Check = () => true;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    object(value) && Object.entries(checks).every(([key, check]) => check((value as Record<string, unknown>)[key]));

const position = fields({ epoch: string, offset: count, hash: string });
const positions = fields({ all: optional(position), me: optional(position), staff: optional(position) });
const heads = list(fields({ log: string, position }));

const sources = { audio: boolean, video: boolean, share: boolean };
const mediaSession = fields({
  session: string,
  number: count,
  participant: string,
  mode: string,
  live: boolean,
  away: optional(boolean),
  ...sources,
  may: fields(sources),
});
/**
 * The fields that are read, and no more: a newer server may add others. Written out here, small, rather than taken from the schema of the protocol,
 * which would cost a page more than the whole receiver does; a test holds the two together.
 */
export const FRAME_CHECKS: { readonly [K in ServerFrame['frame']]: Check } = {
  welcome: fields({
    participant: string,
    tenant: string,
    role: string,
    grants: list(string),
    room: fields({ id: string, kind: string }),
    positions,
    serverTime: count,
    expiresAt: count,
    ice: list(object),
    limits: object,
  }),
  waiting: fields({
    why: string,
    isWrong: optional(boolean),
    retryAfterMs: optional(count),
    message: optional(fields({ text: string, at: count, name: string })),
    room: fields({ id: string }),
    serverTime: count,
    expiresAt: count,
  }),
  reset: fields({ log: string, why: string, position, snapshot: anything }),
  event: fields({
    log: string,
    offset: count,
    id: string,
    at: count,
    type: string,
    by: nullable(string),
    hash: string,
    salt: optional(string),
    digest: optional(string),
  }),
  ack: fields({ cmid: string, positions, result: object }),
  refused: fields({
    cmid: optional(string),
    code: string,
    message: string,
    help: optional(string),
    retryable: boolean,
    retryAfterMs: optional(count),
    expect: optional(count),
    detail: optional(object),
  }),
  signal: fields({ kind: string, from: optional(string), session: optional(string), body: object }),
  presence: fields({
    version: count,
    full: boolean,
    count,
    joined: list(fields({ participant: string, role: string, away: optional(boolean) })),
    left: list(string),
  }),
  media: fields({ complete: boolean, sessions: list(mediaSession) }),
  session: fields({ rev: count, session: nullable(mediaSession), why: nullable(string) }),
  ice: fields({ ice: list(object) }),
  roster: fields({ total: count, people: list(fields({ participant: string, name: string, role: string })) }),
  lobby: fields({
    count,
    people: list(fields({ participant: string, name: string, picture: optional(string), since: count })),
  }),
  rights: fields({ role: string, grants: list(string) }),
  token: fields({ expiresAt: optional(count) }),
  ping: fields({ heads }),
  pong: fields({ serverTime: count, heads }),
  drain: fields({ inMs: count }),
};

/** Reads what came over the socket. @returns null for garbage and for frames of a kind that this version does not know; never throws */
export function readServerFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    if (!object(frame)) return null;
    const { frame: kind } = frame as { frame: unknown };
    return typeof kind === 'string' &&
      Object.hasOwn(FRAME_CHECKS, kind) &&
      FRAME_CHECKS[kind as ServerFrame['frame']](frame)
      ? (frame as ServerFrame)
      : null;
  } catch {
    return null;
  }
}
