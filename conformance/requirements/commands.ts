import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { newCmid, type Answer, type Client } from '../lib/client.js';
import type { Frames } from '../lib/frames.js';
import { under } from '../lib/requirement.js';

const AT_ONCE = 8;
/** More than a person may say at once. */
const FLOOD = 30;

/** Commands, what they are answered with, and what sending twice does. */
export const COMMANDS = under('Commands and acknowledgements', {
  'commands.ack': [
    '`ack` has the `cmid`, the `result` and the position of the event, which everybody is sent under that offset and id.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const { frame: ack } = await people[0]!.done('chat.post', { text: 'hello' });
      const position = ack.positions.all!;
      for (const { connection } of [teacher, people[0]!]) {
        const { frame } = await connection.frame('event', { where: ({ body }) => body?.['id'] === ack.result['id'] });
        assert.equal(frame.type, 'chat.posted');
        assert.equal(frame.offset, position.offset);
        assert.equal(frame.hash, position.hash);
        assert.equal(frame.body?.['text'], 'hello');
      }
    },
  ],
  'commands.once': [
    'The same command sent twice on one connection is answered twice with the same answer, and acts once.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const cmid = newCmid();
      teacher.send('chat.post', { text: 'once' }, { cmid });
      teacher.send('chat.post', { text: 'once' }, { cmid, resend: true });
      const first = acked(await teacher.answer(cmid));
      const second = acked(await teacher.answer(cmid, { nth: 1 }));
      assert.deepEqual(second, first);
      await teacher.connection.settled();
      assert.equal(postings(teacher, first.result['id']), 1);
    },
  ],
  'commands.resend': [
    'A command sent again on a new socket with `resend: true` gets the answer of the first time and acts once.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const cmid = newCmid();
      const first = acked(await teacher.ask('chat.post', { text: 'again' }, { cmid }));
      teacher.connection.cut();
      const back = await stage.enter('teacher', { join: true, positions: teacher.welcome.frame.positions });
      const again = acked(await back.ask('chat.post', { text: 'again' }, { cmid, resend: true }));
      assert.deepEqual(again, first);
      await back.connection.settled();
      assert.equal(postings(back, first.result['id']), 1);
    },
  ],
  'commands.unanswered': [
    'A command whose socket died before the `ack` acts once, however often it is sent again.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const positions = teacher.welcome.frame.positions;
      const cmid = newCmid();
      teacher.send('chat.post', { text: 'unanswered' }, { cmid });
      teacher.connection.end();
      const answers: unknown[] = [];
      for (let nth = 0; nth < 3; nth += 1) {
        const back = await stage.enter('teacher', { join: true });
        answers.push(acked(await back.ask('chat.post', { text: 'unanswered' }, { cmid, resend: true })));
        back.connection.cut();
      }
      assert.deepEqual(answers[1], answers[0]);
      assert.deepEqual(answers[2], answers[0]);
      const reader = await stage.enter('teacher', { positions });
      await reader.connection.settled();
      assert.equal(
        reader.connection.all('event').filter(({ frame }) => frame.body?.['text'] === 'unanswered').length,
        1,
      );
    },
  ],
  'commands.cmid_conflict': [
    'The same `cmid` with another body is refused as `cmid_conflict`, for good.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const cmid = newCmid();
      acked(await teacher.ask('chat.post', { text: 'one' }, { cmid }));
      const other = refused(await teacher.answer(teacher.send('chat.post', { text: 'other' }, { cmid }), { nth: 1 }));
      assert.equal(other.code, 'cmid_conflict');
      assert.equal(other.retryable, false);
    },
  ],
  'commands.foreign_cmid': [
    'The `cmid` of one person is nobody else’s: another person’s command under it is their own.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const cmid = newCmid();
      const one = acked(await teacher.ask('chat.post', { text: 'same' }, { cmid }));
      const other = acked(await people[0]!.ask('chat.post', { text: 'same' }, { cmid, resend: true }));
      assert.notEqual(other.result['id'], one.result['id']);
    },
  ],
  'commands.order': [
    'Commands that are sent at once are decided in the order of `seq`, each answered once.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      await sleep(stage.isAlone ? 0 : 2_000);
      const cmids = Array.from({ length: AT_ONCE }, (_, nth) => teacher.send('chat.post', { text: `in order ${nth}` }));
      const answers = await Promise.all(cmids.map((cmid) => teacher.answer(cmid)));
      const offsets = answers.map((answer) => acked(answer).positions.all!.offset);
      assert.deepEqual(
        offsets,
        offsets.map((_, index) => offsets[0]! + index),
      );
      await teacher.connection.settled();
      for (const cmid of cmids)
        assert.equal(teacher.connection.all('ack').filter(({ frame }) => frame.cmid === cmid).length, 1);
    },
  ],
  'commands.hole': [
    'A command behind a missing one is refused as `seq_expected`, and `expect` names the one to continue at.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const answer = refused(await teacher.ask('chat.post', { text: 'too early' }, { seq: 3 }));
      assert.equal(answer.code, 'seq_expected');
      assert.equal(answer.retryable, true);
      assert.equal(answer.expect, 1);
      teacher.seq = 1;
      acked(await teacher.ask('chat.post', { text: 'now' }));
    },
  ],
  'commands.rate': [
    'Above the rate a command is refused as `rate_limited` with `retryAfterMs` and `expect`, and all behind it too; sent again from there, in order, none is lost and none acts twice.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      let waiting = Array.from({ length: FLOOD }, (_, nth) => ({ cmid: newCmid(), body: { text: `flood ${nth}` } }));
      let sawLimit = false;
      const offsets: number[] = [];
      while (waiting.length > 0) {
        const mark = teacher.connection.mark();
        const round = waiting.slice(0, AT_ONCE);
        for (const { cmid, body } of round) teacher.send('chat.post', body, { cmid });
        const again: typeof waiting = [];
        const expects = new Set<number | undefined>();
        let waitMs = 0;
        for (const one of round) {
          const { kind, frame } = await teacher.connection.any(
            (received) => isAnswer(received.kind) && (received.frame as { cmid?: string }).cmid === one.cmid,
            { from: mark, what: 'the answer to each command' },
          );
          if (kind === 'ack') {
            assert.equal(again.length, 0, 'nothing behind a refused command is taken');
            offsets.push((frame as Frames['ack']).positions.all!.offset);
            continue;
          }
          const { code, retryable, retryAfterMs, expect } = frame as Frames['refused'];
          assert.ok(['rate_limited', 'busy', 'seq_expected'].includes(code) && retryable, `refused as ${code}`);
          if (code !== 'seq_expected') assert.ok((retryAfterMs ?? 0) > 0, `\`retryAfterMs\` of ${code}`);
          if (again.length === 0)
            assert.notEqual(code, 'seq_expected', 'what stands before a refused command is taken');
          if (code === 'rate_limited') sawLimit = true;
          again.push(one);
          expects.add(expect);
          waitMs = Math.max(waitMs, retryAfterMs ?? 1);
        }
        assert.ok(expects.size <= 1, `\`expect\` was ${[...expects].join(' and ')}`);
        const [expect] = expects;
        if (expect !== undefined) teacher.seq = expect;
        else assert.equal(again.length, 0, '`expect` is missing');
        waiting = [...again, ...waiting.slice(AT_ONCE)];
        await sleep(waitMs);
      }
      assert.ok(sawLimit, 'the rate was never limited');
      assert.deepEqual(
        offsets,
        [...offsets].sort((a, b) => a - b),
        'in order',
      );
      assert.equal(new Set(offsets).size, FLOOD);
    },
  ],
  'commands.stale': [
    'What staff set with `ifOffset` is refused as `stale` where it was changed by a later event, with `key` and `offset` of the change; else it is done.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const other = await stage.enter('assistant', { join: true }, { role: 'assistant' });
      const ifOffset = (await teacher.done('chat.post', { text: 'here' })).frame.positions.all!.offset;
      const set = { policy: { 'chat.mode': 'slow' }, ifOffset };
      const changed = (await other.done('room.change', set)).frame.positions.all!.offset;
      const { code, retryable, detail } = refused(
        await teacher.ask('room.change', { policy: { 'chat.mode': 'frozen' }, ifOffset }),
      );
      assert.equal(code, 'stale');
      assert.equal(retryable, false);
      assert.deepEqual({ ...detail }, { key: 'policy.chat.mode', offset: changed });
      acked(await teacher.ask('room.change', { policy: { 'chat.mode': 'frozen' }, ifOffset: changed }));
    },
  ],
  'commands.final': [
    'A final refusal consumes its `seq`: the next command goes on.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const empty = teacher.send('chat.post', { text: '   ' });
      const unknown = teacher.send('no.such.command');
      const reserved = teacher.send('poll.open');
      const wrong = teacher.send('chat.post', { text: 7 });
      const good = teacher.send('chat.post', { text: 'goes on' });
      const codes = await Promise.all(
        [empty, unknown, reserved, wrong].map(async (cmid) => refused(await teacher.answer(cmid))),
      );
      assert.deepEqual(
        codes.map(({ code }) => code),
        ['text_empty', 'frame_malformed', 'not_supported', 'frame_malformed'],
      );
      assert.ok(codes.every(({ retryable }) => !retryable));
      acked(await teacher.answer(good));
    },
  ],
  'commands.refusals_are_not_kept': [
    'What was refused is decided anew when it is sent again under the same `cmid`.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const student = people[0]!;
      const cmid = newCmid();
      await teacher.done('room.change', { policy: { 'chat.mode': 'frozen' } });
      assert.equal(refused(await student.ask('chat.post', { text: 'may I?' }, { cmid })).code, 'chat_frozen');
      await teacher.done('room.change', { policy: { 'chat.mode': 'open' } });
      student.send('chat.post', { text: 'may I?' }, { cmid, resend: true });
      acked(await student.answer(cmid, { nth: 1 }));
    },
  ],
  'commands.too_long': [
    'A text over its limit is refused as `text_too_long`.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const most = teacher.welcome.frame.limits['maxMessageChars'] ?? 0;
      assert.equal(refused(await teacher.ask('chat.post', { text: 'a'.repeat(most + 1) })).code, 'text_too_long');
      acked(await teacher.ask('chat.post', { text: 'a'.repeat(most) }));
    },
  ],
  'commands.forbidden': [
    'A command without its grant is refused as `forbidden`, and does nothing.',
    ['teacher', 'student'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const { participant } = teacher.welcome.frame;
      const tries = [
        ['room.end', {}],
        ['room.change', { title: 'Mine' }],
        ['person.remove', { participant }],
        ['person.role', { participant, role: 'student' }],
        ['person.erase', { participant }],
      ] as const;
      for (const [type, body] of tries) assert.equal(refused(await people[0]!.ask(type, body)).code, 'forbidden', type);
      await teacher.connection.settled();
      assert.equal(teacher.connection.closed, null);
    },
  ],
  'commands.seq_per_connection': [
    '`seq` begins at 1 on each connection.',
    ['teacher'],
    async (stage) => {
      for (let nth = 0; nth < 2; nth += 1) {
        const teacher = await stage.enter('teacher', { join: true });
        acked(await teacher.ask('chat.post', { text: `connection ${nth}` }, { seq: 1 }));
      }
    },
  ],
  'commands.http_once': [
    'Over HTTP a second request with the same `Idempotency-Key` gets the first answer and does nothing.',
    ['teacher'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const request = { token: teacher.token, body: { text: 'by HTTP' }, headers: { 'idempotency-key': newCmid() } };
      const first = await stage.http('POST', `/v1/rooms/${stage.room}/messages`, request);
      assert.equal(first.status, 201);
      const second = await stage.http('POST', `/v1/rooms/${stage.room}/messages`, request);
      assert.equal(second.json['id'], first.json['id']);
      await teacher.connection.settled();
      assert.equal(postings(teacher, first.json['id']), 1);
    },
  ],
});

function acked(answer: Answer): Frames['ack'] {
  assert.equal(answer.kind, 'ack', `expected an ack, got ${answer.text}`);
  return answer.frame;
}

function refused(answer: Answer): Frames['refused'] {
  assert.equal(answer.kind, 'refused', `expected a refusal, got ${answer.text}`);
  return answer.frame;
}

function isAnswer(kind: string): boolean {
  return kind === 'ack' || kind === 'refused';
}

function postings({ connection }: Client, id: unknown): number {
  return connection.all('event').filter(({ frame }) => frame.type === 'chat.posted' && frame.body?.['id'] === id)
    .length;
}
