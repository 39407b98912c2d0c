import { LIMITS, isBarred, type Actor, type ErrorCode, type LogName, type Position } from '@lms-live/protocol';
import { CommandConflict, NoSuchRoom, StoreUnavailable, type RoomRow, type StoredEvent } from '../storage/types.js';
import { Answers } from './answers.js';
import { Batch } from './batch.js';
import { toLogEvent } from './events.js';
import { loadRoom, textOf } from './load.js';
import { emptyHead, logId, positionOf, type Heads } from './logs.js';
import type { RoomListener, RoomOptions } from './room-options.js';
import { roomPatchOf } from './room-patch.js';
import { rulesFor, writeCheckpoint, type RoomRules } from './room-rules.js';
import { SnapshotCache } from './snapshots.js';
import { readsText, settle, type Answer, type Job, type Submission } from './submission.js';
import { frameOf, type Tail } from './tail.js';
import { Tails } from './tails.js';
import type { Voters } from './voters.js';
import { WorkLoop } from './work-loop.js';

const CHECKPOINT_EVERY = 1_000;
const RETRY_AFTER_MS = 1_000;

/**
 * One room in memory: the committed rules, heads and tails, and the queue before them.
 * Decisions of a room are serial. A batch is decided against a speculative head, committed in one transaction, and only then answered and published.
 */
export class Room {
  readonly key: number;
  readonly tenant: string;
  readonly id: string;

  #row: RoomRow;
  #rules!: RoomRules;
  #heads!: Heads;
  #voters!: Voters;
  #tails = new Tails();
  readonly #snapshots = new Map<string, SnapshotCache>();
  readonly #answers: Answers;
  readonly #listeners = new Set<RoomListener>();
  readonly #loop: WorkLoop<Job>;
  readonly #options: RoomOptions;
  #lastAt = 0;
  #stale = false;
  #sinceCheckpoint = 0;

