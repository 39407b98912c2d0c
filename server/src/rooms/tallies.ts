import { LIMITS } from '@lms-live/protocol';
import type { Room } from './room.js';

/** Tells the class how many vote, at most twice a second and question: the last count always comes. */
export class Tallies {
  readonly #room: Room;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #toldAt = new Map<string, number>();

  constructor(room: Room) {
    this.#room = room;
    for (const question of room.staleTallies()) this.mark(question);
  }

  /** The votes for a question have changed. */
  mark(question: string): void {
    if (this.#timers.has(question)) return;
    const sinceMs = performance.now() - (this.#toldAt.get(question) ?? -Infinity);
    const timer = setTimeout(
      () => {
        this.#timers.delete(question);
        this.#toldAt.set(question, performance.now());
        void this.#room
          .submit({ command: { type: 'system.tally', question, votes: this.#room.votesFor(question) }, actor: null })
          .then((answer) => {
            // The store was away: the count is still owed.
            if (!answer.ok) this.mark(question);
          });
      },
      Math.max(0, LIMITS.tallyIntervalMs - sinceMs),
    );
    this.#timers.set(question, timer);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
