import { nanoid } from 'nanoid';
import {
  COMMANDS,
  decide,
  isBarred,
  LIMITS,
  type Accepted,
  type Actor,
  type Command,
  type Decision,
  type ErrorCode,
  type EventType,
  type LogEvent,
  type LogName,
  type Position,
  type Positions,
  type Refused,
  type SystemCommand,
} from '@lms-live/protocol';
import {
  CommandConflict,
  StoreUnavailable,
  type CommitStep,
  type LogHead,
  type RoomRow,
  type Store,
  type StoredCommand,
  type StoredEvent,
} from '../storage/types.js';
import { sha256Hex } from './crypto.js';
import { toLogEvent } from './events.js';
import { loadRoom, textOf } from './load.js';
import { emptyHead, logId, positionOf, seal, type Heads } from './logs.js';
import { roomPatchOf } from './room-patch.js';
import { foldRules, rulesFor, writeCheckpoint, type RoomRules } from './room-rules.js';
import { SnapshotCache } from './snapshots.js';
import { frameOf, Tail } from './tail.js';

/** One command on its way to a decision. */
export interface Submission {
  readonly command: Command | SystemCommand;
  /** null: the system. */
  readonly actor: Actor | null;
  /** It may have been answered on an earlier connection: look further than memory. */
  readonly resend?: boolean;
  /** Asked right before the decision, in order: a reason to refuse this one. */
  readonly guard?: () => RoomRefusal | null;
  /** Not remembered by its `cmid`: what the server says on somebody's behalf. */
  readonly ephemeral?: boolean;
  /** Called in the turn in which the answer is final and before anything is published. */
  readonly onAnswer?: (answer: Answer) => void;
}

export interface RoomRefusal extends Refused {
  readonly expect?: number;
}

export type Answer =
  | { readonly ok: true; readonly positions: Positions; readonly result: Readonly<Record<string, unknown>> }
  | RoomRefusal;

/** What a room tells those who listen, after each commit and in the order of the logs. */
export interface RoomListener {
  /** A committed event with its frame. */
  onEvent(event: StoredEvent, frame: string, folded: LogEvent | null): void;
}

interface Job extends Submission {
  readonly settle: (answer: Answer) => void;
  readonly actorKey: string;
  readonly digest: string | null;
}

interface Decided {
  readonly job: Job;
  readonly events: readonly StoredEvent[];
  readonly accepted: Accepted;
  readonly answer: Answer;
  readonly stored: StoredCommand | null;
}

export interface RoomOptions {
  readonly store: Store;
  readonly row: RoomRow;
  readonly now: () => number;
  /** Names a person for the ban list without naming them: a keyed hash of `sub`. */
  readonly subHash: (participant: string) => Promise<string | null>;
  /** The room goes on; somebody has to look. */
  readonly onError?: (error: unknown) => void;
  readonly onCommit?: (batch: { readonly commands: number; readonly events: number; readonly ms: number }) => void;
}

