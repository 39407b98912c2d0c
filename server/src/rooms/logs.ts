import { nanoid } from 'nanoid';
import {
  bodyDigest,
  EVENTS,
  genesisHash,
  linkHash,
  type DraftEvent,
  type LogName,
  type Position,
} from '@lms-live/protocol';
import type { LogHead, LogKey, StoredEvent } from '../storage/types.js';
import { randomSalt, sha256, uuidV7 } from './crypto.js';
import type { SpeculativeHeads } from './speculative-heads.js';

/** `all`, `staff`, or `me` with its participant. */
export function logId({ log, owner }: LogKey): string {
  return log === 'me' ? `me:${owner}` : log;
}

export function emptyHead({
  tenant,
  room,
  log,
  owner,
}: { readonly tenant: string; readonly room: string } & LogKey): LogHead {
  const epoch = nanoid();
  const hash = genesisHash(sha256, { tenant, room, log, participant: log === 'me' ? owner : null, epoch });
  return { log, owner, position: { epoch, offset: 0, hash } };
}

/** The heads of a room's logs. */
export type Heads = Map<string, LogHead>;

export function positionOf(heads: Pick<Heads, 'get'>, log: LogName, owner = ''): Position | undefined {
  return heads.get(logId({ log, owner }))?.position;
}

/**
 * Gives a draft its place: offset, id, time, salt, digest and hash. Moves the head in `heads`.
 * @param now never earlier than the last event of the log (`at` does not decrease)
 */
export function seal({
  draft,
  heads,
  now,
}: {
  readonly draft: DraftEvent;
  readonly heads: SpeculativeHeads;
  readonly now: number;
}): StoredEvent {
  const key: LogKey = { log: draft.log, owner: draft.owner ?? '' };
  const head = heads.get(logId(key));
  if (!head) throw new Error(`log ${logId(key)} has no head`);
  const body = JSON.stringify(draft.body);
  const salt = randomSalt();
  const offset = head.position.offset + 1;
  const chained = {
    offset,
    id: uuidV7(now),
    type: draft.type,
    by: draft.by,
    at: now,
    digest: bodyDigest(sha256, salt, body),
  };
  const hash = linkHash(sha256, head.position.hash, chained);
  const { log, owner } = key;
  heads.set(logId(key), { log, owner, position: { epoch: head.position.epoch, offset, hash } });
  // Each field by name: V8 gives what is spread together a hidden class of its own, which is larger than the event.
  const { id, type, by, at, digest } = chained;
  return { log, owner, offset, id, at, type, by, ref: refOf(draft), salt, digest, hash, body };
}

/** What an event is about: the field of its body that its row names. */
function refOf(draft: DraftEvent): string | null {
  const { ref } = EVENTS[draft.type];
  const value = ref === undefined ? undefined : (draft.body as Record<string, unknown>)[ref];
  return typeof value === 'string' ? value : null;
}
