import { Worker } from 'node:worker_threads';
import { StoreHealth, type OnStoreChange } from '../health.js';
import { StoreUnavailable, type Store } from '../types.js';
import type { EngineOptions } from './engine.js';
import type { Link } from './link.js';
import { errorOf, type Arguments, type Operation, type Reply, type Result } from './messages.js';
import { findNewDatabase, type NewDatabase } from './new-database.js';
import { openWorkerLink } from './worker-link.js';

/** More than a working disk ever lets wait; beyond it the store says that it cannot keep up. */
const MAX_PENDING = 10_000;

export interface SqliteStoreOptions extends EngineOptions {
  /**
   * Runs SQLite in this thread instead of a worker, which blocks the event loop while it works. Default: no, except
   * where this file runs from its TypeScript source (tests), since Node 20 has no worker for that.
   */
  readonly inline?: boolean;
  /** Default: nobody is told. */
  readonly onChange?: OnStoreChange | undefined;
  /** Told once it is open, where there was no database before. Default: nobody is told. */
  readonly onNew?: OnNewDatabase | undefined;
}

export type OnNewDatabase = (what: NewDatabase, dataDir: string) => void;

/**
 * Opens the store in `dataDir`, which is made where it is missing. One process at a time may have it open; the lock
 * goes with the process, however it ends.
 * @throws {StoreUnavailable} where another process has it, the file cannot be read and written, or it is gone and its log is not
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { inline = import.meta.url.endsWith('.ts'), onChange, onNew, ...engine } = options;
  const isNew = findNewDatabase(engine.dataDir);
  const calls = new Calls(onChange);
  const events = {
    onReplies: (replies: readonly Reply[]) => calls.settle(replies),
    onLost: (error: Error) => calls.rejectAll(error),
  };
  const spawn = () => new Worker(new URL('./worker.js', import.meta.url), { workerData: engine, name: 'storage' });
  if (!inline) calls.link = await openWorkerLink({ ...events, spawn });
  else {
    // Here alone this thread needs SQLite; elsewhere a start would wait for what it never uses.
    const { openInlineLink } = await import('./inline-link.js');
    calls.link = await openInlineLink(engine, events);
  }
  if (isNew) onNew?.(isNew, engine.dataDir);
  return storeOf(calls);
}

interface PendingCall {
  readonly operation: Operation;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Numbers the calls and brings each its answer. */
class Calls {
  link: Link | null = null;
  readonly #pending = new Map<number, PendingCall>();
  readonly #health: StoreHealth;
  #lastId = 0;
  #closed: Promise<void> | undefined;

  constructor(onChange: OnStoreChange | undefined) {
    this.#health = new StoreHealth({ onChange, probe: () => this.ask('check') });
  }

  async ask<M extends Operation>(operation: M, ...args: Arguments<M>): Promise<Result<M>> {
    const { link } = this;
    if (link === null) throw new StoreUnavailable('the store is closed', { fault: 'closed' });
    if (this.#pending.size >= MAX_PENDING) {
      const error = new StoreUnavailable('the store cannot keep up', { fault: 'overloaded' });
      this.#health.failed(error);
      throw error;
    }
    const id = ++this.#lastId;
    link.send({ id, operation, args });
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { operation, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  settle(replies: readonly Reply[]): void {
    for (const reply of replies) {
      const call = this.#pending.get(reply.id);
      this.#pending.delete(reply.id);
      if (reply.ok) {
        if (call?.operation === 'check') this.#health.works();
        call?.resolve(reply.value);
      } else {
        const error = errorOf(reply.failure);
        this.#health.failed(error);
        call?.reject(error);
      }
    }
  }

  rejectAll(error: Error): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    if (this.link !== null) this.#health.failed(error);
    for (const call of lost) call.reject(error);
  }

  close(): Promise<void> {
    this.#health.close();
    this.#closed ??= this.link?.close() ?? Promise.resolve();
    this.link = null;
    return this.#closed;
  }
}

function storeOf(calls: Calls): Store {
  const forward =
    <M extends Operation>(operation: M) =>
    (...args: Arguments<M>) =>
      calls.ask(operation, ...args);
  return {
    createRoom: forward('createRoom'),
    getRoom: forward('getRoom'),
    getRoomByKey: forward('getRoomByKey'),
    listRooms: forward('listRooms'),
    deleteRoom: forward('deleteRoom'),
    dueRooms: forward('dueRooms'),
    participantOf: forward('participantOf'),
    participants: forward('participants'),
    heads: forward('heads'),
    movedSince: forward('movedSince'),
    revisions: forward('revisions'),
    readEvents: forward('readEvents'),
    readEvent: forward('readEvent'),
    readAbout: forward('readAbout'),
    readOfTypes: forward('readOfTypes'),
    readPage: forward('readPage'),
    commit: forward('commit'),
    findCommand: forward('findCommand'),
    votes: forward('votes'),
    isBanned: forward('isBanned'),
    saveCheckpoint: forward('saveCheckpoint'),
    loadCheckpoint: forward('loadCheckpoint'),
    touchLeases: forward('touchLeases'),
    openLeases: forward('openLeases'),
    changeRecord: forward('changeRecord'),
    setRoster: forward('setRoster'),
    roster: forward('roster'),
    rosterEntry: forward('rosterEntry'),
    roomsOfPerson: forward('roomsOfPerson'),
    dropFromRosters: forward('dropFromRosters'),
    addRevocation: forward('addRevocation'),
    removeRevocation: forward('removeRevocation'),
    revocations: forward('revocations'),
    saveStatement: forward('saveStatement'),
    statements: forward('statements'),
    unsignedRooms: forward('unsignedRooms'),
    saveRequest: forward('saveRequest'),
    findRequest: forward('findRequest'),
    settings: forward('settings'),
    check: forward('check'),
    close: () => calls.close(),
    async setting(name, make) {
      return (await calls.ask('getSetting', name)) ?? calls.ask('addSetting', name, make());
    },
  };
}
