import { isStaff, isStaffRole, LIMITS, type Presence as PresenceFrame, type Role } from '@lms-live/protocol';
import { withMember, type Member } from './member.js';

/** Presence changes are told together, this often at most. */
const FLUSH_MS = 150;
/** A connection answers every ping: one that has left out a whole one is lost, as far as can be told. */
const SILENT_MS = LIMITS.pingIntervalMs + 1_500;

/** Last seen is up to a ping before the silence: what is longer than this was longer than the grace. */
const BACK_LATE_MS = LIMITS.leaveGraceMs + LIMITS.pingIntervalMs;

export interface PresenceOptions {
  readonly now: () => number;
  /** Tells everyone. */
  readonly publish: (text: string) => void;
  /** Somebody is gone for good: `seenAt` is when they were last seen. */
  readonly onGone: (gone: {
    readonly participant: string;
    readonly seenAt: number;
    readonly wasStaff: boolean;
  }) => void;
}

interface Present {
  readonly participant: string;
  role: Role;
  staff: boolean;
  members: readonly Member[];
  seenAt: number;
  leaveTimer: NodeJS.Timeout | null;
  /** Was here when the last process died, and has not come back yet. */
  isExpected: boolean;
}

/**
 * Who is joined right now: leases, never in the log. A person is the union of their connections;
 * losing the last one shows as `away` at once and as a leave after a grace, so that a reload does not flap.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #people = new Map<string, Present>();
  /** Of these, who takes no place: by their role. */
  readonly #teaching = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #left = new Set<string>();
  /** Came back after a restart, and their lease does not say so yet. */
  readonly #returned = new Set<string>();
  #version = 1;
  #flushTimer: NodeJS.Timeout | null = null;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#people.size;
  }

  get staffCount(): number {
    return [...this.#people.values()].filter(({ staff }) => staff).length;
  }

  /** How many are here but for the staff. */
  get placesTaken(): number {
    return this.#people.size - this.#teaching.size;
  }

  has(participant: string): boolean {
    return this.#people.has(participant);
  }

  join(member: Member): void {
    const { participant, actor } = member;
    const known = this.#people.get(participant);
    if (known?.leaveTimer) clearTimeout(known.leaveTimer);
    const present: Present = known ?? {
      participant,
      role: actor.role,
      staff: false,
      members: [],
      seenAt: member.lastSeenAt,
      leaveTimer: null,
      isExpected: false,
    };
    present.leaveTimer = null;
    if (present.isExpected) this.#returned.add(participant);
    present.isExpected = false;
    present.role = actor.role;
    present.staff = isStaff(actor.grants);
    if (!present.members.includes(member)) present.members = withMember(present.members, member);
    this.#put(present);
    this.#tell(participant);
  }

  /** After a restart: somebody was here; they have the grace to come back. */
  expect({
    participant,
    seenAt,
    role,
    staff,
    graceMs,
  }: {
    readonly participant: string;
    readonly seenAt: number;
    readonly role: Role;
    readonly staff: boolean;
    readonly graceMs: number;
  }): void {
    if (this.#people.has(participant)) return;
    const present: Present = { participant, role, staff, members: [], seenAt, leaveTimer: null, isExpected: true };
    this.#put(present);
    this.#startLeaving(present, graceMs);
    this.#tell(participant);
  }

  /** A connection is gone; the person is when it was the last and the grace is over. */
  lose(member: Member): void {
    const present = this.#people.get(member.participant);
    if (!present?.members.includes(member)) return;
    present.members = present.members.filter((other) => other !== member);
    // The end of a connection that was heard a moment ago is itself a sign of life; one that had fallen silent is not.
    const isFresh = member.lastSeenAt > this.#options.now() - SILENT_MS;
    present.seenAt = Math.max(present.seenAt, isFresh ? this.#options.now() : member.lastSeenAt);
    if (present.members.length > 0) return;
    this.#startLeaving(present, LIMITS.leaveGraceMs);
    this.#tell(member.participant);
  }

  /** Somebody leaves on purpose, or was removed: no grace. */
  leave(participant: string): void {
    const present = this.#people.get(participant);
    if (!present) return;
    this.#forget(present);
  }

  /** Role and rights of a person have changed. */
  update(member: Member): void {
    const present = this.#people.get(member.participant);
    if (!present) return;
    present.role = member.actor.role;
    present.staff = isStaff(member.actor.grants);
    this.#put(present);
    this.#tell(member.participant);
  }

  /** When everybody was last seen, for the leases in the store: now, where their connection lives. A process that dies has seen them until then. */
  seen(): { readonly participant: string; readonly seenAt: number }[] {
    this.#returned.clear();
    return [...this.#people.keys()].map((participant) => this.#seen(participant));
  }

  /** The same of those who have come back after a restart since the last look: a process that dies again soon has seen them too. */
  seenAgain(): { readonly participant: string; readonly seenAt: number }[] {
    const returned = [...this.#returned].filter((participant) => this.#people.has(participant));
    this.#returned.clear();
    return returned.map((participant) => this.#seen(participant));
  }

  /**
   * Somebody comes back, and has not joined yet. After a silence that was longer than the grace, and that nobody has noticed, they had gone:
   * the time in between is no attendance. After a restart it was the server that was away, and the grace is another one.
   */
  lookBack(participant: string): void {
    const present = this.#people.get(participant);
    if (!present || present.members.length > 0 || present.isExpected) return;
    const { seenAt } = present;
    // A class is not held for somebody who is here again.
    if (seenAt < this.#options.now() - BACK_LATE_MS) this.#options.onGone({ participant, seenAt, wasStaff: false });
  }

  /** When somebody was last seen, where that is not now; null: they are here, or not present at all. */
  lastSeenAt(participant: string): number | null {
    const present = this.#people.get(participant);
    if (!present) return null;
    const latest = Math.max(present.seenAt, ...present.members.map((member) => member.lastSeenAt));
    const isHere = present.members.length > 0 && latest > this.#options.now() - SILENT_MS;
    return isHere ? null : latest;
  }

  /** Everyone, for somebody who has just come. */
  full(): string {
    const joined = this.#people.size > LIMITS.maxPresenceNames ? [] : [...this.#people.values()].map(entryOf);
    return frame({ version: this.#version, full: true, count: this.#people.size, joined, left: [] });
  }

  close(): void {
    if (this.#flushTimer) clearTimeout(this.#flushTimer);
    for (const { leaveTimer } of this.#people.values()) if (leaveTimer) clearTimeout(leaveTimer);
    this.#people.clear();
    this.#teaching.clear();
  }

  #put(present: Present): void {
    const { participant, role } = present;
    this.#people.set(participant, present);
    if (isStaffRole(role)) this.#teaching.add(participant);
    else this.#teaching.delete(participant);
  }

  #seen(participant: string): { readonly participant: string; readonly seenAt: number } {
    return { participant, seenAt: this.lastSeenAt(participant) ?? this.#options.now() };
  }

  #startLeaving(present: Present, graceMs: number): void {
    if (present.leaveTimer) clearTimeout(present.leaveTimer);
    present.leaveTimer = setTimeout(() => {
      this.#forget(present);
      this.#options.onGone({ participant: present.participant, seenAt: present.seenAt, wasStaff: present.staff });
    }, graceMs);
  }

  #forget(present: Present): void {
    if (present.leaveTimer) clearTimeout(present.leaveTimer);
    this.#people.delete(present.participant);
    this.#teaching.delete(present.participant);
    this.#changed.delete(present.participant);
    this.#left.add(present.participant);
    this.#schedule();
  }

  #tell(participant: string): void {
    this.#left.delete(participant);
    this.#changed.add(participant);
    this.#schedule();
  }

  #schedule(): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = null;
      this.#flush();
    }, FLUSH_MS);
  }

  #flush(): void {
    this.#version += 1;
    const tooMany = this.#people.size > LIMITS.maxPresenceNames;
    const joined = tooMany
      ? []
      : [...this.#changed].flatMap((participant) => this.#people.get(participant) ?? []).map(entryOf);
    const left = tooMany ? [] : [...this.#left];
    this.#changed.clear();
    this.#left.clear();
    this.#options.publish(frame({ version: this.#version, full: tooMany, count: this.#people.size, joined, left }));
  }
}

function entryOf({ participant, role, members }: Present): PresenceFrame['joined'][number] {
  return { participant, role, ...(members.length === 0 ? { away: true } : {}) };
}

function frame(presence: PresenceFrame): string {
  return JSON.stringify({ frame: 'presence', ...presence });
}
