import type { Revocation, Store } from '../storage/types.js';
import type { Identity } from './types.js';

/** How often the store is read again: what another server withdrew counts here within twice this. */
const READ_AGAIN_MS = 1_000;

/** Of one tenant. They live as long as its tokens may: whoever needs more of them changes the key instead. */
export const MAX_REVOCATIONS = 10_000;

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
  /** By tenant, then by kind and value. */
  #entries = new Map<string, Map<string, Revocation>>();
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
    await this.#write(() => this.#store?.addRevocation(revocation));
    const known = this.#get(revocation);
    const before = Math.max(revocation.before, known?.before ?? 0);
    const until = Math.max(revocation.until, known?.until ?? 0);
    add(this.#entries, { ...revocation, before, until });
    this.#tell();
  }

  /** Lets the tokens count again. @returns whether they were withdrawn @throws {StoreUnavailable} */
  async lift(name: RevocationName): Promise<boolean> {
    const wasThere = this.#get(name) !== undefined;
    const removed = await this.#write(() => this.#store?.removeRevocation(name));
    this.#entries.get(name.tenant)?.delete(keyOf(name));
    return removed ?? wasThere;
  }

  /** Those of a tenant that matter now, by kind and value. */
  of(tenant: string): readonly Revocation[] {
    const now = this.#now();
    return [...(this.#entries.get(tenant)?.values() ?? [])]
      .filter(({ until }) => until > now)
      .sort((a, b) => compare(a.kind, b.kind) || compare(a.value, b.value));
  }

  /** Whether one more of this tenant would be too many. */
  isFull(tenant: string): boolean {
    return (this.#entries.get(tenant)?.size ?? 0) >= MAX_REVOCATIONS;
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
    const entry = this.#get(name);
    return entry && entry.until > this.#now() ? entry : null;
  }

  #get(name: RevocationName): Revocation | undefined {
    return this.#entries.get(name.tenant)?.get(keyOf(name));
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
    const isMore = entries.some((entry) => entry.before !== this.#get(entry)?.before);
    this.#entries = new Map();
    for (const entry of entries) add(this.#entries, entry);
    if (isMore) this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function add(entries: Map<string, Map<string, Revocation>>, entry: Revocation): void {
  const ofTenant = entries.get(entry.tenant) ?? new Map<string, Revocation>();
  entries.set(entry.tenant, ofTenant.set(keyOf(entry), entry));
}

/** No kind holds a space. */
function keyOf({ kind, value }: RevocationName): string {
  return `${kind} ${value}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
