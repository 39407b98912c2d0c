import { afterEach, expect, test } from 'vitest';
import { startRig, type Rig } from './support/rig.js';

let rig: Rig;
afterEach(() => rig.stop());

test('of two who change the same at the same moment one is told that the other was faster', async () => {
  rig = await startRig();
  const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
  const alan = await rig.enter({ sub: 'alan', role: 'assistant' });
  await alan.caughtUp(grace.welcome.positions);
  const ifOffset = grace.offset('all');
  const answers = await Promise.all([
    grace.command('room.change', { policy: { 'chat.mode': 'slow' }, ifOffset }),
    alan.command('room.change', { policy: { 'chat.mode': 'frozen' }, ifOffset }),
  ]);
  expect(answers.map(({ frame }) => frame).sort()).toEqual(['ack', 'refused']);
  expect(answers.find(({ frame }) => frame === 'refused')).toMatchObject({
    code: 'stale',
    retryable: false,
    detail: { key: 'policy.chat.mode' },
  });
});

test('a page that has read more than there is, of before a restore, overwrites nothing', async () => {
  rig = await startRig();
  const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
  const head = grace.offset('all');
  for (const ifOffset of [head + 1, Number.MAX_SAFE_INTEGER]) {
    expect(await grace.command('room.change', { locked: true, ifOffset })).toMatchObject({
      code: 'stale',
      detail: { key: 'ifOffset', offset: head },
    });
  }
  expect(await grace.command('room.change', { locked: true, ifOffset: head })).toMatchObject({ frame: 'ack' });
});
