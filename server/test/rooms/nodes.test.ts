import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { grantsOf, type Actor, type Command, type Role } from '@lms-live/protocol';
import { BusHub, type Carry } from '../../src/bus/index.js';
import { Chain, chainStart } from '../../src/rooms/chain.js';
import { RoomDirectory } from '../../src/rooms/directory.js';
import type { LiveRoom } from '../../src/rooms/live-room.js';
import { writeCheckpoint } from '../../src/rooms/room-rules.js';
import type { Answer } from '../../src/rooms/submission.js';
import { openSqliteStore, type LogKey, type Store, type StoredEvent } from '../../src/storage/index.js';

const ROOM = { tenant: 'school', id: 'algebra' } as const;
const COMMANDS = 400;
const SEED = 20_261_120;
const HEALED = { timeout: 10_000, interval: 50 };
const TEST_MS = 60_000;
const ALL: LogKey = { log: 'all', owner: '' };

/** One server as far as rooms go, with what those who are connected to it were sent. */
interface Node {
  readonly directory: RoomDirectory;
  live: LiveRoom;
  readonly seen: StoredEvent[];
}

let dataDir: string;
let store: Store;
const nodes: Node[] = [];
const errors: unknown[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-nodes-'));
  store = await openSqliteStore({ dataDir, inline: true });
});
afterEach(async () => {
  for (const { directory } of nodes.splice(0)) await directory.close();
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
  expect(errors.splice(0)).toEqual([]);
});

async function startNodes(carry?: Carry): Promise<readonly [Node, Node]> {
  const hub = new BusHub(carry);
  for (let i = 0; i < 2; i += 1) {
    const directory = await RoomDirectory.open({
      store,
      bus: hub.join(),
      now: Date.now,
      publish: () => undefined,
      onError: (error) => errors.push(error),
    });
    const teacher = actorOf('service', null);
    const { live } = await directory.create({ ...ROOM, actor: teacher, body: { kind: 'meeting' } });
    const seen: StoredEvent[] = [];
    live.room.listen({ onEvent: (event) => seen.push(event) });
    nodes.push({ directory, live, seen });
  }
  const [one, two] = nodes as [Node, Node];
  const start = await send(one, actorOf('service', null), { type: 'room.start', body: {}, cmid: 'start' });
  expect(start).toMatchObject({ ok: true });
  return [one, two];
}

function actorOf(role: Role, participant: string | null): Actor {
  return { participant, role, grants: grantsOf(role), name: participant ?? '', picture: null };
}

/** The same person on both nodes, as after a reconnect through another proxy. */
async function personOn(node: Node, sub: string, role: Role): Promise<Actor> {
  const { participant } = await node.directory.participant(node.live.room, sub);
  return actorOf(role, participant);
}

function send({ live }: Node, actor: Actor, command: Command): Promise<Answer> {
  return live.room.submit({ command, actor });
}

/** Numbers that look like chance and are the same every time (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A network that loses a fifth, doubles a fifth, and lets hints overtake each other. */
function badNetwork(random: () => number): Carry {
  return (deliver) => {
    const fate = random();
    if (fate < 0.2) return;
    const copies = fate < 0.4 ? 2 : 1;
    for (let i = 0; i < copies; i += 1) setTimeout(deliver, random() * 20);
  };
}

function seenOf({ seen }: Node, { log, owner }: LogKey): readonly StoredEvent[] {
  return seen.filter((event) => event.log === log && event.owner === owner);
}

async function storedOf(key: number, log: LogKey): Promise<readonly StoredEvent[]> {
  return store.readEvents({ key, ...log, after: 0, limit: 100_000 });
}

async function caughtUp(): Promise<void> {
  await vi.waitFor(async () => {
    for (const { live } of nodes) {
      const [stands] = await store.revisions([live.room.key]);
      for (const { log, owner, position } of await store.heads(live.room.key)) {
        expect(stands?.revision).toBeGreaterThan(0);
        expect(live.room.head(log, owner)).toEqual(position);
      }
    }
  }, HEALED);
}

