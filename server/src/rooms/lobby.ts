import { LIMITS, type LobbyPerson, type WaitingReason } from '@lms-live/protocol';
import type { LobbyMessage, Waiter } from './member.js';

/** Changes are told together, this often at most. */
const FLUSH_MS = 150;

export interface LobbyOptions {
  readonly now: () => number;
  /** Tells those who may admit. */
  readonly tell: (text: string) => void;
}

interface Waiting {
  readonly why: WaitingReason;
  readonly since: number;
  /** What they have written with their knock. */
  readonly note: string | null;
}

/** Those at the door of one room, and what the staff are told of them. Whoever waits for the class to start waits for nobody's answer, and is not shown. */
export class Lobby {
  readonly #options: LobbyOptions;
  readonly #waiters = new Map<Waiter, Waiting>();
  /** The last word to everyone at the door, for whoever comes later. */
  #message: LobbyMessage | null = null;
  #timer: NodeJS.Timeout | null = null;
  #told: string;
  /** Places in the queue of those for whom there is none, by participant; null: to be counted again. */
  #queue: ReadonlyMap<string, number> | null = null;

  constructor(options: LobbyOptions) {
    this.#options = options;
    this.#told = this.frame();
  }

  get waiters(): readonly Waiter[] {
    return [...this.#waiters.keys()];
  }

  /** Connections that wait, for whatever reason. */
  get size(): number {
    return this.#waiters.size;
  }

  /** The last word of the staff to everyone who waits. */
  get message(): LobbyMessage | null {
    return this.#message;
  }

  wait(waiter: Waiter, why: WaitingReason): void {
    const known = this.#waiters.get(waiter);
    if (known?.why === why) return;
    this.#waiters.set(waiter, { why, since: known?.since ?? this.#options.now(), note: known?.note ?? null });
    this.#changed();
  }

  stopWaiting(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) this.#changed();
  }

  /** Somebody who waits has written something; an empty text takes it back. */
  note(waiter: Waiter, text: string): void {
    const known = this.#waiters.get(waiter);
    if (!known) return;
    this.#waiters.set(waiter, { ...known, note: text === '' ? null : text });
    this.#changed();
  }

  /** A word to everyone who waits, also later; or to one of them. */
  say(message: LobbyMessage, to?: string): void {
    if (to === undefined) this.#message = message;
    for (const waiter of this.waiters) if (to === undefined || waiter.participant === to) waiter.hear(message);
  }

  isWaitingFor(waiter: Waiter, why: WaitingReason): boolean {
    return this.#waiters.get(waiter)?.why === why;
  }

  /** The people who wait for one of these reasons, the longest first. */
  waitingFor(...reasons: readonly WaitingReason[]): readonly string[] {
    const people = new Set<string>();
    for (const [{ participant }, { why }] of this.#waiters) if (reasons.includes(why)) people.add(participant);
    return [...people];
  }

  /** Who waits for a place in a class that is full, with how many are before them. */
  get queue(): ReadonlyMap<string, number> {
    this.#queue ??= new Map(this.waitingFor('full').map((participant, at) => [participant, at]));
    return this.#queue;
  }

  /** Who waits, the longest first; a person with two tabs waits once. */
  frame(): string {
    const people = new Map<string, LobbyPerson>();
    for (const [waiter, { why, since, note }] of this.#waiters) {
      // Whoever waits for the class to start, or for a password of their own, waits for nobody's answer.
      if (why === 'not_started' || why === 'password') continue;
      const { participant } = waiter;
      const known = people.get(participant);
      if (known) {
        if (note !== null && known.note === undefined) people.set(participant, { ...known, note });
        continue;
      }
      const { name, picture } = waiter.actor;
      people.set(participant, {
        participant,
        name,
        ...(picture === null ? {} : { picture }),
        since,
        why,
        ...(note === null ? {} : { note }),
      });
    }
    const named = [...people.values()].sort((a, b) => a.since - b.since).slice(0, LIMITS.maxLobbyNames);
    return JSON.stringify({ frame: 'lobby', count: people.size, people: named });
  }

  /** What was said to those who waited is not for those of another class. */
  forgetMessage(): void {
    this.#message = null;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiters.clear();
  }

  #changed(): void {
    this.#queue = null;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const text = this.frame();
      if (text === this.#told) return;
      this.#told = text;
      this.#options.tell(text);
    }, FLUSH_MS);
  }
}
