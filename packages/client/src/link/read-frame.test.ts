import { describe, expect, test } from 'vitest';
import { decodeServerFrame, serverFrame, type ServerFrame } from '@lms-live/protocol';
import { FRAME_CHECKS, readServerFrame } from './read-frame.js';

const HASH = 'a'.repeat(32);
const position = { epoch: 'e', offset: 3, hash: HASH };

const mediaSession = {
  session: 's~p',
  number: 1,
  participant: 'p',
  mode: 'video' as const,
  live: true,
  away: true,
  audio: true,
  video: false,
  share: false,
  may: { audio: true, video: true, share: false },
};

/** What is handed on as it is. */
const UNREAD = new Set(['ice', 'limits', 'snapshot']);

/** A frame of each kind, with every optional field. */
const FRAMES: { readonly [K in ServerFrame['frame']]: Extract<ServerFrame, { frame: K }> } = {
  welcome: {
    frame: 'welcome',
    participant: 'p',
    tenant: 't',
    role: 'student',
    grants: ['chat.post'],
    room: { id: 'r', kind: 'meeting' },
    positions: { all: position, me: position, staff: position },
    serverTime: 1,
    expiresAt: 2,
    ice: [{ urls: 'stun:live.test' }],
    limits: { maxUnacked: 8 },
  },
  waiting: {
    frame: 'waiting',
    why: 'lobby',
    room: { id: 'r', title: 'Algebra', startsAt: null },
    serverTime: 1,
    expiresAt: 2,
  },
  roster: { frame: 'roster', total: 1, people: [{ participant: 'p', name: 'Sam', role: 'student' }] },
  reset: { frame: 'reset', log: 'all', why: 'new', position, snapshot: {} },
  event: {
    frame: 'event',
    log: 'all',
    offset: 1,
    id: 'i',
    at: 1,
    type: 'chat.posted',
    by: null,
    hash: HASH,
    salt: HASH,
    digest: HASH + HASH,
    body: { id: 'm', text: 'x' },
  },
  ack: { frame: 'ack', cmid: 'c'.repeat(22), positions: { all: position }, result: {} },
  refused: {
    frame: 'refused',
    cmid: 'c',
    code: 'busy',
    message: 'Busy.',
    help: 'Wait.',
    retryable: true,
    retryAfterMs: 1,
    expect: 1,
    detail: {},
  },
  signal: { frame: 'signal', kind: 'rtc', from: 'p', session: 's~p', body: {} },
  presence: {
    frame: 'presence',
    version: 1,
    full: true,
    count: 1,
    joined: [{ participant: 'p', role: 'student', away: true }],
    left: ['q'],
  },
  media: { frame: 'media', complete: true, sessions: [mediaSession] },
  session: { frame: 'session', rev: 1, session: mediaSession, why: null },
  ice: { frame: 'ice', ice: [{ urls: 'stun:live.test' }] },
  lobby: {
    frame: 'lobby',
    count: 1,
    people: [{ participant: 'p', name: 'Anna', picture: 'https://school.test/anna.png', since: 1 }],
  },
  rights: { frame: 'rights', role: 'student', grants: [] },
  token: { frame: 'token', expiresAt: 1 },
  ping: { frame: 'ping', heads: [{ log: 'all', position }] },
  pong: { frame: 'pong', serverTime: 1, heads: [] },
  drain: { frame: 'drain', inMs: 1 },
};

test('there is a check for every kind of frame of the protocol, and no other', () => {
  const kinds = serverFrame.options.map((option) => option.entries.frame.literal);
  expect(Object.keys(FRAME_CHECKS).sort()).toEqual([...kinds].sort());
});

describe.each(Object.values(FRAMES))('$frame', (frame) => {
  const kind = frame.frame;
  const schema = serverFrame.options.find((option) => option.entries.frame.literal === kind);
  const fields = Object.keys(schema?.entries ?? {}).filter((key) => key !== 'frame');

  test('is read as the protocol reads it', () => {
    expect(decodeServerFrame(JSON.stringify(frame)).ok).toBe(true);
    expect(readServerFrame(JSON.stringify(frame))).toEqual(frame);
  });

  test.each(fields)('needs %s where the protocol needs it, of the same kind', (field) => {
    const good = frame[field as keyof typeof frame] as unknown;
    const isPlain = typeof good === 'object' && !Array.isArray(good);
    for (const wrong of [undefined, null, 7.5, true, [], ['x', 7], { x: 1 }]) {
      // To the schema an empty list is an object without fields; here it is not.
      if (isPlain && Array.isArray(wrong)) continue;
      const text = JSON.stringify({ ...frame, [field]: wrong });
      if (decodeServerFrame(text).ok) expect(readServerFrame(text)).not.toBeNull();
      // Without a body an event is one that was erased.
      else if (!UNREAD.has(field) && !(kind === 'event' && field === 'body')) expect(readServerFrame(text)).toBeNull();
    }
  });

  test('may have fields that this version does not know', () => {
    expect(readServerFrame(JSON.stringify({ ...frame, newer: 1 }))).not.toBeNull();
  });
});

test.each(['', 'no JSON', '7', 'null', '[]', '{}', '{"frame":7}', '{"frame":"__proto__"}', '{"frame":"toString"}'])(
  '%j is no frame',
  (text) => expect(readServerFrame(text)).toBeNull(),
);

test('bytes are no frame', () => {
  expect(readServerFrame(new ArrayBuffer(4))).toBeNull();
});
