import { expect, test } from 'vitest';
import { settle } from '../testing/fake-clock.js';
import { DeferredOutbox } from './deferred-outbox.js';
import { MemoryOutbox } from './memory-outbox.js';

const ITEM = { cmid: 'a', type: 'chat.post', body: {}, at: 0 } as const;

test('keeps what was added before it was opened', async () => {
  const memory = new MemoryOutbox();
  const outbox = new DeferredOutbox();
  const added = outbox.add(ITEM);
  outbox.open(() => memory);
  await added;
  expect(await memory.list()).toEqual([ITEM]);
});

test('lets commands pass where storage is forbidden', async () => {
  const outbox = new DeferredOutbox();
  const added = outbox.add(ITEM);
  outbox.open(() => {
    throw new DOMException('forbidden', 'SecurityError');
  });
  await expect(added).resolves.toBeUndefined();
  expect(await outbox.list()).toEqual([]);
});

test('leaves nobody waiting when it is closed unopened', async () => {
  const outbox = new DeferredOutbox();
  const added = outbox.add(ITEM);
  await outbox.close();
  await settle();
  await expect(added).resolves.toBeUndefined();
});
