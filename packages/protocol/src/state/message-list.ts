import { IdMap } from './id-map.js';

const CHUNK = 128;

/** What a list keeps: `offset` orders it, `id` is null for a tombstone. */
export interface Listed {
  readonly offset: number;
  readonly id: string | null;
}

/** A frozen list by offset in chunks of 128: a change copies one chunk, whatever the length. */
export class MessageList<T extends Listed> {
  readonly length: number;
  readonly #chunks: readonly (readonly T[])[];
  readonly #offsets: IdMap<number>;

  private constructor(chunks: readonly (readonly T[])[], offsets: IdMap<number>, length: number) {
    this.#chunks = chunks;
    this.#offsets = offsets;
    this.length = length;
  }

  static empty<T extends Listed>(): MessageList<T> {
    return EMPTY_LIST as unknown as MessageList<T>;
  }

  static from<T extends Listed>(items: readonly T[]): MessageList<T> {
    const sorted = [...items].sort((a, b) => a.offset - b.offset);
    const chunks: T[][] = [];
    for (let index = 0; index < sorted.length; index += CHUNK) chunks.push(sorted.slice(index, index + CHUNK));
    const ids = sorted.flatMap((item) => (item.id === null ? [] : [[item.id, item.offset] as const]));
    return new MessageList(chunks, IdMap.from(ids), sorted.length);
  }

  get first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  get last(): T | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  get(id: string): T | undefined {
    const offset = this.#offsets.get(id);
    return offset === undefined ? undefined : this.#at(offset)?.item;
  }

  /** The last `count` items, in order. */
  tail(count: number): T[] {
    const items: T[] = [];
    for (let index = this.#chunks.length - 1; index >= 0 && items.length < count; index -= 1) {
      items.unshift(...(this.#chunks[index] as readonly T[]));
    }
    return items.slice(-count);
  }

  /** The items from `start` up to and without `end`, by index. */
  slice(start: number, end: number): T[] {
    const items: T[] = [];
    let index = 0;
    for (const chunk of this.#chunks) {
      if (index >= end) break;
      if (index + chunk.length > start) items.push(...chunk.slice(Math.max(0, start - index), end - index));
      index += chunk.length;
    }
    return items;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** Adds an item behind all others; one whose offset is not behind the last is ignored. */
  push(item: T): MessageList<T> {
    const end = this.#chunks.at(-1);
    if (end && (end.at(-1) as T).offset >= item.offset) return this;
    const chunks =
      end && end.length < CHUNK ? [...this.#chunks.slice(0, -1), [...end, item]] : [...this.#chunks, [item]];
    return new MessageList(
      chunks,
      item.id === null ? this.#offsets : this.#offsets.set(item.id, item.offset),
      this.length + 1,
    );
  }

  /** Adds older items before the first; those that are not older are left out. */
  prepend(items: readonly T[]): MessageList<T> {
    const firstOffset = this.first?.offset ?? Infinity;
    const older = items.filter((item) => item.offset < firstOffset);
    return older.length === 0 ? this : MessageList.from([...older, ...this]);
  }

  /** Puts an item in the place of the one with this id; a new null id forgets the old one. */
  replace(id: string, change: (item: T) => T): MessageList<T> {
    const offset = this.#offsets.get(id);
    const found = offset === undefined ? undefined : this.#at(offset);
    if (!found) return this;
    const item = change(found.item);
    const chunk = (this.#chunks[found.chunk] as readonly T[]).slice();
    chunk[found.index] = item;
    const chunks = this.#chunks.slice();
    chunks[found.chunk] = chunk;
    return new MessageList(chunks, item.id === null ? this.#offsets.delete(id) : this.#offsets, this.length);
  }

  /** Keeps the last items: at least `count`, at most a chunk more. */
  keepLast(count: number): MessageList<T> {
    let dropped = 0;
    let chunks = 0;
    while (
      chunks < this.#chunks.length &&
      this.length - dropped - (this.#chunks[chunks] as readonly T[]).length >= count
    ) {
      dropped += (this.#chunks[chunks] as readonly T[]).length;
      chunks += 1;
    }
    return chunks === 0 ? this : MessageList.from(this.#chunks.slice(chunks).flat());
  }

  toJSON(): T[] {
    return [...this];
  }

  #at(offset: number): { chunk: number; index: number; item: T } | undefined {
    const chunk = lastAtOrBefore(this.#chunks, offset, (items) => (items[0] as T).offset);
    const items = this.#chunks[chunk];
    if (!items) return undefined;
    const index = lastAtOrBefore(items, offset, (item) => item.offset);
    const item = items[index];
    return item?.offset === offset ? { chunk, index, item } : undefined;
  }
}

const EMPTY_LIST = MessageList.from<Listed>([]);

/** Binary search: the index of the last element whose key is at most `key`, or -1. */
function lastAtOrBefore<E>(list: readonly E[], key: number, keyOf: (element: E) => number): number {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (keyOf(list[middle] as E) <= key) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}
