import {
  ERRORS,
  encodeServerFrame,
  roleInRoom,
  type Actor,
  type Command,
  type Decision,
  type ErrorCode,
  type Refused,
  type ServerFrameOf,
  type SystemCommand,
} from '@lms-live/protocol';
import { Attendance } from './attendance.js';
import type { Committed, Room } from './room.js';
import type { Visitor } from './visitor.js';

/** After these a client sends the same command again by itself; any other is final for its command. */
export const SENT_AGAIN: ReadonlySet<ErrorCode> = new Set([
  'seq_expected',
  'rate_limited',
  'busy',
  'store_unavailable',
]);

export interface HouseOptions {
  readonly room: () => Room;
  /** Something was decided on which it depends who may come in. */
  readonly doorChanged: () => Promise<void>;
}

/** Everybody who is connected, and what they are told. Whoever calls an async method holds the turn. */
export class House {
  readonly attendance = new Attendance();
  readonly visitors = new Set<Visitor>();
  readonly #options: HouseOptions;

  constructor(options: HouseOptions) {
    this.#options = options;
  }

  get room(): Room {
    return this.#options.room();
  }

  /** Who was let in. */
  get welcome(): readonly Visitor[] {
    return [...this.visitors].filter(({ isWelcome }) => isWelcome);
  }

  tell(text: string): void {
    for (const visitor of this.welcome) visitor.wire.deliver(text);
  }

  signal(from: string, kind: string, body: Record<string, unknown>): void {
    const text = encodeServerFrame({ frame: 'signal', kind, from, body });
    for (const visitor of this.welcome) if (visitor.participant !== from) visitor.wire.deliver(text);
  }

  refuse(visitor: Visitor, { code, retryAfterMs, detail }: Omit<Refused, 'ok'>, more: RefusedMore = {}): void {
    const { message, help } = ERRORS[code];
    const retryable = more.cmid === undefined ? ERRORS[code].retryable : SENT_AGAIN.has(code);
    visitor.send({
      frame: 'refused',
      code,
      message,
      help,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(detail === undefined ? {} : { detail: { ...detail } }),
      ...more,
    });
  }

  turnAway(visitor: Visitor, code: ErrorCode): void {
    this.refuse(visitor, { code });
    visitor.wire.shut(ERRORS[code].close ?? 4501, code);
  }

  roleOf({ participant, claims }: Visitor): Visitor['role'] {
    const { all, staff, me } = this.room.rules;
    return roleInRoom({ all, staff, me }, participant, claims?.role ?? 'observer');
  }

  /** Runs a command and, where votes were cast, the count of them. Nobody is told yet. */
  async run(command: Command | SystemCommand, actor: Actor | null): Promise<Ran> {
    const { decision, committed } = await this.room.run(command, actor);
    if (!decision.ok || command.type !== 'vote.set') return { decision, committed };
    const { question } = command.body;
    const votes = this.room.votesFor(question);
    const tallied = await this.room.run({ type: 'system.tally', question, votes }, null);
    return { decision, committed: [...committed, ...tallied.committed] };
  }

  /** Everybody who may read it gets it, and it takes effect on who is here. */
  async publish(committed: readonly Committed[]): Promise<void> {
    for (const { event, owner } of committed) {
      const [text = ''] = await this.room.after(event.log, owner ?? '', event.offset - 1);
      for (const visitor of this.welcome) {
        if (visitor.logs.includes(event.log) && (owner === null || owner === visitor.participant))
          visitor.wire.deliver(text);
      }
    }
    for (const { event } of committed) {
      if (event.type === 'person.removed' && event.body) this.#oust(event.body.participant);
      if (event.type === 'person.role' && event.body) await this.#changeRole(event.body.participant);
      if (event.type === 'room.changed' || event.type === 'person.admitted') await this.#options.doorChanged();
      if (event.type === 'room.changed' && event.body?.state === 'ended') this.#sayFarewell();
    }
  }

  async setJoined(participant: string, actor: Actor, isJoined: boolean): Promise<Decision> {
    const command = { type: isJoined ? 'person.join' : 'person.leave', body: {}, cmid: '' } as const;
    const { decision, committed } = await this.run(command, actor);
    await this.publish(committed);
    if (decision.ok) this.setPresent(participant, isJoined ? { role: actor.role, away: false } : null);
    return decision;
  }

  setPresent(participant: string, person: Parameters<Attendance['set']>[1]): void {
    const change = this.attendance.set(participant, person);
    if (change) this.tell(encodeServerFrame({ frame: 'presence', ...change }));
  }

  async #changeRole(participant: string): Promise<void> {
    for (const visitor of this.welcome.filter((one) => one.participant === participant)) {
      const wasStaff = visitor.isStaff;
      visitor.role = this.roleOf(visitor);
      visitor.send({ frame: 'rights', role: visitor.role, grants: [...visitor.actor.grants] });
      if (visitor.isStaff && !wasStaff) {
        const position = await this.room.position('staff', participant);
        const snapshot = await this.room.snapshot('staff', participant);
        visitor.send({ frame: 'reset', log: 'staff', why: 'role', position, snapshot });
      }
      if (visitor.isJoined) this.setPresent(participant, { role: visitor.role, away: visitor.isHidden });
    }
  }

  #sayFarewell(): void {
    for (const visitor of this.welcome) {
      this.setPresent(visitor.participant, null);
      if (!visitor.isStaff) this.turnAway(visitor, 'room_ended');
    }
  }

  #oust(participant: string): void {
    const ban = this.room.rules.staff.bars.get(participant)?.room;
    for (const visitor of [...this.visitors])
      if (visitor.participant === participant) this.turnAway(visitor, ban ? 'person_banned' : 'person_removed');
    this.setPresent(participant, null);
  }
}

type RefusedMore = Pick<ServerFrameOf<'refused'>, 'cmid' | 'expect'>;

interface Ran {
  readonly decision: Decision;
  readonly committed: readonly Committed[];
}
