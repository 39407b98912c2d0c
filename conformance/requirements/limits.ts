import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { newCmid } from '../lib/client.js';
import { under } from '../lib/requirement.js';

const MAX_FRAME_BYTES = 16_384;
const MAX_SIGNAL_BYTES = 65_536;
const TOO_BIG = 1_009;
const CONTROLS = 60;
/** Three bytes each: with as many events it is 12 MB, more than what the kernel takes and then a megabyte. */
const LONG_TEXT = '€'.repeat(3_900);
const LONG_EVENTS = 1_000;
const WRITES_AT_ONCE = 20;

/** What is too much, and what is said then. */
export const LIMITS = under('Limits', {
  'limits.malformed': [
    'A malformed frame is refused as `frame_malformed` with the `path` of what is wrong; the fifth within ten seconds is refused as `frame_flood` and closes with 4500.',
    ['teacher'],
    async (stage) => {
      const { connection } = await stage.enter('teacher');
      const texts = ['{', '{"frame":"no-such-frame"}', '{"frame":"resume"}', '{"frame":"ping","extra":1}'];
      for (const text of texts) connection.sendText(text);
      await connection.settled();
      const refused = connection.all('refused').map(({ frame }) => frame);
      assert.deepEqual(
        refused.map(({ code }) => code),
        texts.map(() => 'frame_malformed'),
      );
      assert.equal(refused[2]?.detail?.['path'], 'positions');
      connection.sendText('null');
      assert.equal(
        (await connection.frame('refused', { where: ({ code }) => code === 'frame_flood' })).frame.retryable,
        false,
      );
      const { code, reason } = await connection.close();
      assert.equal(code, 4500);
      assert.equal(reason, 'frame_flood');
    },
  ],
  'limits.binary': [
    'A binary frame is refused as a malformed one, once admitted.',
    ['teacher'],
    async (stage) => {
      const { connection } = await stage.enter('teacher');
      connection.sendBinary(Buffer.from('{"frame":"ping"}'));
      assert.equal((await connection.frame('refused')).frame.code, 'frame_malformed');
      assert.equal(connection.all('pong').length, 0);
    },
  ],
  'limits.depth': [
    'JSON that is nested deeper than 8 is refused.',
    ['teacher'],
    async (stage) => {
      const { connection } = await stage.enter('teacher');
      const deep = `${'['.repeat(4_000)}${']'.repeat(4_000)}`;
      connection.sendText(
        `{"frame":"command","cmid":"${newCmid()}","seq":1,"type":"chat.post","body":{"text":${deep}}}`,
      );
      assert.equal((await connection.frame('refused')).frame.code, 'frame_malformed');
    },
  ],
  'limits.frame_size': [
    'A frame of more than 16,384 characters that is no signal is refused as `frame_too_large`.',
    ['teacher'],
    async (stage) => {
      const { connection } = await stage.enter('teacher');
      connection.send({
        frame: 'command',
        cmid: newCmid(),
        seq: 1,
        type: 'chat.post',
        body: { text: 'a'.repeat(MAX_FRAME_BYTES) },
      });
      assert.equal((await connection.frame('refused')).frame.code, 'frame_too_large');
      await connection.settled();
    },
  ],
  'limits.message_size': [
    'A WebSocket message of more than 65,536 bytes closes the connection, with 1009 or a cut.',
    ['teacher'],
    async (stage) => {
      const { connection } = await stage.enter('teacher');
      connection.sendText(`{"frame":"signal","kind":"rtc","body":{"a":"${'a'.repeat(MAX_SIGNAL_BYTES)}"}}`);
      const { code } = await connection.close();
      assert.ok([TOO_BIG, 1_006].includes(code), `closed with ${code}`);
    },
  ],
  'limits.controls': [
    'Asking above the rate is refused as `rate_limited` with `retryAfterMs`, and a flood of it closes with 4500.',
    ['teacher'],
    async (stage) => {
      const { connection } = await stage.enter('teacher');
      for (let nth = 0; nth < CONTROLS; nth += 1) connection.send({ frame: 'ping' });
      const { frame } = await connection.frame('refused');
      assert.equal(frame.code, 'rate_limited');
      assert.ok((frame.retryAfterMs ?? 0) > 0);
      assert.equal((await connection.close()).code, 4500);
    },
  ],
  'limits.slow_mode': [
    'In slow mode a second message is refused as `slow_mode` with `retryAfterMs`, and consumes its `seq`.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      await teacher.done('room.change', { policy: { 'chat.mode': 'slow', 'chat.slowSeconds': 60 } });
      const student = people[0]!;
      await student.done('chat.post', { text: 'one' });
      const { frame } = await student.ask('chat.post', { text: 'two' });
      assert.equal((frame as { code?: string }).code, 'slow_mode');
      assert.ok(((frame as { retryAfterMs?: number }).retryAfterMs ?? 0) > 50_000);
      assert.equal((await student.ask('hand.raise')).kind, 'ack');
    },
  ],
  'limits.slow_reader': [
    'A connection that does not read is closed with 4002 or cut, the others are not, and its resume is complete.',
    ['mint'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const slow = people[0]!;
      const positions = teacher.welcome.frame.positions;
      await slow.connection.settled();
      slow.connection.pause();
      const token = stage.token('service', { role: 'service' });
      let left = LONG_EVENTS;
      const write = async () => {
        while ((left -= 1) >= 0) {
          const body = { description: `${left} ${LONG_TEXT}` };
          while ((await stage.http('PATCH', `/v1/rooms/${stage.room}`, { token, body })).status === 429)
            await sleep(100);
        }
      };
      await Promise.all(Array.from({ length: WRITES_AT_ONCE }, write));
      await teacher.connection.settled();
      const { frame: ack } = await teacher.done('chat.post', { text: 'to those who read' });
      slow.connection.resume();
      const { code } = await slow.connection.close();
      assert.ok([4002, 1006].includes(code), `closed with ${code}`);
      const back = await stage.enter('student', { positions: { all: positions.all! } });
      await back.connection.settled();
      const events = back.connection.all('event').filter(({ frame }) => frame.log === 'all');
      const offsets = events.map(({ frame }) => frame.offset);
      assert.deepEqual(
        offsets,
        offsets.map((_, index) => positions.all!.offset + 1 + index),
      );
      assert.ok(offsets.includes(ack.positions.all!.offset), 'what it missed, however much it is');
    },
  ],
});
