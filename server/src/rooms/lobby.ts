import { LIMITS, type LobbyPerson, type WaitingReason } from '@lms-live/protocol';
import type { Waiter } from './member.js';

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
}

/** Those at the door of one room, and what the staff are told of them. Whoever waits for the class to start waits for nobody's answer, and is not shown. */
export class Lobby {
  readonly #options: LobbyOptions;
  readonly #waiters = new Map<Waiter, Waiting>();
  #timer: NodeJS.Timeout | null = null;
  #told: string;

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

  wait(waiter: Waiter, why: WaitingReason): void {
    const known = this.#waiters.get(waiter);
    if (known?.why === why) return;
    this.#waiters.set(waiter, { why, since: known?.since ?? this.#options.now() });
    this.#changed();
  }

  stopWaiting(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) this.#changed();
  }

  /** Who waits, the longest first; a person with two tabs waits once. */
  frame(): string {
    const people = new Map<string, LobbyPerson>();
    for (const [waiter, { why, since }] of this.#waiters) {
      // Whoever waits for the class to start, or for a password of their own, waits for nobody's answer.
      if (why === 'not_started' || why === 'password' || people.has(waiter.participant)) continue;
      const { name, picture } = waiter.actor;
      people.set(waiter.participant, {
        participant: waiter.participant,
        name,
        ...(picture === null ? {} : { picture }),
        since,
        why,
      });
    }
    const named = [...people.values()].sort((a, b) => a.since - b.since).slice(0, LIMITS.maxLobbyNames);
    return JSON.stringify({ frame: 'lobby', count: people.size, people: named });
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiters.clear();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const text = this.frame();
      if (text === this.#told) return;
      this.#told = text;
      this.#options.tell(text);
    }, FLUSH_MS);
  }
}
