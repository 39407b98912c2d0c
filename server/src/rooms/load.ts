import { IdMap, LIMITS, type Command, type LogName, type MeRules } from '@lms-live/protocol';
import type { LogHead, RoomKey, RoomRow, Store, StoredEvent } from '../storage/types.js';
import { toLogEvent } from './events.js';
import { emptyHead, logId, type Heads } from './logs.js';
import { EMPTY_ROOM_RULES, foldRules, readCheckpoint, type RoomRules } from './room-rules.js';
import { frameOf, Tail } from './tail.js';
import { Voters } from './voters.js';

export interface LoadedRoom {
  readonly row: RoomRow;
  readonly rules: RoomRules;
  readonly heads: Heads;
  readonly tails: ReadonlyMap<string, Tail>;
  readonly voters: Voters;
  /** When the newest event was committed. */
  readonly lastAt: number;
}

const SHARED_LOGS: readonly LogName[] = ['all', 'staff'];

/** Reads a room: its checkpoint, what came after it, its votes, and the newest events of the shared logs. */
export async function loadRoom(store: Store, row: RoomRow): Promise<LoadedRoom> {
  const { key } = row;
  const heads: Heads = new Map((await store.heads(key)).map((head) => [logId(head), head]));
  const missing = SHARED_LOGS.filter((log) => !heads.has(log)).map((log): LogHead =>
    emptyHead({ tenant: row.tenant, room: row.id, log, owner: '' }),
  );
  if (missing.length > 0) {
    await store.commit({ key, newLogs: missing, steps: [] });
    for (const head of missing) heads.set(logId(head), head);
  }

  const checkpoint = await store.loadCheckpoint(key);
  // A checkpoint of other logs (a restored backup, a log made anew) is worth nothing.
  const usable = checkpoint?.heads.every((head) => {
    const now = heads.get(logId(head))?.position;
    return now !== undefined && now.epoch === head.position.epoch && now.offset >= head.position.offset;
  });
  let rules: RoomRules =
    usable && checkpoint ? { ...EMPTY_ROOM_RULES, ...readCheckpoint(checkpoint.rules) } : EMPTY_ROOM_RULES;
  const tails = new Map<string, Tail>();
  let lastAt = 0;
  for (const log of SHARED_LOGS) {
    const head = (heads.get(log) as LogHead).position.offset;
    const folded = (usable && checkpoint?.heads.find((other) => other.log === log)?.position.offset) || 0;
    const tail = new Tail();
    tails.set(log, tail);
    const tailFrom = Math.max(0, head - LIMITS.tailEvents);
    for await (const stored of eventsAfter(store, { key, log, after: Math.min(folded, tailFrom) })) {
      if (stored.offset > folded) {
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
  return { row: fresh, rules: { ...rules, me }, heads, tails, voters, lastAt };
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

async function* eventsAfter(
  store: Store,
  { key, log, after }: { readonly key: RoomKey; readonly log: LogName; readonly after: number },
): AsyncIterable<StoredEvent> {
  for (let from = after; ;) {
    const page = await store.readEvents({ key, log, owner: '', after: from, limit: 1_000 });
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    from = last.offset;
  }
}
