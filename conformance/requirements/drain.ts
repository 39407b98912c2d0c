import assert from 'node:assert/strict';
import { under } from '../lib/requirement.js';

const STOP_MS = 30_000;

/** A server that is asked to stop. */
export const DRAIN = under('While connected', {
  'drain.told': [
    'A server that stops sends `drain {inMs}`, goes on until then, and closes with 4000 whoever is still there, all within 30 seconds.',
    ['mint', 'restart'],
    async (stage) => {
      const { teacher, people } = await stage.class('student');
      const stopped = stage.stop();
      for (const { connection } of [teacher, ...people]) {
        const { frame } = await connection.frame('drain', { withinMs: STOP_MS });
        assert.ok(frame.inMs <= STOP_MS, `inMs is ${frame.inMs}`);
      }
      const answer = await teacher.ask('chat.post', { text: 'while it drains' });
      assert.equal(answer.kind, 'ack');
      assert.equal((await teacher.connection.close(STOP_MS)).code, 4000);
      await stopped;
    },
  ],
});
