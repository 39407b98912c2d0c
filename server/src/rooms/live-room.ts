import { isStaff, type Actor, type ErrorCode, type LogEvent, type WaitingReason } from '@lms-live/protocol';
import { Passwords } from '../admission/passwords.js';
import type { RosterEntry, Store, StoredEvent } from '../storage/types.js';
import type { BrokenHistory } from './broken-history.js';
import { Door } from './door.js';
import { Lobby } from './lobby.js';
import { RoomMedia } from './media.js';
import { withMember, type Member, type Waiter } from './member.js';
import { Presence } from './presence.js';
import type { RoomListener } from './room-options.js';
import type { Room } from './room.js';
import { Roster } from './roster.js';
import type { Answer } from './submission.js';
import { Tallies } from './tallies.js';
import { pingFrame, topicsOf } from './topics.js';
import { writeGone, type Gone } from './write-gone.js';

export interface LiveRoomOptions {
  readonly room: Room;
  readonly now: () => number;
  readonly publish: (topic: string, text: string) => void;
  /** Who is expected, as it is kept. */
  readonly store: Pick<Store, 'roster'>;
  /** The random id of a person in this room, made where they have none. */
  readonly participantOf: (sub: string) => Promise<string>;
  /** Of all rooms of this process. Default: of this one alone. */
  readonly passwords?: Passwords;
  /** The server stops: who has gone from here may have moved to another server, which knows better. */
  readonly isStopping?: () => boolean;
  /** The room goes on; somebody has to look. Default: nobody is told. */
  readonly onError?: (error: unknown) => void;
}

/** A room with the people who are connected to it: who receives what, who is present, who waits at the door. */
export class LiveRoom implements RoomListener {
  readonly room: Room;
  readonly presence: Presence;
  readonly media: RoomMedia;
  readonly lobby: Lobby;
  readonly door: Door;
  readonly roster: Roster;
  readonly topics: ReturnType<typeof topicsOf>;
  /** Wall clock at which the last connection was lost, or the room was loaded. */
  idleSince: number;

  readonly #options: LiveRoomOptions;
  /** By participant; lists, since a set of one is five times as large. */
  readonly #members = new Map<string, readonly Member[]>();
  readonly #tallies: Tallies;
  /** Logs of which it was told that their history is broken. */
  readonly #broken = new Set<string>();
  readonly #stopListening: () => void;