describe('two nodes on one store', { timeout: TEST_MS }, () => {
  it('show everybody the same log without a gap, and act once on each command, over a bus that loses, doubles and reorders', async () => {
    const random = chance(SEED);
    const [one, two] = await startNodes(badNetwork(random));
    const people = await Promise.all(
      ['ann', 'bob', 'eve'].map(async (sub) => {
        const role = sub === 'eve' ? 'instructor' : 'student';
        const [here, there] = await Promise.all([personOn(one, sub, role), personOn(two, sub, role)]);
        expect(here.participant).toBe(there.participant);
        return here;
      }),
    );
    const sent = new Map<string, Promise<Answer>[]>();
    const ids: { readonly kind: 'chat' | 'question'; readonly id: string }[] = [];
    const next = (i: number, cmid: string): Command => {
      const about = ids[Math.floor(random() * ids.length)];
      const draw = random();
      if (about?.kind === 'question' && draw < 0.4)
        return { type: 'vote.set', body: { question: about.id, value: draw < 0.3 }, cmid };
      if (about?.kind === 'chat' && draw < 0.15) return { type: 'chat.delete', body: { id: about.id }, cmid };
      if (draw > 0.8) return { type: 'question.ask', body: { text: `why ${String(i)}?`, anonymous: draw > 0.9 }, cmid };
      return { type: 'chat.post', body: { text: `message ${String(i)}` }, cmid };
    };
    for (let i = 0; i < COMMANDS; i += 1) {
      const cmid = `command-${String(i).padStart(16, '0')}`;
      const actor = people[Math.floor(random() * people.length)]!;
      const command = next(i, cmid);
      const both = random() < 0.25;
      const to = both ? [one, two] : [random() < 0.5 ? one : two];
      const answers = to.map((node) => send(node, actor, command));
      sent.set(cmid, answers);
      void answers[0]!.then((answer) => {
        const id = answer.ok ? answer.result['id'] : undefined;
        if (typeof id !== 'string') return;
        if (command.type === 'chat.post') ids.push({ kind: 'chat', id });
        if (command.type === 'question.ask') ids.push({ kind: 'question', id });
      });
      if (random() < 0.3) await sleep(Math.floor(random() * 4));
    }
    const answers = await Promise.all([...sent.values()].map((same) => Promise.all(same)));
    // The last counts of votes are told, and taken in by the other node.
    await sleep(1_500);
    await caughtUp();

    const accepted = answers.filter(([answer]) => answer!.ok);
    expect(accepted.length).toBeGreaterThan(COMMANDS / 2);
    for (const same of answers) for (const answer of same) expect(answer).toEqual(same[0]);

    const { key } = one.live.room;
    const heads = await store.heads(key);
    expect(heads.length).toBe(5);
    for (const { log, owner, position } of heads) {
      const stored = await storedOf(key, { log, owner });
      const chain = new Chain(chainStart({ ...ROOM, room: ROOM.id, log, owner, epoch: position.epoch }));
      for (const event of stored) expect(chain.add(event)).toBeNull();
      expect(chain.end(position)).toBeNull();
      for (const node of nodes) {
        const seen = seenOf(node, { log, owner });
        const first = seen[0]?.offset ?? 1;
        expect(seen.map(({ offset }) => offset)).toEqual(Array.from(seen, (_, i) => first + i));
        expect(seen.map(({ hash }) => hash)).toEqual(stored.slice(first - 1).map(({ hash }) => hash));
        expect(seen.at(-1)?.offset ?? 0).toBe(position.offset);
      }
    }
    const posted = (await storedOf(key, ALL)).filter(({ type }) => type === 'chat.posted' || type === 'question.asked');
    const made = new Set(accepted.flatMap(([answer]) => (answer!.ok ? (answer!.result['id'] ?? []) : [])));
    expect(posted.length).toBe(new Set(posted.map(({ ref }) => ref)).size);
    expect(new Set(posted.map(({ ref }) => ref))).toEqual(
      new Set([...made].filter((id) => posted.some(({ ref }) => ref === id))),
    );

    expect(writeCheckpoint(one.live.room.rules)).toBe(writeCheckpoint(two.live.room.rules));
    const votes = await store.votes(key);
    for (const question of one.live.room.rules.all.questions.keys()) {
      const count = votes.filter((vote) => vote.question === question).length;
      expect([one, two].map(({ live }) => live.room.votesFor(question))).toEqual([count, count]);
      expect(one.live.room.rules.all.tallies.get(question) ?? 0).toBe(count);
    }
  });

  it('find each other again without a single hint', async () => {
    const [one, two] = await startNodes(() => undefined);
    const ann = await personOn(one, 'ann', 'student');
    const answer = await send(one, ann, { type: 'chat.post', body: { text: 'hello' }, cmid: 'only-here-0000000001' });
    expect(answer).toMatchObject({ ok: true });
    expect(seenOf(two, ALL).filter(({ type }) => type === 'chat.posted')).toEqual([]);
    await caughtUp();
    expect(seenOf(two, ALL).filter(({ type }) => type === 'chat.posted')).toHaveLength(1);
    expect(two.live.room.head('all')).toEqual(one.live.room.head('all'));
  });

  it('decide on what the other has committed, although no hint has told of it', async () => {
    const [one, two] = await startNodes(() => undefined);
    const eve = await personOn(one, 'eve', 'instructor');
    const ann = await personOn(one, 'ann', 'student');
    await send(one, eve, {
      type: 'room.change',
      body: { policy: { 'chat.enabled': false } },
      cmid: 'no-chat-000000000001',
    });
    const answer = await send(two, ann, { type: 'chat.post', body: { text: 'hello' }, cmid: 'too-late-00000000001' });
    expect(answer).toMatchObject({ ok: false, code: 'chat_disabled' });
  });

  it('answer a command that the other has answered as it was answered, although it would be refused by now', async () => {
    const [one, two] = await startNodes();
    const ann = await personOn(one, 'ann', 'student');
    const eve = await personOn(one, 'eve', 'instructor');
    const command: Command = { type: 'chat.post', body: { text: 'hello' }, cmid: 'sent-twice-000000001' };
    const first = await send(one, ann, command);
    await send(one, eve, {
      type: 'room.change',
      body: { policy: { 'chat.enabled': false } },
      cmid: 'no-chat-000000000002',
    });
    expect(await send(two, ann, command)).toEqual(first);
    const another: Command = { ...command, body: { text: 'another text' } };
    expect(await send(two, ann, another)).toMatchObject({ ok: false, code: 'cmid_conflict' });
  });

  it('leave no text in the memory of the other that was deleted', async () => {
    const [one, two] = await startNodes();
    const ann = await personOn(one, 'ann', 'student');
    const posted = await send(one, ann, {
      type: 'chat.post',
      body: { text: 'a secret' },
      cmid: 'a-secret-00000000001',
    });
    await caughtUp();
    const id = posted.ok ? String(posted.result['id']) : '';
    expect(two.live.room.tail('all').framesAfter(0)?.join('')).toContain('a secret');
    await send(one, ann, { type: 'chat.delete', body: { id }, cmid: 'no-secret-0000000001' });
    await caughtUp();
    for (const { live } of [one, two]) expect(live.room.tail('all').framesAfter(0)?.join('')).not.toContain('a secret');
  });

  it('know what the other has changed of what stands in no log', async () => {
    const [one, two] = await startNodes();
    await one.live.room.changeRecord({ owners: ['eve'], passwordHash: 'a hash' });
    await one.live.setRoster([{ sub: 'ann', role: null, name: null }]);
    await caughtUp();
    const known = { owners: ['eve'], passwordHash: 'a hash', expected: 1 };
    await vi.waitFor(() => {
      expect(two.live.room.row).toMatchObject(known);
    }, HEALED);
    await one.live.room.changeRecord({ passwordHash: 'another hash' });
    await vi.waitFor(() => {
      expect(two.live.room.row).toMatchObject({ ...known, passwordHash: 'another hash' });
    }, HEALED);
    // And they go on from where they stand.
    const ann = await personOn(two, 'ann', 'student');
    const post: Command = { type: 'chat.post', body: { text: 'hello' }, cmid: 'after-the-record-001' };
    expect(await send(two, ann, post)).toMatchObject({ ok: true });
    await caughtUp();
    expect(one.live.room.head('all')).toEqual(two.live.room.head('all'));
  });

  it('let go of a room that the other has deleted', async () => {
    const [one, two] = await startNodes();
    await one.directory.delete(one.live);
    await vi.waitFor(() => {
      expect(two.directory.size).toBe(0);
    }, HEALED);
    expect(await two.directory.get(ROOM.tenant, ROOM.id)).toBeNull();
  });
});
