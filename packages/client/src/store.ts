import { EMPTY_VIEWS } from '@lms-live/protocol';
import { callSafely } from './emitter.js';
import { NO_MEDIA, NOBODY_WAITS, NOTHING_SAID } from './no-media.js';
import type { Environment, RoomState } from './types.js';

/** While the class is caught up with, thousands of events fold into a few notifications. */
const SYNC_WINDOW_MS = 50;

export const INITIAL_STATE: RoomState = Object.freeze<RoomState>({
  connection: Object.freeze({
    state: 'idle',
    why: null,
    error: null,
    retryAt: null,
    synced: false,
    outbox: 'memory',
  }),
  me: null,
  joined: false,
  roomId: null,
  views: EMPTY_VIEWS,
  pending: Object.freeze([]),
  presence: Object.freeze({ count: 0, people: new Map() }),
  typing: Object.freeze([]),
  media: NO_MEDIA,
  lobby: NOBODY_WAITS,
  door: NOTHING_SAID,
  roster: null,
  clockOffsetMs: 0,
  ice: Object.freeze([]),
  heads: Object.freeze({}),
});

/** The one frozen state. It changes at once; who has subscribed hears of many changes together, in a task of its own. */
export class Store {
  readonly #environment: Pick<Environment, 'setTimer' | 'clearTimer'>;
  readonly #listeners = new Set<(state: RoomState) => void>();
  #state = INITIAL_STATE;
  #told = INITIAL_STATE;
  #timer: unknown = null;
  /** The timer that runs is that of catching up. */
  #isSlow = false;
  #isDisposed = false;

  constructor(environment: Pick<Environment, 'setTimer' | 'clearTimer'>) {
    this.#environment = environment;
  }

  get state(): RoomState {
    return this.#state;
  }

  subscribe(listener: (state: RoomState) => void): () => void {
    const own = (state: RoomState): void => listener(state);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  update(changes: Partial<RoomState>): void {
    const keys = Object.keys(changes) as (keyof RoomState)[];
    if (keys.every((key) => changes[key] === this.#state[key])) return;
    this.#state = Object.freeze({ ...this.#state, ...changes });
    this.#plan();
  }

  updateConnection(changes: Partial<RoomState['connection']>): void {
    const { connection } = this.#state;
    const keys = Object.keys(changes) as (keyof RoomState['connection'])[];
    if (keys.some((key) => changes[key] !== connection[key]))
      this.update({ connection: Object.freeze({ ...connection, ...changes }) });
  }

  /** Tells now what has changed. */
  flush(): void {
    if (this.#timer !== null) this.#environment.clearTimer(this.#timer);
    this.#timer = null;
    if (this.#told === this.#state) return;
    this.#told = this.#state;
    for (const listener of [...this.#listeners]) callSafely(listener, this.#state);
  }

  /** Tells everybody the state as it is: somebody new listens who knows another one. */
  touch(): void {
    this.#told = INITIAL_STATE;
    this.#plan();
  }

  dispose(): void {
    this.#listeners.clear();
    if (this.#timer !== null) this.#environment.clearTimer(this.#timer);
    this.#timer = null;
    this.#isDisposed = true;
  }

  #plan(): void {
    if (this.#isDisposed) return;
    const isSyncing = this.#isSyncing();
    // All is there now: it is not waited for any longer.
    if (this.#timer !== null && this.#isSlow && !isSyncing) {
      this.#environment.clearTimer(this.#timer);
      this.#timer = null;
    }
    if (this.#timer !== null) return;
    this.#isSlow = isSyncing;
    this.#timer = this.#environment.setTimer(() => this.flush(), isSyncing ? SYNC_WINDOW_MS : 0);
  }

  #isSyncing(): boolean {
    const { state, synced } = this.#state.connection;
    return state === 'online' && !synced;
  }
}
