import {
  isStaff,
  LIMITS,
  type LogName,
  type Position,
  type Positions,
  type ResetReason,
  type AllView,
} from '@lms-live/protocol';
import { BrokenHistory } from '../rooms/broken-history.js';
import { BrokenLog } from '../rooms/broken-log.js';
import { Chain, type ChainFault, type ChainPoint } from '../rooms/chain.js';
import type { LiveRoom } from '../rooms/live-room.js';
import { withoutMessages } from '../rooms/snapshots.js';
import { frameOf } from '../rooms/tail.js';
import type { StoredEvent } from '../storage/types.js';
import type { Socket } from '../transport/types.js';
import type { Actor } from '@lms-live/protocol';

/** Unsent bytes above which a replay waits for the reader. */
const PAUSE_AT_BYTES = 262_144;
/** What fits into one write of uWebSockets.js: what does not is copied to a buffer that the socket then keeps for as long as it lives. */
const CORK_BYTES = 15_000;
/** Of a frame from a server, at most (RFC 6455 §5.2). */
const FRAME_HEADER_BYTES = 10;

interface Feed {
  /** The last offset that was handed to the socket. */
  sent: number;
  /** Follows the topic; until then the log is replayed from the store. */
  live: boolean;
  /** Counts replays: a newer one ends an older one. */
  run: number;
}

/** Brings one connection up to date with each log that it reads, and keeps it there. */
export class Feeds {
  readonly #socket: Socket;
  readonly #live: LiveRoom;
  readonly #participant: string;
  readonly #feeds: { [log in LogName]: Feed | null } = { all: null, me: null, staff: null };
  #drained: (() => void) | null = null;

  constructor({
    socket,
    live,
    participant,
  }: {
    readonly socket: Socket;
    readonly live: LiveRoom;
    readonly participant: string;
  }) {
    this.#socket = socket;
    this.#live = live;
    this.#participant = participant;
  }

  /** The heads of the logs that somebody with these rights reads. */
  heads(actor: Actor): Positions {
    const { room } = this.#live;
    return {
      all: room.head('all'),
      me: room.head('me', this.#participant),
      ...(isStaff(actor.grants) ? { staff: room.head('staff') } : {}),
    };
  }

  /** Sends what is missing from each log; settles when all of them follow live. */
  async bringUp(actor: Actor, positions: Positions, why: ResetReason = 'new'): Promise<void> {
    const logs: LogName[] = ['all', 'me', ...(isStaff(actor.grants) ? (['staff'] as const) : [])];
    for (const log of logs) await this.bringUpOne(log, positions[log], why, actor);
  }

  async bringUpOne(log: LogName, position: Position | undefined, why: ResetReason, actor: Actor): Promise<void> {
    const feed = (this.#feeds[log] ??= { sent: 0, live: false, run: 0 });
    feed.run += 1;
    feed.live = false;
    const { run } = feed;
    this.#unsubscribe(log);
    const owner = log === 'me' ? this.#participant : '';
    const { room } = this.#live;

    const reset = position === undefined ? why : await this.#mismatch({ log, owner, position, actor });
    if (reset === null && position) feed.sent = position.offset;
    else {
      const sent = await this.#reset({ log, owner, why: reset ?? why, actor });
      if (feed.run !== run) return;
      feed.sent = sent;
    }

    let known: ChainPoint | null = reset === null && position && position.offset > 0 ? position : null;
    let isWhole = true;
    while (this.#socket.isOpen && feed.run === run) {
      if (this.#socket.bufferedBytes() > PAUSE_AT_BYTES) {
        await new Promise<void>((resolve) => {
          this.#drained = resolve;
        });
        continue;
      }
      const head = room.head(log, owner).offset;
      const frames = feed.sent >= head ? [] : room.tail(log, owner).framesAfter(feed.sent);
      if (frames === null) {
        const page = await room.readEvents({ log, owner, after: feed.sent, limit: LIMITS.replayPageEvents });
        // There is none of a room that another node has deleted: that is told here.
        if (page.length === 0) await room.catchUp();
        if (feed.run !== run) return;
        const broken = faultIn(page, feed.sent, known);
        if (broken) {
          const where = { room: room.id, key: { log, owner }, ...broken };
          this.#live.onBroken(new BrokenHistory(where));
          // Where not even what is behind the newest snapshot can be had, nothing can.
          if (!isWhole) throw new BrokenLog(where);
          isWhole = false;
          known = null;
          const sent = await this.#reset({ log, owner, why: 'hash', actor });
          if (feed.run !== run) return;
          feed.sent = sent;
          continue;
        }
        // By its offset, not by the number of frames: those two are only the same where nothing is missing.
        known = page[this.#sendSome(page.map(frameOf)) - 1] ?? known;
        feed.sent = known?.offset ?? feed.sent;
        continue;
      }
      // From here to the end nothing else runs: no event is missed between the tail and the topic.
      const count = this.#sendSome(frames);
      if (count < frames.length) {
        feed.sent += count;
        continue;
      }
      feed.sent = Math.max(feed.sent, head);
      feed.live = true;
      this.#subscribe(log);
      return;
    }
  }

  /** An event of the person's own log, as it is committed. */
  deliverOwn(event: StoredEvent, frame: string): void {
    const feed = this.#feeds.me;
    if (!feed?.live || event.offset <= feed.sent) return;
    feed.sent = event.offset;
    this.#socket.send(frame);
  }

  /** This person may not read a log any more. */
  drop(log: LogName): void {
    const feed = this.#feeds[log];
    if (!feed) return;
    feed.run += 1;
    this.#feeds[log] = null;
    this.#unsubscribe(log);
  }

  onDrain(): void {
    const resolve = this.#drained;
    this.#drained = null;
    resolve?.();
  }

  close(): void {
    for (const feed of Object.values(this.#feeds)) if (feed) feed.run += 1;
    this.onDrain();
  }

  /**
   * Sends as many as a reader may have waiting: a page of long messages would be more than a socket takes, and whoever is closed for it
   * would come back to the same page. @returns how many
   */
  #sendSome(frames: readonly string[]): number {
    let bytes = 0;
    let count = 0;
    while (count < frames.length && bytes <= PAUSE_AT_BYTES) {
      let corkedBytes = 0;
      this.#socket.cork(() => {
        for (let frame = frames[count]; frame !== undefined; frame = frames[count]) {
          const frameBytes = Buffer.byteLength(frame) + FRAME_HEADER_BYTES;
          if (corkedBytes > 0 && corkedBytes + frameBytes > CORK_BYTES) return;
          this.#socket.send(frame);
          corkedBytes += frameBytes;
          count += 1;
        }
      });
      bytes += corkedBytes;
    }
    return count;
  }

  /** Why a position cannot be gone on from; null: it can. */
  async #mismatch({
    log,
    owner,
    position,
    actor,
  }: {
    readonly log: LogName;
    readonly owner: string;
    readonly position: Position;
    readonly actor: Actor;
  }): Promise<ResetReason | null> {
    const { room } = this.#live;
    // Whoever comes from another server may have been told more there than this one has heard.
    if (position.offset > room.head(log, owner).offset) await room.catchUp();
    const head = room.head(log, owner);
    if (position.epoch !== head.epoch) return 'epoch';
    if (position.offset > head.offset) return 'hash';
    if (head.offset - position.offset > LIMITS.snapshotAfterEvents) return 'too_far';
    // The beginning is known to anyone; every later place only to who was there.
    if (position.offset === 0) return this.#hidesHistory(log, actor) ? 'new' : null;
    const hash =
      position.offset === head.offset
        ? head.hash
        : (room.tail(log, owner).hashAt(position.offset) ?? (await room.hashAt(log, owner, position.offset)));
    return hash === position.hash ? null : 'hash';
  }

