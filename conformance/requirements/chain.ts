import assert from 'node:assert/strict';
import { digestOf, enc, genesis, hashAfter, link } from '../lib/chain.js';
import type { Client } from '../lib/client.js';
import type { Log } from '../lib/frames.js';
import { under } from '../lib/requirement.js';
import type { Stage } from '../lib/stage.js';

const PINGS_MS = 7_000;
/** The vectors of the page. */
const VECTORS = {
  enc: '0000000161ffffffff0000000137',
  genesis: '31a523d354835ccd330348e3b6159976',
  digest: '587270a9b422292f70ec01aac42523001b65688d67cd0ea3889d5e5196bf9bc7',
  first: 'cf78b0c98d121f87fb9d132d99a435cd',
  second: '40eadbd9d49ec620925f90e722dd824b',
} as const;

/** Events as they are written, and the chain over them. */
export const CHAIN = under('The chain', {
  'chain.vectors': [
    'The chain computed by this suite from the text of the page gives the vectors of the page.',
    [],
    async () => {
      assert.equal(enc('a', null, 7).toString('hex'), VECTORS.enc);
      const of = { tenant: 'school', room: 'algebra-1', log: 'all', participant: null, epoch: 'e1' } as const;
      const start = genesis(of);
      assert.equal(start, VECTORS.genesis);
      const digest = digestOf('000102030405060708090a0b0c0d0e0f', '{"id":"m1","text":"Grüezi 👋"}');
      assert.equal(digest, VECTORS.digest);
      const event = { offset: 1, id: 'ev-1', type: 'chat.posted', by: 'p1', at: 1_790_000_000_000 };
      const first = link(start, event, digest);
      assert.equal(first, VECTORS.first);
      const next = { offset: 2, id: 'ev-2', type: 'chat.posted', by: null, at: 1_790_000_000_001 };
      assert.equal(link(first, next, digest), VECTORS.second);
    },
  ],
  'chain.live': [
    'Each event has the hash that its content and the hash before it give, in each log, from the beginning.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const [student] = people;
      for (const text of ['plain', 'Grüezi 👋 "quoted" \\ \u0007', ' <b>&amp;</b> '])
        await teacher.done('chat.post', { text });
      await student!.done('hand.raise');
      await student!.done('question.ask', { text: 'Why?', anonymous: true });
      for (const who of ['teacher', 'student'] as const) await checkChains(await fromTheStart(stage, who), stage.room);
    },
  ],
  'chain.erased': [
    'What was erased comes with `body: null` and its `digest`, under the same hash as before, and the chain over it holds.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true }, { grants: { 'people.erase': true } });
      const student = await stage.enter('student', { join: true });
      const { frame: ack } = await student.done('chat.post', { text: 'what will be erased' });
      await student.done('question.ask', { text: 'and this' });
      const before = await teacher.connection.frame('event', {
        where: ({ body }) => body?.['id'] === ack.result['id'],
      });
      const { participant } = student.welcome.frame;
      await teacher.done('person.erase', { participant });
      const reader = await fromTheStart(stage, 'teacher');
      const { frame } = await reader.connection.frame('event', {
        where: ({ offset, log }) => log === 'all' && offset === before.frame.offset,
      });
      assert.equal(frame.body, null, 'the body is gone');
      assert.equal(frame.salt, undefined, 'the salt is gone');
      assert.equal(
        frame.digest,
        digestOf(before.frame.salt!, before.text.slice(before.text.indexOf(',"body":') + 8, -1)),
      );
      assert.equal(frame.hash, before.frame.hash);
      await checkChains(reader, stage.room);
      assert.ok(!JSON.stringify(reader.connection.received.map(({ text }) => text)).includes('what will be erased'));
    },
  ],
  'chain.heads': [
    'The hash of the last event is that of the head in `welcome`, `ack` and `ping`.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const { frame: ack } = await teacher.done('chat.post', { text: 'the last one' });
      const { offset, hash, epoch } = ack.positions.all!;
      const { frame: event } = await teacher.connection.frame('event', {
        where: (one) => one.log === 'all' && one.offset === offset,
      });
      assert.equal(event.hash, hash, 'the ack');
      const { frame: ping } = await teacher.connection.frame('ping', {
        from: teacher.connection.mark(),
        where: ({ heads }) => heads.some(({ log }) => log === 'all'),
        withinMs: PINGS_MS,
      });
      const head = ping.heads.find(({ log }) => log === 'all')!.position;
      const same = teacher.connection
        .all('event')
        .find(({ frame }) => frame.log === 'all' && frame.offset === head.offset);
      assert.deepEqual(head, { epoch, offset: same!.frame.offset, hash: same!.frame.hash }, 'the ping');
      const again = await stage.enter('teacher');
      const told = again.welcome.frame.positions.all!;
      assert.equal(told.offset === head.offset ? told.hash : head.hash, head.hash, 'the welcome');
    },
  ],
});

