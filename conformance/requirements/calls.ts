import assert from 'node:assert/strict';
import type { Client } from '../lib/client.js';
import type { MediaSession } from '../lib/frames.js';
import { Skip, under } from '../lib/requirement.js';

const SDP = 'v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\nc=IN IP4 192.0.2.7\r\n';
const HOST = { candidate: 'candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host', sdpMid: '0', sdpMLineIndex: 0 };
const PINGS_MS = 7_000;

/** Media sessions, and what two of them say to each other. */
export const CALLS = under('Calls', {
  'calls.wish': [
    'A wish is answered by `session`, which repeats `rev`; said again under the same `rev` it changes nothing; `open: false` ends it.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const session = await wish(teacher, 1, { open: true, live: true, audio: true });
      assert.ok(session !== null, 'there is a session');
      assert.equal(session.participant, teacher.welcome.frame.participant);
      assert.equal(session.mode, 'video');
      assert.equal(session.audio, true);
      const same = await wish(teacher, 1, { open: true, live: true, audio: true });
      assert.equal(same?.session, session.session);
      assert.equal(await wish(teacher, 2, { open: false }), null);
    },
  ],
  'calls.list': [
    'Who was admitted is sent the list after `welcome`, at once when it changes, and with each ping while there is anybody in it.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const student = await stage.enter('student', { join: true });
      const first = await student.connection.frame('media', { from: student.welcome.index });
      assert.deepEqual(first.frame.sessions, []);
      const session = await wish(teacher, 1, { open: true, live: true, video: true });
      const { frame, index } = await student.connection.frame('media', {
        where: ({ sessions }) => sessions.length === 1,
      });
      assert.deepEqual(frame.sessions[0], session);
      await student.connection.frame('media', { from: index + 1, withinMs: PINGS_MS, what: 'the list with a ping' });
    },
  ],
  'calls.numbers': [
    '`number` rises from session to session of a room.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student', 'second');
      const numbers = [];
      for (const client of [teacher, ...people])
        numbers.push((await wish(client, 1, { open: true, live: true }))!.number);
      numbers.push(
        (await wish(teacher, 2, { open: false }), await wish(teacher, 3, { open: true, live: true }))!.number,
      );
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
      );
      assert.equal(new Set(numbers).size, numbers.length);
    },
  ],
  'calls.rtc': [
    'An `rtc` signal goes to the named session alone, with `from` and `session` written by the server; to a session that there is not it is dropped without a word.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student', 'second');
      const [student, second] = people;
      const [mine, theirs] = [
        await wish(teacher, 1, { open: true, live: true }),
        await wish(student!, 1, { open: true, live: true }),
      ];
      await wish(second!, 1, { open: true, live: true });
      const body = { epoch: 1, seq: 1, ack: 0, message: { type: 'offer', negotiation: 1, sdp: SDP } };
      teacher.connection.send({ frame: 'signal', kind: 'rtc', to: `${theirs!.session}x`, body });
      teacher.connection.send({ frame: 'signal', kind: 'rtc', to: theirs!.session, body });
      const { frame } = await student!.connection.frame('signal', { where: ({ kind }) => kind === 'rtc' });
      assert.equal(frame.from, teacher.welcome.frame.participant);
      assert.equal(frame.session, mine!.session);
      assert.deepEqual(frame.body, body);
      for (const { connection } of [teacher, second!]) {
        await connection.settled();
        assert.equal(connection.all('signal').length, 0);
        assert.equal(connection.all('refused').length, 0);
      }
    },
  ],
  'calls.rtc_unknown': [
    'An `rtc` message of an unknown type is refused and closes nothing.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      await wish(teacher, 1, { open: true, live: true });
      const theirs = await wish(people[0]!, 1, { open: true, live: true });
      const body = { epoch: 1, seq: 1, ack: 0, message: { type: 'telepathy' } };
      for (let nth = 0; nth < 8; nth += 1)
        teacher.connection.send({ frame: 'signal', kind: 'rtc', to: theirs!.session, body });
      await teacher.connection.frame('refused');
      await teacher.connection.settled();
      assert.equal(teacher.connection.closed, null);
    },
  ],
  'calls.take': [
    'A second tab is told `elsewhere`; with `take` it has the media, and the first one is told `taken`.',
    ['mint'],
    async (stage) => {
      const one = await stage.enter('teacher', { join: true });
      const other = await stage.enter('teacher', { join: true });
      const session = await wish(one, 1, { open: true, live: true });
      assert.equal((await say(other, 1, { open: true, live: true })).why, 'elsewhere');
      const from = one.connection.mark();
      const taken = await say(other, 2, { open: true, live: true, take: true });
      assert.notEqual(taken.session?.session, undefined);
      assert.notEqual(taken.session?.session, session?.session);
      assert.equal((await one.connection.frame('session', { from })).frame.why, 'taken');
    },
  ],
  'calls.back': [
    'A session whose socket is lost is `away`, and the tab that comes back with its name has it again.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const session = await wish(people[0]!, 1, { open: true, live: true });
      people[0]!.connection.cut();
      const isAway = (one: MediaSession) => one.session === session!.session && one.away === true;
      await teacher.connection.frame('media', {
        where: ({ sessions }) => sessions.some(isAway),
        what: 'the list with `away`',
      });
      const back = await stage.enter('student', { join: true });
      const again = await wish(back, 2, { open: true, live: true, session: session!.session });
      assert.equal(again?.session, session?.session);
      assert.equal(again?.number, session?.number);
    },
  ],
  'calls.blocked': [
    'What staff have blocked is off in the list, and `may` says so.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const session = await wish(people[0]!, 1, { open: true, live: true, audio: true });
      await teacher.done('person.media', { participant: session!.participant, audio: false });
      const { frame } = await teacher.connection.frame('media', {
        where: ({ sessions }) => sessions.some(({ may }) => !may.audio),
        what: 'the list with `may.audio: false`',
      });
      assert.equal(frame.sessions[0]?.audio, false);
    },
  ],
  'calls.livestream': [
    'In a livestream no media session is given: `session` says null, with a `refused` of the code `not_supported`.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { kind: 'livestream' });
      const { session, why } = await say(teacher, 1, { open: true, live: true });
      assert.equal(session, null);
      assert.equal(why, null);
      assert.equal((await teacher.connection.frame('refused')).frame.code, 'not_supported');
    },
  ],
  'calls.relay_only': [
    'With `relayOnly` the server removes addresses: a candidate that is no relay’s becomes `withheld`, and `c=` and `o=` name nobody.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const changed = await teacher.ask('room.change', { policy: { relayOnly: true } });
      if ((changed.frame as { code?: string }).code === 'relay_missing')
        throw new Skip('the server has no TURN server');
      const student = people[0]!;
      await wish(teacher, 1, { open: true, live: true });
      const theirs = await wish(student, 1, { open: true, live: true });
      const to = theirs!.session;
      const say = (seq: number, message: object) => {
        teacher.connection.send({ frame: 'signal', kind: 'rtc', to, body: { epoch: 1, seq, ack: 0, message } });
      };
      say(1, { type: 'offer', negotiation: 1, sdp: SDP });
      say(2, { type: 'candidate', negotiation: 1, candidate: HOST });
      await student.connection.frame('signal', { where: ({ body }) => body['seq'] === 2 });
      const texts = student.connection.all('signal').map(({ text }) => text);
      assert.ok(
        texts.every((text) => !text.includes('192.0.2.7')),
        'no address went through',
      );
      assert.ok(texts.at(-1)?.includes('withheld'));
    },
  ],
});

async function say(client: Client, rev: number, members: object) {
  const from = client.connection.mark();
  client.connection.send({ frame: 'media', rev, ...members });
  return (await client.connection.frame('session', { from, where: (frame) => frame.rev === rev })).frame;
}

async function wish(client: Client, rev: number, members: object): Promise<MediaSession | null> {
  return (await say(client, rev, members)).session;
}
