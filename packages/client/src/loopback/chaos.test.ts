import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectMessages, selectPendingMessages } from '../index.js';
import { LoopbackPage } from '../testing/loopback-page.js';
import type { RoomClient, RoomState } from '../types.js';

const STUDENTS = ['anna', 'ben', 'cleo'] as const;
const PEOPLE = Object.fromEntries(STUDENTS.map((name) => [name, { sub: name, name, role: 'student' as const }]));

type Step =
  | { readonly kind: 'post'; readonly who: number; readonly count: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'lose'; readonly frame: string }
  | { readonly kind: 'stop' | 'start' | 'silence' | 'speak' | 'drain' | 'promote' | 'demote' | 'busy' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('post' as const), who: fc.nat(2), count: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 15, 40, 300, 1_500, 9_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('lose' as const),
      frame: fc.constantFrom(
        'event',
        'ack',
        'command',
        'welcome',
        'hello',
        'reset',
        'ping',
        'pong',
        'resume',
        'refused',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'stop',
        'start',
        'start',
        'silence',
        'speak',
        'speak',
        'drain',
        'promote',
        'demote',
        'busy',
      ),
    }),
  },
);

/** Whatever happens to the path: everybody sees each message once, in one order, and their own in the order they wrote it. */
test('no fault of the path loses, doubles or reorders a message', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 5, maxLength: 40 }),
      fc.constantFrom(0, 20),
      fc.constantFrom(3, 2_000),
      async (story, latencyMs, snapshotAfterEvents) => {
        const page = new LoopbackPage({ people: PEOPLE, snapshotAfterEvents });
        const clients = STUDENTS.map((name) => page.connect(name));
        const said: string[][] = STUDENTS.map(() => []);
        const wrong: string[] = [];
        clients.forEach((client, who) => client.subscribe((state) => check(state, who)));
        const check = (state: RoomState, who: number): void => {
          const own = ownTexts(state);
          if (own.length !== new Set(own).size) wrong.push(`${STUDENTS[who]} sees twice: ${own.join()}`);
          if (own.some((text) => !said[who]?.includes(text))) wrong.push(`${STUDENTS[who]} never said ${own.join()}`);
        };
        page.server.latencyMs = latencyMs;
        await page.pass(100);
        for (const step of story) await take(step, { page, clients, said });
        page.server.isSilent = false;
        page.server.start();
        for (let round = 0; round < 24; round += 1) await page.pass(5_000);

        const [first] = clients as [RoomClient];
        const all = texts(first.getState());
        for (const [who, client] of clients.entries()) {
          const state = client.getState();
          expect(state.connection).toMatchObject({ state: 'online', synced: true });
          expect(texts(state)).toEqual(all);
          expect(state.pending.map(({ body }) => body)).toEqual([]);
          expect(state.heads['all']).toEqual(first.getState().heads['all']);
          expect(all.filter((text) => text.startsWith(STUDENTS[who] ?? ''))).toEqual(said[who]);
        }
        expect(wrong).toEqual([]);
        await page.end();
      },
    ),
    { numRuns: Number(process.env['CHAOS_RUNS'] ?? 15) },
  );
});

async function take(
  step: Step,
  { page, clients, said }: { page: LoopbackPage; clients: readonly RoomClient[]; said: readonly string[][] },
): Promise<void> {
  const { server } = page;
  switch (step.kind) {
    case 'post':
      for (let count = 0; count < step.count; count += 1) {
        const text = `${STUDENTS[step.who] ?? ''} ${String(said[step.who]?.length)}`;
        said[step.who]?.push(text);
        clients[step.who]?.send('chat.post', { text }).catch(() => undefined);
      }
      return;
    case 'pass':
      return page.pass(step.ms);
    case 'lose':
      server.dropNext(step.frame);
      return;
    case 'stop':
      server.stop();
      return;
    case 'start':
      server.start();
      return;
    case 'silence':
      server.isSilent = true;
      return;
    case 'speak':
      server.isSilent = false;
      return;
    case 'drain':
      server.drain(50);
      return;
    case 'busy':
      server.refuseNext('busy', { retryAfterMs: 200 });
      return;
    case 'promote':
    case 'demote': {
      const { participant } = server.as('anna');
      const role = step.kind === 'promote' ? 'assistant' : 'student';
      await server
        .as('instructor')
        .send('person.role', { participant, role })
        .catch(() => undefined);
      return;
    }
  }
}

function texts(state: RoomState): string[] {
  return selectMessages(state).map(({ text }) => text ?? '');
}

/** What a person sees of what they wrote: in the class, and on its way. */
function ownTexts(state: RoomState): string[] {
  const posted = selectMessages(state).filter(({ by }) => by === state.me?.participant);
  return [
    ...posted.map(({ text }) => text ?? ''),
    ...selectPendingMessages(state).map(({ body }) => String(body['text'])),
  ];
}