/** What holds of every event. */
export const EVENTS = under('Events', {
  'events.order': [
    'Offsets are 1, 2, 3 … without a gap or a repetition, and `at` never decreases within a log.',
    ['teacher', 'student'],
    async (stage) => {
      const { people } = await stage.class('student', 'second');
      const [student, second] = people;
      await Promise.all(
        [1, 2, 3, 4].flatMap((nth) => [student!, second!].map((one) => one.done('chat.post', { text: `${nth}` }))),
      );
      const reader = await fromTheStart(stage, 'teacher');
      for (const log of ['all', 'me', 'staff'] as const) {
        const events = reader.connection.all('event').filter(({ frame }) => frame.log === log);
        assert.deepEqual(
          events.map(({ frame }) => frame.offset),
          events.map((_, index) => index + 1),
          log,
        );
        events.reduce((earlier, { frame }) => {
          assert.ok(frame.at >= earlier, `\`at\` of ${log} went back`);
          return frame.at;
        }, 0);
      }
    },
  ],
  'events.same_for_all': [
    'Everybody is sent the same frames of `all`, byte by byte.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const [student] = people;
      const from = [teacher, student!].map(({ connection }) => connection.mark());
      await teacher.done('chat.post', { text: 'from the teacher' });
      await student!.done('chat.post', { text: 'from the student' });
      for (const { connection } of [teacher, student!]) await connection.settled();
      const [one, other] = [teacher, student!].map(({ connection }, index) =>
        connection
          .all('event', from[index])
          .filter(({ frame }) => frame.log === 'all')
          .map(({ text }) => text),
      );
      assert.ok(one!.length >= 2);
      assert.deepEqual(one, other);
    },
  ],
  'events.me_is_private': [
    'What is in the log `me` of one person and in `staff` goes to no other student, and what was asked anonymously has `by: null`.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student', 'second');
      const [student, second] = people;
      await teacher.done('room.change', { policy: { 'questions.moderated': true } });
      await student!.done('question.ask', { text: 'a pending secret', anonymous: true });
      await student!.done('chat.post', { text: 'only for staff', to: 'staff' });
      await student!.connection.frame('event', { where: ({ log, type }) => log === 'me' && type === 'question.asked' });
      await teacher.connection.frame('event', {
        where: ({ log, type }) => log === 'staff' && type === 'question.asked',
      });
      const pending = teacher.connection.all('event').find(({ frame }) => frame.type === 'question.asked')!;
      await teacher.done('question.publish', { id: pending.frame.body!['id'] });
      const open = await second!.connection.frame('event', {
        where: ({ type, log }) => log === 'all' && type === 'question.asked',
      });
      assert.equal(open.frame.by, null);
      await second!.connection.settled();
      const { participant } = student!.welcome.frame;
      for (const { text, kind, frame } of second!.connection.received) {
        assert.ok(!text.includes('only for staff'), 'a message to the staff went to another student');
        if (kind === 'event' && text.includes('a pending secret'))
          assert.ok(!text.includes(participant), 'the asker is told');
        if (kind === 'event') assert.notEqual((frame as { log: string }).log, 'staff');
      }
    },
  ],
  'events.author': [
    '`by` is the participant of `welcome`, whatever a client says of itself.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const student = people[0]!;
      const { frame } = await student.done('chat.post', { text: 'who wrote this?' });
      const event = await teacher.connection.frame('event', {
        where: ({ body }) => body?.['id'] === frame.result['id'],
      });
      assert.equal(event.frame.by, student.welcome.frame.participant);
      const forged = await student.ask('chat.post', { text: 'forged', by: teacher.welcome.frame.participant });
      assert.equal((forged.frame as { code?: string }).code, 'frame_malformed');
    },
  ],
  'events.http': [
    'Messages that are older than a snapshot are read over HTTP.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const { frame } = await teacher.done('chat.post', { text: 'to be read over HTTP' });
      const { status, json } = await stage.http('GET', `/v1/rooms/${stage.room}/messages`, { token: teacher.token });
      assert.equal(status, 200);
      const items = json['items'] as { id: string; text: string }[];
      assert.equal(items.find(({ id }) => id === frame.result['id'])?.text, 'to be read over HTTP');
    },
  ],
});

/** Somebody who replays every log from its beginning. */
async function fromTheStart(stage: Stage, who: 'teacher' | 'student'): Promise<Client & { welcome: { frame: Frame } }> {
  const { tenant, participant, positions } = (await stage.enter(who)).welcome.frame;
  const starts = Object.fromEntries(
    Object.entries(positions).map(([name, { epoch }]) => {
      const log = name as Log;
      const hash = genesis({ tenant, room: stage.room, log, participant: log === 'me' ? participant : null, epoch });
      return [log, { epoch, offset: 0, hash }];
    }),
  );
  const client = await stage.enter(who, { positions: starts });
  await client.connection.settled();
  return client;
}

type Frame = {
  readonly tenant: string;
  readonly participant: string;
  readonly positions: Awaited<ReturnType<Stage['enter']>>['welcome']['frame']['positions'];
};

async function checkChains(client: Client & { welcome: { frame: Frame } }, room: string): Promise<void> {
  const { tenant, participant, positions } = client.welcome.frame;
  for (const [name, head] of Object.entries(positions)) {
    const log = name as Log;
    let hash = genesis({ tenant, room, log, participant: log === 'me' ? participant : null, epoch: head.epoch });
    let isSeen = head.offset === 0;
    for (const { frame, text } of client.connection.all('event')) {
      if (frame.log !== log) continue;
      hash = hashAfter(hash, frame, text);
      assert.equal(frame.hash, hash, `the hash of ${log} at ${frame.offset}`);
      if (frame.offset === head.offset) {
        assert.equal(head.hash, hash, `the head of ${log}`);
        isSeen = true;
      }
    }
    assert.ok(isSeen, `the log ${log} was not replayed from its beginning to its head`);
  }
}
