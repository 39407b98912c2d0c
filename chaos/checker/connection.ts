import { LIMITS, type LogName, type Position, type Positions } from '@lms-live/protocol';
import type { EntryOf } from './history.js';
import type { RoomIndex } from './truth-index.js';
import type { Anomaly, Invariant, Violation } from './violation.js';

/** Where the wire of one log stands on one connection. */
interface Wire {
  /** The offset that comes next; null where nothing was asked for and no snapshot has come. */
  next: number | null;
  /** What the client has asked for again, and what has not begun to come yet. */
  asked: number | null;
  readonly withheld: Set<number>;
  hasReset: boolean;
  /** The place of the hello. */
  readonly from: Position | undefined;
}

/** One connection against the store: what was sent on it, place by place. */
export class ConnectionCheck {
  readonly violations: Violation[] = [];
  readonly opened: EntryOf<'opened'>;
  readonly #room: RoomIndex;
  readonly #rooms: ReadonlyMap<string, RoomIndex>;
  readonly #wires = new Map<LogName, Wire>();
  participant: string | null = null;
  #heads: Positions = {};

  constructor(opened: EntryOf<'opened'>, room: RoomIndex, rooms: ReadonlyMap<string, RoomIndex>) {
    this.opened = opened;
    this.#room = room;
    this.#rooms = rooms;
  }

  /** It came back with a place in a log, and was let in. */
  get isResume(): boolean {
    return this.participant !== null && this.opened.positions.all !== undefined;
  }

  welcomed({ participant, heads }: EntryOf<'welcomed'>): void {
    this.participant = participant;
    this.#heads = heads;
  }

  reset({ log, why, position }: EntryOf<'reset'>): void {
    const wire = this.#wire(log);
    const { from } = wire;
    if (!wire.hasReset && wire.asked === null && from && !this.#isJustified(log, why, from))
      this.#add('inexact-resume', 'I9', `${log} was reset (${why}) at ${String(from.offset)}`);
    wire.hasReset = true;
    wire.next = position.offset + 1;
    wire.asked = null;
    if (position.offset > 0) this.#checkPlace(log, position);
  }

  asked({ positions }: EntryOf<'asked'>): void {
    for (const log of ['all', 'me', 'staff'] as const) {
      const position = positions[log];
      if (position) this.#wire(log).asked = position.offset + 1;
    }
  }

  withheld({ log, offset }: EntryOf<'withheld'>): void {
    const wire = this.#wire(log);
    wire.withheld.add(offset);
  }

  event({ log, offset, hash, computed }: EntryOf<'event'>): void {
    this.#place(log, offset);
    this.#checkPlace(log, { offset, hash });
    if (computed !== null && computed !== hash)
      this.#add('forked', 'I4', `${log} ${String(offset)}: the frame gives ${computed}, it says ${hash}`);
  }

  /** Whether everything up to the heads of the welcome has come on this connection. */
  isUpToDate(log: LogName): boolean {
    const { next } = this.#wire(log);
    return next !== null && next > (this.#heads[log]?.offset ?? 0);
  }

  #place(log: LogName, offset: number): void {
    const wire = this.#wire(log);
    const { next } = wire;
    if (this.participant === null) this.#add('foreign', 'I8', `${log} ${String(offset)} before the welcome`);
    if (next === null) {
      this.#add('inexact-resume', 'I9', `${log} ${String(offset)} although nothing was asked for and no snapshot came`);
      wire.next = offset + 1;
      return;
    }
    // What was on its way when the client asked still comes; then, once, from where it asked.
    if (offset === wire.asked && offset !== next) {
      wire.asked = null;
      wire.next = offset + 1;
      return;
    }
    if (offset < next) {
      this.#add(
        this.isUpToDate(log) ? 'repeated' : 'inexact-resume',
        'I9',
        `${log} ${String(offset)} again, ${String(next)} comes next`,
      );
      return;
    }
    for (let missing = next; missing < offset; missing += 1) {
      if (wire.withheld.has(missing)) continue;
      const anomaly = this.isUpToDate(log) ? 'skipped' : 'inexact-resume';
      this.#add(anomaly, 'I9', `${log} ${String(offset)} where ${String(missing)} comes next`);
      break;
    }
    wire.next = offset + 1;
  }

  #isJustified(log: LogName, why: string, from: Position): boolean {
    switch (why) {
      case 'too_far':
        // The head may have moved on since the welcome.
        return (this.#room.log(log, this.#ownerOf(log))?.head.offset ?? 0) - from.offset > LIMITS.snapshotAfterEvents;
      case 'epoch':
        return this.#room.log(log, this.#ownerOf(log))?.epoch !== from.epoch;
      case 'hash':
        return !this.#isThere(this.#room, log, this.#ownerOf(log), from);
      case 'role':
        return log === 'staff';
      default:
        return false;
    }
  }

  /** It is in the store, in this log; else it was never committed, or it is somebody else's. */
  #checkPlace(log: LogName, place: { readonly offset: number; readonly hash: string }): void {
    const owner = this.#ownerOf(log);
    if (this.#isThere(this.#room, log, owner, place)) return;
    for (const room of this.#rooms.values()) {
      for (const other of room.room.logs) {
        if (!this.#isThere(room, other.log, other.owner, place)) continue;
        this.#add('foreign', 'I8', `${log} ${String(place.offset)} is of ${room.room.id} ${other.log} ${other.owner}`);
        return;
      }
    }
    this.#add('phantom', 'I6', `${log} ${String(place.offset)} ${place.hash} is not in the store`);
  }

  #isThere(
    room: RoomIndex,
    log: LogName,
    owner: string,
    { offset, hash }: { readonly offset: number; readonly hash: string },
  ): boolean {
    // Not the beginning: its hash is in no row, and everybody knows it.
    return offset === 0 || room.log(log, owner)?.events[offset - 1]?.hash === hash;
  }

  #ownerOf(log: LogName): string {
    if (log !== 'me') return '';
    return this.participant ?? this.#room.room.participants.get(this.opened.sub) ?? '';
  }

  #wire(log: LogName): Wire {
    const known = this.#wires.get(log);
    if (known) return known;
    const from = this.opened.positions[log];
    const wire: Wire = { next: from ? from.offset + 1 : null, asked: null, withheld: new Set(), hasReset: false, from };
    this.#wires.set(log, wire);
    return wire;
  }

  #add(anomaly: Anomaly, invariant: Invariant, detail: string): void {
    this.violations.push({ anomaly, invariant, where: this.opened.connection, detail });
  }
}
