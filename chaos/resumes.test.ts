/** The five ways in which socket.io's connection state recovery is known to lose or repeat packets, each against our server, checked frame by frame. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LIMITS } from '@lms-live/protocol';
import type { EntryOf } from './checker/history.js';
import type { LightClient } from './world/light-client.js';
import { until } from './world/until.js';
import { World } from './world/world.js';

const ROOM = 'algebra';
const SEED = 5_282;
const TEST_TIMEOUT_MS = 60_000;

describe('a resume is exact', { timeout: TEST_TIMEOUT_MS }, () => {
  let world: World;
  let teacher: LightClient;
  let reader: LightClient;

  beforeEach(async () => {
    world = await World.open({ seed: SEED });
    teacher = world.addLight({ sub: 'teacher', role: 'instructor', room: ROOM }, { isDirect: true });
    await until('the class is open', () => teacher.isSynced);
    // The class is told of who comes in a moment after they have.
    let isNamed = false;
    teacher.onFrame = (frame) => {
      if (frame.frame !== 'event' || frame.type !== 'person.named') return;
      isNamed ||= (frame.body as { readonly name?: string }).name === 'reader';
    };
    reader = world.addLight({ sub: 'reader', role: 'student', room: ROOM });
    await until('the reader is in', () => isNamed);
    teacher.onFrame = null;
    await back();
  }, TEST_TIMEOUT_MS);

  afterEach(async () => {
    await world.close();
  });

  async function say(text: string): Promise<void> {
    const before = teacher.position('all')?.offset ?? 0;
    expect(await teacher.send('chat.post', { text })).toMatchObject({ ok: true });
    // The answer comes before the event.
    await until('the teacher has it', () => (teacher.position('all')?.offset ?? 0) > before);
  }

  /** @returns the offsets of the log of all that came on the last connection of the reader */
  function lastReplay(): { readonly from: number; readonly offsets: readonly number[]; readonly resets: number } {
    const opened = world.history.findLast(
      (entry): entry is EntryOf<'opened'> => entry.kind === 'opened' && entry.reader === reader.name,
    );
    const own = world.history.filter((entry) => 'connection' in entry && entry.connection === opened?.connection);
    return {
      from: opened?.positions.all?.offset ?? -1,
      offsets: own.flatMap((entry) => (entry.kind === 'event' && entry.log === 'all' ? [entry.offset] : [])),
      resets: own.filter(({ kind }) => kind === 'reset').length,
    };
  }

  async function back(): Promise<void> {
    await until(
      'the reader is back',
      () => reader.isSynced && reader.position('all')?.offset === teacher.position('all')?.offset,
    );
  }

  function range(from: number, to: number): number[] {
    return Array.from({ length: to - from }, (_, index) => from + index + 1);
  }

  async function expectExact(resumes: number): Promise<void> {
    const verdict = await world.verdict();
    expect(verdict.violations).toEqual([]);
    expect(verdict.exactResumes).toBe(verdict.resumes);
    expect(verdict.resumes).toBeGreaterThanOrEqual(resumes);
  }

  test('after a reconnect so fast that the server has not noticed the loss (redis-streams-adapter #26)', async () => {
    for (let round = 0; round < 25; round += 1) {
      await until('the reader is welcome', () => reader.isUp);
      reader.cut(false);
      reader.start();
      await say(`in the moment of the reconnect, ${String(round)}`);
    }
    await back();
    await expectExact(20);
  });

  test('after a connection on which nothing was said, while much was said elsewhere (socket.io #5282)', async () => {
    const others = Array.from({ length: 15 }, (_, index) =>
      world.addLight(
        { sub: `other-${String(index)}`, role: 'instructor', room: `elsewhere-${String(index)}` },
        { isDirect: true },
      ),
    );
    await until('the others are in', () => others.every(({ isSynced }) => isSynced));
    // More than a room keeps in memory, and over more than one ping.
    const startedAt = performance.now();
    for (let round = 0; performance.now() - startedAt < LIMITS.pingIntervalMs + 500; round += 1)
      await Promise.all(others.map((other) => other.send('chat.post', { text: `${other.name} ${String(round)}` })));
    const quiet = reader.position('all')?.offset ?? 0;
    reader.cut(false);
    await say('the first word in a long time');
    reader.start();
    await back();
    expect(lastReplay()).toEqual({ from: quiet, offsets: [quiet + 1], resets: 0 });
    await expectExact(1);
  });

  test('after a second recovery, which brings nothing of the first again (socket.io #5419)', async () => {
    for (let round = 0; round < 3; round += 1) {
      const from = reader.position('all')?.offset ?? 0;
      reader.cut(false);
      await say(`missed ${String(round)}, once`);
      await say(`missed ${String(round)}, twice`);
      reader.start();
      await back();
      expect(lastReplay()).toEqual({ from, offsets: [from + 1, from + 2], resets: 0 });
    }
    await expectExact(3);
  });

  test('after the death of the server (redis-streams-adapter #27)', async () => {
    const from = reader.position('all')?.offset ?? 0;
    reader.cut(false);
    await say('before the death of the server');
    await world.server.kill();
    await world.server.start();
    await until('the teacher is back', () => teacher.isSynced);
    await say('after it');
    reader.start();
    await back();
    const head = teacher.position('all')?.offset ?? 0;
    expect(lastReplay()).toEqual({ from, offsets: range(from, head), resets: 0 });
    await expectExact(2);
  });

  test('after a packet that is kept nowhere was the last to come (socket.io #5539)', async () => {
    await say('before the applause');
    await back();
    const from = reader.position('all')?.offset ?? 0;
    let heard = 0;
    reader.onFrame = ({ frame }) => (heard += frame === 'signal' ? 1 : 0);
    for (let clap = 0; clap < 5; clap += 1) teacher.signal('reaction', { emoji: '👏' });
    await until('the applause is heard', () => heard === 5);
    reader.cut(false);
    await say('after the applause');
    reader.start();
    await back();
    expect(lastReplay()).toEqual({ from, offsets: [from + 1], resets: 0 });
    await expectExact(1);
  });
});
