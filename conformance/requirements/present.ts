import assert from 'node:assert/strict';
import { under } from '../lib/requirement.js';

/** Presence is gathered, and told within this time. */
const GRACE_MS = 14_000;

/** What goes past the log. */
export const PRESENCE = under('Signals and presence', {
  'presence.full': [
    'A full `presence` follows each `welcome`, and each `resume`.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const { frame } = await teacher.connection.frame('presence', { from: teacher.welcome.index });
      assert.equal(frame.full, true);
      const from = teacher.connection.mark();
      teacher.connection.send({ frame: 'resume', positions: {} });
      await teacher.connection.frame('presence', { from, where: ({ full }) => full });
    },
  ],
  'presence.versions': [
    'Each change is told with a `version` one above the last, and who has joined and left is in it.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const student = await stage.enter('student', { join: true });
      const { participant } = student.welcome.frame;
      const { connection } = teacher;
      await connection.frame('presence', {
        where: ({ joined }) => joined.some((one) => one.participant === participant),
      });
      await student.done('person.leave');
      const left = await connection.frame('presence', { where: (one) => one.left.includes(participant) });
      assert.equal(left.frame.count, 1);
      const all = connection.all('presence').map(({ frame }) => frame);
      all.forEach((frame, index) => {
        const before = all[index - 1];
        if (before !== undefined && !frame.full) assert.equal(frame.version, before.version + 1);
      });
    },
  ],
  'presence.grace': [
    'Who has lost the last connection is `away` at once and leaves after the grace; who is back before then has not left.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student', 'second');
      const [student, second] = people;
      const [gone, back] = [student!, second!].map(({ welcome }) => welcome.frame.participant);
      const from = teacher.connection.mark();
      student!.connection.cut();
      second!.connection.cut();
      await teacher.connection.frame('presence', {
        from,
        where: ({ joined }) => joined.some((one) => one.participant === back && one.away === true),
        what: 'a presence with `away`',
      });
      await stage.enter('second', { join: true });
      await teacher.connection.frame('presence', {
        from,
        where: ({ left }) => left.includes(gone!),
        withinMs: GRACE_MS,
      });
      assert.ok(
        !teacher.connection.all('presence', from).some(({ frame }) => frame.left.includes(back!)),
        'who came back has not left',
      );
    },
  ],
  'signals.reaction': [
    'A signal to the room reaches those who are in it, with `from`.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      people[0]!.connection.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👏' } });
      const { frame } = await teacher.connection.frame('signal', { where: ({ kind }) => kind === 'reaction' });
      assert.equal(frame.from, people[0]!.welcome.frame.participant);
      assert.deepEqual(frame.body, { emoji: '👏' });
    },
  ],
  'signals.unknown': [
    'A signal of an unknown kind is refused as `not_supported`, and closes nothing, however many there are.',
    ['teacher'],
    async (stage) => {
      const { connection } = await stage.enter('teacher', { join: true });
      for (let nth = 0; nth < 8; nth += 1) connection.send({ frame: 'signal', kind: 'telepathy', body: {} });
      const { frame } = await connection.frame('refused');
      assert.equal(frame.code, 'not_supported');
      await connection.settled();
      assert.equal(connection.closed, null);
    },
  ],
  'signals.not_joined': [
    'Who has not joined sends no signals to the room.',
    ['teacher', 'student'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const student = await stage.enter('student');
      if (!stage.isAlone) return;
      student.connection.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👏' } });
      await student.connection.settled();
      await teacher.connection.settled();
      assert.equal(teacher.connection.all('signal').length, 0);
    },
  ],
  'signals.ask_and_mute': [
    '`mute` and `ask` go to the one person and to nobody else, and need `people.moderate`.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student', 'second');
      const [student, second] = people;
      const { participant } = student!.welcome.frame;
      student!.connection.send({ frame: 'media', rev: 1, open: true, live: true, audio: true });
      await student!.connection.frame('session');
      for (const kind of ['mute', 'ask']) {
        teacher.connection.send({ frame: 'signal', kind, body: { participant, source: 'audio' } });
        const { frame } = await student!.connection.frame('signal', { where: (one) => one.kind === kind });
        assert.equal(frame.from, teacher.welcome.frame.participant);
      }
      await second!.connection.settled();
      assert.equal(second!.connection.all('signal').length, 0);
      student!.connection.send({ frame: 'signal', kind: 'mute', body: { source: 'audio' } });
      assert.equal((await student!.connection.frame('refused')).frame.code, 'forbidden');
    },
  ],
});
