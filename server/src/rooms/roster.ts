import { isRole, LIMITS, type Role } from '@lms-live/protocol';
import { shownName } from '../auth/shown-name.js';
import type { RosterEntry, Store } from '../storage/types.js';
import type { Room } from './room.js';

/** Changes are told together, this often at most. */
const FLUSH_MS = 500;
/** People of a list who are given their ids at once: others use the store as well. */
const AT_ONCE = 50;

export interface RosterOptions {
  readonly store: Pick<Store, 'roster'>;
  readonly room: Room;
  /** The random id of a person in this room, made where they have none. */
  readonly participantOf: (sub: string) => Promise<string>;
  /** Tells the staff. */
  readonly tell: (text: string) => void;
  /** The room goes on; somebody has to look. */
  readonly onError: (error: unknown) => void;
}

interface Expected {
  readonly participant: string;
  readonly name: string | null;
  readonly role: RosterEntry['role'];
}

/** Who is expected in a room, as its staff are told. The list is read when somebody first needs it. */
export class Roster {
  readonly #options: RosterOptions;
  /** null: not read yet. */
  #people: readonly Expected[] | null = null;
  #told: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** Counts how often the list was another one: what was read before is not it. */
  #turn = 0;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** Shows it to one who has just become staff here. */
  async show(send: (text: string) => void): Promise<void> {
    try {
      if (this.#options.room.row.expected === null) return;
      const text = await this.#frame();
      // What others were told may be older: they are told what has changed since.
      this.#told ??= text;
      send(text);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Replaces it; null: there is none any more. Everyone on it has an id from now on, so that presence and list name them alike. @throws {TypeError} on a role that nobody can have */
  async set(people: readonly RosterEntry[] | null): Promise<void> {
    const wrong = people?.find(({ role }) => !isRosterRole(role));
    if (wrong) throw new TypeError(`nobody on a list is a ${String(wrong.role)}`);
    const named = people?.map(({ name, ...entry }) => ({ ...entry, name: shownName(name ?? '') || null })) ?? null;
    await this.#options.room.setRoster(named);
    await this.reread();
  }

  /** It was changed in the store. */
  async reread(): Promise<void> {
    this.#turn += 1;
    this.#people = null;
    await this.#flush();
  }

  /** Somebody's name or role in the class has changed. */
  changed(participant: string): void {
    if (this.#people?.some((person) => person.participant === participant) !== true) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#flush().catch((error: unknown) => {
        this.#options.onError(error);
      });
    }, FLUSH_MS);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #flush(): Promise<void> {
    const text = await this.#frame();
    if (this.#isClosed || text === this.#told) return;
    this.#told = text;
    this.#options.tell(text);
  }

  async #frame(): Promise<string> {
    const people = await this.#read();
    const total = this.#options.room.row.expected ?? 0;
    return JSON.stringify({ frame: 'roster', total, people: people.map((person) => this.#shown(person)) });
  }

  /** The names of a longer list are not told, and nobody on it needs an id before they come. */
  async #read(): Promise<readonly Expected[]> {
    if (this.#people) return this.#people;
    const { room, store } = this.#options;
    const turn = this.#turn;
    const count = room.row.expected ?? 0;
    const people =
      count === 0 || count > LIMITS.maxRosterNames ? [] : await this.#identify(await store.roster(room.key));
    if (turn !== this.#turn) return this.#read();
    this.#people = people;
    return people;
  }

  async #identify(entries: readonly RosterEntry[]): Promise<readonly Expected[]> {
    const people: Expected[] = [];
    for (let at = 0; at < entries.length; at += AT_ONCE) {
      const some = entries.slice(at, at + AT_ONCE).map(async ({ sub, name, role }) => ({
        participant: await this.#options.participantOf(sub),
        name,
        role,
      }));
      people.push(...(await Promise.all(some)));
    }
    return people;
  }

  /** The name that the host has given, else the one they came with; a role that was given in class stands over the list. */
  #shown({ participant, name, role }: Expected): { participant: string; name: string; role: Role } {
    const { all, staff } = this.#options.room.rules;
    const person = all.people.get(participant);
    const key = staff.named.get(participant) ?? person?.named ?? null;
    const known = key === null ? null : (JSON.parse(key) as [string, string | null])[0];
    const now = person?.promoted === true ? person.role : (role ?? person?.role ?? 'student');
    return { participant, name: name ?? known ?? '', role: now };
  }
}

/** A back end is nobody in a class. */
function isRosterRole(role: unknown): boolean {
  return role === null || (isRole(role) && role !== 'service');
}
