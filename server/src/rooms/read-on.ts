import type { LogHead, LogKey, RoomKey, Store, StoredEvent } from '../storage/types.js';
import { BrokenLog } from './broken-log.js';
import { Chain, chainStart } from './chain.js';
import { logId, type Heads } from './logs.js';

/** What was committed to a room since a revision. */
export interface News {
  readonly revision: number;
  /** Of the logs that have moved, or are new. */
  readonly heads: readonly LogHead[];
  /** In the order of each log. */
  readonly events: readonly StoredEvent[];
}

/** The logs are not those that were known: another epoch, or an end before the known one. The room has to be loaded anew. */
export class LogRewritten extends Error {
  override readonly name = 'LogRewritten';
}

const PAGE_EVENTS = 1_000;

/**
 * Reads what came to the logs of a room after a revision, all of it as of one later revision: by other nodes, or by a
 * commit of this one whose answer was lost.
 * @throws {LogRewritten}; {BrokenLog} where it does not follow from what was known; {NoSuchRoom}
 */
export async function readOn({
  store,
  room,
  revision,
  heads: known,
}: {
  readonly store: Store;
  readonly room: { readonly key: RoomKey; readonly tenant: string; readonly id: string };
  readonly revision: number;
  readonly heads: Heads;
}): Promise<News> {
  const moved = await store.movedSince({ key: room.key, revision });
  const events: StoredEvent[] = [];
  for (const head of moved.heads) {
    const before = known.get(logId(head))?.position;
    const { epoch, offset } = head.position;
    if (before && (before.epoch !== epoch || before.offset > offset)) throw new LogRewritten(`log ${logId(head)}`);
    const from = before ?? chainStart({ ...head, tenant: room.tenant, room: room.id, epoch });
    const chain = new Chain(from);
    for await (const event of eventsBetween(store, { key: room.key, ...head, after: from.offset, upTo: offset })) {
      const what = chain.add(event);
      if (what) throw new BrokenLog({ room: room.id, key: head, offset: event.offset, what });
      events.push(event);
    }
    const what = chain.end(head.position);
    if (what) throw new BrokenLog({ room: room.id, key: head, offset: chain.at.offset, what });
  }
  return { revision: moved.revision, heads: moved.heads, events: events.sort((a, b) => a.at - b.at) };
}

/** The events of a log after one offset, up to another, in pages; fewer where they are not there. */
export async function* eventsBetween(
  store: Store,
  { key, log, owner, after, upTo }: LogKey & { readonly key: RoomKey; readonly after: number; readonly upTo: number },
): AsyncIterable<StoredEvent> {
  for (let from = after; from < upTo;) {
    const limit = Math.min(PAGE_EVENTS, upTo - from);
    const page = await store.readEvents({ key, log, owner, after: from, limit });
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    from = last.offset;
  }
}
