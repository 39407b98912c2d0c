import { randomId } from '../environment.js';
import { isNamed } from '../token/claims.js';
import type { Outbox, OutboxItem, OutboxNews, OutboxOwner } from '../types.js';
import { Lanes, type ChannelLike, type LocksLike } from './lanes.js';
import { MemoryOutbox } from './memory-outbox.js';
import { Rows, type Row, type RowsOptions } from './rows.js';

/** What nobody has come back for is nobody's any more. Its owner would not have it sent after a day, but is told of it. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 60 * 60 * 1_000;

/** What of the browser it is made of. */
export interface KeptPlatform extends Pick<RowsOptions, 'indexedDB' | 'setTimer' | 'clearTimer'> {
  readonly locks: LocksLike;
  readonly openChannel: (name: string) => ChannelLike;
  readonly nowMs: () => number;
}

/** @returns what the browser gives; each is looked up when it is needed */
export function browserPlatform(): KeptPlatform {
  return {
    indexedDB: globalThis.indexedDB,
    locks: navigator.locks,
    openChannel: (name) => new BroadcastChannel(name),
    setTimer: (callback, ms) => setTimeout(callback, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
    nowMs: () => Date.now(),
  };
}

/**
 * Opens the outbox of one person in one room, with what tabs that are gone have left in it. Where nothing may be stored, what is left is taken
 * out of the database, into memory.
 * @throws {DOMException} where storage or locks are refused
 */
export async function openKeptOutbox(
  owner: OutboxOwner,
  news: OutboxNews,
  platform: KeptPlatform = browserPlatform(),
): Promise<Outbox> {
  if (owner.storage === 'memory' && !(await Rows.areThere(platform))) return new MemoryOutbox();
  const outbox = await KeptOutbox.open(owner, news, platform);
  if (owner.storage === 'indexeddb') {
    news.keeps(true);
    return outbox;
  }
  const memory = new MemoryOutbox();
  for (const item of await outbox.list()) await memory.add(item);
  await outbox.wipe();
  return memory;
}

/** Keeps unsent commands on this device: each tab its own, and those of tabs that are gone. */
export class KeptOutbox implements Outbox {
  readonly #owner: OutboxOwner;
  readonly #scope: string;
  readonly #lane = randomId();
  readonly #news: OutboxNews;
  readonly #rows: Rows;
  readonly #lanes: Lanes;
  #isOpening = true;
  #isClosed = false;

  private constructor({
    owner,
    news,
    rows,
    platform,
  }: {
    readonly owner: OutboxOwner;
    readonly news: OutboxNews;
    readonly rows: Rows;
    readonly platform: KeptPlatform;
  }) {
    this.#owner = owner;
    this.#scope = scopeOf(owner);
    this.#news = news;
    this.#rows = rows;
    this.#lanes = new Lanes({
      locks: platform.locks,
      channel: platform.openChannel('lms-live:outbox'),
      scope: this.#scope,
      lane: this.#lane,
      orphaned: (lane) => this.#adopt(lane),
    });
  }

  static async open(owner: OutboxOwner, news: OutboxNews, platform: KeptPlatform): Promise<KeptOutbox> {
    let lost = (): void => undefined;
    const rows = await Rows.open({ ...platform, lost: () => lost() });
    const outbox = new KeptOutbox({ owner, news, rows, platform });
    lost = () => outbox.#lost();
    try {
      await outbox.#open(platform.nowMs());
      return outbox;
    } catch (error) {
      await outbox.close();
      throw error;
    }
  }

  async add(item: OutboxItem): Promise<void> {
    const { server, person } = this.#owner;
    const row: Row = { scope: this.#scope, server, person, lane: this.#lane, cmid: item.cmid, item };
    try {
      await this.#rows.add(row);
    } catch (error) {
      this.#lost();
      throw error;
    }
  }

  async remove(cmid: string): Promise<void> {
    await this.#rows.remove(cmid);
  }

  async list(): Promise<readonly OutboxItem[]> {
    const rows = await this.#rows.ofScope(this.#scope);
    return rows.filter(({ lane }) => lane === this.#lane).map(({ item }) => item);
  }

  /** What other tabs of this person have stored is theirs to wipe. */
  async wipe(): Promise<void> {
    await this.#rows.removeWhere(this.#scope, ({ lane }) => lane === this.#lane);
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#lanes.close();
    this.#rows.close();
  }

  async #open(nowMs: number): Promise<void> {
    await this.#lanes.take();
    await this.#rows.removeWhere(null, ({ item }) => nowMs - item.at > FORGOTTEN_AFTER_MS);
    await this.#rows.move(this.#scope, (row) => isOfSamePerson(row, this.#owner));
    const lanes = new Set((await this.#rows.ofScope(this.#scope)).map(({ lane }) => lane));
    for (const lane of lanes) await this.#lanes.claim(lane);
    this.#isOpening = false;
  }

  async #adopt(lane: string): Promise<void> {
    const rows = await this.#rows.hand(this.#scope, lane, this.#lane);
    // Those that are there when it is opened are in its list.
    if (!this.#isOpening && !this.#isClosed && rows.length > 0) this.#news.adopted(rows.map(({ item }) => item));
  }

  /** Full, refused or gone. What is here goes on as long as the page does. */
  #lost(): void {
    if (!this.#isClosed) this.#news.keeps(false);
  }
}

/** A server that was set back to an older copy may know the same person by another participant. */
function isOfSamePerson(row: Row, { server, tenant, room, person }: OutboxOwner): boolean {
  if (row.server !== server || row.person !== person || !isNamed(person)) return false;
  const [, rowTenant, rowRoom] = JSON.parse(row.scope) as readonly unknown[];
  return rowTenant === tenant && rowRoom === room;
}

function scopeOf({ server, tenant, room, participant }: OutboxOwner): string {
  return JSON.stringify([server, tenant, room, participant]);
}

/** Removes rows of this origin. @throws {DOMException} where the storage cannot be reached */
export async function wipeRows(
  isMeant: (row: Row) => boolean,
  platform: KeptPlatform = browserPlatform(),
): Promise<void> {
  if (!(await Rows.areThere(platform))) return;
  const rows = await Rows.open({ ...platform, lost: () => undefined });
  try {
    await rows.removeWhere(null, isMeant);
  } finally {
    rows.close();
  }
}