  private constructor(options: RoomOptions) {
    this.#options = options;
    this.#row = options.row;
    this.key = options.row.key;
    this.tenant = options.row.tenant;
    this.id = options.row.id;
    this.#answers = new Answers(options.store, options.row.key);
    this.#loop = new WorkLoop({
      batch: () => this.#batch(),
      fail: (error) => {
        this.#fail(error);
      },
    });
  }

  static async open(options: RoomOptions): Promise<Room> {
    const room = new Room(options);
    await room.#load();
    return room;
  }

  get row(): RoomRow {
    return this.#row;
  }

  get rules(): RoomRules {
    return this.#rules;
  }

  get state(): RoomRules['all']['room']['state'] {
    return this.#rules.all.room.state;
  }

  /** A room has been created once its first event is there. */
  get exists(): boolean {
    return this.#rules.all.room.id !== '';
  }

  listen(listener: RoomListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  head(log: LogName, owner = ''): Position {
    const position = positionOf(this.#heads, log, owner);
    if (!position) throw new Error(`log ${log} of ${this.id} has no head`);
    return position;
  }

  isBanned(participant: string): boolean {
    return isBarred(rulesFor(this.#rules, participant), participant, 'room', this.#options.now());
  }

  /** How many people vote for a question: counted from the votes themselves. */
  votesFor(question: string): number {
    return this.#voters.count(question);
  }

  /** Public questions whose last tally is not the count. */
  staleTallies(): string[] {
    const { questions, tallies } = this.#rules.all;
    return [...questions.keys()].filter((id) => (tallies.get(id) ?? 0) !== this.votesFor(id));
  }

  tail(log: LogName, owner = ''): Tail {
    return this.#tails.of(log, owner);
  }

  snapshot(log: LogName, owner = ''): SnapshotCache {
    const id = logId({ log, owner });
    const cached = this.#snapshots.get(id);
    if (cached) return cached;
    const cache = new SnapshotCache({ log, owner }, async (after) => {
      const events = this.tail(log, owner).eventsAfter(after);
      return events && events.length > 0
        ? events
        : this.#options.store.readEvents({ key: this.key, log, owner, after, limit: LIMITS.replayPageEvents });
    });
    // Own logs are short and read by one person: their views are not kept.
    if (log !== 'me') this.#snapshots.set(id, cache);
    return cache;
  }

  readEvents(query: {
    readonly log: LogName;
    readonly owner?: string;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly StoredEvent[]> {
    return this.#options.store.readEvents({ key: this.key, owner: '', ...query });
  }

  /** The newest messages of the class before an offset, with what was changed of them since, in the order of the log. */
  async readMessages({
    before,
    limit,
  }: {
    readonly before: number;
    readonly limit: number;
  }): Promise<readonly StoredEvent[]> {
    const { store } = this.#options;
    const posted = await store.readPage({ key: this.key, log: 'all', owner: '', type: 'chat.posted', before, limit });
    const refs = posted.flatMap(({ ref }) => (ref === null ? [] : [ref]));
    const changes = await store.readAbout({ key: this.key, refs, types: ['chat.edited', 'chat.deleted'] });
    return [...posted, ...changes.filter(({ log }) => log === 'all')].sort((a, b) => a.offset - b.offset);
  }

  async hashAt(log: LogName, owner: string, offset: number): Promise<string | null> {
    const event = await this.#options.store.readEvent({ key: this.key, log, owner, offset });
    return event?.hash ?? null;
  }

  /** Makes sure that a person's own log exists. */
  async openOwnLog(participant: string): Promise<void> {
    const id = logId({ log: 'me', owner: participant });
    if (this.#heads.has(id)) return;
    await this.#loop.alone(async () => {
      await this.#freshen();
      if (this.#heads.has(id)) return;
      const head = emptyHead({ tenant: this.tenant, room: this.id, log: 'me', owner: participant });
      await this.#options.store.commit({ key: this.key, newLogs: [head], steps: [] });
      this.#heads.set(id, head);
    });
  }

  /** Decides, commits and answers; settles when the answer is durable. The same `cmid` of the same actor gets the same answer again. */
  async submit(submission: Submission): Promise<Answer> {
    const memory = Answers.memoryOf(submission);
    const known = memory && this.#answers.find(memory);
    if (known) {
      const answer = await known;
      submission.onAnswer?.(answer);
      return answer;
    }
    if (this.#loop.queue.length >= LIMITS.maxQueuedCommands) {
      const busy: Answer = { ok: false, code: 'busy', retryAfterMs: RETRY_AFTER_MS };
      submission.onAnswer?.(busy);
      return busy;
    }
    const answer = new Promise<Answer>((resolve) => {
      this.#loop.push({ ...submission, memory, settle: resolve });
    });
    if (memory) this.#answers.begin(memory, answer);
    return answer;
  }

  /** Whether this command was answered a moment ago, or is being decided: sending it again costs nothing. */
  remembers(actor: Actor, cmid: string): boolean {
    return this.#answers.has(actor.participant ?? 'service', cmid);
  }

  /** Settles when nothing is queued or being committed. */
  drained(): Promise<void> {
    return this.#loop.drained();
  }

  /** Writes a checkpoint, so that the next load is short. */
  async checkpoint(): Promise<void> {
    if (this.#sinceCheckpoint === 0) return;
    this.#sinceCheckpoint = 0;
    const heads = [...this.#heads.values()].filter(({ log }) => log !== 'me');
    await this.#options.store.saveCheckpoint(this.key, { heads, rules: writeCheckpoint(this.#rules) });
  }

  /** Nothing is known of what the store has: everything that waits is refused, and the room is read again before the next decision. */
  #fail(error: unknown): void {
    this.#stale = true;
    const code = codeOf(error);
    const again = code === 'store_unavailable' ? { retryAfterMs: RETRY_AFTER_MS } : {};
    for (const job of this.#loop.queue.splice(0)) settle(job, { ok: false, code, ...again });
    // A room that was deleted under a command is nothing that a person has to look at.
    if (code !== 'room_unknown') this.#options.onError?.(error);
  }

  async #batch(): Promise<void> {
    await this.#freshen();
    const batch = new Batch({
      row: this.#row,
      rules: this.#rules,
      heads: this.#heads,
      now: Math.max(this.#options.now(), this.#lastAt),
    });
    const jobs: Job[] = [];
    while (this.#loop.queue.length > 0 && jobs.length < LIMITS.groupCommitCommands) {
      const job = this.#loop.queue[0] as Job;
      const readsStore = job.resend === true || readsText(job.command);
      // The store has to have everything before it.
      if (readsStore && jobs.length > 0) break;
      this.#loop.queue.shift();
      jobs.push(job);
      await this.#decide(batch, job);
      // A wipe has to reach what is cached as well: it ends its batch, so that there is one order.
      if (batch.outcomes.at(-1)?.made?.rows.some(({ kind }) => kind === 'wipe')) break;
    }
    if (batch.made.length > 0 && !(await this.#commit(batch, jobs))) return;
    this.#publish(batch);
  }

  async #decide(batch: Batch, job: Job): Promise<void> {
    const known = job.resend === true && job.memory ? await this.#answers.lookUp(job.memory) : null;
    const answer = known ?? job.guard?.() ?? null;
    if (answer) {
      batch.answer(job, answer);
      return;
    }
    const text = readsText(job.command) ? await textOf(this.#options.store, this.key, job.command) : undefined;
    try {
      batch.decide(job, text);
    } catch (error) {
      // A command that breaks the rules' code is refused alone: it must not take those around it along, nor come back for ever.
      this.#options.onError?.(error);
      batch.answer(job, { ok: false, code: 'internal' });
    }
  }

  /** @returns false where the batch has to be decided again without a command that was answered before */
  async #commit(batch: Batch, jobs: readonly Job[]): Promise<boolean> {
    const startedAt = performance.now();
    const steps = await batch.steps(this.#options.subHash);
    const patch = roomPatchOf({ row: this.#row, room: batch.rules.all.room, now: this.#options.now() });
    try {
      await this.#options.store.commit({
        key: this.key,
        newLogs: batch.newLogs,
        steps: patch ? [...steps, { kind: 'room', patch }] : steps,
      });
    } catch (error) {
      this.#loop.queue.unshift(...jobs);
      if (!(error instanceof CommandConflict)) throw error;
      await this.#answerFromStore(error);
      return false;
    }
    if (patch) this.#row = { ...this.#row, ...patch };
    const { events, made } = batch;
    this.#heads = batch.heads;
    this.#rules = batch.rules;
    this.#lastAt = batch.now;
    this.#sinceCheckpoint += events.length;
    for (const { rows } of made) for (const row of rows) if (row.kind === 'vote') this.#voters.set(row);
    this.#options.onCommit?.({ commands: made.length, events: events.length, ms: performance.now() - startedAt });
    return true;
  }

  /** An earlier life has answered this one command: it is answered from the store, the rest is decided again on what the store has. */
  async #answerFromStore(conflict: CommandConflict): Promise<void> {
    const index = this.#loop.queue.findIndex(
      ({ memory }) => memory?.actor === conflict.actor && memory.cmid === conflict.cmid,
    );
    const [job] = index < 0 ? [] : this.#loop.queue.splice(index, 1);
    if (!job?.memory) throw new StoreUnavailable('a command conflict without its command', { cause: conflict });
    settle(job, (await this.#answers.lookUp(job.memory)) ?? { ok: false, code: 'internal' });
    await this.#load();
  }

  /** Answers first, so that a sender knows its own events when they come. */
  #publish({ outcomes, events }: Batch): void {
    for (const { job, answer, made } of outcomes) {
      if (made?.command) this.#answers.remember(made.command);
      for (const row of made?.rows ?? []) {
        if (row.kind !== 'wipe') continue;
        this.#tails.wipe(row.refs, row.types);
        this.#answers.forget();
      }
      settle(job, answer);
    }
    for (const event of events) {
      const frame = frameOf(event);
      this.tail(event.log, event.owner).push(event, frame);
      const folded = toLogEvent(event);
      for (const listener of this.#listeners) listener.onEvent(event, frame, folded);
    }
    if (this.#sinceCheckpoint >= CHECKPOINT_EVERY)
      void this.checkpoint().catch((error: unknown) => this.#options.onError?.(error));
  }

  /** After a failure the room is read again: what this process believed may not be what was written. */
  async #freshen(): Promise<void> {
    if (this.#stale) await this.#load();
  }

  async #load(): Promise<void> {
    const loaded = await loadRoom(this.#options.store, this.#row);
    this.#row = loaded.row;
    this.#rules = loaded.rules;
    this.#heads = loaded.heads;
    this.#voters = loaded.voters;
    this.#lastAt = loaded.lastAt;
    this.#tails = new Tails(loaded.tails);
    this.#snapshots.clear();
    this.#stale = false;
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof NoSuchRoom) return 'room_unknown';
  return error instanceof StoreUnavailable ? 'store_unavailable' : 'internal';
}
