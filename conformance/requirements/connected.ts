import assert from 'node:assert/strict';
import { under } from '../lib/requirement.js';

const PINGS_MS = 7_000;
const LIFE_S = 4;
const ASKED_BEFORE_S = 30;
/** Clocks are rounded to seconds, and a server may be busy. */
const SLACK_MS = 3_000;
const SECOND_MS = 1_000;

/** A living connection, and its end. */
export const CONNECTED = under('While connected', {
  'connected.ping': [
    'The server sends `ping` every five seconds, with the heads of the logs that everyone here reads; `staff` goes to its readers alone.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const heads = async (client: typeof teacher) => {
        const { index } = await client.connection.frame('ping', { withinMs: PINGS_MS });
        await client.connection.frame('ping', {
          from: index + 1,
          where: (one) => one.heads.some(({ log }) => log === 'all'),
          withinMs: PINGS_MS,
        });
        return new Set(client.connection.all('ping').flatMap(({ frame }) => frame.heads.map(({ log }) => log)));
      };
      const [staff, student] = await Promise.all([heads(teacher), heads(people[0]!)]);
      assert.ok(staff.has('all') && staff.has('staff'), `staff were told of ${[...staff].join(', ')}`);
      assert.ok(student.has('all') && !student.has('staff'), `a student was told of ${[...student].join(', ')}`);
    },
  ],
  'connected.pong': [
    '`ping` of a client is answered by `pong` with the server’s clock and the head of their own log `me`.',
    ['teacher'],
    async (stage) => {
      const { connection, welcome } = await stage.enter('teacher');
      connection.send({ frame: 'ping' });
      const { frame } = await connection.frame('pong');
      assert.ok(frame.serverTime >= welcome.frame.serverTime);
      const head = frame.heads.find(({ log }) => log === 'me');
      assert.equal(head?.position.epoch, welcome.frame.positions.me!.epoch);
      assert.ok(head.position.offset >= welcome.frame.positions.me!.offset);
    },
  ],
  'connected.token_refresh': [
    'A fresh token is answered by `token` with its `expiresAt`, and the connection lives on past the old one.',
    ['mint'],
    async (stage) => {
      const nowS = Math.floor(Date.now() / SECOND_MS);
      const { connection } = await stage.enter('teacher', {}, { exp: nowS + LIFE_S });
      const exp = nowS + 600;
      connection.send({ frame: 'token', token: stage.token('teacher', { exp }) });
      const { frame } = await connection.frame('token', { where: ({ expiresAt }) => expiresAt !== undefined });
      assert.equal(frame.expiresAt, exp * SECOND_MS);
      await new Promise((resolve) => setTimeout(resolve, (LIFE_S + 1) * SECOND_MS));
      await connection.settled();
    },
  ],
  'connected.token_expires': [
    'Without a fresh token the socket is refused as `token_expired` and closed with 4100 when it expires.',
    ['mint'],
    async (stage) => {
      const exp = Math.floor(Date.now() / SECOND_MS) + LIFE_S;
      const { connection } = await stage.enter('teacher', {}, { exp });
      const { code, reason } = await connection.close(LIFE_S * SECOND_MS + SLACK_MS);
      assert.equal(code, 4100);
      assert.equal(reason, 'token_expired');
      assert.ok(Date.now() >= exp * SECOND_MS - SECOND_MS, 'it was closed too early');
    },
  ],
  'connected.token_asked': [
    'A `token` frame without `expiresAt` asks for a fresh one, 30 seconds before the old one expires.',
    ['mint'],
    async (stage) => {
      const exp = Math.floor(Date.now() / SECOND_MS) + ASKED_BEFORE_S + LIFE_S;
      const { connection } = await stage.enter('teacher', {}, { exp });
      await connection.frame('token', {
        where: ({ expiresAt }) => expiresAt === undefined,
        withinMs: LIFE_S * SECOND_MS + SLACK_MS,
      });
    },
  ],
  'connected.token_person': [
    'A token of another person is refused as `token_person_changed`, and the socket is closed with 4501.',
    ['mint'],
    async (stage) => {
      await stage.enter('teacher', { join: true });
      const { connection } = await stage.enter('student');
      connection.send({ frame: 'token', token: stage.token('second') });
      assert.equal((await connection.frame('refused')).frame.code, 'token_person_changed');
      assert.equal((await connection.close()).code, 4501);
    },
  ],
  'connected.rights': [
    '`rights` says that somebody’s role has changed; who gains `staff.read` is sent a `reset` of `staff` with `why: role`, who loses it is sent no more of it.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const { connection, welcome } = people[0]!;
      const { participant } = welcome.frame;
      await teacher.done('person.role', { participant, role: 'assistant' });
      const { frame } = await connection.frame('rights');
      assert.equal(frame.role, 'assistant');
      assert.ok(frame.grants.includes('staff.read'));
      const reset = await connection.frame('reset', { where: ({ log }) => log === 'staff' });
      assert.equal(reset.frame.why, 'role');
      await teacher.done('person.role', { participant, role: 'student' });
      const back = await connection.frame('rights', { where: ({ role }) => role === 'student' });
      await teacher
        .done('person.bar', { participant: teacher.welcome.frame.participant, bar: 'chat', barred: false })
        .catch(() => undefined);
      await teacher.done('room.change', { policy: { 'questions.moderated': true } });
      await teacher.done('question.ask', { text: 'something for the staff' });
      await connection.settled();
      const later = connection.all('event', back.index).filter(({ frame: event }) => event.log === 'staff');
      assert.deepEqual(
        later.map(({ text }) => text),
        [],
      );
    },
  ],
  'connected.removed': [
    'Who is removed is refused as `person_removed` and closed with 4502, and may come back.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      await teacher.done('person.remove', { participant: people[0]!.welcome.frame.participant });
      assert.equal((await people[0]!.connection.close()).code, 4502);
      assert.equal(people[0]!.connection.all('refused').at(-1)?.frame.code, 'person_removed');
      await stage.enter('student');
    },
  ],
  'connected.banned': [
    'Who is banned is closed with 4503, and refused as `person_banned` when they come back, until the ban is lifted.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const { participant } = people[0]!.welcome.frame;
      await teacher.done('person.bar', { participant, bar: 'room', barred: true });
      assert.equal((await people[0]!.connection.close()).code, 4503);
      const again = await stage.knock('student');
      assert.equal((await again.connection.frame('refused')).frame.code, 'person_banned');
      assert.equal((await again.connection.close()).code, 4503);
      await teacher.done('person.bar', { participant, bar: 'room', barred: false });
      await stage.enter('student');
    },
  ],
  'connected.end': [
    'The end of a class is an event `room.changed`, then people who may not start it again are closed with 4504; who comes later gets the log up to its end, then that close.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const { connection } = people[0]!;
      await teacher.done('room.end');
      await connection.frame('event', {
        where: ({ type, body }) => type === 'room.changed' && body?.['state'] === 'ended',
      });
      assert.equal((await connection.close()).code, 4504);
      const late = await stage.knock('student');
      const reset = await late.connection.frame('reset', { where: ({ log }) => log === 'all' });
      assert.ok(JSON.stringify(reset.frame.snapshot).includes('"ended"'));
      assert.equal((await late.connection.close()).code, 4504);
      await teacher.connection.settled();
      await teacher.done('room.start');
      await stage.enter('student');
    },
  ],
});
