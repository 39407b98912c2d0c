import { isEarlyEntry, type Role } from '@lms-live/protocol';
import type { PasswordAnswer, Passwords } from '../admission/passwords.js';
import type { Lobby } from './lobby.js';
import { Places } from './places.js';
import type { Presence } from './presence.js';
import type { Room } from './room.js';

export interface DoorOptions {
  readonly room: Room;
  readonly now: () => number;
  readonly lobby: Lobby;
  readonly presence: Presence;
  readonly passwords: Passwords;
  /** A place that was kept for somebody is free. */
  readonly onFreed: () => void;
}

/** What is asked of whoever comes to one room: its password, the right time, and a place. */
export class Door {
  readonly places: Places;
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
    const { room, lobby, presence, onFreed } = options;
    this.places = new Places({
      capacity: () => room.rules.all.room.capacity,
      taken: () => presence.placesTaken,
      isTaken: (participant) => presence.has(participant),
      queue: () => lobby.queue,
      onFreed,
    });
  }

  /** Whether somebody has yet to give the password: not whoever is here, who may come back, nor who was right once. */
  needsPassword(participant: string): boolean {
    const { room, presence, passwords } = this.#options;
    const { passwordHash: hash, key } = room.row;
    if (hash === null || presence.has(participant)) return false;
    return !passwords.hasPassed({ key, hash, participant });
  }

  /** Looks at a password; the right one is remembered for this person as long as it stays that one. */
  async tryPassword(attempt: {
    readonly participant: string;
    readonly address: string;
    readonly text: string;
  }): Promise<PasswordAnswer> {
    const { room, passwords } = this.#options;
    const { passwordHash: hash, key } = room.row;
    return hash === null ? { right: true } : passwords.try({ key, hash, ...attempt });
  }

  /** Whether it is open to people of this role although the class has not begun. */
  isEarlyFor(role: Role): boolean {
    return isEarlyEntry({ room: this.#options.room.rules.all.room, role, now: this.#options.now() });
  }

  /** The clock has moved: whoever waits for the class comes in where it is open to them by now. */
  look(): void {
    const { lobby } = this.#options;
    if (lobby.size === 0) return;
    for (const waiter of lobby.waiters)
      if (this.isEarlyFor(waiter.actor.role) && lobby.isWaitingFor(waiter, 'not_started')) waiter.reconsider();
  }

  close(): void {
    this.places.close();
  }
}
