import { IdMap, LIMITS, type Command, type LogName, type MeRules } from '@lms-live/protocol';
import { RoomMoved, type LogHead, type RoomKey, type RoomRow, type Store, type StoredEvent } from '../storage/types.js';
import { BrokenLog } from './broken-log.js';
import { Chain, chainStart } from './chain.js';
import { openCheckpoint } from './checkpoint.js';
import { toLogEvent } from './events.js';
import { emptyHead, logId, type Heads } from './logs.js';
import { eventsBetween } from './read-on.js';
import { EMPTY_ROOM_RULES, foldRules, type RoomRules } from './room-rules.js';
import { frameOf, Tail } from './tail.js';
import { Voters } from './voters.js';

export interface LoadedRoom {
  /** What all of this is as of. */
  readonly revision: number;
  readonly row: RoomRow;
  readonly rules: RoomRules;
  readonly heads: Heads;
  readonly tails: ReadonlyMap<string, Tail>;
  readonly voters: Voters;
  /** When the newest event was committed. */
  readonly lastAt: number;
  /** Events that the checkpoint did not have. */
  readonly sinceCheckpoint: number;
  /** The checkpoint was not what was written, and was ignored. */
  readonly hasBrokenCheckpoint: boolean;
}

const SHARED_LOGS: readonly LogName[] = ['all', 'staff'];

/**
 * Reads a room: its checkpoint, what came after it, its votes, and the newest events of the shared logs, whose chain is
 * computed again on the way.
 * @throws {BrokenLog} where that does not fit
 */
export async function loadRoom(store: Store, row: RoomRow): Promise<LoadedRoom> {
  const { key } = row;
  const { revision, heads } = await openLogs(store, row);
  const checkpoint = openCheckpoint(await store.loadCheckpoint(key), heads);
  const folds = checkpoint.kind === 'usable' ? checkpoint : { rules: EMPTY_ROOM_RULES, heads: [] };
  let { rules } = folds;
  const tails = new Map<string, Tail>();
  let lastAt = 0;
  let sinceCheckpoint = 0;
  for (const log of SHARED_LOGS) {
    const head = heads.get(log) as LogHead;
    const folded = folds.heads.find((other) => other.log === log)?.position.offset ?? 0;
    const tail = new Tail();
    tails.set(log, tail);
    const tailFrom = tailStart(head);
    for await (const stored of checkedEvents(store, { row, head, after: Math.min(folded, tailFrom) })) {
      if (stored.offset > folded) {
        sinceCheckpoint += 1;
        const event = toLogEvent(stored);
        if (event) rules = foldRules(rules, event, '');
      }
      if (stored.offset > tailFrom) tail.push(stored, frameOf(stored));
      lastAt = Math.max(lastAt, stored.at);
    }
  }

  const voters = new Voters(await store.votes(key));
  const me = IdMap.from(
    [...voters.byParticipant()].map(([participant, questions]): [string, MeRules] => [
      participant,
      { votes: IdMap.from(questions.map((question) => [question, true] as const)) },
    ]),
  );
  const fresh = (await store.getRoomByKey(key)) ?? row;
  const hasBrokenCheckpoint = checkpoint.kind === 'broken';
  return {
    revision,
    row: fresh,
    rules: { ...rules, me },
    heads,
    tails,
    voters,
    lastAt,
    sinceCheckpoint,
    hasBrokenCheckpoint,
  };
}

/** The text that a command is about, as it stands: the newest that any log of the room holds. */
export async function textOf(store: Store, key: RoomKey, command: Command): Promise<string | null> {
  const { id } = command.body as { id: string };
  const types = command.type.startsWith('chat.')
    ? (['chat.posted', 'chat.edited'] as const)
    : (['question.asked', 'question.changed'] as const);
  const events = await store.readAbout({ key, refs: [id], types });
  let text: string | null = null;
  let at = -1;
  for (const stored of events) {
    const event = toLogEvent(stored);
    const found = event?.body && 'text' in event.body ? event.body.text : undefined;
    if (found === undefined || stored.at < at) continue;
    text = found;
    at = stored.at;
  }
  return text;
}

/** The newest events of the shared logs, read again: something in them was wiped. */
export async function loadTails(store: Store, key: RoomKey, heads: Heads): Promise<ReadonlyMap<string, Tail>> {
  const tails = new Map<string, Tail>();
  for (const log of SHARED_LOGS) {
    const head = heads.get(log) as LogHead;
    const tail = new Tail();
    const range = { key, ...head, after: tailStart(head), upTo: head.position.offset };
    for await (const stored of eventsBetween(store, range)) tail.push(stored, frameOf(stored));
    tails.set(log, tail);
  }
  return tails;
}

function tailStart({ position }: LogHead): number {
  return Math.max(0, position.offset - LIMITS.tailEvents);
}

/** The heads of a room's logs; those that all of its people read are made where they are missing. */
async function openLogs(store: Store, { key, tenant, id }: RoomRow): Promise<{ revision: number; heads: Heads }> {
  for (;;) {
    const { revision, heads: found } = await store.movedSince({ key, revision: -1 });
    const heads: Heads = new Map(found.map((head) => [logId(head), head]));
    const missing = SHARED_LOGS.filter((log) => !heads.has(log)).map((log): LogHead =>
      emptyHead({ tenant, room: id, log, owner: '' }),
    );
    if (missing.length === 0) return { revision, heads };
    try {
      await store.commit({ key, basis: revision, newLogs: missing, steps: [] });
    } catch (error) {
      if (!(error instanceof RoomMoved)) throw error;
      // Another node has made them.
      continue;
    }
    for (const head of missing) heads.set(logId(head), head);
    return { revision: revision + 1, heads };
  }
}

/** The events of a log up to its head. The one before the first of them is trusted, and what follows has to fit it. */
async function* checkedEvents(
  store: Store,
  { row, head, after }: { readonly row: RoomRow; readonly head: LogHead; readonly after: number },
): AsyncIterable<StoredEvent> {
  const { epoch, offset: upTo } = head.position;
  let chain = after === 0 ? new Chain(chainStart({ ...head, tenant: row.tenant, room: row.id, epoch })) : null;
  for await (const event of eventsBetween(store, { key: row.key, ...head, after: Math.max(0, after - 1), upTo })) {
    if (!chain) {
      chain = new Chain(event);
      continue;
    }
    const what = chain.add(event);
    if (what) throw new BrokenLog({ room: row.id, key: head, offset: event.offset, what });
    yield event;
  }
  const at = chain?.at ?? { offset: after - 1, hash: '' };
  if (at.offset !== upTo || at.hash !== head.position.hash)
    throw new BrokenLog({ room: row.id, key: head, offset: at.offset, what: 'head' });
}
