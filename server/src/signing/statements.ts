import { LIMITS, type EventBody } from '@lms-live/protocol';
import { foldAttendance, reportHeadsOf } from '../reports/read-reports.js';
import { readLog } from '../reports/read-log.js';
import type { Room } from '../rooms/room.js';
import { NoSuchRoom, type RoomKey, type Store, type StoredEvent } from '../storage/types.js';
import type { SigningKeys } from './signing-keys.js';
import { attendanceClaims, headClaims, STATEMENT_TYPE, type StatementClaims } from './statement.js';

export interface StatementsOptions {
  readonly store: Store;
  readonly keys: SigningKeys;
  /** The public URL of the server. */
  readonly issuer: string;
  readonly now: () => number;
  /** A class is not signed yet, and is tried again. */
  readonly onError: (error: unknown) => void;
  /** Default: `LIMITS.seenIntervalMs`. */
  readonly retryMs?: number;
}

/**
 * Signs a statement each time that a class has ended, one after the other. What is not signed when the process dies is signed at the next
 * start: the store knows which rooms have ended since they were signed last.
 */
export class Statements {
  readonly #options: StatementsOptions;
  readonly #waiting = new Set<RoomKey>();
  readonly #failed = new Set<RoomKey>();
  readonly #retryMs: number;
  #work: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: StatementsOptions) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? LIMITS.seenIntervalMs;
  }

  /** Signs what an earlier process has left, beside everything else. */
  async catchUp(): Promise<void> {
    for (const key of await this.#options.store.unsignedRooms()) this.#soon(key);
  }

  /** Signs whenever this room ends. */
  watch(room: Room): void {
    room.listen({
      onEvent: (event) => {
        if (isEnd(event)) this.#soon(room.key);
      },
    });
  }

  /** Settles when nothing waits that can be signed now. */
  async settled(): Promise<void> {
    while (this.#work) await this.#work;
  }

  /** Finishes the one that is under way; what waits is left to the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#work;
  }

  #soon(key: RoomKey): void {
    this.#waiting.add(key);
    this.#start();
  }

  #start(): void {
    if (this.#isClosed || this.#work) return;
    this.#work = this.#signAll().finally(() => {
      this.#work = null;
      if (this.#waiting.size > 0) this.#start();
    });
  }

  async #signAll(): Promise<void> {
    for (const key of this.#waiting) {
      if (this.#isClosed) return;
      this.#waiting.delete(key);
      try {
        await this.#sign(key);
      } catch (error) {
        // A room that was deleted meanwhile has nothing to be signed.
        if (error instanceof NoSuchRoom) continue;
        this.#options.onError(error);
        this.#failed.add(key);
        this.#retry ??= setTimeout(() => this.#tryAgain(), this.#retryMs).unref();
      }
    }
  }

  #tryAgain(): void {
    this.#retry = null;
    for (const key of this.#failed) this.#waiting.add(key);
    this.#failed.clear();
    this.#start();
  }

  async #sign(key: RoomKey): Promise<void> {
    const { store, keys, issuer, now } = this.#options;
    const row = await store.getRoomByKey(key);
    if (!row) return;
    // All heads of one moment; the folds go no further.
    const { heads } = await store.movedSince({ key, revision: -1 });
    const reach = reportHeadsOf(heads);
    const end = await lastEnd(store, { key, upTo: reach.all });
    if (!end) return;
    const report = (await foldAttendance({ store, key, heads: reach })).report(end.at);
    const id = String(end.offset);
    const claims: StatementClaims = {
      iss: issuer,
      iat: Math.floor(now() / 1_000),
      jti: id,
      tenant: row.tenant,
      room: row.id,
      endedAt: end.at,
      ...attendanceClaims(report),
      logs: headClaims(heads),
    };
    await store.saveStatement(key, { id, at: end.at, jws: keys.sign(STATEMENT_TYPE, claims) });
  }
}

async function lastEnd(
  store: Store,
  { key, upTo }: { readonly key: RoomKey; readonly upTo: number },
): Promise<StoredEvent | null> {
  let last: StoredEvent | null = null;
  for await (const event of readLog(store, { key, log: 'all', owner: '', types: ['room.changed'], upTo }))
    if (isEnd(event)) last = event;
  return last;
}

function isEnd({ log, type, body }: StoredEvent): boolean {
  return (
    log === 'all' &&
    type === 'room.changed' &&
    body !== null &&
    (JSON.parse(body) as EventBody<'room.changed'>).state === 'ended'
  );
}
