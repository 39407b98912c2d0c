import { expect, it } from 'vitest';
import { isStale, pages } from './protocol-docs.mjs';

it('has written the reference from the tables as they are now', async () => {
  const stale = (await pages()).filter(isStale).map(({ path }) => path);
  expect(stale, 'npm run build:packages && node scripts/protocol-docs.mjs').toEqual([]);
});
