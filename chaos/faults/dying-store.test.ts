import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyClass, words } from './faulty-class.js';

const DYING_STORE = fileURLToPath(new URL('./dying-store.mjs', import.meta.url));
const TEST_MS = 60_000;

let dir: string;
let order: string;
let story: FaultyClass;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lms-live-order-'));
  order = join(dir, 'order');
  story = await FaultyClass.start({
    env: { NODE_OPTIONS: `--import=${DYING_STORE}`, DYING_STORE_ORDER: order },
  });
});
afterEach(async () => {
  await story.close();
  await rm(dir, { recursive: true, force: true });
});

describe('a storage thread that dies at a commit', { timeout: TEST_MS }, () => {
  it.each(['before', 'after'] as const)(
    'leaves each message there once, acknowledged once: right %s COMMIT',
    async (when) => {
      const ann = await story.enter('ann', 'student');
      const bob = await story.enter('bob', 'student');
      ann.post(words('ann', 1, 3));
      await ann.untilSent();
      await writeFile(order, when);
      ann.post(words('ann', 4, 3));
      await ann.untilSent();
      expect(existsSync(order)).toBe(false);
      expect(ann.refusals[0]).toMatchObject({ code: 'store_unavailable', retryable: true });
      expect(ann.acked.size).toBe(6);
      expect(await story.messages()).toEqual(words('ann', 1, 6));
      // Bob saw each of them as it came, without a reconnect and without a gap.
      const seen = () => bob.frames.filter(({ frame, log }) => frame === 'event' && log === 'all');
      const posted = () => seen().filter(({ type }) => type === 'chat.posted');
      await bob.until(() => posted().length >= 6);
      expect(posted()).toHaveLength(6);
      const offsets = seen().map(({ offset }) => Number(offset));
      expect(offsets).toEqual(Array.from(offsets, (_, i) => offsets[0]! + i));
      expect([ann.connections, bob.connections]).toEqual([1, 1]);
      await story.expectReady();
      await story.expectNothingLost();
    },
  );
});
