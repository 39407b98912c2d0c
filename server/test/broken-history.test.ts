import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantsOf, LIMITS, type Actor, type ServerFrameOf } from '@lms-live/protocol';
import type { Log } from '../src/observe/index.js';
import { openDriver } from '../src/storage/sqlite/driver.js';
import { SILENT, startRig, type Peer, type Rig } from './support/rig.js';

/** A load looks at the newest events only: what is broken lies before those. */
const MESSAGES = LIMITS.tailEvents + 300;
const BROKEN_AT = 100;

const errors: string[] = [];
const log: Log = {
  ...SILENT,
  error: (sentence) => errors.push(sentence),
  child: () => log,
};

let rig: Rig;
beforeEach(async () => {
  errors.length = 0;
  rig = await startRig({ log });
});
afterEach(() => rig.stop());

describe('a history that is broken further back than a load looks', () => {
  it.each([
    ['an event is missing in the middle of a page', `delete from events where log = 'all' and "offset" = ${BROKEN_AT}`],
    [
      'the first event of a page is another one',
      `update events set body = '{"id":"x","text":"no"}' where log = 'all' and "offset" = 51`,
    ],
    [
      'everything up to the newest is missing',
      `delete from events where log = 'all' and "offset" between 51 and ${BROKEN_AT + 100}`,
    ],
  ])('is never replayed: whoever needs it starts over, and it is told once, where %s', async (_what, sql) => {
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    await fill(grace);
    const known = positionAt(grace, 50);
    await change(sql);

    for (const sub of ['ada', 'bob']) {
      const peer = await rig.enter({ sub }, { positions: { all: known } });
      const [reset] = peer.frames.filter(
        (frame): frame is ServerFrameOf<'reset'> => frame.frame === 'reset' && frame.log === 'all',
      );
      expect(reset).toMatchObject({ why: 'hash' });
      expectEachOnce(peer, reset?.position.offset ?? 0);
    }
    expect(errors).toEqual([expect.stringContaining('history of a room is broken')]);
  });

  it('is replayed whole where nothing is broken', async () => {
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    await fill(grace);
    const ada = await rig.enter({ sub: 'ada' }, { positions: { all: positionAt(grace, 50) } });
    expect(ada.frames.some((frame) => frame.frame === 'reset' && frame.log === 'all')).toBe(false);
    expectEachOnce(ada, 50);
    expect(errors).toEqual([]);
  });
});

async function fill(peer: Peer): Promise<void> {
  const { room } = (await rig.server.directory.get('school', 'algebra'))!;
  const { participant } = peer.welcome;
  const grants = grantsOf('instructor');
  const actor: Actor = { participant, role: 'instructor', grants, name: 'Grace', picture: null };
  for (let sent = 0; sent < MESSAGES; sent += LIMITS.groupCommitCommands) {
    const answers = await Promise.all(
      Array.from({ length: LIMITS.groupCommitCommands }, (_, index) => {
        const cmid = `message-${String(sent + index).padStart(12, '0')}`;
        return room.submit({ command: { type: 'chat.post', body: { text: 'Hello' }, cmid }, actor });
      }),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
  }
  await peer.when(() => peer.offset('all') >= room.head('all').offset);
}

function positionAt(peer: Peer, offset: number): ReturnType<Peer['position']> {
  const event = peer.events().find((one) => one.log === 'all' && one.offset === offset);
  return { ...peer.position('all'), offset, hash: event?.hash ?? '' };
}

/** While the server is stopped, and as somebody does who knows SQL. */
async function change(sql: string): Promise<void> {
  await rig.restart({}, async () => {
    const driver = await openDriver(join(rig.dataDir, 'lms-live.db'));
    expect(driver.prepare(sql).run()).toBeGreaterThan(0);
    driver.close();
  });
}

function expectEachOnce(peer: Peer, after: number): void {
  const offsets = peer.events().flatMap((event) => (event.log === 'all' ? [event.offset] : []));
  const first = after + 1;
  expect(offsets.length).toBeGreaterThan(0);
  expect(offsets).toEqual(offsets.map((_offset, index) => first + index));
}
