/** Numbers for what one person has several of at once: the smallest that is free, so that who goes and comes back has the same again. */
export class ConnectionNumbers<Connection extends object> {
  readonly #taken = new Map<string, Set<number>>();
  readonly #given = new Map<Connection, { readonly person: string; readonly number: number }>();

  /** From 1. The same for the same connection until it is given back. */
  of(connection: Connection, person: string): number {
    const given = this.#given.get(connection);
    if (given?.person === person) return given.number;
    this.giveBack(connection);
    const taken = this.#taken.get(person) ?? new Set();
    let number = 1;
    while (taken.has(number)) number += 1;
    this.#taken.set(person, taken.add(number));
    this.#given.set(connection, { person, number });
    return number;
  }

  giveBack(connection: Connection): void {
    const given = this.#given.get(connection);
    if (given === undefined) return;
    this.#given.delete(connection);
    const taken = this.#taken.get(given.person);
    taken?.delete(given.number);
    if (taken?.size === 0) this.#taken.delete(given.person);
  }
}