  constructor(options: LiveRoomOptions) {
    this.#options = options;
    this.room = options.room;
    this.topics = topicsOf(options.room.key);
    this.idleSince = options.now();
    this.presence = new Presence({
      now: options.now,
      publish: (text) => {
        options.publish(this.topics.now, text);
      },
      onGone: (gone) => {
        this.media.refresh();
        void this.#gone(gone);
      },
    });
    this.media = new RoomMedia({
      room: options.room,
      now: options.now,
      isPresent: (participant) => this.presence.has(participant),
      publish: (text) => {
        options.publish(this.topics.now, text);
      },
    });
    this.lobby = new Lobby({
      now: options.now,
      tell: (text) => {
        for (const members of this.#members.values())
          for (const member of members) if (seesLobby(member)) member.send(text);
      },
    });
    this.door = new Door({
      room: options.room,
      now: options.now,
      lobby: this.lobby,
      presence: this.presence,
      passwords: options.passwords ?? new Passwords(),
      onFreed: () => {
        this.#reconsider();
      },
    });
    this.roster = new Roster({
      store: options.store,
      room: options.room,
      participantOf: options.participantOf,
      tell: (text) => {
        for (const members of this.#members.values())
          for (const member of members) if (isStaff(member.actor.grants)) member.send(text);
      },
      onError: (error) => options.onError?.(error),
    });
    this.#tallies = new Tallies(options.room);
    this.#stopListening = options.room.listen(this);
  }

  get isEmpty(): boolean {
    return this.#members.size === 0 && this.lobby.size === 0 && this.presence.count === 0;
  }

  get memberCount(): number {
    return [...this.#members.values()].reduce((sum, members) => sum + members.length, 0);
  }

  membersOf(participant: string): readonly Member[] {
    return this.#members.get(participant) ?? [];
  }

  /** A connection was admitted. An older one of the same tab gives way. */
  add(member: Member): void {
    for (const other of this.membersOf(member.participant)) {
      if (other.clientId === member.clientId) other.dismiss('closed');
    }
    this.#members.set(member.participant, withMember(this.membersOf(member.participant), member));
  }

  remove(member: Member): void {
    const others = this.membersOf(member.participant).filter((other) => other !== member);
    if (others.length > 0) this.#members.set(member.participant, others);
    else {
      this.#members.delete(member.participant);
      this.door.places.release(member.participant);
    }
    this.presence.lose(member);
    this.media.lose(member);
    this.idleSince = this.#options.now();
    this.#reconsider();
  }

  wait(waiter: Waiter, why: WaitingReason): void {
    this.lobby.wait(waiter, why);
  }

  stopWaiting(waiter: Waiter): void {
    this.lobby.stopWaiting(waiter);
  }

  /**
   * Replaces the list of who is expected; null: there is none any more. Staff are told, and everyone who is here or at the door is looked
   * at again: whoever may not be here any more is sent away.
   * @throws {StoreUnavailable} {NoSuchRoom}
   */
  async setRoster(people: readonly RosterEntry[] | null): Promise<void> {
    await this.roster.set(people);
    this.enrolAgain();
  }

  /** The list of who is expected was changed in the store. @throws {StoreUnavailable} {NoSuchRoom} */
  async listChanged(): Promise<void> {
    if (this.room.row.expected === null) return;
    // Of nothing new: to read what there is.
    await this.room.changeRecord({});
    await this.roster.reread();
    this.enrolAgain();
  }

  /** Who may be here was changed in the store. */
  enrolAgain(): void {
    for (const members of [...this.#members.values()]) for (const member of members) member.enrolAgain();
    for (const waiter of this.lobby.waiters) waiter.enrolAgain();
  }

  /** Makes a person present: attendance first, then everyone is told; at once, since a leave that was said right behind it comes after it. */
  join(member: Member): Promise<Answer> {
    const command = { type: 'person.join', body: {}, cmid: '' } as const;
    const onAnswer = ({ ok }: Answer): void => {
      if (ok) this.arrive(member);
    };
    return this.room.submit({ command, actor: member.actor, ephemeral: true, onAnswer });
  }

  /** Attendance is open: the person is present. Whoever has gone in the meantime leaves with the grace. */
  arrive(member: Member): void {
    member.joined = true;
    this.presence.join(member);
    this.door.places.release(member.participant);
    this.media.refresh();
    if (!this.membersOf(member.participant).includes(member)) this.presence.lose(member);
  }

  async leave(member: Pick<Member, 'participant' | 'actor'>): Promise<void> {
    const wasStaff = this.#isStaffPresent(member.participant);
    this.presence.leave(member.participant);
    this.media.leave(member.participant);
    await this.#gone({ participant: member.participant, seenAt: this.#options.now(), wasStaff });
  }

  /** The heads of the shared logs, for everyone who reads them. */
  ping(): void {
    if (this.#members.size === 0) return;
    this.#options.publish(this.topics.now, pingFrame([{ log: 'all', position: this.room.head('all') }]));
    this.#options.publish(this.topics.staff, pingFrame([{ log: 'staff', position: this.room.head('staff') }]));
    this.media.ping();
  }

  signal(kind: string, actor: Actor, body: Readonly<Record<string, unknown>>): void {
    this.#options.publish(this.topics.now, JSON.stringify({ frame: 'signal', kind, from: actor.participant, body }));
  }

  onEvent(event: StoredEvent, frame: string, folded: LogEvent | null): void {
    switch (event.log) {
      case 'all':
        this.#options.publish(this.topics.all, frame);
        break;
      case 'staff':
        this.#options.publish(this.topics.staff, frame);
        break;
      case 'me':
        for (const member of this.membersOf(event.owner)) member.deliverOwn(event, frame);
        break;
    }
    if (folded) this.#react(folded);
  }

  /** Tells once for each log, whoever meets it. */
  onBroken(error: BrokenHistory): void {
    if (this.#broken.has(error.log)) return;
    this.#broken.add(error.log);
    this.#options.onError?.(error);
  }

  /** The room is gone: so is everyone in it and at its door. */
  dismissAll(code: ErrorCode): void {
    for (const members of [...this.#members.values()]) for (const member of members) member.dismiss(code);
    for (const waiter of this.lobby.waiters) waiter.dismiss(code);
  }

  close(): void {
    this.#stopListening();
    this.#tallies.close();
    this.media.close();
    this.lobby.close();
    this.door.close();
    this.roster.close();
    this.presence.close();
  }

  #react(event: LogEvent): void {
    if (event.body === null) return;
    switch (event.type) {
      case 'vote.set':
        this.#tallies.mark(event.body.question);
        break;
      case 'question.asked':
        // Votes may have come before an earlier tally was told.
        if (event.log === 'all' && this.room.votesFor(event.body.id) > 0) this.#tallies.mark(event.body.id);
        break;
      case 'person.role':
        for (const member of this.membersOf(event.body.participant)) {
          member.refreshRights();
          this.presence.update(member);
        }
        this.roster.changed(event.body.participant);
        // Whoever teaches from now on leaves their place to somebody.
        this.#reconsider();
        break;
      case 'person.named':
        this.roster.changed(event.body.participant);
        break;
      case 'person.media':
        this.media.refresh();
        break;
      case 'person.removed':
        this.#dismiss(event.body.participant, 'person_removed');
        break;
      case 'audit':
        // Of whom the class has never seen it is told nothing.
        if (event.body.action === 'person.remove') this.#dismissUnseen(event.body.about ?? '');
        break;
      case 'person.barred':
        if (event.log === 'staff' && event.body.bar === 'room' && event.body.barred)
          this.#dismiss(event.body.participant, 'person_banned');
        break;
      case 'erased':
        // Whoever was erased and is still here comes back as somebody new.
        if (event.log === 'all')
          for (const participant of event.body.people) this.#dismiss(participant, 'person_removed');
        break;
      case 'person.admitted':
        if (event.log === 'staff') this.#reconsider();
        break;
      case 'room.changed':
        if (event.body.state === 'ended') {
          this.media.end();
          this.lobby.forgetMessage();
          this.#farewell();
        } else this.media.refresh();
        if (event.body.state === 'live') this.#welcomeBack();
        this.#reconsider();
        break;
      default:
        break;
    }
  }

  /** The end of the class closes what belongs to people who cannot start it again. */
  #farewell(): void {
    // After the frames of this batch: they are what the farewell is about.
    setImmediate(() => {
      if (this.room.state !== 'ended') return;
      for (const members of [...this.#members.values()]) {
        for (const member of members) {
          this.presence.leave(member.participant);
          if (!member.actor.grants.has('room.start')) member.dismiss('room_ended');
        }
      }
    });
  }

  /** Whoever stayed after the end is there again when the class goes on. */
  #welcomeBack(): void {
    for (const members of [...this.#members.values()])
      for (const member of members) if (member.joined && !this.presence.has(member.participant)) void this.join(member);
  }

  #dismiss(participant: string, code: 'person_removed' | 'person_banned'): void {
    this.presence.leave(participant);
    this.media.leave(participant);
    // After the frames of this batch, so that the page learns why.
    setImmediate(() => {
      for (const member of this.membersOf(participant)) member.dismiss(code);
    });
  }

  #dismissUnseen(participant: string): void {
    if (!this.room.rules.all.people.has(participant)) this.#dismiss(participant, 'person_removed');
  }

  #reconsider(): void {
    if (this.lobby.size === 0) return;
    setImmediate(() => {
      for (const waiter of this.lobby.waiters) waiter.reconsider();
    });
  }

  #isStaffPresent(participant: string): boolean {
    const role = this.room.rules.all.people.get(participant)?.role;
    return role === 'instructor' || role === 'assistant';
  }

  async #gone(gone: Gone): Promise<void> {
    if (this.#options.isStopping?.()) return;
    const retryAfterMs = await writeGone(this, gone);
    if (retryAfterMs === null) this.#reconsider();
    else setTimeout(() => void this.#gone(gone), retryAfterMs).unref();
  }
}

/** Whether somebody may let people in, and so is told who waits. */
export function seesLobby({ actor }: Pick<Member, 'actor'>): boolean {
  return actor.grants.has('people.moderate');
}
