import type { FrameKind } from './frames.js';

type Test = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Test>>;

const isText: Test = (value) => typeof value === 'string';
const isFlag: Test = (value) => typeof value === 'boolean';
const isCount: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isId: Test = (value) => typeof value === 'string' && /^[\w.~-]{1,128}$/u.test(value);
const isHex = (chars: number): Test => {
  const pattern = new RegExp(`^[0-9a-f]{${chars}}$`, 'u');
  return (value) => typeof value === 'string' && pattern.test(value);
};
const isOneOf =
  (...words: string[]): Test =>
  (value) =>
    words.includes(String(value));
const isObject: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const nullable =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const object =
  (shape: Shape): Test =>
  (value) =>
    isObject(value) && faultsOf(shape, value).length === 0;

const isLog = isOneOf('all', 'me', 'staff');
const isPosition = object({ epoch: isId, offset: isCount, hash: isHex(32) });
const positions = object({ all: optional(isPosition), me: optional(isPosition), staff: optional(isPosition) });
const isRole = isOneOf('instructor', 'assistant', 'student', 'observer', 'service');
const rights = { audio: isFlag, video: isFlag, share: isFlag };
const mediaSession = object({
  ...rights,
  session: isId,
  number: isCount,
  participant: isId,
  mode: isOneOf('video', 'audio', 'none'),
  live: isFlag,
  away: optional(isFlag),
  may: object(rights),
});
const heads = listOf(object({ log: isLog, position: isPosition }));

const SHAPES: Readonly<Record<FrameKind, Shape>> = {
  welcome: {
    participant: isId,
    tenant: isId,
    role: isRole,
    grants: listOf(isText),
    room: object({ id: isId, kind: isOneOf('meeting', 'livestream') }),
    positions,
    serverTime: isCount,
    expiresAt: isCount,
    ice: listOf(isObject),
    limits: (value) => isObject(value) && Object.values(value as object).every((limit) => typeof limit === 'number'),
  },
  waiting: {
    why: isOneOf('not_started', 'password', 'lobby', 'locked', 'full'),
    isWrong: optional(isFlag),
    retryAfterMs: optional(isCount),
    message: optional(object({ text: isText, at: isCount, name: isText })),
    room: object({ id: isId, title: optional(isText), startsAt: optional(nullable(isCount)) }),
    serverTime: isCount,
    expiresAt: isCount,
  },
  reset: {
    log: isLog,
    why: isOneOf('new', 'epoch', 'hash', 'too_far', 'role'),
    position: isPosition,
    snapshot: isObject,
  },
  event: {
    log: isLog,
    offset: (value) => isCount(value) && value !== 0,
    id: isId,
    at: isCount,
    type: isText,
    by: nullable(isId),
    hash: isHex(32),
    salt: optional(isHex(32)),
    digest: optional(isHex(64)),
    body: nullable(isObject),
  },
  ack: { cmid: isText, positions, result: isObject },
  refused: {
    cmid: optional(isText),
    code: (value) => typeof value === 'string' && /^[a-z_]+$/u.test(value),
    message: (value) => typeof value === 'string' && value !== '',
    help: optional(isText),
    retryable: isFlag,
    retryAfterMs: optional(isCount),
    expect: optional(isCount),
    detail: optional(isObject),
  },
  signal: { kind: isText, from: optional(isId), session: optional(isId), body: isObject },
  presence: {
    version: isCount,
    full: isFlag,
    count: isCount,
    joined: listOf(object({ participant: isId, role: isRole, away: optional(isFlag) })),
    left: listOf(isId),
  },
  lobby: {
    count: isCount,
    people: listOf(
      object({
        participant: isId,
        name: isText,
        since: isCount,
        why: optional(isOneOf('lobby', 'locked', 'full')),
        note: optional(isText),
      }),
    ),
  },
  roster: { total: isCount, people: listOf(object({ participant: isId, name: isText, role: isRole })) },
  media: { complete: isFlag, sessions: listOf(mediaSession) },
  session: {
    rev: isCount,
    session: nullable(mediaSession),
    why: nullable(isOneOf('elsewhere', 'taken', 'ended')),
  },
  ice: { ice: listOf(isObject) },
  rights: { role: isRole, grants: listOf(isText) },
  token: { expiresAt: optional(isCount) },
  ping: { heads },
  pong: { serverTime: isCount, heads },
  drain: { inMs: isCount },
};

/** What is wrong with a frame, by the shapes of the page: empty where nothing is. Members that the page does not name are a later version's. */
export function shapeFaults(text: string): readonly string[] {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return ['not JSON'];
  }
  if (!isObject(frame)) return ['not an object'];
  const members = frame as object & { frame?: unknown };
  const { frame: kind } = members;
  if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind)) return [`a frame of no known kind: ${String(kind)}`];
  const faults = faultsOf(SHAPES[kind as FrameKind], members).map((key) => `${kind}.${key}`);
  if (kind !== 'event') return faults;
  const { salt, digest, body } = members as { salt?: unknown; digest?: unknown; body?: unknown };
  if (body === null ? digest === undefined || salt !== undefined : salt === undefined)
    faults.push('event: `salt` with a body, `digest` without');
  if (Object.keys(members).at(-1) !== 'body') faults.push('event: `body` is not the last member');
  return faults;
}

function faultsOf(shape: Shape, value: unknown): string[] {
  return Object.entries(shape).flatMap(([key, test]) =>
    test((value as Readonly<Record<string, unknown>>)[key]) ? [] : [key],
  );
}
