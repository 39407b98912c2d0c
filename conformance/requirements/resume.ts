import assert from 'node:assert/strict';
import { genesis } from '../lib/chain.js';
import type { Client } from '../lib/client.js';
import type { Log, Position } from '../lib/frames.js';
import { under } from '../lib/requirement.js';
import type { Stage } from '../lib/stage.js';

/** A client that is further behind is sent a snapshot. */
const TOO_FAR_EVENTS = 2_000;
const SERVICE_WRITES_AT_ONCE = 20;
const MISSED = 5;
const ALL_ZERO = '0'.repeat(32);

/** Positions, what is missing, and what cannot be gone on from. */
export const RESUME = under('Positions and resuming', {
  'resume.new': [
    'A log without a position is brought up by `reset` with `why: new`, and its position is the head.',
    ['teacher'],
    async (stage) => {
      const { connection, welcome } = await stage.enter('teacher');
      for (const log of ['all', 'me', 'staff'] as const) {
        const { frame } = await connection.frame('reset', { where: (one) => one.log === log });
        assert.equal(frame.why, 'new');
        assert.deepEqual(frame.position, welcome.frame.positions[log]);
      }
    },
  ],
  'resume.goes_on': [
    'The first event after a `reset` has the offset of its position plus one.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const { connection } = teacher;
      const reset = await connection.frame('reset', { where: ({ log }) => log === 'all' });
      await teacher.done('chat.post', { text: 'one' });
      const event = await connection.frame('event', { from: reset.index, where: ({ log }) => log === 'all' });
      assert.equal(event.frame.offset, reset.frame.position.offset + 1);
    },
  ],
  'resume.exact': [
    'From a position that fits, exactly the events after it are sent, in order, in the same frames as live ones, and no `reset`.',
    ['teacher', 'student'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const student = await stage.enter('student');
      await student.connection.settled();
      const position = standing(student, 'all');
      const me = standing(student, 'me');
      student.connection.cut();
      const from = teacher.connection.mark();
      for (let nth = 0; nth < MISSED; nth += 1) await teacher.done('chat.post', { text: `missed ${nth}` });
      await teacher.connection.settled();
      const live = eventsOf(teacher, 'all', from);
      const back = await stage.enter('student', { positions: { all: position, me } });
      await back.connection.settled();
      const replayed = eventsOf(back, 'all', 0);
      assert.ok(live.length >= MISSED, 'the class has heard them');
      assert.deepEqual(
        back.connection.all('reset').map(({ frame }) => `${frame.log} ${frame.why}`),
        [],
        'no reset',
      );
      const expected = live.filter(({ frame }) => frame.offset > position.offset).map(({ text }) => text);
      assert.deepEqual(
        replayed.map(({ text }) => text),
        expected,
        'the same frames',
      );
    },
  ],
  'resume.at_head': [
    'From the head nothing is sent, neither events nor a `reset`.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher');
      const positions = teacher.welcome.frame.positions;
      const back = await stage.enter('teacher', { positions });
      await back.connection.settled();
      const moved = Object.entries(back.welcome.frame.positions).some(
        ([log, { offset }]) => offset !== positions[log as Log]?.offset,
      );
      if (moved) return;
      assert.equal(back.connection.all('reset').length, 0, 'no reset');
      assert.equal(back.connection.all('event').length, 0, 'no event');
    },
  ],
  'resume.beginning': [
    'From offset 0 with the hash of the beginning, the whole log is replayed from 1 without a gap.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      await teacher.done('chat.post', { text: 'first' });
      const { participant, tenant, positions } = (await stage.enter('teacher')).welcome.frame;
      const head = positions.all!;
      if (head.offset > TOO_FAR_EVENTS) return;
      const start = (log: Log): Position => {
        const { epoch } = positions[log]!;
        const whose = log === 'me' ? participant : null;
        return { epoch, offset: 0, hash: genesis({ tenant, room: stage.room, log, participant: whose, epoch }) };
      };
      const reader = await stage.enter('teacher', {
        positions: { all: start('all'), me: start('me'), staff: start('staff') },
      });
      await reader.connection.settled();
      for (const log of ['all', 'me', 'staff'] as const) {
        const offsets = eventsOf(reader, log, 0).map(({ frame }) => frame.offset);
        assert.deepEqual(
          offsets,
          offsets.map((_, index) => index + 1),
          `the log ${log} is 1, 2, 3 …`,
        );
        assert.ok(offsets.length >= positions[log]!.offset, `the log ${log} is complete`);
      }
    },
  ],
  'resume.epoch': resetBy('epoch', (head) => ({ ...head, epoch: 'another-epoch' })),
  'resume.hash': resetBy('hash', (head) => ({ ...head, hash: ALL_ZERO })),
  'resume.ahead': resetBy('hash', (head) => ({ ...head, offset: head.offset + 1_000 }), 'A position beyond the head'),
  'resume.older_hash': [
    'Another hash than that of the log, at an offset before its head, is answered by `reset` with `why: hash`.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const { frame: ack } = await teacher.done('chat.post', { text: 'one' });
      await teacher.done('chat.post', { text: 'two' });
      const back = await stage.enter('teacher', { positions: { all: { ...ack.positions.all!, hash: ALL_ZERO } } });
      const { frame } = await back.connection.frame('reset', { where: ({ log }) => log === 'all' });
      assert.equal(frame.why, 'hash');
    },
  ],
  'resume.too_far': [
    'More than 2,000 missing events are answered by `reset` with `why: too_far`, 2,000 by a replay.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher');
      const start = (await stage.enter('teacher')).welcome.frame.positions.all!;
      const service = stage.token('service', { role: 'service' });
      let written = 0;
      const write = async () => {
        while (written < TOO_FAR_EVENTS) {
          const title = `Title ${(written += 1)}`;
          for (;;) {
            const { status } = await stage.http('PATCH', `/v1/rooms/${stage.room}`, {
              token: service,
              body: { title },
            });
            if (status === 200) break;
            assert.equal(status, 429);
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
        }
      };
      await Promise.all(Array.from({ length: SERVICE_WRITES_AT_ONCE }, write));
      const near = await stage.enter('teacher', { positions: { all: start } });
      const behind = near.welcome.frame.positions.all!.offset - start.offset;
      assert.equal(behind, TOO_FAR_EVENTS, 'each write was an event');
      assert.deepEqual(
        eventsOf(near, 'all', 0).map(({ frame }) => frame.offset),
        range(start.offset + 1, TOO_FAR_EVENTS),
      );
      assert.ok(!near.connection.all('reset').some(({ frame }) => frame.log === 'all'), 'no reset for 2,000');
      await teacher.done('room.change', { title: 'One more' });
      const far = await stage.enter('teacher', { positions: { all: start } });
      const { frame } = await far.connection.frame('reset', { where: ({ log }) => log === 'all' });
      assert.equal(frame.why, 'too_far');
      assert.equal(frame.position.offset, start.offset + TOO_FAR_EVENTS + 1);
    },
  ],
  'resume.snapshot': [
    'A snapshot of `all` has the room, its people and the last messages, maps as lists of `[id, value]`.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const { frame: ack } = await teacher.done('chat.post', { text: 'what a snapshot holds' });
      const reader = await stage.enter('teacher');
      const { frame } = await reader.connection.frame('reset', { where: ({ log }) => log === 'all' });
      const { participant } = reader.welcome.frame;
      assert.ok(typeof frame.snapshot['room'] === 'object', 'snapshot.room');
      const people = frame.snapshot['people'] as [string, unknown][];
      assert.ok(
        people.some(([id]) => id === participant),
        'snapshot.people has the teacher',
      );
      assert.ok(JSON.stringify(frame.snapshot['messages']).includes(String(ack.result['id'])), 'snapshot.messages');
    },
  ],
  'resume.frame': [
    '`resume` on a living connection sends what is missing from each log that it names, and a full `presence`.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const { frame: first } = await teacher.done('chat.post', { text: 'one' });
      await teacher.done('chat.post', { text: 'two' });
      await teacher.connection.settled();
      const before = eventsOf(teacher, 'all', 0).filter(({ frame }) => frame.offset > first.positions.all!.offset);
      const from = teacher.connection.mark();
      teacher.connection.send({ frame: 'resume', positions: { all: first.positions.all } });
      await teacher.connection.frame('presence', { from, where: ({ full }) => full });
      const again = eventsOf(teacher, 'all', from).map(({ text }) => text);
      assert.deepEqual(
        again.slice(0, before.length),
        before.map(({ text }) => text),
        'the same frames again',
      );
    },
  ],
  'resume.foreign_staff': [
    'A staff position of a student is ignored: no event of the staff log goes to them.',
    ['teacher', 'student'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const staff = { ...teacher.welcome.frame.positions.staff!, offset: 0 };
      const student = await stage.enter('student', { positions: { staff }, join: true });
      student.connection.send({ frame: 'resume', positions: { staff } });
      await teacher.done('chat.post', { text: 'to all' });
      await student.connection.settled();
      const logs = [...student.connection.all('event'), ...student.connection.all('reset')].map(
        ({ frame }) => frame.log,
      );
      assert.ok(!logs.includes('staff'), 'nothing of the staff log');
    },
  ],
});

function standing(client: Client, log: Log): Position {
  const reset = client.connection
    .all('reset')
    .filter(({ frame }) => frame.log === log)
    .at(-1)!.frame.position;
  const last = eventsOf(client, log, 0).at(-1)?.frame;
  return last === undefined ? reset : { epoch: reset.epoch, offset: last.offset, hash: last.hash };
}

function eventsOf(client: Client, log: Log, from: number) {
  return client.connection.all('event', from).filter(({ frame }) => frame.log === log);
}

function resetBy(
  why: string,
  change: (head: Position) => Position,
  what = 'Another one',
): readonly [string, readonly ['teacher'], (stage: Stage) => Promise<void>] {
  return [
    `${what}${what === 'Another one' ? ` in the place of \`${why}\`` : ''} is answered by \`reset\` with \`why: ${why}\` and the head.`,
    ['teacher'],
    async (stage) => {
      const { welcome } = await stage.enter('teacher');
      const back = await stage.enter('teacher', { positions: { all: change(welcome.frame.positions.all!) } });
      const { frame } = await back.connection.frame('reset', { where: ({ log }) => log === 'all' });
      assert.equal(frame.why, why);
      assert.deepEqual(frame.position, back.welcome.frame.positions.all);
    },
  ];
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
