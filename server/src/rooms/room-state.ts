import { LIMITS, type EventType, type LogName } from '@lms-live/protocol';
import type { RoomPatch, RoomRow, Store, StoredEvent } from '../storage/types.js';
import type { Batch } from './batch.js';
import { sealCheckpoint } from './checkpoint.js';
import { toLogEvent } from './events.js';
import { loadRoom, loadTails } from './load.js';
import { logId, type Heads } from './logs.js';
import { readOn } from './read-on.js';
import { foldRules, type RoomRules } from './room-rules.js';
import { SnapshotCache } from './snapshots.js';
import { frameOf } from './tail.js';
import { Tails } from './tails.js';
import type { Voters } from './voters.js';

const CHECKPOINT_EVERY = 1_000;
/** A checkpoint is as long as its room: of a long one it is written after a share of it, so that the writing stays in proportion. */
const CHECKPOINT_SHARE = 8;
/** With these, texts leave the log: what is cached of it has to be read again. */
const WIPING: ReadonlySet<EventType> = new Set(['chat.deleted', 'question.changed', 'erased']);

/** What is committed of a room, as of one revision: what the store has, in memory. */
export class RoomState {
  revision!: number;
  row!: RoomRow;
  rules!: RoomRules;
  heads!: Heads;
  voters!: Voters;
  tails!: Tails;
  /** When the newest event was committed; the next is never earlier. */
  lastAt!: number;
  /** Events since the last checkpoint. */
  sinceCheckpoint = 0;
  /** What was loaded had a checkpoint that was not what was written. */
  hasBrokenCheckpoint = false;
  readonly #store: Store;
  readonly #snapshots = new Map<string, SnapshotCache>();

  private constructor(store: Store) {
    this.#store = store;
  }

  static async load(store: Store, row: RoomRow): Promise<RoomState> {
    const state = new RoomState(store);
    await state.reload(row);
    return state;
  }

  async reload(row = this.row): Promise<void> {
    const loaded = await loadRoom(this.#store, row);
    this.revision = loaded.revision;
    this.row = loaded.row;
    this.rules = loaded.rules;
    this.heads = loaded.heads;
    this.voters = loaded.voters;
    this.lastAt = loaded.lastAt;
    this.sinceCheckpoint = loaded.sinceCheckpoint;
    this.hasBrokenCheckpoint = loaded.hasBrokenCheckpoint;
    this.tails = new Tails(loaded.tails);
    this.#snapshots.clear();
  }

  /** The view of a log for those who come late. Own logs are short and read by one person: their views are not kept. */
  snapshot(log: LogName, owner: string): SnapshotCache {
    const id = logId({ log, owner });
    const cached = this.#snapshots.get(id);
    if (cached) return cached;
    const cache = new SnapshotCache({ log, owner }, async (after) => {
      const events = this.tails.of(log, owner).eventsAfter(after);
      return events && events.length > 0
        ? events
        : this.#store.readEvents({ key: this.row.key, log, owner, after, limit: LIMITS.replayPageEvents });
    });
    if (log !== 'me') this.#snapshots.set(id, cache);
    return cache;
  }

  /** A batch that was decided on this was committed. */
  accept({ heads, rules, now, events, made }: Batch, patch: RoomPatch | null): void {
    this.revision += 1;
    if (patch) this.row = { ...this.row, ...patch };
    for (const [id, head] of heads.moved) this.heads.set(id, head);
    this.rules = rules;
    this.lastAt = now;
    this.sinceCheckpoint += events.length;
    for (const { rows } of made) for (const row of rows) if (row.kind === 'vote') this.voters.set(row);
  }

  /**
   * Takes in what others have committed, or what was committed without an answer; as of one later revision, or not at all.
   * @returns its events, and whether texts have left the log with them
   * @throws {LogRewritten}; {BrokenLog}
   */
  async readOn(): Promise<{ readonly events: readonly StoredEvent[]; readonly hasWiped: boolean }> {
    const {
      revision,
      heads: moved,
      events,
    } = await readOn({
      store: this.#store,
      room: this.row,
      revision: this.revision,
      heads: this.heads,
    });
    const heads: Heads = new Map([...this.heads, ...moved.map((head) => [logId(head), head] as const)]);
    const hasWiped = events.some(({ type }) => WIPING.has(type));
    const tails = hasWiped ? await loadTails(this.#store, this.row.key, heads) : null;
    // Without an event it may be what stands in no log that was changed.
    const isRowOld = events.length === 0 || events.some(({ type }) => type === 'room.changed');
    const row = isRowOld && (await this.#store.getRoomByKey(this.row.key));

    this.revision = revision;
    this.heads = heads;
    if (row) this.row = row;
    for (const event of events) this.#fold(event);
    if (tails) this.tails = new Tails(tails);
    else for (const event of events) this.tails.of(event.log, event.owner).push(event, frameOf(event));
    return { events, hasWiped };
  }

  /** Whether the next load would be long, or has nothing to begin with. */
  get wantsCheckpoint(): boolean {
    const every = Math.max(CHECKPOINT_EVERY, (this.heads.get('all')?.position.offset ?? 0) / CHECKPOINT_SHARE);
    return this.hasBrokenCheckpoint || this.sinceCheckpoint >= every;
  }

  /** Writes a checkpoint, so that the next load is short. */
  async checkpoint(): Promise<void> {
    if (this.sinceCheckpoint === 0) return;
    this.sinceCheckpoint = 0;
    this.hasBrokenCheckpoint = false;
    const heads = [...this.heads.values()].filter(({ log }) => log !== 'me');
    await this.#store.saveCheckpoint(this.row.key, sealCheckpoint(heads, this.rules), this.revision);
  }

  #fold(stored: StoredEvent): void {
    this.lastAt = Math.max(this.lastAt, stored.at);
    this.sinceCheckpoint += 1;
    const event = toLogEvent(stored);
    if (!event) return;
    this.rules = foldRules(this.rules, event, stored.owner);
    if (event.type === 'vote.set' && event.body) this.voters.set({ ...event.body, participant: stored.owner });
  }
}
