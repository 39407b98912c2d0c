import { bodyDigest, genesisHash, linkHash } from '@lms-live/protocol';
import type { LogKey, StoredEvent } from '../storage/types.js';
import { sha256 } from './crypto.js';

/** What may not fit at an offset, for people. */
export const CHAIN_FAULTS = {
  gap: 'an event is missing',
  body: 'the content of an event is not what was written',
  hash: 'an event is not what was written, or not in its place',
  head: 'the log ends elsewhere than it should',
} as const;

export type ChainFault = keyof typeof CHAIN_FAULTS;

/** Where a log stands: the offset and hash of its last event, or those before its first. */
export interface ChainPoint {
  readonly offset: number;
  readonly hash: string;
}

/** Where the chain of a log begins. */
export function chainStart({
  tenant,
  room,
  log,
  owner,
  epoch,
}: LogKey & { readonly tenant: string; readonly room: string; readonly epoch: string }): ChainPoint {
  const participant = log === 'me' ? owner : null;
  return { offset: 0, hash: genesisHash(sha256, { tenant, room, log, participant, epoch }) };
}

/** Computes the chain of a log again, event by event, from a point that is trusted. */
export class Chain {
  #at: ChainPoint;

  constructor(from: ChainPoint) {
    this.#at = from;
  }

  /** The last event that was added. */
  get at(): ChainPoint {
    return this.#at;
  }

  /** Goes on to an event, also where it does not fit. @returns what does not */
  add(event: StoredEvent): ChainFault | null {
    const before = this.#at;
    this.#at = { offset: event.offset, hash: event.hash };
    if (event.offset !== before.offset + 1) return 'gap';
    // What was erased left its digest, so that the chain holds without it.
    if (event.body !== null && event.salt !== null && bodyDigest(sha256, event.salt, event.body) !== event.digest)
      return 'body';
    return linkHash(sha256, before.hash, event) === event.hash ? null : 'hash';
  }

  /** @returns what is wrong with where the log is said to end */
  end(head: ChainPoint): ChainFault | null {
    return head.offset === this.#at.offset && head.hash === this.#at.hash ? null : 'head';
  }
}
