import { SUBPROTOCOL } from '@lms-live/protocol';
import { Emitter } from './emitter.js';
import { clientError, LmsError } from './errors.js';
import type { RoomHandle } from './room-handle.js';
import type { Session } from './session.js';
import type { SessionOptions } from './session-options.js';
import { Store } from './store.js';
import type { Environment, LmsErrorDetail, SocketLike } from './types.js';

/** Before the code of the session is asked for again. */
const RELOAD_MS = 2_000;

interface Waiting {
  readonly resolve: (session: Session) => void;
  readonly reject: (error: LmsError) => void;
}

/**
 * What the holders of one connection share. The state is there at once; the session itself is loaded beside it, while the socket
 * opens, so that it stands in the way of nothing that is drawn first. What is asked of it before waits, in order.
 */
export class SharedSession {
  readonly store: Store;
  readonly emitter = new Emitter();
  readonly environment: Environment;
  readonly keys = new Set<string>();
  readonly handles = new Set<RoomHandle>();
  /** Runs while it is kept for somebody who may come back. */
  graceTimer: unknown = null;
  readonly #options: SessionOptions;
  #session: Session | null = null;
  #waiting: Waiting[] = [];
  #firstSocket: SocketLike | null = null;
  #reloadTimer: unknown = null;
  #isClosed = false;
  #failure: LmsErrorDetail | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.environment = options.environment;
    this.store = new Store(options.environment);
  }

  /** null until it is loaded. */
  get session(): Session | null {
    return this.#session;
  }

  start(): void {
    this.store.updateConnection({ state: 'connecting' });
    const { environment, address, token } = this.#options;
    if (token !== null) {
      try {
        this.#firstSocket = environment.openSocket(address.socket, SUBPROTOCOL);
        // `ws` in Node throws an error that nobody hears.
        this.#firstSocket.onerror = () => undefined;
      } catch {
        // The session will try again, and say why it cannot.
      }
    }
    void this.#load();
  }

  /** Shows why it is not started. */
  fail(error: LmsErrorDetail): void {
    this.#failure = error;
    this.store.updateConnection({ state: 'failed', error });
    queueMicrotask(() => this.emitter.emit('error', error));
  }

  /** Does something with the session: now, or when it is there. */
  do<T>(work: (session: Session) => T): Promise<Awaited<T>> {
    if (this.#session) return runNow(work, this.#session);
    if (this.#isClosed || this.#failure) return Promise.reject(new LmsError(this.#failure ?? clientError('closed')));
    return new Promise<Session>((resolve, reject) => this.#waiting.push({ resolve, reject })).then(work) as Promise<
      Awaited<T>
    >;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#reloadTimer !== null) this.environment.clearTimer(this.#reloadTimer);
    this.#firstSocket?.close();
    this.#session?.close();
    for (const { reject } of this.#waiting.splice(0)) reject(new LmsError(clientError('closed')));
    this.store.updateConnection({ state: 'closed', why: null, error: null, retryAt: null });
    this.store.flush();
    this.store.dispose();
  }

  async #load(): Promise<void> {
    this.#reloadTimer = null;
    try {
      const { Session } = await import('./session.js');
      if (this.#isClosed) return;
      const { store, emitter } = this;
      const firstSocket = this.#firstSocket;
      this.#firstSocket = null;
      const session = new Session({ ...this.#options, store, emitter, firstSocket });
      this.#session = session;
      for (const { resolve } of this.#waiting.splice(0)) resolve(session);
      // After what was asked of it, in its own order: the hello says whether to join.
      queueMicrotask(() => {
        if (!this.#isClosed) session.start();
      });
    } catch {
      this.#loadLater();
    }
  }

  /** The page lost its network between its own code and this one's. */
  #loadLater(): void {
    if (this.#isClosed) return;
    const { environment, store } = this;
    store.updateConnection({ error: clientError('server_unreachable'), retryAt: environment.nowMs() + RELOAD_MS });
    this.#reloadTimer = environment.setTimer(() => void this.#load(), RELOAD_MS);
  }
}

/** At once; what is thrown is a rejection. */
async function runNow<T>(work: (session: Session) => T, session: Session): Promise<Awaited<T>> {
  return await work(session);
}
