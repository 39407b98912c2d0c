import { LIMITS, isBarred, type Actor, type LogEvent, type LogName, type Position } from '@lms-live/protocol';
import {
  CommandConflict,
  NoSuchRoom,
  RoomMoved,
  StoreUnavailable,
  type PrivateRecord,
  type RoomRow,
  type RosterEntry,
  type StoredEvent,
} from '../storage/types.js';
import { Answers } from './answers.js';
import { Batch } from './batch.js';
import { BrokenCheckpoint } from './checkpoint.js';
import { readFor, readsText } from './command-reads.js';
import { toLogEvent } from './events.js';
import { Hearsay } from './hearsay.js';
import { positionOf } from './logs.js';
import { OwnLogs } from './own-logs.js';
import { readMessages } from './read-messages.js';
import { LogRewritten } from './read-on.js';
import type { RoomListener, RoomOptions } from './room-options.js';
import { roomPatchOf } from './room-patch.js';
import { rulesFor, type RoomRules } from './room-rules.js';
import { RoomState } from './room-state.js';
import type { SnapshotCache } from './snapshots.js';
import { refusalOf } from './refusal-of.js';
import { countsInQueue, settle, turnAway, type Answer, type Job, type Submission } from './submission.js';
import { frameOf, type Tail } from './tail.js';
import { WorkLoop } from './work-loop.js';

/**
 * One room in memory: the committed rules, heads and tails, and the queue before them.
 * Decisions of a room are serial. A batch is decided against a speculative head, committed in one transaction, and only then answered and published.
 */
export class Room {
  readonly key: number;
  readonly tenant: string;
  readonly id: string;

  readonly #state: RoomState;
  readonly #answers: Answers;
  readonly #listeners = new Set<RoomListener>();
  readonly #loop: WorkLoop<Job>;
  readonly #hearsay: Hearsay;
  readonly #options: RoomOptions;
  #stale = false;
  readonly #ownLogs: OwnLogs;

