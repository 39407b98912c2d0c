import type { EventType } from '@lms-live/protocol';
import type { StoredEvent } from '../storage/types.js';
import type { RoomListener } from './room-options.js';

/** A public room may be looked at by any number of people: the oldest make room. */
const MAX_PEOPLE = 5_000;
/** After these the store may answer otherwise. */
const TURNING: ReadonlySet<EventType> = new Set<EventType>(['person.barred', 'erased']);

/**
 * The people of one room who were asked for in the store and are not banned there, so that a whole class that comes back asks it nothing.
 * Good for a room to which nobody else commits: what changes an answer is an event of that room, and after it nothing is known.
 */
export class KnownPeople implements RoomListener {
  readonly #maxPeople: number;
  /** Participants by sub. */
  readonly #participants = new Map<string, string>();
  /** Not banned, and about to be given their id. */
  readonly #cleared = new Set<string>();
  #turn = 0;

  constructor(maxPeople = MAX_PEOPLE) {
    this.#maxPeople = maxPeople;
  }

  get size(): number {
    return this.#participants.size;
  }

  /** The id of somebody who is not banned; null: the store has to be asked for both. */
  find(sub: string): string | null {
    return this.#participants.get(sub) ?? null;
  }

  /** Asks whether somebody is banned, and keeps a no. */
  async isBanned(sub: string, ask: () => Promise<boolean>): Promise<boolean> {
    if (this.#participants.has(sub)) return false;
    const turn = this.#turn;
    const banned = await ask();
    if (!banned && turn === this.#turn) this.#clear(sub);
    return banned;
  }

  /** Keeps an id that the store has given, where the one it belongs to was found not to be banned and nothing has happened since. */
  remember(sub: string, participant: string): void {
    if (!this.#cleared.delete(sub)) return;
    if (this.#participants.size >= this.#maxPeople) dropOldest(this.#participants);
    this.#participants.set(sub, participant);
  }

  onEvent({ type }: Pick<StoredEvent, 'type'>): void {
    if (!TURNING.has(type)) return;
    this.#turn += 1;
    this.#participants.clear();
    this.#cleared.clear();
  }

  #clear(sub: string): void {
    if (this.#cleared.size >= this.#maxPeople) dropOldest(this.#cleared);
    this.#cleared.add(sub);
  }
}

function dropOldest(people: Map<string, string> | Set<string>): void {
  const oldest = people.keys().next();
  if (oldest.done !== true) people.delete(oldest.value);
}