  async #reset({
    log,
    owner,
    why,
    actor,
  }: {
    readonly log: LogName;
    readonly owner: string;
    readonly why: ResetReason;
    readonly actor: Actor;
  }): Promise<number> {
    const { room } = this.#live;
    const cache = room.snapshot(log, owner);
    const head = room.head(log, owner);
    const isHidden = this.#hidesHistory(log, actor);
    const { position, json, view } = await (isHidden ? cache.at(head) : cache.near(head));
    const snapshot = isHidden ? JSON.stringify(withoutMessages(view as AllView)) : json;
    this.#socket.send(
      `{"frame":"reset","log":${JSON.stringify(log)},"why":${JSON.stringify(why)},"position":${JSON.stringify(position)},"snapshot":${snapshot}}`,
    );
    return position.offset;
  }

  /** What was said before is not for who comes late. */
  #hidesHistory(log: LogName, actor: Actor): boolean {
    return log === 'all' && !this.#live.room.rules.all.room.policy['chat.history'] && !isStaff(actor.grants);
  }

  #subscribe(log: LogName): void {
    if (log === 'all') this.#socket.subscribe(this.#live.topics.all);
    if (log === 'staff') this.#socket.subscribe(this.#live.topics.staff);
  }

  #unsubscribe(log: LogName): void {
    if (log === 'all') this.#socket.unsubscribe(this.#live.topics.all);
    if (log === 'staff') this.#socket.unsubscribe(this.#live.topics.staff);
  }
}

/**
 * Looks over a page before anybody is told that it is what happened: each event has to follow the one before, and the first
 * has to fit the hash of the last that was sent, where that is known.
 */
function faultIn(
  page: readonly StoredEvent[],
  sent: number,
  known: ChainPoint | null,
): { readonly offset: number; readonly what: ChainFault } | null {
  const hole = page.findIndex((event, index) => event.offset !== sent + 1 + index);
  if (hole >= 0 || page.length === 0) return { offset: sent + 1 + Math.max(0, hole), what: 'gap' };
  const [first] = page as [StoredEvent];
  const what = known?.offset === sent ? new Chain(known).add(first) : null;
  return what && { offset: first.offset, what };
}
