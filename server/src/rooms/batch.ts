import {
  decide,
  type Accepted,
  type Actor,
  type LogEvent,
  type Positions,
  type Refused,
  type Row,
} from '@lms-live/protocol';
import type { CommitStep, LogHead, RoomRow, StoredCommand, StoredEvent } from '../storage/types.js';
import { toLogEvent } from './events.js';
import { emptyHead, logId, positionOf, seal, type Heads } from './logs.js';
import { orderedId } from './ordered-id.js';
import { foldRules, rulesFor, type RoomRules } from './room-rules.js';
import { SpeculativeHeads } from './speculative-heads.js';
import type { CommandReads } from './command-reads.js';
import type { Answer, Job } from './submission.js';

/** An event as it is written, and as it is folded. */
export interface SealedEvent {
  readonly event: StoredEvent;
  readonly folded: LogEvent | null;
}

/** A job with its answer; and with what it made, where it was accepted now. */
export interface Outcome {
  readonly job: Job;
  readonly answer: Answer;
  readonly made: {
    readonly events: readonly SealedEvent[];
    readonly rows: readonly Row[];
    readonly command: StoredCommand | null;
  } | null;
}

export interface BatchOptions {
  readonly row: RoomRow;
  readonly rules: RoomRules;
  readonly heads: Heads;
  readonly now: number;
}

/** Decisions of one commit, against heads and rules that count only once it has succeeded: nothing of the room is touched before. */
export class Batch {
  readonly now: number;
  readonly heads: SpeculativeHeads;
  readonly newLogs: LogHead[] = [];
  readonly outcomes: Outcome[] = [];
  readonly #row: RoomRow;
  #rules: RoomRules;

  constructor({ row, rules, heads, now }: BatchOptions) {
    this.#row = row;
    this.#rules = rules;
    this.heads = new SpeculativeHeads(heads);
    this.now = now;
  }

  get rules(): RoomRules {
    return this.#rules;
  }

  get made(): NonNullable<Outcome['made']>[] {
    return this.outcomes.flatMap(({ made }) => made ?? []);
  }

  get events(): SealedEvent[] {
    return this.made.flatMap(({ events }) => events);
  }

  /** A job that is answered without a decision. */
  answer(job: Job, answer: Answer): void {
    this.outcomes.push({ job, answer, made: null });
  }

  /** Decides one job. @returns why it is refused, where it is: then it still has to be answered. @throws where the code of the rules fails */
  decide(job: Job, reads: CommandReads = {}): Refused | null {
    const { command, actor } = job;
    const ahead = this.#readAhead(command);
    if (ahead) return ahead;
    const decision = decide(rulesFor(this.#rules, actor?.participant ?? null), command, actor, {
      now: this.now,
      newId: command.type === 'room.create' ? () => this.#row.id : () => orderedId(this.now),
      ...reads,
    });
    if (!decision.ok) return decision;
    this.#accept(job, decision);
    return null;
  }

  /** Who has read more than there is has read another log, of before a restore: what they saw is not what is there. */
  #readAhead(command: Job['command']): Refused | null {
    const offset = positionOf(this.heads, 'all')?.offset ?? 0;
    const ifOffset = 'body' in command && 'ifOffset' in command.body ? command.body.ifOffset : undefined;
    if (ifOffset === undefined || ifOffset <= offset) return null;
    return { ok: false, code: 'stale', detail: { key: 'ifOffset', offset } };
  }

  /** What is written, in the order of the decisions. */
  async steps(subHash: (participant: string) => Promise<string | null>): Promise<CommitStep[]> {
    const steps: CommitStep[] = [];
    for (const { events, rows, command } of this.made) {
      for (const row of rows) {
        if (row.kind !== 'ban') steps.push(row);
        else {
          const hash = await subHash(row.participant);
          if (hash !== null) steps.push({ kind: 'ban', subHash: hash, banned: row.banned, until: row.until });
        }
      }
      for (const { event } of events) {
        steps.push({ kind: 'event', event });
        const lease = leaseOf(event);
        if (lease) steps.push(lease);
      }
      if (command) steps.push({ kind: 'command', command });
    }
    return steps;
  }

  #accept(job: Job, { events: drafts, rows, result }: Accepted): void {
    for (const { log, owner } of drafts) this.#openLog(log, owner ?? '');
    const events = drafts.map((draft) => {
      const event = seal({ draft, heads: this.heads, now: this.now });
      return { event, folded: toLogEvent(event) };
    });
    for (const { event, folded } of events) if (folded) this.#rules = foldRules(this.#rules, folded, event.owner);
    const positions = this.#positionsFor(job.actor);
    const ref = aboutOf(job);
    const command = job.memory && { ...job.memory, ...(ref && { ref }), answer: JSON.stringify({ positions, result }) };
    this.outcomes.push({ job, answer: { ok: true, positions, result }, made: { events, rows, command } });
  }

  #openLog(log: LogHead['log'], owner: string): void {
    const id = logId({ log, owner });
    if (this.heads.has(id)) return;
    const head = emptyHead({ tenant: this.#row.tenant, room: this.#row.id, log, owner });
    this.heads.set(id, head);
    this.newLogs.push(head);
  }

  /** The heads of the logs that the sender reads. */
  #positionsFor(actor: Actor | null): Positions {
    const me =
      actor === null || actor.participant === null ? undefined : positionOf(this.heads, 'me', actor.participant);
    const staff = actor?.grants.has('staff.read') === true ? positionOf(this.heads, 'staff') : undefined;
    return { all: positionOf(this.heads, 'all'), ...(me && { me }), ...(staff && { staff }) };
  }
}

/** What a command changed, so that erasing that erases the command's digest as well; for what a command made, its answer says it. */
function aboutOf({ command }: Job): string | undefined {
  return 'body' in command && 'id' in command.body && typeof command.body.id === 'string' ? command.body.id : undefined;
}

/** Attendance is written with its lease, so that a restart knows who was there. */
function leaseOf(event: StoredEvent): CommitStep | null {
  if (event.log !== 'staff' || event.ref === null) return null;
  if (event.type === 'attendance.opened') return { kind: 'lease', participant: event.ref, seenAt: event.at };
  if (event.type === 'attendance.closed') return { kind: 'lease', participant: event.ref, seenAt: null };
  return null;
}
