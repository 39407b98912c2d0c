const BUCKETS = 256;
const EMPTY: readonly undefined[] = Object.freeze(new Array<undefined>(BUCKETS).fill(undefined));

/**
 * A frozen map by id: `set` and `delete` give a new map that shares all but one of 256 buckets with the old one,
 * so that a room of 100,000 messages folds another event without being copied.
 */
export class IdMap<V> {
  readonly size: number;
  readonly #buckets: readonly (ReadonlyMap<string, V> | undefined)[];

  private constructor(buckets: readonly (ReadonlyMap<string, V> | undefined)[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  static empty<V>(): IdMap<V> {
    return EMPTY_MAP as IdMap<V>;
  }

  static from<V>(entries: Iterable<readonly [string, V]>): IdMap<V> {
    const buckets: (Map<string, V> | undefined)[] = [...EMPTY];
    let size = 0;
    for (const [id, value] of entries) {
      const index = bucketOf(id);
      const bucket = (buckets[index] ??= new Map<string, V>());
      if (!bucket.has(id)) size += 1;
      bucket.set(id, value);
    }
    return new IdMap<V>(buckets, size);
  }

  get(id: string): V | undefined {
    return this.#buckets[bucketOf(id)]?.get(id);
  }

  has(id: string): boolean {
    return this.#buckets[bucketOf(id)]?.has(id) ?? false;
  }

  set(id: string, value: V): IdMap<V> {
    const index = bucketOf(id);
    const old = this.#buckets[index];
    const bucket = new Map(old);
    bucket.set(id, value);
    return new IdMap(replaced(this.#buckets, index, bucket), this.size + (old?.has(id) ? 0 : 1));
  }

  delete(id: string): IdMap<V> {
    const index = bucketOf(id);
    const old = this.#buckets[index];
    if (!old?.has(id)) return this;
    const bucket = new Map(old);
    bucket.delete(id);
    return new IdMap<V>(replaced(this.#buckets, index, bucket.size > 0 ? bucket : undefined), this.size - 1);
  }

  *entries(): IterableIterator<[string, V]> {
    for (const bucket of this.#buckets) if (bucket) yield* bucket;
  }

  *keys(): IterableIterator<string> {
    for (const [id] of this.entries()) yield id;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /** Entries sorted by id: two maps with the same content give the same JSON. */
  toJSON(): [string, V][] {
    return [...this.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

const EMPTY_MAP = IdMap.from<unknown>([]);

/** FNV-1a (32 bits) folded to a bucket: ids are random already, it only has to spread. */
function bucketOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (BUCKETS - 1);
}

function replaced<T>(list: readonly T[], index: number, value: T): readonly T[] {
  const copy = list.slice();
  copy[index] = value;
  return copy;
}
