import {
  encodeServerFrame,
  grantsOf,
  isStaff,
  type Actor,
  type LogName,
  type Positions,
  type Role,
  type ServerFrame,
  type EventFrame,
  type WaitingReason,
} from '@lms-live/protocol';
import type { FakeClaims } from './fake-token.js';
import type { Room } from './room.js';
import type { Wire } from './wire.js';

/** One connection, seen from the server. */
export class Visitor {
  readonly wire: Wire;
  claims: FakeClaims | null = null;
  participant = '';
  role: Role = 'observer';
  /** Why at the door; null: not, or in. */
  waitsFor: WaitingReason | null = null;
  waitsSince = 0;
  /** What they wrote to the staff with a knock. */
  note: string | null = null;
  isWelcome = false;
  isJoined = false;
  wantsJoin = false;
  isHidden = false;
  /** Where the client said it stands. */
  positions: Positions = {};
  tabId = '';
  /** The number of the next command. */
  nextSeq = 1;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  get actor(): Actor {
    const { name = '', picture = null, grants = {} } = this.claims ?? {};
    return { participant: this.participant, role: this.role, grants: grantsOf(this.role, grants), name, picture };
  }

  get isWaiting(): boolean {
    return this.waitsFor !== null;
  }

  get isStaff(): boolean {
    return isStaff(this.actor.grants);
  }

  get seesLobby(): boolean {
    return this.actor.grants.has('people.moderate');
  }

  get logs(): readonly LogName[] {
    return this.isStaff ? ['all', 'me', 'staff'] : ['all', 'me'];
  }

  send(frame: Exclude<ServerFrame, EventFrame>): void {
    this.wire.deliver(encodeServerFrame(frame));
  }

  /** Sends what is behind the position that the client has given, or how things stand. */
  async replay(room: Room, log: LogName, snapshotAfterEvents: number): Promise<void> {
    const head = await room.position(log, this.participant);
    const from = this.positions[log];
    const why = await this.#whyReset(room, log, { offset: head.offset, snapshotAfterEvents });
    if (why) {
      const snapshot = await room.snapshot(log, this.participant);
      this.send({ frame: 'reset', log, why, position: head, snapshot });
      return;
    }
    for (const text of await room.after(log, this.participant, from?.offset ?? 0)) this.wire.deliver(text);
  }

  async #whyReset(
    room: Room,
    log: LogName,
    { offset, snapshotAfterEvents }: { offset: number; snapshotAfterEvents: number },
  ): Promise<'new' | 'epoch' | 'hash' | 'too_far' | null> {
    const from = this.positions[log];
    if (!from) return offset > snapshotAfterEvents ? 'new' : null;
    const there = await room.positionAt(log, this.participant, from.offset);
    const head = await room.position(log, this.participant);
    if (from.epoch !== head.epoch) return 'epoch';
    if (there?.hash !== from.hash) return 'hash';
    return offset - from.offset > snapshotAfterEvents ? 'too_far' : null;
  }
}
