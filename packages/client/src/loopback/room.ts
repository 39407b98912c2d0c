import {
  EMPTY_ALL,
  EMPTY_ALL_RULES,
  EMPTY_ME,
  EMPTY_ME_RULES,
  EMPTY_STAFF,
  EMPTY_STAFF_RULES,
  LIMITS,
  applyAllRules,
  applyAllView,
  applyMeRules,
  applyMeView,
  applyStaffRules,
  applyStaffView,
  decide,
  type Accepted,
  type Actor,
  type AllRules,
  type AllView,
  type Command,
  type Decision,
  type DraftEvent,
  type LogEvent,
  type LogName,
  type MeRules,
  type MeView,
  type Position,
  type Rules,
  type StaffRules,
  type StaffView,
  type SystemCommand,
} from '@lms-live/protocol';
import { RoomLog } from './room-log.js';

export interface RoomOptions {
  readonly id: string;
  readonly tenant: string;
  readonly now: () => number;
  readonly newId: () => string;
  readonly sha256: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/** The three slices of one kind; `me` by participant. */
interface Own {
  readonly log: RoomLog;
  rules: MeRules;
  view: MeView;
}

/** An event that was committed, and whose log it stands in where that is a `me` log. */
export interface Committed {
  readonly event: LogEvent;
  readonly owner: string | null;
}

/** The logs of one class and what they come to. Whoever calls it waits for each call before the next. */
export class Room {
  readonly #options: RoomOptions;
  #all: { readonly log: RoomLog; rules: AllRules; view: AllView };
  #staff: { readonly log: RoomLog; rules: StaffRules; view: StaffView };
  readonly #own = new Map<string, Own>();
  readonly #votes = new Map<string, Set<string>>();

  private constructor(options: RoomOptions, all: RoomLog, staff: RoomLog) {
    this.#options = options;
    this.#all = { log: all, rules: EMPTY_ALL_RULES, view: EMPTY_ALL };
    this.#staff = { log: staff, rules: EMPTY_STAFF_RULES, view: EMPTY_STAFF };
  }

  static async create(options: RoomOptions): Promise<Room> {
    return new Room(options, await createLog(options, 'all', null), await createLog(options, 'staff', null));
  }

  /** What everybody shares; nobody's own slice. */
  get rules(): Rules {
    return { all: this.#all.rules, staff: this.#staff.rules, me: EMPTY_ME_RULES };
  }

  /**
   * @param waiting who is let in by an answer of the staff
   * @returns the decision and, where it was accepted, what was committed */
  async run(
    command: Command | SystemCommand,
    actor: Actor | null,
    waiting: readonly string[] = [],
  ): Promise<{ readonly decision: Decision; readonly committed: readonly Committed[] }> {
    const { now, newId, id } = this.#options;
    const participant = actor?.participant ?? null;
    const me = participant === null ? EMPTY_ME_RULES : (await this.#ownOf(participant)).rules;
    const moment = {
      now: now(),
      newId: command.type === 'room.create' ? () => id : newId,
      text: this.#textOf(command),
      waiting,
    };
    const decision = decide({ ...this.rules, me }, command, actor, moment);
    return { decision, committed: decision.ok ? await this.#commit(decision) : [] };
  }

  async append(draft: DraftEvent, at = this.#options.now()): Promise<Committed> {
    const { log, owner } = draft;
    switch (log) {
      case 'all': {
        const event = await this.#all.log.append(draft, at);
        this.#all.rules = applyAllRules(this.#all.rules, event);
        this.#all.view = applyAllView(this.#all.view, event);
        return { event, owner: null };
      }
      case 'staff': {
        const event = await this.#staff.log.append(draft, at);
        this.#staff.rules = applyStaffRules(this.#staff.rules, event);
        this.#staff.view = applyStaffView(this.#staff.view, event);
        return { event, owner: null };
      }
      case 'me': {
        const own = await this.#ownOf(owner ?? '');
        const event = await own.log.append(draft, at);
        own.rules = applyMeRules(own.rules, event);
        own.view = applyMeView(own.view, event);
        return { event, owner };
      }
    }
  }

  async position(log: LogName, participant: string): Promise<Position> {
    return (await this.#logOf(log, participant)).position;
  }

  async positionAt(log: LogName, participant: string, offset: number): Promise<Position | null> {
    return (await this.#logOf(log, participant)).positionAt(offset);
  }

  async after(log: LogName, participant: string, offset: number): Promise<string[]> {
    return (await this.#logOf(log, participant)).after(offset);
  }

  async snapshot(log: LogName, participant: string): Promise<unknown> {
    switch (log) {
      case 'all':
        return { ...this.#all.view, messages: this.#all.view.messages.tail(LIMITS.snapshotMessages) };
      case 'staff':
        return this.#staff.view;
      case 'me':
        return (await this.#ownOf(participant)).view;
    }
  }

  /** Messages to everyone before an offset, the oldest first. */
  messagesBefore(
    offset: number,
    limit: number,
  ): AllView['messages'] extends { tail(count: number): infer M } ? M : never {
    return [...this.#all.view.messages].filter((message) => message.offset < offset).slice(-limit);
  }

  votesFor(question: string): number {
    return this.#votes.get(question)?.size ?? 0;
  }

  async #commit({ rows, events }: Accepted): Promise<readonly Committed[]> {
    for (const row of rows) {
      if (row.kind === 'vote') {
        const voters = this.#votes.get(row.question) ?? new Set();
        if (row.value) voters.add(row.participant);
        else voters.delete(row.participant);
        this.#votes.set(row.question, voters);
      }
      if (row.kind === 'wipe') {
        const logs = [this.#all.log, this.#staff.log, ...[...this.#own.values()].map(({ log }) => log)];
        for (const log of logs) await log.wipe(row.refs, row.types);
      }
    }
    const committed: Committed[] = [];
    for (const event of events) committed.push(await this.append(event));
    return committed;
  }

  /** The text that a command is about. */
  #textOf(command: Command | SystemCommand): string | null {
    if (!('body' in command) || !('id' in command.body)) return null;
    const { id } = command.body;
    const views = [this.#all.view, this.#staff.view];
    for (const { messages, questions } of views) {
      const text = messages.get(id)?.text ?? questions.get(id)?.text;
      if (text !== undefined) return text;
    }
    return null;
  }

  async #logOf(log: LogName, participant: string): Promise<RoomLog> {
    if (log === 'me') return (await this.#ownOf(participant)).log;
    return log === 'all' ? this.#all.log : this.#staff.log;
  }

  async #ownOf(participant: string): Promise<Own> {
    let own = this.#own.get(participant);
    if (!own) {
      own = { log: await createLog(this.#options, 'me', participant), rules: EMPTY_ME_RULES, view: EMPTY_ME };
      this.#own.set(participant, own);
    }
    return own;
  }
}

async function createLog(
  { id, tenant, sha256, newId }: RoomOptions,
  log: LogName,
  participant: string | null,
): Promise<RoomLog> {
  return RoomLog.create({ identity: { tenant, room: id, log, participant, epoch: newId() }, sha256, newId });
}
