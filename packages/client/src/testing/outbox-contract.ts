import { describe, expect, test } from 'vitest';
import type { Outbox, OutboxItem } from '../types.js';

/** What every outbox promises. @param open opens the outbox of one person; again, the same one where it keeps anything */
export function describeOutbox(name: string, open: () => Outbox | Promise<Outbox>): void {
  const item = (cmid: string): OutboxItem => ({ cmid, type: 'chat.post', body: { text: `Text of ${cmid}` }, at: 1 });

  describe(`the outbox ${name}`, () => {
    test('is empty at first', async () => {
      const outbox = await open();
      expect(await outbox.list()).toEqual([]);
      await outbox.close();
    });

    test('lists what was added, whole, the oldest first', async () => {
      const outbox = await open();
      for (const cmid of ['c', 'a', 'b']) await outbox.add(item(cmid));
      expect(await outbox.list()).toEqual([item('c'), item('a'), item('b')]);
      await outbox.close();
    });

    test('keeps the order of additions that were not waited for', async () => {
      const outbox = await open();
      await Promise.all(['3', '1', '2'].map((cmid) => outbox.add(item(cmid))));
      expect((await outbox.list()).map(({ cmid }) => cmid)).toEqual(['3', '1', '2']);
      await outbox.close();
    });

    test('forgets what was removed, and only that', async () => {
      const outbox = await open();
      for (const cmid of ['a', 'b', 'c']) await outbox.add(item(cmid));
      await outbox.remove('b');
      await outbox.remove('never added');
      expect((await outbox.list()).map(({ cmid }) => cmid)).toEqual(['a', 'c']);
      await outbox.close();
    });

    test('has one item for one command, in its first place', async () => {
      const outbox = await open();
      for (const cmid of ['a', 'b', 'a']) await outbox.add(item(cmid));
      expect((await outbox.list()).map(({ cmid }) => cmid)).toEqual(['a', 'b']);
      await outbox.close();
    });

    test('gives a list that later changes do not touch', async () => {
      const outbox = await open();
      await outbox.add(item('a'));
      const before = await outbox.list();
      await outbox.add(item('b'));
      expect(before).toHaveLength(1);
      await outbox.close();
    });

    test('closes twice without harm', async () => {
      const outbox = await open();
      await outbox.close();
      await expect(outbox.close()).resolves.toBeUndefined();
    });
  });
}
