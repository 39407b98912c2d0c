import type { Presence } from '@lms-live/protocol';
import type { PresentPerson, RoomState } from './types.js';

type Present = RoomState['presence'];

export interface PresenceChange {
  readonly presence: Present;
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** Who is joined right now, from full lists and numbered differences. */
export class PresenceList {
  #version: number | null = null;
  #isMissing = false;
  #presence: Present;

  constructor(presence: Present) {
    this.#presence = presence;
  }

  /** A difference could not be applied: only a full list helps. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  /** A new connection: what is known stays shown until the server has said who is there. */
  restart(): void {
    this.#version = null;
    this.#isMissing = false;
  }

  /** @returns what has changed; null where a version is missing, so that a full list is needed */
  receive({ version, full, count, joined, left }: Presence): PresenceChange | null {
    if (full) {
      this.#version = version;
      this.#isMissing = false;
      const people = new Map(joined.map((person) => [person.participant, presentOf(person)] as const));
      // A list is no news: it comes with a connection, or stands for people who are too many to be named.
      return this.#change(people, count, true);
    }
    if (this.#isMissing || this.#version === null || version > this.#version + 1) {
      this.#isMissing = true;
      return null;
    }
    if (version <= this.#version) return { presence: this.#presence, joined: [], left: [] };
    this.#version = version;
    const people = new Map(this.#presence.people);
    for (const participant of left) people.delete(participant);
    for (const person of joined) people.set(person.participant, presentOf(person));
    return this.#change(people, count, false);
  }

  #change(people: Map<string, PresentPerson>, count: number, isQuiet: boolean): PresenceChange {
    const before = this.#presence.people;
    this.#presence = Object.freeze({ count, people });
    if (isQuiet) return { presence: this.#presence, joined: [], left: [] };
    return {
      presence: this.#presence,
      joined: [...people.keys()].filter((participant) => !before.has(participant)),
      left: [...before.keys()].filter((participant) => !people.has(participant)),
    };
  }
}

function presentOf({ participant, role, away = false }: Presence['joined'][number]): PresentPerson {
  return Object.freeze({ participant, role, away });
}
