import type { Revocation, Store } from '../storage/types.js';
import type { Identity } from './types.js';

/** How often the store is read again: what another server withdrew counts here within twice this. */
const READ_AGAIN_MS = 1_000;

/** Where revocations are kept: a part of `Store`. */
export type RevocationStore = Pick<Store, 'addRevocation' | 'removeRevocation' | 'revocations'>;

/** What names a person or a token. */
export type RevocationName = Pick<Revocation, 'tenant' | 'kind' | 'value'>;

/** What of an identity decides whether it was withdrawn. */
export type Revocable = Pick<Identity, 'sub' | 'tokenId' | 'issuedAt'> & { readonly tenant: { readonly id: string } };

/**
 * Tokens that count no more although they have not expired: of a person (`sub`), those issued before a moment and those that do not say
 * when they were issued; or one token (`jti`). Durable before it has an effect, then at once on this server, and within two seconds on
 * others that share the store. A store that is away takes nothing back: what was withdrawn stays so.
 */
export class Revocations {
  #entries: ReadonlyMap<string, Revocation> = new Map();
  /** Writes of this server that have begun or ended: what was read meanwhile may lack them. */
  #writes = 0;
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #isClosed = false;
  readonly #listeners = new Set<() => void>();
  readonly #store: RevocationStore | null;
  readonly #now: () => number;

  private constructor(store: RevocationStore | null, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Reads what is withdrawn, and goes on reading it. @throws {StoreUnavailable} */
  static async open(store: RevocationStore, now: () => number): Promise<Revocations> {
    const revocations = new Revocations(store, now);
    await revocations.#read();
    revocations.#readLater();
    return revocations;
  }

  /** Kept in memory alone: for a server without a store. */
  static inMemory(now: () => number): Revocations {
    return new Revocations(null, now);
  }

  /** Whether this token was withdrawn, or every token of its person that is as old. */
  isRevoked({ tenant: { id: tenant }, sub, tokenId, issuedAt }: Revocable): boolean {
    if (this.#entries.size === 0) return false;
    const person = this.#find({ tenant, kind: 'sub', value: sub });
    if (person && (issuedAt === null || issuedAt < person.before)) return true;
    return tokenId !== null && this.#find({ tenant, kind: 'jti', value: tokenId }) !== null;
  }

  /** Withdraws. Of a person or token that was withdrawn before the later moments stand. @throws {StoreUnavailable} */
  async revoke(revocation: Revocation): Promise<void> {
    const key = keyOf(revocation);
    await this.#write(() => this.#store?.addRevocation(revocation));
    const known = this.#entries.get(key);
    this.#set([
      ...this.#entries.values(),
      {
        ...revocation,
        before: Math.max(revocation.before, known?.before ?? 0),
        until: Math.max(revocation.until, known?.until ?? 0),
      },
    ]);
    this.#tell();
  }

  /** Lets the tokens count again. @returns whether they were withdrawn @throws {StoreUnavailable} */
  async lift(name: RevocationName): Promise<boolean> {
    const key = keyOf(name);
    const wasThere = this.#entries.has(key);
    const removed = await this.#write(() => this.#store?.removeRevocation(name));
    this.#set([...this.#entries.values()].filter((entry) => keyOf(entry) !== key));
    return removed ?? wasThere;
  }

  /** Those of a tenant that matter now, by kind and value. */
  of(tenant: string): readonly Revocation[] {
    const now = this.#now();
    return [...this.#entries.values()]
      .filter((entry) => entry.tenant === tenant && entry.until > now)
      .sort((a, b) => compare(a.kind, b.kind) || compare(a.value, b.value));
  }

  /** Calls after something was withdrawn, here or on another server. @returns what ends it */
  onRevoked(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Settles when nothing of the store is used any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
    await this.#reading;
  }

  #find(name: RevocationName): Revocation | null {
    const entry = this.#entries.get(keyOf(name));
    return entry && entry.until > this.#now() ? entry : null;
  }

  async #write<T>(work: () => Promise<T> | undefined): Promise<T | undefined> {
    this.#writes += 1;
    try {
      return await work();
    } finally {
      this.#writes += 1;
    }
  }

  #readLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      // A store that is away says so itself; what is known of it stays.
      this.#reading = this.#read().catch(() => undefined);
      void this.#reading.then(() => {
        this.#readLater();
      });
    }, READ_AGAIN_MS);
    this.#timer.unref();
  }

  async #read(): Promise<void> {
    const writes = this.#writes;
    const entries = (await this.#store?.revocations(this.#now())) ?? [];
    if (this.#isClosed || writes !== this.#writes) return;
    const before = this.#entries;
    this.#set(entries);
    const isMore = entries.some((entry) => entry.before !== before.get(keyOf(entry))?.before);
    if (isMore) this.#tell();
  }

  #set(entries: readonly Revocation[]): void {
    this.#entries = new Map(entries.map((entry) => [keyOf(entry), entry]));
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** No id of a tenant and no kind holds a space. */
function keyOf({ tenant, kind, value }: RevocationName): string {
  return `${tenant} ${kind} ${value}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
