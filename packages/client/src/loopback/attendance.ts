import { isStaffRole, type Presence, type Role } from '@lms-live/protocol';

/** Who is joined, and the numbered differences of it. */
export class Attendance {
  readonly #people = new Map<string, { readonly role: Role; readonly away: boolean }>();
  #version = 0;

  get full(): Presence {
    return this.#presence(true, [...this.#people.keys()], []);
  }

  /** Staff take none. */
  get placesTaken(): number {
    return [...this.#people.values()].filter(({ role }) => !isStaffRole(role)).length;
  }

  has(participant: string): boolean {
    return this.#people.has(participant);
  }

  /** @returns what to tell everybody, or null where nothing has changed */
  set(participant: string, person: { readonly role: Role; readonly away: boolean } | null): Presence | null {
    const known = this.#people.get(participant);
    if (person === null ? !known : known?.role === person.role && known.away === person.away) return null;
    if (person) this.#people.set(participant, person);
    else this.#people.delete(participant);
    this.#version += 1;
    return person ? this.#presence(false, [participant], []) : this.#presence(false, [], [participant]);
  }

  #presence(full: boolean, joined: readonly string[], left: string[]): Presence {
    return {
      version: this.#version,
      full,
      count: this.#people.size,
      joined: joined.flatMap((participant) => {
        const person = this.#people.get(participant);
        return person ? [{ participant, ...person }] : [];
      }),
      left,
    };
  }
}
