import { hash } from 'node:crypto';

/** A few hundred bytes each: the people of a large school who come in within one life of a token. */
const MAX_ENTRIES = 10_000;

/**
 * What was verified, by the SHA-256 of the token: a reconnect does not verify again, and a token is not kept.
 * The oldest entry makes room for a new one.
 */
export class TokenCache<T> {
  readonly #entries = new Map<string, T>();
  readonly #maxEntries: number;

  constructor(maxEntries = MAX_ENTRIES) {
    this.#maxEntries = maxEntries;
  }

  static keyOf(token: string, tenant: string): string {
    return hash('sha256', `${tenant}\n${token}`, 'base64');
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    if (this.#entries.size >= this.#maxEntries) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  get size(): number {
    return this.#entries.size;
  }
}
