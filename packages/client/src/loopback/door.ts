import { isStaff, type HelloFrame, type WaitingReason } from '@lms-live/protocol';
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
}

/** Who comes in, who waits, who is turned away. Whoever calls holds the turn. */
export class Door {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  async hello(visitor: Visitor, { token, room, positions, join, client }: HelloFrame): Promise<void> {
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
    await this.#admit(visitor);
  }

  /** @returns whether it is one that counts; otherwise the visitor was turned away */
  takeToken(visitor: Visitor, token: string): boolean {
    const { house, now } = this.#options;
    const claims = readFakeToken(token);
    if (!claims) house.turnAway(visitor, 'token_malformed');
    else if (visitor.claims && claims.sub !== visitor.claims.sub) house.turnAway(visitor, 'token_person_changed');
    else if (claims.expiresAt <= now()) house.turnAway(visitor, 'token_expired');
    else visitor.claims = claims;
    return visitor.claims !== null && visitor.claims === claims;
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

  async #admit(visitor: Visitor): Promise<void> {
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
    if (why) this.#letWait(visitor, why);
    else await this.#letIn(visitor);
    if (all.room.state === 'ended' && !visitor.isStaff) house.turnAway(visitor, 'room_ended');
  }

  whyWait({ participant, actor }: Pick<Visitor, 'participant' | 'actor'>): WaitingReason | null {
    const { house } = this.#options;
    const { all, staff } = house.room.rules;
    const { state, locked, capacity, policy } = all.room;
    if (isStaff(actor.grants) || actor.grants.has('room.enterAlways') || state === 'ended') return null;
    if (state === 'scheduled' || state === 'open') return 'not_started';
    if (house.attendance.has(participant)) return null;
    if (staff.admitted.get(participant) !== true) {
      if (locked) return 'locked';
      if (policy['join.lobby']) return 'lobby';
    }
    return capacity !== null && house.attendance.full.count >= capacity ? 'full' : null;
  }

  #letWait(visitor: Visitor, why: WaitingReason): void {
    const { house, now } = this.#options;
    const { id, title, startsAt } = house.room.rules.all.room;
    if (visitor.waitsFor === why) return;
    if (!visitor.isWaiting) visitor.waitsSince = now();
    visitor.waitsFor = why;
    const expiresAt = visitor.claims?.expiresAt ?? 0;
    visitor.send({ frame: 'waiting', why, room: { id, title, startsAt }, serverTime: now(), expiresAt });
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
    visitor.isWelcome = true;
    if (!visitor.wantsJoin || state === 'ended') return;
    const decision = await house.setJoined(participant, actor, true);
    if (decision.ok) visitor.isJoined = true;
    else house.refuse(visitor, decision);
  }
}