const RECENT_ANSWERS = 512;
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
  #voters!: Map<string, Set<string>>;
  readonly #tails = new Map<string, Tail>();
  readonly #snapshots = new Map<string, SnapshotCache>();
  readonly #recent = new Map<string, StoredCommand>();
  readonly #inFlight = new Map<string, Promise<Answer>>();
  readonly #listeners = new Set<RoomListener>();
  readonly #queue: Job[] = [];
  readonly #options: RoomOptions;
  #running: Promise<void> | null = null;
  #lastClosedAt = 0;
  #stale = false;
  #lastAt = 0;
  #sinceCheckpoint = 0;
  #wake: (() => void) | null = null;

  private constructor(options: RoomOptions) {
    this.#options = options;
    this.#row = options.row;
    this.key = options.row.key;
    this.tenant = options.row.tenant;
    this.id = options.row.id;
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
    return this.#voters.get(question)?.size ?? 0;
  }

  hasVoted(question: string, participant: string): boolean {
    return this.#voters.get(question)?.has(participant) ?? false;
  }

  /** Public questions whose last tally is not the count. */
  staleTallies(): string[] {
    const { questions, tallies } = this.#rules.all;
    return [...questions.keys()].filter((id) => (tallies.get(id) ?? 0) !== this.votesFor(id));
  }

  tail(log: LogName, owner = ''): Tail {
    const id = logId({ log, owner });
    let tail = this.#tails.get(id);
    if (!tail) this.#tails.set(id, (tail = new Tail()));
    return tail;
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
    const head = emptyHead({ tenant: this.tenant, room: this.id, log: 'me', owner: participant });
    await this.#options.store.commit({ key: this.key, newLogs: [head], steps: [] });
    // Two tabs may have opened it at once: the first to come back stands, and the store has kept the first as well.
    if (!this.#heads.has(id)) {
      const stored = (await this.#options.store.heads(this.key)).find((other) => logId(other) === id);
      if (!this.#heads.has(id)) this.#heads.set(id, stored ?? head);
    }
  }

  /**
   * Decides, commits and answers; settles when the answer is durable. The same `cmid` of the same actor gives the same answer again.
   */
  submit(submission: Submission): Promise<Answer> {
    const { command, actor } = submission;
    const actorKey = actor === null ? 'system' : (actor.participant ?? 'service');
    const cmid = 'cmid' in command && submission.ephemeral !== true ? command.cmid : null;
    const digest =
      cmid !== null ? sha256Hex(JSON.stringify([command.type, 'body' in command ? command.body : null])) : null;
    if (cmid !== null && digest !== null) {
      const id = `${actorKey}:${cmid}`;
      const known = this.#recent.get(id);
      if (known) return this.#answered(submission, known, digest);
      const running = this.#inFlight.get(id);
      if (running) return running.then((answer) => tell(submission, answer));
      const promise = this.#enqueue({ ...submission, actorKey, digest });
      this.#inFlight.set(id, promise);
      void promise.finally(() => this.#inFlight.delete(id));
      return promise;
    }
    return this.#enqueue({ ...submission, actorKey, digest });
  }

  /** Whether this command was answered a moment ago, or is being decided: sending it again costs nothing. */
  remembers(actor: Actor, cmid: string): boolean {
    const id = `${actor.participant ?? 'service'}:${cmid}`;
    return this.#recent.has(id) || this.#inFlight.has(id);
  }

  /** Settles when nothing is queued or being committed. */
  async drained(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Writes a checkpoint, so that the next load is short. */
  async checkpoint(): Promise<void> {
    if (this.#sinceCheckpoint === 0) return;
    this.#sinceCheckpoint = 0;
    const heads = [...this.#heads.values()].filter(({ log }) => log !== 'me');
    await this.#options.store.saveCheckpoint(this.key, { heads, rules: writeCheckpoint(this.#rules) });
  }

  #enqueue(job: Omit<Job, 'settle'>): Promise<Answer> {
    if (this.#queue.length >= LIMITS.maxQueuedCommands) {
      return Promise.resolve(tell(job, { ok: false, code: 'busy', retryAfterMs: RETRY_AFTER_MS }));
    }
    return new Promise((settle) => {
      this.#queue.push({ ...job, settle });
      if (this.#queue.length >= LIMITS.groupCommitCommands) this.#wake?.();
      this.#running ??= this.#run().finally(() => {
        this.#running = null;
      });
    });
  }

  async #run(): Promise<void> {
    // Whatever was submitted in the same turn belongs to the same batch.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      await this.#window();
      try {
        if (this.#stale) await this.#load();
        await this.#batch();
      } catch (error) {
        // Nothing is known of what the store has: everything that waits is refused, and the room is read again before the next decision.
        this.#stale = true;
        const code: ErrorCode = error instanceof StoreUnavailable ? 'store_unavailable' : 'internal';
        for (const job of this.#queue.splice(0)) settle(job, { ok: false, code, retryAfterMs: RETRY_AFTER_MS });
        this.#options.onError?.(error);
      }
      this.#lastClosedAt = performance.now();
    }
  }

  /** A lone command goes at once; under load commands gather for a few milliseconds, which is worth half of the fan-out. */
  async #window(): Promise<void> {
    const sinceLastMs = performance.now() - this.#lastClosedAt;
    if (sinceLastMs >= LIMITS.groupCommitMs || this.#queue.length >= LIMITS.groupCommitCommands) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, LIMITS.groupCommitMs - sinceLastMs);
      this.#wake = done;
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
    });
    this.#wake = null;
  }

  async #batch(): Promise<void> {
    let rules = this.#rules;
    const heads: Heads = new Map(this.#heads);
    const voters = new Map<string, Map<string, boolean>>();
    const decided: (Decided | { readonly job: Job; readonly answer: Answer })[] = [];
    const batch: Job[] = [];
    const newLogs: LogHead[] = [];
    const now = Math.max(this.#options.now(), this.#lastAt);

    while (this.#queue.length > 0 && batch.length < LIMITS.groupCommitCommands) {
      const job = this.#queue[0] as Job;
      // These read the store, which has to have everything before them.
      if (needsStore(job) && batch.length > 0) break;
      this.#queue.shift();
      batch.push(job);
      const known = job.resend === true ? await this.#lookUp(job) : null;
      if (known) {
        decided.push({ job, answer: known });
        continue;
      }
      const refused = job.guard?.();
      if (refused) {
        decided.push({ job, answer: refused });
        continue;
      }
      const text = readsText(job.command) ? await textOf(this.#options.store, this.key, job.command) : undefined;
      const decision = this.#decide(job, rules, { now, text });
      if (!decision.ok) {
        decided.push({ job, answer: decision });
        continue;
      }
      for (const { log, owner } of decision.events) {
        const id = logId({ log, owner: owner ?? '' });
        if (heads.has(id)) continue;
        const head = emptyHead({ tenant: this.tenant, room: this.id, log, owner: owner ?? '' });
        heads.set(id, head);
        newLogs.push(head);
      }
      const events = decision.events.map((draft) => seal({ draft, heads, now }));
      for (const event of events) {
        const folded = toLogEvent(event);
        if (folded) rules = foldRules(rules, folded, event.owner);
      }
      for (const row of decision.rows)
        if (row.kind === 'vote')
          voters.set(
            row.question,
            (voters.get(row.question) ?? new Map<string, boolean>()).set(row.participant, row.value),
          );
      const answer: Answer = { ok: true, positions: this.#positionsFor(job, heads), result: decision.result };
      const { command } = job;
      const stored =
        job.digest === null || !('cmid' in command)
          ? null
          : {
              actor: job.actorKey,
              cmid: command.cmid,
              digest: job.digest,
              answer: JSON.stringify({ positions: answer.positions, result: answer.result }),
            };
      decided.push({ job, events, accepted: decision, answer, stored });
      // A wipe has to reach what is cached as well; it ends its batch, so that there is one order.
      if (decision.rows.some((row) => row.kind === 'wipe')) break;
    }

    const accepted = decided.filter((entry): entry is Decided => 'accepted' in entry);
    const startedAt = performance.now();
    if (accepted.length > 0) {
      try {
        await this.#commit({ accepted, newLogs, rules });
      } catch (error) {
        if (error instanceof CommandConflict) {
          await this.#retryWithout(error, batch);
          return;
        }
        this.#queue.unshift(...batch);
        throw error;
      }
    }
    this.#heads = heads;
    this.#rules = rules;
    this.#lastAt = now;
    for (const [question, changes] of voters) this.#count(question, changes);
    const count = accepted.reduce((sum, { events }) => sum + events.length, 0);
    this.#sinceCheckpoint += count;
    this.#options.onCommit?.({ commands: accepted.length, events: count, ms: performance.now() - startedAt });
    this.#publish(decided);
    if (this.#sinceCheckpoint >= CHECKPOINT_EVERY) void this.checkpoint().catch(() => undefined);
  }

  /** A command that breaks the rules' code is refused alone: it must not take those around it along, nor come back for ever. */
  #decide(
    { command, actor }: Job,
    rules: RoomRules,
    { now, text }: { readonly now: number; readonly text: string | null | undefined },
  ): Decision {
    try {
      return decide(rulesFor(rules, actor?.participant ?? null), command, actor, {
        now,
        newId: command.type === 'room.create' ? () => this.id : () => nanoid(),
        ...(text === undefined ? {} : { text }),
      });
    } catch (error) {
      this.#options.onError?.(error);
      return { ok: false, code: 'internal' };
    }
  }

  async #commit({
    accepted: decided,
    newLogs,
    rules,
  }: {
    readonly accepted: readonly Decided[];
    readonly newLogs: readonly LogHead[];
    readonly rules: RoomRules;
  }): Promise<void> {
    const steps: CommitStep[] = [];
    for (const { events, accepted, stored } of decided) {
      for (const row of accepted.rows) {
        if (row.kind === 'vote' || row.kind === 'wipe' || row.kind === 'forget') steps.push(row);
        else {
          const subHash = await this.#options.subHash(row.participant);
          if (subHash !== null) steps.push({ kind: 'ban', subHash, banned: row.banned, until: row.until });
        }
      }
      for (const event of events) {
        steps.push({ kind: 'event', event });
        const lease = leaseOf(event);
        if (lease) steps.push(lease);
      }
      if (stored) steps.push({ kind: 'command', command: stored });
    }
    const patch = roomPatchOf({ row: this.#row, room: rules.all.room, now: this.#options.now() });
    if (patch) steps.push({ kind: 'room', patch });
    await this.#options.store.commit({ key: this.key, newLogs, steps });
    if (patch) this.#row = { ...this.#row, ...patch };
  }

  /** Another process or an earlier life has answered this one command: take it out, answer it from the store, decide the rest again. */
  async #retryWithout(conflict: CommandConflict, batch: readonly Job[]): Promise<void> {
    const rest: Job[] = [];
    for (const job of batch) {
      if (job.actorKey === conflict.actor && 'cmid' in job.command && job.command.cmid === conflict.cmid) {
        const known = await this.#lookUp(job);
        settle(job, known ?? { ok: false, code: 'internal' });
      } else rest.push(job);
    }
    this.#queue.unshift(...rest);
    if (rest.length === batch.length)
      throw new StoreUnavailable('a command conflict without its command', { cause: conflict });
    await this.#load();
  }

  #publish(decided: readonly (Decided | { readonly job: Job; readonly answer: Answer })[]): void {
    for (const entry of decided) {
      if ('accepted' in entry) {
        if (entry.stored) this.#remember(entry.stored);
        for (const row of entry.accepted.rows) if (row.kind === 'wipe') this.#wipe(row.refs, row.types);
      }
      settle(entry.job, entry.answer);
    }
    for (const entry of decided) {
      if (!('accepted' in entry)) continue;
      for (const event of entry.events) {
        const frame = frameOf(event);
        this.tail(event.log, event.owner).push(event, frame);
        const folded = toLogEvent(event);
        for (const listener of this.#listeners) listener.onEvent(event, frame, folded);
      }
    }
  }

  #wipe(refs: readonly string[], types: readonly EventType[]): void {
    const about = new Set(refs);
    const kinds = new Set(types);
    for (const tail of this.#tails.values()) tail.wipe(about, kinds);
  }

  #count(question: string, changes: ReadonlyMap<string, boolean>): void {
    const voters = this.#voters.get(question) ?? new Set<string>();
    for (const [participant, value] of changes) {
      if (value) voters.add(participant);
      else voters.delete(participant);
    }
    this.#voters.set(question, voters);
  }

  #remember(stored: StoredCommand): void {
    this.#recent.set(`${stored.actor}:${stored.cmid}`, stored);
    if (this.#recent.size <= RECENT_ANSWERS) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  async #lookUp(job: Job): Promise<Answer | null> {
    if (job.digest === null || !('cmid' in job.command)) return null;
    const known = await this.#options.store.findCommand({ key: this.key, actor: job.actorKey, cmid: job.command.cmid });
    return known ? answerOf(known, job.digest) : null;
  }

  async #answered(submission: Submission, known: StoredCommand, digest: string): Promise<Answer> {
    await this.drained();
    return tell(submission, answerOf(known, digest));
  }

  #positionsFor(job: Job, heads: Heads): Positions {
    const { participant, grants } = job.actor ?? { participant: null, grants: new Set<string>() };
    const me = participant === null ? undefined : positionOf(heads, 'me', participant);
    const staff = grants.has('staff.read') ? positionOf(heads, 'staff') : undefined;
    return { all: positionOf(heads, 'all'), ...(me && { me }), ...(staff && { staff }) };
  }

  async #load(): Promise<void> {
    const loaded = await loadRoom(this.#options.store, this.#row);
    this.#row = loaded.row;
    this.#rules = loaded.rules;
    this.#heads = loaded.heads;
    this.#voters = loaded.voters;
    this.#lastAt = loaded.lastAt;
    this.#tails.clear();
    for (const [id, tail] of loaded.tails) this.#tails.set(id, tail);
    this.#snapshots.clear();
    this.#stale = false;
  }
}

function needsStore(job: Job): boolean {
  return job.resend === true || readsText(job.command);
}

function readsText(command: Command | SystemCommand): command is Command {
  return 'cmid' in command && COMMANDS[command.type].reads === 'text';
}

function answerOf(known: StoredCommand, digest: string): Answer {
  if (known.digest !== digest) return { ok: false, code: 'cmid_conflict' };
  return { ok: true, ...(JSON.parse(known.answer) as { positions: Positions; result: Record<string, unknown> }) };
}

function settle(job: Job, answer: Answer): void {
  job.onAnswer?.(answer);
  job.settle(answer);
}

function tell(submission: Pick<Submission, 'onAnswer'>, answer: Answer): Answer {
  submission.onAnswer?.(answer);
  return answer;
}

/** Attendance is written with its lease, so that a restart knows who was there. */
function leaseOf(event: StoredEvent): CommitStep | null {
  if (event.log !== 'staff' || event.ref === null) return null;
  if (event.type === 'attendance.opened') return { kind: 'lease', participant: event.ref, seenAt: event.at };
  if (event.type === 'attendance.closed') return { kind: 'lease', participant: event.ref, seenAt: null };
  return null;
}
