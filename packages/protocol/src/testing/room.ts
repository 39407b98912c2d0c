import {
  applyAllRules,
  applyMeRules,
  applyStaffRules,
  COMMANDS,
  decide,
  EMPTY_ALL_RULES,
  EMPTY_ME_RULES,
  EMPTY_STAFF_RULES,
  EVENTS,
  grantsOf,
  readCommand,
  readEvent,
  roleInRoom,
  type Actor,
  type AllRules,
  type Command,
  type CommandType,
  type Decision,
  type DraftEvent,
  type EventType,
  type LogEvent,
  type LogName,
  type MeRules,
  type Moment,
  type Role,
  type Row,
  type Rules,
  type StaffRules,
  type SystemCommand,
} from '../index.js';

/** Somebody with a token. */
export interface Somebody {
  readonly participant: string | null;
  readonly role: Role;
  readonly name: string;
  readonly picture?: string;
  readonly grants?: Readonly<Record<string, boolean>>;
}

export const INSTRUCTOR: Somebody = { participant: 'p-ina', role: 'instructor', name: 'Ina Instructor' };
export const ASSISTANT: Somebody = { participant: 'p-asa', role: 'assistant', name: 'Asa Assistant' };
export const STUDENT: Somebody = { participant: 'p-sam', role: 'student', name: 'Sam Student', picture: '/sam.png' };
export const STUDENT_2: Somebody = { participant: 'p-sue', role: 'student', name: 'Sue Student' };
export const STUDENT_3: Somebody = { participant: 'p-syd', role: 'student', name: 'Syd Student' };
export const OBSERVER: Somebody = { participant: 'p-obi', role: 'observer', name: 'Obi Observer' };
export const SERVICE: Somebody = { participant: null, role: 'service', name: 'LMS' };

/** An event as a store keeps it: the body as text, null once it was wiped. */
export interface Stored {
  readonly log: LogName;
  /** Whose `me` log; empty for the others. */
  readonly owner: string;
  readonly offset: number;
  readonly id: string;
  readonly at: number;
  readonly type: EventType;
  readonly by: string | null;
  readonly ref: string | null;
  /** The decision that it came with: 1, 2, 3 … */
  readonly decision: number;
  /** As it was written, also after it was wiped: what a client that was there has seen. */
  readonly original: string;
  readonly body: string | null;
}

export const START = 1_800_000_000_000;

/** A room in memory as a server keeps it: decides, commits into three kinds of log, wipes, folds the rules. */
export class TestRoom {
  readonly logs = new Map<string, Stored[]>([
    ['all', []],
    ['staff', []],
  ]);
  readonly votes = new Map<string, Set<string>>();
  readonly forgotten: string[] = [];
  now = START;
  all: AllRules = EMPTY_ALL_RULES;
  staff: StaffRules = EMPTY_STAFF_RULES;
  readonly me = new Map<string, MeRules>();
  #decisions = 0;
  #ids = 0;
  #events = 0;

  get state(): AllRules['room']['state'] {
    return this.all.room.state;
  }

  rulesFor(participant: string | null): Rules {
    return { all: this.all, staff: this.staff, me: this.me.get(participant ?? '') ?? EMPTY_ME_RULES };
  }

  actor({ participant, role, name, picture, grants }: Somebody): Actor {
    const here = participant === null ? role : roleInRoom(this.rulesFor(participant), participant, role);
    return { participant, role: here, grants: grantsOf(here, grants), name, picture: picture ?? null };
  }

  /** What `decide` would say, without committing it. */
  ask(
    who: Somebody | null,
    command: Command | SystemCommand,
    rules = this.rulesFor(who?.participant ?? null),
  ): Decision {
    let ids = this.#ids;
    const moment: Moment = {
      now: this.now,
      newId: () => `${String((ids += 1)).padStart(4, '0')}-id`,
      ...(readsText(command) ? { text: this.textOf((command.body as { id: string }).id) } : {}),
    };
    return decide(rules, command, who === null ? null : this.actor(who), moment);
  }

  /** Decides and commits. The body is read as one that came in a frame. */
  run(who: Somebody, type: CommandType, body: object = {}): Decision {
    return this.submit(who, this.read(type, body));
  }

  read(type: CommandType, body: object): Command {
    const read = readCommand(type, body, `cmid-${String(this.#decisions).padStart(16, '0')}`);
    if (!read.ok) throw new TypeError(`${type} ${read.code} ${read.path}`);
    return read.value;
  }

  submit(who: Somebody | null, command: Command | SystemCommand): Decision {
    return this.#commit(this.ask(who, command));
  }

