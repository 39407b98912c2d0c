/** One person votes once, however many of their tabs, requests and servers say so at the same time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { grantsOf, type ServerFrameOf } from '@lms-live/protocol';
import { BusHub } from '../src/bus/index.js';
import { openSqliteStore, type Store } from '../src/storage/index.js';
import { idOf, startRig, TENANT, type Peer, type Rig } from './support/rig.js';

const VOTES = 200;
/** Of those, what is said over the wire, where a rate stands before it. */
const BY_SOCKET = 40;
const BY_HTTP = 20;
const TABS = 8;

let dir: string;
let store: Store;
let nodes: readonly [Rig, Rig];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lms-live-votes-'));
  store = await openSqliteStore({ dataDir: dir });
  const hub = new BusHub();
  const node = () => startRig({ shared: { store, bus: hub.join() } });
  nodes = [await node(), await node()];
});

afterEach(async () => {
  for (const node of nodes) await node.stop();
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

it(`counts ${String(VOTES)} votes of one person as one, which two servers decide at the same time`, async () => {
  const teacher = await nodes[0].enter({ sub: 'grace', role: 'instructor' });
  const question = idOf(await teacher.command('question.ask', { text: 'Why?' }));
  const { participant } = (await nodes[0].enter()).welcome;
  const rooms = await Promise.all(nodes.map((node) => node.server.directory.get(TENANT.id, 'algebra')));
  const actor = { participant, role: 'student', grants: grantsOf('student'), name: 'ada', picture: null } as const;
  const answers = await Promise.all(
    Array.from({ length: VOTES }, (_, nth) => {
      const command = {
        type: 'vote.set',
        body: { question, value: true },
        cmid: `vote-number-${String(nth)}-of-one`,
      } as const;
      return rooms[nth % 2]!.room.submit({ command, actor });
    }),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(VOTES);
  await expect.poll(() => Promise.all(nodes.map((node) => votesOn(node, question)))).toEqual([1, 1]);
  await teacher.until((frame) => isTally(frame, question));
  const tallies = teacher.events('question.tallied').map(({ body }) => (body as { votes: number }).votes);
  expect(new Set(tallies)).toEqual(new Set([1]));
});

it(`counts the votes of one person from ${String(TABS)} tabs and over HTTP, on two servers, as one`, async () => {
  const teacher = await nodes[0].enter({ sub: 'grace', role: 'instructor' });
  const question = idOf(await teacher.command('question.ask', { text: 'Why?' }));
  const tabs = await Promise.all(Array.from({ length: TABS }, (_, nth) => nodes[(nth % 2) as 0 | 1].enter()));

  let acks = 0;
  let refusals = 0;
  const bySocket = tabs.map(async (tab, nth) => {
    const share = BY_SOCKET / TABS;
    for (let sent = 0; sent < share; sent += 1) {
      // Each is a command of its own; those over the rate of a person are said again, as a client does.
      for (;;) {
        const answer = await tab.command(
          'vote.set',
          { question, value: true },
          { cmid: `vote-${nth}-of-a-tab-${sent}` },
        );
        if (answer.frame === 'ack') break;
        expect(answer.retryable).toBe(true);
        refusals += 1;
        await waitFor(answer);
      }
      acks += 1;
    }
  });
  const byHttp = Array.from({ length: BY_HTTP }, async (_, nth) => {
    const path = `/v1/rooms/algebra/questions/${question}/vote`;
    for (;;) {
      const { status, body } = await nodes[(nth % 2) as 0 | 1].http('PUT', path);
      if (status === 200) break;
      expect(status).toBe(429);
      refusals += 1;
      await new Promise((resolve) => setTimeout(resolve, Number(body['retryAfterMs'] ?? 100)));
    }
    acks += 1;
  });
  await Promise.all([...bySocket, ...byHttp]);

  expect(acks).toBe(BY_SOCKET + BY_HTTP);
  await expect.poll(() => Promise.all(nodes.map((node) => votesOn(node, question)))).toEqual([1, 1]);
  const me = (await nodes[1].enter()).events('vote.set');
  expect(me.length).toBeLessThanOrEqual(1);
  await teacher.until((frame) => isTally(frame, question));
  expect(refusals).toBeGreaterThan(0);
});

it('counts twenty people who vote at once on two servers as twenty, and each who takes it back as none', async () => {
  const people = 20;
  const teacher = await nodes[0].enter({ sub: 'grace', role: 'instructor' });
  const question = idOf(await teacher.command('question.ask', { text: 'Why?' }));
  const tabs = await Promise.all(
    Array.from({ length: people * 2 }, (_, nth) =>
      nodes[(nth % 2) as 0 | 1].enter({ sub: `student-${String(Math.floor(nth / 2))}` }),
    ),
  );
  const all = (value: boolean, some: readonly Peer[] = tabs) =>
    Promise.all(some.map((tab) => tab.command('vote.set', { question, value })));
  expect((await all(true)).every(({ frame }) => frame === 'ack')).toBe(true);
  await expect.poll(() => Promise.all(nodes.map((node) => votesOn(node, question)))).toEqual([people, people]);
  await all(false, tabs.slice(0, people));
  await expect.poll(() => Promise.all(nodes.map((node) => votesOn(node, question)))).toEqual([people / 2, people / 2]);
});

/** What a server says that it has counted. */
async function votesOn(node: Rig, question: string): Promise<number> {
  const { body } = await node.http('GET', '/v1/rooms/algebra/questions', {
    claims: { sub: 'grace', role: 'instructor' },
  });
  const items = body['items'] as { id: string; votes: number }[];
  return items.find(({ id }) => id === question)?.votes ?? -1;
}

function isTally(frame: unknown, question: string): boolean {
  const { frame: kind, type, body } = frame as { frame: string; type?: string; body?: { id?: string } };
  return kind === 'event' && type === 'question.tallied' && body?.id === question;
}

async function waitFor({ retryAfterMs = 20 }: ServerFrameOf<'refused'>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
}
