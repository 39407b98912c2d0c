import type { RoomKey, Store, StoredEvent } from '../storage/types.js';

/** The newest messages of the class before an offset, with what was changed of them since, in the order of the log. */
export async function readMessages(
  store: Store,
  { key, before, limit }: { readonly key: RoomKey; readonly before: number; readonly limit: number },
): Promise<readonly StoredEvent[]> {
  const posted = await store.readPage({ key, log: 'all', owner: '', type: 'chat.posted', before, limit });
  const refs = posted.flatMap(({ ref }) => (ref === null ? [] : [ref]));
  const changes = await store.readAbout({ key, refs, types: ['chat.edited', 'chat.deleted'] });
  return [...posted, ...changes.filter(({ log }) => log === 'all')].sort((a, b) => a.offset - b.offset);
}