  private constructor(options: RoomOptions, state: RoomState) {
    this.#options = options;
    this.#state = state;
    this.key = options.row.key;
    this.tenant = options.row.tenant;
    this.id = options.row.id;
    this.#answers = new Answers(options.store, options.row.key);
    this.#ownLogs = new OwnLogs({
      store: options.store,
      state,
      alone: (work) => this.#loop.alone(work),
      freshen: () => this.#freshen(),
      readOn: () => this.#readOn(),
      onMoved: (revision) => options.onMoved?.(revision),
      onFault: () => {
        this.#stale = true;
      },
    });
    this.#loop = new WorkLoop({
      batch: () => this.#batch(),
      fail: (error) => {
        this.#fail(error);
      },
    });
    this.#hearsay = new Hearsay({
      revision: () => this.#state.revision,
      readOn: () => this.#loop.alone(() => this.#readOn()),
      onError: (error) => {
        this.#stale = true;
        this.#report(error);
      },
    });
  }

  static async open(options: RoomOptions): Promise<Room> {
    const room = new Room(options, await RoomState.load(options.store, options.row));
    if (room.#state.hasBrokenCheckpoint) options.onError?.(new BrokenCheckpoint(room.id));
    // A process that is killed again and again would read more each time.
    room.#checkpointSoon();
    return room;
  }

  get row(): RoomRow {
    return this.#state.row;
  }

  get rules(): RoomRules {
    return this.#state.rules;
  }

  get state(): RoomRules['all']['room']['state'] {
    return this.rules.all.room.state;
  }

  /** A room has been created once its first event is there. */
  get exists(): boolean {
    return this.rules.all.room.id !== '';
  }

  listen(listener: RoomListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  head(log: LogName, owner = ''): Position {
    const position = positionOf(this.#state.heads, log, owner);
    if (!position) throw new Error(`log ${log} of ${this.id} has no head`);
    return position;
  }

  isBanned(participant: string): boolean {
    return isBarred(rulesFor(this.rules, participant), participant, 'room', this.#options.now());
  }

  /** How many people vote for a question: counted from the votes themselves. */
  votesFor(question: string): number {
    return this.#state.voters.count(question);
  }

  /** Public questions whose last tally is not the count. */
  staleTallies(): string[] {
    const { questions, tallies } = this.rules.all;
    return [...questions.keys()].filter((id) => (tallies.get(id) ?? 0) !== this.votesFor(id));
  }

  tail(log: LogName, owner = ''): Tail {
    return this.#state.tails.of(log, owner);
  }

  snapshot(log: LogName, owner = ''): SnapshotCache {
    return this.#state.snapshot(log, owner);
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
  readMessages(query: { readonly before: number; readonly limit: number }): Promise<readonly StoredEvent[]> {
    return readMessages(this.#options.store, { key: this.key, ...query });
  }

  async hashAt(log: LogName, owner: string, offset: number): Promise<string | null> {
    const event = await this.#options.store.readEvent({ key: this.key, log, owner, offset });
    return event?.hash ?? null;
  }

  /** Makes sure that a person's own log exists. A class that comes in together waits for one commit, not for one each. */
  async openOwnLog(participant: string): Promise<void> {
    await this.#ownLogs.open(participant);
  }

  /** Another node says that the room stands at a revision. What came in between is read once, however many say so. */
  hear(revision: number): void {
    this.#hearsay.hear(revision);
  }

  /** Reads what other nodes have committed and this one has not heard of yet. */
  async catchUp(): Promise<void> {
    if (this.#options.isShared === true) await this.#loop.alone(() => this.#readOn());
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
    const isFull = this.#loop.queue.length >= LIMITS.maxQueuedCommands;
    if (isFull && countsInQueue(submission)) return turnAway(submission);
    const answer = new Promise<Answer>((resolve) => {
      this.#loop.push({ ...submission, memory, settle: resolve });
    });
    if (memory) this.#answers.begin(memory, answer);
    return answer;
  }

  /** Changes what of the record stands in no log; of a password everyone learns whether there is one. @throws {StoreUnavailable} {NoSuchRoom} */
  async changeRecord(patch: Partial<PrivateRecord>): Promise<void> {
    await this.#loop.alone(() => this.#rewrite(() => this.#options.store.changeRecord(this.key, patch)));
    if (patch.passwordHash === undefined) return;
    const hasPassword = patch.passwordHash !== null;
    await this.submit({ command: { type: 'system.record', hasPassword }, actor: null });
  }

  /** Replaces the list of who is expected; null: there is none any more. @throws {StoreUnavailable} {NoSuchRoom} */
  async setRoster(people: readonly RosterEntry[] | null): Promise<void> {
    await this.#loop.alone(() => this.#rewrite(() => this.#options.store.setRoster(this.key, people)));
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
  checkpoint(): Promise<void> {
    return this.#state.checkpoint();
  }

  /** Nothing is known of what the store has: everything that waits is refused, and the room is read again before the next decision. */
  #fail(error: unknown): void {
    this.#stale = true;
    for (const job of this.#loop.queue.splice(0)) settle(job, refusalOf(error));
    this.#report(error);
  }

  /** A room that was deleted meanwhile is nothing that a person has to look at. */
  #report(error: unknown): void {
    if (!(error instanceof NoSuchRoom)) this.#options.onError?.(error);
  }

  async #batch(): Promise<void> {
    await this.#freshen();
    const { row, rules, heads, lastAt } = this.#state;
    const batch = new Batch({ row, rules, heads, now: Math.max(this.#options.now(), lastAt) });
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
    if (await (batch.made.length > 0 ? this.#commit(batch, jobs) : this.#isUpToDate(jobs))) this.#publish(batch);
  }

  /** Where nothing is committed, nobody says that others have: a refusal would be one of the past. */
  async #isUpToDate(jobs: readonly Job[]): Promise<boolean> {
    if (this.#options.isShared !== true) return true;
    const [now] = await this.#options.store.revisions([this.key]);
    if (now?.revision === this.#state.revision) return true;
    this.#loop.queue.unshift(...jobs);
    await this.#readOn();
    return false;
  }

  async #decide(batch: Batch, job: Job): Promise<void> {
    const known = job.resend === true ? await this.#answers.lookUp(job.memory) : null;
    const answer = known ?? job.guard?.(batch.rules) ?? null;
    if (answer) {
      batch.answer(job, answer);
      return;
    }
    const reads = await readFor(job.command, { ...this.#options, key: this.key });
    try {
      const refusal = batch.decide(job, reads);
      // It may have been accepted by another node, or in a commit whose answer was lost: what was done is not refused.
      if (refusal) batch.answer(job, (await this.#answers.lookUp(job.memory)) ?? refusal);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      // A command that breaks the rules' code is refused alone: it must not take those around it along, nor come back for ever.
      this.#options.onError?.(error);
      batch.answer(job, { ok: false, code: 'internal' });
    }
  }

  /** @returns false where the batch has to be decided again: on what others have committed, or without a command that was answered before */
  async #commit(batch: Batch, jobs: readonly Job[]): Promise<boolean> {
    const startedAt = performance.now();
    const steps = await batch.steps(this.#options.subHash);
    const { row, revision } = this.#state;
    const patch = roomPatchOf({ row, room: batch.rules.all.room });
    try {
      await this.#options.store.commit({
        key: this.key,
        basis: revision,
        newLogs: batch.newLogs,
        steps: patch ? [...steps, { kind: 'room', patch }] : steps,
      });
    } catch (error) {
      this.#loop.queue.unshift(...jobs);
      if (error instanceof CommandConflict) await this.#answers.settleKnown(this.#loop.queue, error);
      else if (error instanceof RoomMoved) await this.#readOn();
      else throw error;
      return false;
    }
    this.#state.accept(batch, patch);
    this.#options.onMoved?.(this.#state.revision);
    const ms = performance.now() - startedAt;
    this.#options.onCommit?.({ commands: batch.made.length, events: batch.events.length, ms });
    return true;
  }

  /** Writes what stands in no log. Other nodes hear that the room has moved, and read its row again. */
  async #rewrite(write: () => Promise<RoomRow>): Promise<void> {
    await this.#freshen();
    const row = await write();
    this.#state.row = row;
    if (this.#options.isShared === true) await this.#ownLogs.write([]);
  }

  /** Answers first, so that a sender knows its own events when they come. */
  #publish({ outcomes, events }: Batch): void {
    for (const { job, answer, made } of outcomes) {
      if (made?.command) this.#answers.remember(made.command);
      for (const row of made?.rows ?? []) {
        if (row.kind !== 'wipe') continue;
        this.#state.tails.wipe(row.refs, row.types);
        this.#answers.forget();
      }
      settle(job, answer);
    }
    for (const { event, folded } of events) {
      const frame = frameOf(event);
      this.tail(event.log, event.owner).push(event, frame);
      this.#tell(event, frame, folded);
    }
    this.#checkpointSoon();
  }

  #tell(event: StoredEvent, frame: string, folded: LogEvent | null): void {
    for (const listener of this.#listeners) listener.onEvent(event, frame, folded);
  }

  #checkpointSoon(): void {
    if (this.#state.wantsCheckpoint) void this.checkpoint().catch((error: unknown) => this.#options.onError?.(error));
  }

  /** After a failure the room is read on: what this process believed may not be what was written. */
  async #freshen(): Promise<void> {
    if (this.#stale) await this.#readOn();
  }

  /** Takes in what this process has not committed, or does not know of, and publishes it as its own. */
  async #readOn(): Promise<void> {
    try {
      const { events, hasWiped } = await this.#state.readOn();
      if (hasWiped) this.#answers.forget();
      this.#stale = false;
      for (const event of events) this.#tell(event, frameOf(event), toLogEvent(event));
      this.#checkpointSoon();
    } catch (error) {
      if (!(error instanceof LogRewritten)) throw error;
      // Whoever is connected learns it from the heads in the next ping, and starts over.
      await this.#state.reload();
      this.#answers.forget();
      this.#stale = false;
    }
  }
}