  /** As `run`; @returns the id of what was made @throws {Error} where it was refused */
  make(who: Somebody, type: CommandType, body: object = {}): string {
    const decision = this.run(who, type, body);
    if (!decision.ok) throw new Error(`${type} was refused: ${decision.code} ${JSON.stringify(decision.detail)}`);
    return typeof decision.result['id'] === 'string' ? decision.result['id'] : '';
  }

  system(command: SystemCommand): Decision {
    return this.submit(null, command);
  }

  log(log: LogName, owner = ''): readonly Stored[] {
    return this.logs.get(log === 'me' ? `me:${owner}` : log) ?? [];
  }

  /** All events that a decision brought. */
  eventsOf(decision: number): Stored[] {
    return [...this.logs.values()].flat().filter((event) => event.decision === decision);
  }

  get lastDecision(): number {
    return this.#decisions;
  }

  /** The newest text about an id, as a store finds it. */
  textOf(id: string): string | null {
    const texts = [...this.logs.values()]
      .flat()
      .filter(({ type, ref, body }) => ref === id && body !== null && TEXTS.includes(type))
      .map(({ body, decision, log }) => ({ text: textIn(body as string), decision, log }))
      .filter(({ text }) => text !== null)
      .sort((a, b) => a.decision - b.decision);
    return texts.at(-1)?.text ?? null;
  }

  #commit(decision: Decision): Decision {
    if (!decision.ok) return decision;
    this.#decisions += 1;
    // One more than a decision can need.
    this.#ids += 8;
    for (const row of decision.rows) this.#write(row);
    for (const draft of decision.events) this.#append(draft);
    return decision;
  }

  #write(row: Row): void {
    switch (row.kind) {
      case 'vote': {
        const voters = this.votes.get(row.question) ?? new Set<string>();
        if (row.value) voters.add(row.participant);
        else voters.delete(row.participant);
        this.votes.set(row.question, voters);
        return;
      }
      case 'wipe':
        for (const [key, events] of this.logs)
          this.logs.set(
            key,
            events.map((event) => wiped(event, row)),
          );
        return;
      case 'forget':
        this.forgotten.push(row.participant);
        return;
      case 'ban':
        return;
    }
  }

  #append(draft: DraftEvent): void {
    const owner = draft.owner ?? '';
    const key = draft.log === 'me' ? `me:${owner}` : draft.log;
    const log = this.logs.get(key) ?? [];
    this.logs.set(key, log);
    const body = JSON.stringify(draft.body);
    const { ref } = EVENTS[draft.type];
    const about = ref === undefined ? undefined : (draft.body as Record<string, unknown>)[ref];
    const stored: Stored = {
      log: draft.log,
      owner,
      offset: log.length + 1,
      id: `e-${String((this.#events += 1))}`,
      at: this.now,
      type: draft.type,
      by: draft.by,
      ref: typeof about === 'string' ? about : null,
      decision: this.#decisions,
      original: body,
      body,
    };
    log.push(stored);
    this.#fold(toLogEvent(stored), owner);
  }

  #fold(event: LogEvent, owner: string): void {
    switch (event.log) {
      case 'all':
        this.all = applyAllRules(this.all, event);
        return;
      case 'staff':
        this.staff = applyStaffRules(this.staff, event);
        return;
      case 'me':
        this.me.set(owner, applyMeRules(this.me.get(owner) ?? EMPTY_ME_RULES, event));
    }
  }
}

const TEXTS: readonly EventType[] = ['chat.posted', 'chat.edited', 'question.asked', 'question.changed'];

/** A stored event as the folds take it. */
export function toLogEvent(stored: Stored, body = stored.body): LogEvent {
  const { log, offset, id, at, type, by } = stored;
  const event = readEvent({
    log,
    offset,
    id,
    at,
    type,
    by,
    body: body === null ? null : (JSON.parse(body) as unknown),
  });
  if (!event) throw new TypeError(`${type} is not an event`);
  return event;
}

/** A meeting that is live, with an instructor and a student in it. */
export function liveRoom(body: object = {}): TestRoom {
  const room = new TestRoom();
  room.make(SERVICE, 'room.create', { kind: 'meeting', ...body });
  room.make(INSTRUCTOR, 'person.join');
  room.make(STUDENT, 'person.join');
  return room;
}

function readsText(command: Command | SystemCommand): command is Command {
  return 'cmid' in command && COMMANDS[command.type].reads === 'text';
}

function wiped(event: Stored, { refs, types }: Extract<Row, { kind: 'wipe' }>): Stored {
  return event.ref !== null && refs.includes(event.ref) && types.includes(event.type)
    ? { ...event, body: null }
    : event;
}

function textIn(body: string): string | null {
  const { text } = JSON.parse(body) as { text?: string };
  return text ?? null;
}
