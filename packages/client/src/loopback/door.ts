import {
  isStaff,
  LIMITS,
  type HelloFrame,
  type KnockFrame,
  type ServerFrameOf,
  type WaitingReason,
} from '@lms-live/protocol';
import { readFakeToken } from './fake-token.js';
import type { House } from './house.js';
import type { Visitor } from './visitor.js';

export interface DoorOptions {
  readonly house: House;
  readonly roomId: string;
  readonly tenant: string;
  readonly now: () => number;
  readonly participantOf: (sub: string) => string;
  readonly snapshotAfterEvents: number;
  /** Of the room; null: it has none. */
  readonly password: string | null;
  /** Tokens of a person that are older than this count no more. */
  readonly revokedAt: (sub: string) => number | undefined;
}

type Message = NonNullable<ServerFrameOf<'waiting'>['message']>;

/** What is left of the tries of a person at the password. */
interface Tries {
  left: number;
  readonly at: number;
}

const REFILL_MS = 60_000 / LIMITS.passwordsPerMinute;

/** Who comes in, who waits, who is turned away. Whoever calls holds the turn. */
export class Door {
  readonly #options: DoorOptions;
  /** Who has given the password. */
  readonly #trusted = new Set<string>();
  readonly #tries = new Map<string, Tries>();
  /** The last word of the staff to all who wait, for those who come later. */
  #message: Message | null = null;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  async hello(visitor: Visitor, { token, room, password, positions, join, client }: HelloFrame): Promise<void> {
    const { house, roomId, participantOf } = this.#options;
    if (!this.takeToken(visitor, token)) return;
    if (room !== undefined && room !== roomId) {
      house.turnAway(visitor, 'room_not_covered');
      return;
    }
    visitor.participant = participantOf(visitor.claims?.sub ?? '');
    visitor.role = house.roleOf(visitor);
    visitor.positions = positions ?? {};
    visitor.wantsJoin = join;
    visitor.isHidden = client.hidden ?? false;
    for (const other of house.visitors) if (other.tabId === client.id) other.wire.shut(4006, 'replaced');
    visitor.tabId = client.id;
    await this.#admit(visitor, password === undefined ? {} : this.#judge(visitor.participant, password));
  }

  /** @returns whether it is one that counts; otherwise the visitor was turned away */
  takeToken(visitor: Visitor, token: string): boolean {
    const { house, now, revokedAt } = this.#options;
    const claims = readFakeToken(token);
    if (!claims) house.turnAway(visitor, 'token_malformed');
    else if (visitor.claims && claims.sub !== visitor.claims.sub) house.turnAway(visitor, 'token_person_changed');
    else if (claims.expiresAt <= now()) house.turnAway(visitor, 'token_expired');
    else if (claims.issuedAt <= (revokedAt(claims.sub) ?? -1)) house.turnAway(visitor, 'token_revoked');
    else visitor.claims = claims;
    return visitor.claims !== null && visitor.claims === claims;
  }

  /** A password, or a word to the staff, from somebody who waits. */
  async knock(visitor: Visitor, { password, note }: KnockFrame): Promise<void> {
    if (!visitor.isWaiting) return;
    if (note !== undefined) visitor.note = note.trim() || null;
    await this.#admit(visitor, password === undefined ? {} : this.#judge(visitor.participant, password));
  }

  /** A word of the staff to all who wait, or to one of them. */
  write({
    participant,
    text,
    name,
  }: {
    readonly participant?: string | undefined;
    readonly text: string;
    readonly name: string;
  }): void {
    const { house, now } = this.#options;
    const message = { text, at: now(), name };
    if (participant === undefined) this.#message = message;
    for (const visitor of house.visitors)
      if (visitor.waitsFor !== null && (participant === undefined || participant === visitor.participant))
        this.#sayWait(visitor, visitor.waitsFor, { message });
  }

  /** Lets in who had to wait and need not any more. */
  async look(): Promise<void> {
    const { house } = this.#options;
    for (const visitor of house.visitors) if (visitor.isWaiting) await this.#admit(visitor);
    const { staff } = house.room.rules;
    for (const puppet of house.puppets)
      if (puppet.waitsFor !== null)
        puppet.waitsFor = staff.admitted.get(puppet.participant) === false ? null : this.whyWait(puppet);
  }

  /** Sends what a visitor has not seen, and who is here. */
  async replay(visitor: Visitor): Promise<void> {
    const { house, snapshotAfterEvents } = this.#options;
    for (const log of visitor.logs) await visitor.replay(house.room, log, snapshotAfterEvents);
    visitor.send({ frame: 'presence', ...house.attendance.full });
  }

  async #admit(visitor: Visitor, judged: Judged = {}): Promise<void> {
    const { house, now } = this.#options;
    const { staff, all } = house.room.rules;
    const ban = staff.bars.get(visitor.participant)?.room;
    if (ban && (ban.until === null || ban.until > now())) {
      house.turnAway(visitor, 'person_banned');
      return;
    }
    const isDoorOpen = !all.room.locked && !all.room.policy['join.lobby'];
    if (!isDoorOpen && !visitor.isStaff && staff.admitted.get(visitor.participant) === false) {
      house.turnAway(visitor, 'person_not_admitted');
      return;
    }
    const why = this.whyWait(visitor);
    if (why) this.#letWait(visitor, why, judged);
    else await this.#letIn(visitor);
    if (all.room.state === 'ended' && !visitor.isStaff) house.turnAway(visitor, 'room_ended');
  }

  whyWait({ participant, actor }: Pick<Visitor, 'participant' | 'actor'>): WaitingReason | null {
    const { house, password } = this.#options;
    const { all, staff } = house.room.rules;
    const { state, locked, capacity, policy } = all.room;
    const comesAlways = actor.grants.has('room.enterAlways');
    if (!comesAlways && password !== null && !this.#trusted.has(participant)) return 'password';
    if (state === 'ended') return null;
    const isBefore = state === 'scheduled' || state === 'open';
    if (isBefore && !isStaff(actor.grants) && !this.#isEarlyEnough(actor.role)) return 'not_started';
    if (comesAlways || house.attendance.has(participant)) return null;
    if (staff.admitted.get(participant) !== true) {
      if (locked) return 'locked';
      if (policy['join.lobby']) return 'lobby';
    }
    return capacity !== null && house.attendance.placesTaken >= capacity ? 'full' : null;
  }

  /** Whether this role may come before the class begins, and it is time. */
  #isEarlyEnough(role: Visitor['role']): boolean {
    const { startsAt, policy } = this.#options.house.room.rules.all.room;
    const minutes = policy[role === 'observer' ? 'entry.observerMinutes' : 'entry.studentMinutes'];
    return minutes > 0 && startsAt !== null && this.#options.now() >= startsAt - minutes * 60_000;
  }

  #judge(participant: string, given: string): Judged {
    const { now, password } = this.#options;
    if (password === null || this.#trusted.has(participant)) return {};
    const before = this.#tries.get(participant) ?? { left: LIMITS.passwordBurst, at: now() };
    const left = Math.min(LIMITS.passwordBurst, before.left + (now() - before.at) / REFILL_MS);
    const isLooked = left >= 1;
    this.#tries.set(participant, { left: isLooked ? left - 1 : left, at: now() });
    if (!isLooked) return { retryAfterMs: Math.ceil((1 - left) * REFILL_MS) };
    if (given !== password) return { isWrong: true };
    this.#trusted.add(participant);
    return {};
  }

  #letWait(visitor: Visitor, why: WaitingReason, judged: Judged): void {
    if (visitor.waitsFor === why && Object.keys(judged).length === 0) return;
    if (!visitor.isWaiting) visitor.waitsSince = this.#options.now();
    visitor.waitsFor = why;
    this.#sayWait(visitor, why, { ...judged, ...(this.#message && { message: this.#message }) });
  }

  #sayWait(visitor: Visitor, why: WaitingReason, more: Judged & { readonly message?: Message }): void {
    const { house, now } = this.#options;
    const { id, title, startsAt } = house.room.rules.all.room;
    const expiresAt = visitor.claims?.expiresAt ?? 0;
    visitor.send({ frame: 'waiting', why, ...more, room: { id, title, startsAt }, serverTime: now(), expiresAt });
  }

  async #letIn(visitor: Visitor): Promise<void> {
    const { house, now, roomId, tenant } = this.#options;
    const { kind, state } = house.room.rules.all.room;
    const { role, participant, actor, logs } = visitor;
    visitor.waitsFor = null;
    const heads = await Promise.all(
      logs.map(async (log) => [log, await house.room.position(log, participant)] as const),
    );
    visitor.send({
      frame: 'welcome',
      participant,
      tenant,
      role,
      grants: [...actor.grants],
      room: { id: roomId, kind },
      positions: Object.fromEntries(heads),
      serverTime: now(),
      expiresAt: visitor.claims?.expiresAt ?? 0,
      ice: [],
      limits: {},
    });
    await this.replay(visitor);
    visitor.wire.deliver(house.media.frame());
    if (visitor.seesLobby) visitor.wire.deliver(house.doorstep.frame());
    house.tellRoster(visitor);
    visitor.isWelcome = true;
    if (!visitor.wantsJoin || state === 'ended') return;
    const decision = await house.setJoined(participant, actor, true);
    if (decision.ok) visitor.isJoined = true;
    else house.refuse(visitor, decision);
  }
}

type Judged = Pick<ServerFrameOf<'waiting'>, 'isWrong' | 'retryAfterMs'>;
