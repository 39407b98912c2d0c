import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bodyTextOf,
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeEventFrame,
  encodeServerFrame,
  readCommand,
  readSignal,
} from './codec.js';
import type { ClientFrameInput, EventFrame, ServerFrame } from './frames.js';
import { COMMAND_TYPES } from './tables/commands.js';
import { RESERVED_FAMILIES } from './tables/events.js';
import { LIMITS } from './tables/limits.js';
import { runs } from './testing/runs.js';

const CMID = 'abcdefghijklmnopqrstuv';
const POSITION = { epoch: 'e1', offset: 7, hash: '0'.repeat(32) };

const hello: ClientFrameInput = { frame: 'hello', token: 'a.b.c', client: { id: 'tab-1' } };

describe('decodeClientFrame', () => {
  it.each<[string, ClientFrameInput]>([
    [
      'a hello',
      { ...hello, room: 'algebra-1', kind: 'meeting', positions: { all: POSITION, me: POSITION }, join: true },
    ],
    ['a command', { frame: 'command', cmid: CMID, seq: 1, type: 'chat.post', body: { text: 'hi' }, resend: true }],
    ['a signal', { frame: 'signal', kind: 'typing', to: 'p-1', body: {} }],
    ['a token', { frame: 'token', token: 'a.b.c' }],
    ['a resume', { frame: 'resume', positions: { staff: POSITION } }],
    ['a ping', { frame: 'ping', hidden: true }],
  ])('reads %s as it was written', (_name, frame) => {
    expect(decodeClientFrame(encodeClientFrame(frame))).toMatchObject({ ok: true, value: frame });
  });

  it('fills in what a frame leaves out', () => {
    expect(decodeClientFrame(encodeClientFrame(hello))).toEqual({ ok: true, value: { ...hello, join: false } });
    expect(decodeClientFrame(`{"frame":"command","cmid":"${CMID}","seq":1,"type":"room.start"}`)).toMatchObject({
      value: { body: {}, resend: false },
    });
  });

  it.each([
    ['nothing', '', ''],
    ['no JSON', '{"frame":', ''],
    ['a number', '4', ''],
    ['null', 'null', ''],
    ['a list', '[]', 'frame'],
    ['an unknown frame', '{"frame":"shout"}', 'frame'],
    ['a frame without a name', '{"token":"a"}', 'frame'],
    ['the name of something that every object has', '{"frame":"toString"}', 'frame'],
    ['a hello without a token', '{"frame":"hello","client":{"id":"t"}}', 'token'],
    ['a token that is longer than a token may be', JSON.stringify({ ...hello, token: 'x'.repeat(8_193) }), 'token'],
    ['a key that is not known', JSON.stringify({ ...hello, admin: true }), 'admin'],
    ['an id with a slash', JSON.stringify({ ...hello, room: 'a/b' }), 'room'],
    [
      'an offset that is no integer',
      JSON.stringify({ ...hello, positions: { all: { ...POSITION, offset: 0.5 } } }),
      'positions.all.offset',
    ],
    [
      'a hash that is no hash',
      JSON.stringify({ frame: 'resume', positions: { all: { ...POSITION, hash: 'F'.repeat(32) } } }),
      'positions.all.hash',
    ],
    ['a short cmid', '{"frame":"command","cmid":"short","seq":1,"type":"room.start"}', 'cmid'],
    ['a seq of zero', `{"frame":"command","cmid":"${CMID}","seq":0,"type":"room.start"}`, 'seq'],
    ['an event, which only the server says', '{"frame":"event"}', 'frame'],
  ])('refuses %s as malformed and names the place', (_name, text, path) => {
    expect(decodeClientFrame(text)).toEqual({ ok: false, code: 'frame_malformed', path });
  });

  it('refuses what is too large before it looks at it', () => {
    const large = `{"frame":"signal","kind":"typing","body":{"x":"${'x'.repeat(LIMITS.maxSignalBytes)}"}}`;
    expect(decodeClientFrame(large)).toEqual({ ok: false, code: 'frame_too_large', path: '' });
    expect(decodeClientFrame('['.repeat(LIMITS.maxSignalBytes + 1))).toMatchObject({ code: 'frame_too_large' });
  });

  it('lets a signal be larger than anything else', () => {
    const text = 'x'.repeat(LIMITS.maxFrameBytes);
    expect(decodeClientFrame(JSON.stringify({ frame: 'signal', kind: 'offer', body: { sdp: text } }))).toMatchObject({
      ok: true,
    });
    const command = { frame: 'command', cmid: CMID, seq: 1, type: 'chat.post', body: { text } };
    expect(decodeClientFrame(JSON.stringify(command))).toEqual({ ok: false, code: 'frame_too_large', path: '' });
  });

  it('lets a hello with the longest token pass', () => {
    expect(decodeClientFrame(JSON.stringify({ ...hello, token: 'x'.repeat(LIMITS.maxTokenBytes) }))).toMatchObject({
      ok: true,
    });
  });

  it('counts nesting outside strings only', () => {
    const nested = (depth: number): string =>
      `{"frame":"signal","kind":"offer","body":{"x":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    expect(decodeClientFrame(nested(LIMITS.maxJsonDepth - 2))).toMatchObject({ ok: true });
    expect(decodeClientFrame(nested(LIMITS.maxJsonDepth - 1))).toMatchObject({ code: 'frame_malformed' });
    const quoted = JSON.stringify({ frame: 'signal', kind: 'offer', body: { x: '[[[[[[[[[[\\"[[[' } });
    expect(decodeClientFrame(quoted)).toMatchObject({ ok: true });
  });

  it('answers nesting that would break a parser without parsing it', () => {
    expect(decodeClientFrame('['.repeat(60_000))).toEqual({ ok: false, code: 'frame_malformed', path: '' });
    expect(decodeClientFrame('{"a":'.repeat(12_000))).toEqual({ ok: false, code: 'frame_malformed', path: '' });
  });

  it('carries no prototype into what it reads', () => {
    const read = decodeClientFrame('{"frame":"signal","kind":"typing","body":{"__proto__":{"polluted":true}}}');
    const body = read.ok && read.value.frame === 'signal' ? read.value.body : {};
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(body['polluted']).toBeUndefined();
  });

  it('never throws, whatever comes', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => json.slice(0, -1)),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (frame) => {
        expect(typeof decodeClientFrame(frame).ok).toBe('boolean');
        expect(typeof decodeServerFrame(frame).ok).toBe('boolean');
      }),
      runs(100),
    );
  });
});

describe('readSignal', () => {
  it('reads the body of a signal that there is', () => {
    expect(readSignal('ask', { participant: 'p-1', source: 'video' })).toEqual({
      ok: true,
      value: { kind: 'ask', body: { participant: 'p-1', source: 'video' } },
    });
    expect(readSignal('rtc', { epoch: 1, ack: 0 })).toEqual({
      ok: true,
      value: { kind: 'rtc', body: { epoch: 1, ack: 0 } },
    });
  });

  it.each<[string, string, unknown, string, string]>([
    ['a name that nobody knows', 'shout', {}, 'not_supported', 'kind'],
    ['a name of the language', 'constructor', {}, 'not_supported', 'kind'],
    ['a list for a body', 'typing', [], 'frame_malformed', 'body'],
    ['nothing for a body', 'typing', null, 'frame_malformed', 'body'],
    ['a key too many', 'typing', { loud: true }, 'frame_malformed', 'body.loud'],
    [
      'a source that may not be asked for',
      'ask',
      { participant: 'p-1', source: 'share' },
      'frame_malformed',
      'body.source',
    ],
    [
      'a mute of somebody without a name',
      'mute',
      { participant: '', source: 'audio' },
      'frame_malformed',
      'body.participant',
    ],
    [
      'an offer without a description',
      'rtc',
      { epoch: 1, ack: 0, seq: 1, message: { type: 'offer', negotiation: 1 } },
      'frame_malformed',
      'body.message.sdp',
    ],
    ['a message before the first', 'rtc', { epoch: 1, ack: 0, seq: 0 }, 'frame_malformed', 'body.seq'],
  ])('refuses %s by name', (_what, kind, body, code, path) => {
    expect(readSignal(kind, body)).toEqual({ ok: false, code, path });
  });
});

describe('readCommand', () => {
  it('takes times that can be shown, and no later ones', () => {
    const lastDay = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    expect(readCommand('room.change', { startsAt: lastDay }, CMID)).toMatchObject({ ok: true });
    for (const startsAt of [lastDay + 1, 8_640_000_000_000_001, Number.MAX_SAFE_INTEGER, -1, 1.5])
      expect(readCommand('room.change', { startsAt }, CMID)).toMatchObject({ ok: false, path: 'body.startsAt' });
  });

  it('reads a known command and fills in its defaults', () => {
    expect(readCommand('question.ask', { text: 'Why?' }, CMID)).toEqual({
      ok: true,
      value: { type: 'question.ask', body: { text: 'Why?', anonymous: false }, cmid: CMID },
    });
  });

  it.each(RESERVED_FAMILIES)('refuses the reserved family %s by name', (family) => {
    expect(readCommand(`${family}.start`, {}, CMID)).toEqual({ ok: false, code: 'not_supported', path: 'type' });
  });

  it.each(['chat.shout', 'pollster', '', 'toString', '__proto__', 'constructor', 'system.end', 'vote'])(
    'refuses the unknown command %j as malformed',
    (type) => {
      expect(readCommand(type, {}, CMID)).toEqual({ ok: false, code: 'frame_malformed', path: 'type' });
    },
  );

  it.each<[string, string, object, string]>([
    ['a message', 'chat.post', { text: 'x'.repeat(LIMITS.maxMessageChars + 1) }, 'body.text'],
    ['a question', 'question.ask', { text: 'x'.repeat(LIMITS.maxQuestionChars + 1) }, 'body.text'],
    ['an answer', 'question.answer', { id: 'q', text: 'x'.repeat(LIMITS.maxAnswerChars + 1) }, 'body.text'],
    ['a reason', 'question.decline', { id: 'q', reason: 'x'.repeat(LIMITS.maxReasonChars + 1) }, 'body.reason'],
    ['a title', 'room.change', { title: 'x'.repeat(LIMITS.maxTitleChars + 1) }, 'body.title'],
    ['a label', 'question.change', { id: 'q', labels: ['x'.repeat(LIMITS.maxLabelChars + 1)] }, 'body.labels.0'],
  ])('says of %s over its limit that it is too long', (_name, type, body, path) => {
    expect(readCommand(type, body, CMID)).toEqual({ ok: false, code: 'text_too_long', path });
  });

  it('takes a text of exactly the limit', () => {
    expect(readCommand('chat.post', { text: 'x'.repeat(LIMITS.maxMessageChars) }, CMID)).toMatchObject({ ok: true });
  });

  it.each<[string, string, unknown, string]>([
    ['a body that is null', 'room.start', null, 'body'],
    ['a body that is a string', 'room.start', 'x', 'body'],
    ['a body that is a list', 'room.start', [], 'body'],
    ['a key too many', 'room.start', { force: true }, 'body.force'],
    ['a missing key', 'chat.post', {}, 'body.text'],
    ['a text that is a number', 'chat.post', { text: 4 }, 'body.text'],
    ['an id that is a path', 'chat.delete', { id: '../x' }, 'body.id'],
    ['an id that is too long', 'chat.delete', { id: 'x'.repeat(129) }, 'body.id'],
    ['too many labels', 'question.change', { id: 'q', labels: Array.from({ length: 9 }, () => 'x') }, 'body.labels'],
    ['an empty label', 'question.change', { id: 'q', labels: [' '] }, 'body.labels.0'],
    ['a role that nobody is given in class', 'person.role', { participant: 'p', role: 'service' }, 'body.role'],
    ['a state that is not for commands', 'question.change', { id: 'q', state: 'removed' }, 'body.state'],
    ['a time before 1970', 'room.change', { startsAt: -1 }, 'body.startsAt'],
    ['no place at all', 'room.change', { capacity: 0 }, 'body.capacity'],
  ])('refuses %s as malformed and names the place', (_name, type, body, path) => {
    expect(readCommand(type, body, CMID)).toEqual({ ok: false, code: 'frame_malformed', path });
  });

  it('never throws, whatever the body', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMMAND_TYPES), fc.jsonValue(), (type, body) => {
        expect(typeof readCommand(type, body, CMID).ok).toBe('boolean');
      }),
      runs(100),
    );
  });
});

describe('frames of the server', () => {
  it.each<Exclude<ServerFrame, EventFrame>>([
    {
      frame: 'welcome',
      participant: 'p-1',
      tenant: 't',
      role: 'student',
      grants: ['chat.post'],
      room: { id: 'r', kind: 'meeting' },
      positions: { all: POSITION },
      serverTime: 1,
      expiresAt: 2,
      ice: [{ urls: ['stun:live.example:3478'] }],
      limits: { maxMessageChars: 4_000 },
    },
    {
      frame: 'waiting',
      why: 'lobby',
      room: { id: 'r', title: 'Algebra', startsAt: null },
      serverTime: 1,
      expiresAt: 2,
    },
    { frame: 'reset', log: 'all', why: 'too_far', position: POSITION, snapshot: { people: [] } },
    { frame: 'ack', cmid: CMID, positions: { all: POSITION }, result: { id: 'm-1' } },
    { frame: 'refused', cmid: CMID, code: 'slow_mode', message: 'Wait.', retryable: false, retryAfterMs: 900 },
    { frame: 'signal', kind: 'typing', from: 'p-2', body: {} },
    {
      frame: 'presence',
      version: 3,
      full: true,
      count: 1,
      joined: [{ participant: 'p-1', role: 'student' }],
      left: [],
    },
    { frame: 'rights', role: 'assistant', grants: [] },
    { frame: 'token', expiresAt: 9 },
    { frame: 'ping', heads: [{ log: 'all', position: POSITION }] },
    { frame: 'pong', serverTime: 1, heads: [] },
    { frame: 'drain', inMs: 5_000 },
  ])('are read as they were written: $frame', (frame) => {
    expect(decodeServerFrame(encodeServerFrame(frame))).toEqual({ ok: true, value: frame });
  });

  it('may carry more than this version knows', () => {
    expect(decodeServerFrame('{"frame":"drain","inMs":5,"why":"update"}')).toEqual({
      ok: true,
      value: { frame: 'drain', inMs: 5 },
    });
  });

  it('are refused as malformed where the kind is not known', () => {
    expect(decodeServerFrame('{"frame":"poll"}')).toEqual({ ok: false, code: 'frame_malformed', path: 'frame' });
  });
});

describe('event frames', () => {
  const event: EventFrame = {
    frame: 'event',
    log: 'all',
    offset: 1,
    id: 'e-1',
    at: 1_800_000_000_000,
    type: 'chat.posted',
    by: 'p-1',
    hash: 'a'.repeat(32),
    salt: 'b'.repeat(32),
    body: null,
  };

  it('give back the exact text of the body, whatever stands in it', () => {
    const bodies = [
      '{"text":",\\"body\\":{}"}',
      '{ "b" : 1.0 , "body":{"body":[]}}',
      '"}"',
      '[]',
      'null',
      '{"a":"\\u00fc ü 👩🏽‍🏫"}',
    ];
    for (const body of bodies) expect(bodyTextOf(encodeEventFrame(event, body))).toBe(body);
  });

  it('come back whole, head and body', () => {
    const head = fc.record({
      log: fc.constantFrom('all' as const, 'me' as const, 'staff' as const),
      offset: fc.integer({ min: 1, max: 1e9 }),
      at: fc.nat(),
      by: fc.constantFrom(null, 'p-1'),
      type: fc.oneof(fc.constantFrom('chat.posted', ',"body":', '"'), fc.string()),
      salt: fc.constantFrom(undefined, 'c'.repeat(32)),
    });
    const spaced = fc
      .tuple(fc.jsonValue(), fc.nat({ max: 3 }))
      .map(([value, space]) => JSON.stringify(value, null, space));
    fc.assert(
      fc.property(head, spaced, ({ salt, ...rest }, body) => {
        const frame: EventFrame = { ...event, ...rest, body: 'left out' };
        delete frame.salt;
        if (salt !== undefined) frame.salt = salt;
        const text = encodeEventFrame(frame, body);
        expect(bodyTextOf(text)).toBe(body);
        expect(decodeServerFrame(text)).toEqual({ ok: true, value: { ...frame, body: JSON.parse(body) as unknown } });
      }),
      runs(100),
    );
  });

  it('carry the digest and null where the body was erased', () => {
    const { salt: _salt, ...head } = event;
    const text = encodeEventFrame({ ...head, digest: 'd'.repeat(64) }, 'null');
    expect(decodeServerFrame(text)).toEqual({ ok: true, value: { ...head, digest: 'd'.repeat(64), body: null } });
  });

  it('have no body text where there is no body', () => {
    expect(bodyTextOf('{"frame":"pong"}')).toBe('');
  });
});
