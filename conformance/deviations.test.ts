import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSuite } from './lib/suite.js';
import { REQUIREMENTS } from './requirements/index.js';
import { startRewritingProxy, type Rewrite } from './rewriting-proxy.js';
import { startSubject } from './support.js';

const LONGEST_MS = 60_000;

interface Deviation {
  readonly what: string;
  /** The requirement that has to fail. */
  readonly caughtBy: string;
  readonly rewrite: Rewrite;
}

type Frame = Record<string, unknown>;

const keep = (text: string) => [text];
const when =
  (kind: string, change: (frame: Frame, memory: Map<string, unknown>, text: string) => readonly string[]): Rewrite =>
  (frame, memory, text) =>
    frame['frame'] === kind ? change(frame, memory, text) : keep(text);
const json = (frame: Frame) => [JSON.stringify(frame)];
/** With one member changed, and the body as it was. */
const replaced = (text: string, from: RegExp, to: string) => keep(text.replace(from, to));
const counted = (memory: Map<string, unknown>, name: string) => {
  const count = Number(memory.get(name) ?? 0) + 1;
  memory.set(name, count);
  return count;
};

const DEVIATIONS: readonly Deviation[] = [
  {
    what: 'another hash in an event',
    caughtBy: 'chain.live',
    rewrite: when('event', (frame, _memory, text) =>
      frame['offset'] === 2 ? replaced(text, /"hash":"[0-9a-f]{4}/u, '"hash":"0000') : keep(text),
    ),
  },
  {
    what: 'a body that was serialised again',
    caughtBy: 'chain.live',
    rewrite: when('event', (_frame, _memory, text) => keep(text.replace(/,"body":\{/u, ',"body": {'))),
  },
  {
    what: 'a body that is not the last member',
    caughtBy: 'frames.shape',
    rewrite: when('event', ({ body, ...frame }) => json({ frame: frame['frame'], body, ...frame })),
  },
  {
    what: 'an event that is left out of a replay',
    caughtBy: 'resume.exact',
    rewrite: when('event', (frame, memory, text) =>
      frame['log'] === 'all' && counted(memory, 'events') === 3 ? [] : keep(text),
    ),
  },
  {
    what: 'an event that comes twice',
    caughtBy: 'events.order',
    rewrite: when('event', (frame, _memory, text) => (frame['offset'] === 3 ? [text, text] : keep(text))),
  },
  {
    what: 'a replay of one event too many',
    caughtBy: 'resume.at_head',
    rewrite: when('welcome', (frame, _memory, text) => {
      const { all } = frame['positions'] as { all: { offset: number; hash: string } };
      const event = { frame: 'event', log: 'all', id: 'again', at: 1, type: 'chat.posted', by: null };
      return [text, JSON.stringify({ ...event, ...all, salt: '0'.repeat(32), body: {} })];
    }),
  },
  {
    what: 'a reset in the place of a replay',
    caughtBy: 'resume.exact',
    rewrite: when('event', (frame, memory, text) =>
      frame['log'] === 'all' && counted(memory, 'events') === 1
        ? [
            JSON.stringify({
              frame: 'reset',
              log: 'all',
              why: 'new',
              position: { epoch: 'e', offset: frame['offset'], hash: frame['hash'] },
              snapshot: {},
            }),
          ]
        : keep(text),
    ),
  },
  {
    what: 'an ack without an event',
    caughtBy: 'commands.ack',
    rewrite: when('event', (frame, _memory, text) => (frame['type'] === 'chat.posted' ? [] : keep(text))),
  },
  {
    what: 'another result for the same command',
    caughtBy: 'commands.once',
    rewrite: when('ack', (frame, memory) =>
      json({ ...frame, result: { ...(frame['result'] as Frame), id: `m${counted(memory, 'acks')}` } }),
    ),
  },
  {
    what: 'a repeated command that acts again',
    caughtBy: 'commands.resend',
    rewrite: when('ack', (frame, memory) => {
      const position = (frame['positions'] as { all: { offset: number } }).all;
      const isFirst = counted(memory, 'acks') === 1;
      return json({
        ...frame,
        positions: { all: { ...position, offset: position.offset + (isFirst ? counted(shared, 'resends') : 0) } },
      });
    }),
  },
  {
    what: 'an ack of other content under a known cmid',
    caughtBy: 'commands.cmid_conflict',
    rewrite: when('refused', ({ cmid }) => json({ frame: 'ack', cmid, positions: {}, result: {} })),
  },
  {
    what: 'no `expect` where something is missing',
    caughtBy: 'commands.hole',
    rewrite: when('refused', ({ expect: _expect, ...frame }) => json(frame)),
  },
  {
    what: 'no `retryAfterMs` above the rate',
    caughtBy: 'commands.rate',
    rewrite: when('refused', ({ retryAfterMs: _retryAfterMs, ...frame }) => json(frame)),
  },
  {
    what: 'a ping without heads',
    caughtBy: 'connected.ping',
    rewrite: when('ping', (frame) => json({ ...frame, heads: [] })),
  },
  {
    what: 'a ping with the hash of another event',
    caughtBy: 'chain.heads',
    rewrite: when('ping', (_frame, _memory, text) => replaced(text, /"hash":"[0-9a-f]{4}/u, '"hash":"0000')),
  },
  {
    what: 'a pong without the head of `me`',
    caughtBy: 'connected.pong',
    rewrite: when('pong', (frame) => json({ ...frame, heads: [] })),
  },
  {
    what: 'the staff log for a student',
    caughtBy: 'connect.heads',
    rewrite: when('welcome', (frame) => {
      const positions = frame['positions'] as Frame;
      return json({ ...frame, positions: { ...positions, staff: positions['staff'] ?? positions['all'] } });
    }),
  },
  {
    what: 'a presence with a version that was left out',
    caughtBy: 'presence.versions',
    rewrite: when('presence', (frame, memory) =>
      json({ ...frame, version: Number(frame['version']) + counted(memory, 'told') }),
    ),
  },
  {
    what: 'an address that goes through in a relay-only class',
    caughtBy: 'calls.relay_only',
    rewrite: when('signal', (_frame, _memory, text) => replaced(text, /withheld/u, 'typ host 192.0.2.7')),
  },
  {
    what: 'a session that does not repeat `rev`',
    caughtBy: 'calls.wish',
    rewrite: when('session', (frame) => json({ ...frame, rev: 0 })),
  },
  {
    what: 'rights that are not told',
    caughtBy: 'connected.rights',
    rewrite: when('rights', () => []),
  },
  {
    what: 'a limit of another size than is held to',
    caughtBy: 'commands.too_long',
    rewrite: when('welcome', (frame) =>
      json({ ...frame, limits: { ...(frame['limits'] as Frame), maxMessageChars: 100 } }),
    ),
  },
];

/** Of all connections of one deviation. */
const shared = new Map<string, unknown>();

describe('the suite', () => {
  let origin: Awaited<ReturnType<typeof startSubject>>;

  beforeAll(async () => {
    origin = await startSubject('uws');
  }, LONGEST_MS);
  afterAll(() => origin.server.close());

  const judge = async (id: string, rewrite: Rewrite) => {
    const proxy = await startRewritingProxy(origin.server.url, { rewrite });
    try {
      const requirements = REQUIREMENTS.filter(
        (requirement) => requirement.id === (id === 'frames.shape' ? 'events.order' : id),
      );
      expect(requirements).toHaveLength(1);
      const outcomes = await runSuite({ ...origin.subject, url: proxy.url }, { requirements });
      return outcomes.find((outcome) => outcome.id === id);
    } finally {
      await proxy.close();
    }
  };

  it.concurrent.each(DEVIATIONS)(
    'finds $what by $caughtBy',
    async ({ caughtBy, rewrite }) => {
      expect(await judge(caughtBy, rewrite)).toMatchObject({ state: 'fail' });
    },
    LONGEST_MS,
  );

  it.concurrent.each([...new Set(DEVIATIONS.map(({ caughtBy }) => caughtBy))])(
    'finds nothing by %s where nothing was changed on the way',
    async (id) => {
      expect(await judge(id, (_frame, _memory, text) => [text])).toMatchObject({ state: 'pass', why: null });
    },
    LONGEST_MS,
  );
});
