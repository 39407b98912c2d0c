import { isStaff, grantsOf, type LogName, type Role } from '@lms-live/protocol';
import { bodyOf, type Truth, type TruthEvent, type TruthLog, type TruthRoom } from './truth.js';

/** How long after its end a right may still show: what was decided or sent before is on its way. */
export const GRACE_MS = 2_000;

interface Change<T> {
  readonly at: number;
  readonly value: T;
}

/** Finds places and rights in the truth of one room. */
export class RoomIndex {
  readonly room: TruthRoom;
  readonly #logs: ReadonlyMap<string, TruthLog>;
  readonly #roles = new Map<string, Change<Role>[]>();
  readonly #bars = new Map<string, Change<{ barred: boolean; until: number | null }>[]>();
  /** When somebody was removed, by participant. */
  readonly removals = new Map<string, number[]>();

  constructor(room: TruthRoom) {
    this.room = room;
    this.#logs = new Map(room.logs.map((log) => [nameOf(log.log, log.owner), log]));
    for (const event of this.log('all')?.events ?? []) this.#readAll(event);
    for (const event of this.log('staff')?.events ?? []) this.#readStaff(event);
  }

  log(log: LogName, owner = ''): TruthLog | undefined {
    return this.#logs.get(nameOf(log, owner));
  }

  /** Whose right may have read a staff log, or moderated, at this time: somebody who was staff at some moment of the grace before it. */
  wasStaff(participant: string, tokenRole: Role | null, at: number): boolean {
    return this.#held(this.#roles.get(participant), at, tokenRole).some(
      (role) => role !== null && isStaff(grantsOf(role)),
    );
  }

  /** Whether somebody was banned from the room through the whole grace before this time. */
  isBanned(participant: string, at: number): boolean {
    return this.#held(this.#bars.get(participant), at, null).every(
      (bar) => bar !== null && bar.barred && (bar.until === null || bar.until > at),
    );
  }

  /** Every value that was in force from the grace before a time to it. */
  #held<T>(changes: readonly Change<T>[] | undefined, at: number, before: T | null): readonly (T | null)[] {
    const held: (T | null)[] = [before];
    for (const change of changes ?? []) {
      if (change.at > at) break;
      if (change.at <= at - GRACE_MS) held.length = 0;
      held.push(change.value);
    }
    return held;
  }

  #readAll(event: TruthEvent): void {
    const body = bodyOf(event);
    const participant = String(body['participant']);
    if (event.type === 'person.role') {
      push(this.#roles, participant, { at: event.at, value: body['role'] as Role });
    }
    if (event.type === 'person.removed') push(this.removals, participant, event.at);
  }

  #readStaff(event: TruthEvent): void {
    if (event.type !== 'person.barred') return;
    const body = bodyOf(event);
    if (body['bar'] !== 'room') return;
    const value = { barred: body['barred'] === true, until: (body['until'] as number | null | undefined) ?? null };
    push(this.#bars, String(body['participant']), { at: event.at, value });
  }
}

/** All rooms by tenant and id. */
export function indexTruth(truth: Truth): ReadonlyMap<string, RoomIndex> {
  return new Map(truth.rooms.map((room) => [roomName(room.tenant, room.id), new RoomIndex(room)]));
}

export function roomName(tenant: string, room: string): string {
  return `${tenant}/${room}`;
}

function nameOf(log: LogName, owner: string): string {
  return log === 'me' ? `me:${owner}` : log;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
