import {
  ERRORS,
  encodeServerFrame,
  readSignal,
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
import { Doorstep } from './doorstep.js';
import { MediaDesk, type MediaDeskOptions } from './media-desk.js';
import type { Puppet } from './puppet.js';
import type { Committed, Room } from './room.js';
import type { Visitor } from './visitor.js';

/** After these a client sends the same command again by itself; any other is final for its command. */
export const SENT_AGAIN: ReadonlySet<ErrorCode> = new Set([
  'seq_expected',
  'rate_limited',
  'busy',
  'store_unavailable',
]);

export interface HouseOptions extends Omit<MediaDeskOptions, 'isPresent' | 'tell'> {
  /** Something was decided on which it depends who may come in. */
  readonly doorChanged: () => Promise<void>;
  /** Staff have written to those who wait, or to one of them. */
  readonly doorMessage: (message: {
    readonly participant?: string | undefined;
    readonly text: string;
    readonly name: string;
  }) => void;
}

/** Everybody who is connected, and what they are told. Whoever calls an async method holds the turn. */
export class House {
  readonly attendance = new Attendance();
  readonly visitors = new Set<Visitor>();
  /** Those whom a script plays. */
  readonly puppets = new Set<Puppet>();
  readonly media: MediaDesk;
  /** Who belongs in the class, where the host says so. */
  expected: ServerFrameOf<'roster'> | null = null;
  readonly doorstep: Doorstep;
  readonly #options: HouseOptions;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.media = new MediaDesk({
      ...options,
      isPresent: (participant) => this.attendance.has(participant),
      tell: (text) => this.tell(text),
    });
    this.doorstep = new Doorstep({
      knockers: () => [...this.visitors, ...this.puppets],
      tell: (text) => {
        for (const visitor of this.welcome) if (visitor.seesLobby) visitor.wire.deliver(text);
      },
    });
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

  /** What somebody says past the log, to whom it concerns. @returns why not */
  takeSignal(actor: Actor, kind: string, given: unknown): Omit<Refused, 'ok'> | null {
    const read = readSignal(kind, given);
    if (!read.ok) return { code: read.code, detail: { path: read.path } };
    const signal = read.value;
    if (signal.kind === 'mute' || signal.kind === 'ask') {
      const grant = 'people.moderate';
      if (!actor.grants.has(grant)) return { code: 'forbidden', detail: { grant } };
      if (signal.kind === 'mute') return this.media.mute(actor, signal.body);
      this.media.ask(actor, signal.body);
    } else if (signal.kind === 'lobby.message') {
      const grant = 'people.moderate';
      if (!actor.grants.has(grant)) return { code: 'forbidden', detail: { grant } };
      this.#options.doorMessage({ ...signal.body, name: actor.name });
    } else if (signal.kind !== 'rtc') this.signal(actor.participant ?? '', signal.kind, signal.body);
    return null;
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
    const { decision, committed } = await this.room.run(command, actor, this.doorstep.waiting);
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
      if (event.type === 'room.changed' || event.type === 'person.media') this.media.refresh();
    }
    this.doorstep.look();
  }

  /** Who is expected, for staff. */
  tellRoster(visitor: Visitor): void {
    if (visitor.isStaff && this.expected) visitor.send(this.expected);
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
    this.media.refresh();
  }

  async #changeRole(participant: string): Promise<void> {
    for (const visitor of this.welcome.filter((one) => one.participant === participant)) {
      const { isStaff: wasStaff, seesLobby: wasModerator } = visitor;
      visitor.role = this.roleOf(visitor);
      visitor.send({ frame: 'rights', role: visitor.role, grants: [...visitor.actor.grants] });
      if (visitor.seesLobby && !wasModerator) visitor.wire.deliver(this.doorstep.frame());
      if (visitor.isStaff && !wasStaff) this.tellRoster(visitor);
      if (visitor.isStaff && !wasStaff) {
        const position = await this.room.position('staff', participant);
        const snapshot = await this.room.snapshot('staff', participant);
        visitor.send({ frame: 'reset', log: 'staff', why: 'role', position, snapshot });
      }
      if (visitor.isJoined) this.setPresent(participant, { role: visitor.role, away: visitor.isHidden });
    }
    this.media.refresh();
  }

  #sayFarewell(): void {
    this.media.end();
    for (const visitor of this.welcome) {
      this.setPresent(visitor.participant, null);
      if (!visitor.isStaff) this.turnAway(visitor, 'room_ended');
    }
  }

  #oust(participant: string): void {
    const ban = this.room.rules.staff.bars.get(participant)?.room;
    for (const visitor of [...this.visitors])
      if (visitor.participant === participant) this.turnAway(visitor, ban ? 'person_banned' : 'person_removed');
    this.media.leave(participant);
    this.setPresent(participant, null);
  }
}

type RefusedMore = Pick<ServerFrameOf<'refused'>, 'cmid' | 'expect'>;

interface Ran {
  readonly decision: Decision;
  readonly committed: readonly Committed[];
}
