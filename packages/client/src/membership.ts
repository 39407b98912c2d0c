import type { Emitter } from './emitter.js';
import { LmsError } from './errors.js';
import type { Store } from './store.js';
import type { LmsErrorDetail } from './types.js';

export interface MembershipOptions {
  readonly store: Store;
  readonly emitter: Emitter;
  readonly send: (type: 'person.join' | 'person.leave') => Promise<unknown>;
  /** Connects again, where that was given up. */
  readonly reconnect: () => void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: LmsError) => void;
}

/** Being present in the class: asked for with each hello, or by a command on a connection that is there already. */
export class Membership {
  readonly #options: MembershipOptions;
  #isWanted = false;
  /** The last hello asked for it. */
  #isAsked = false;
  #waiters: Waiter[] = [];

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Settles when this person is present, however long that takes. @throws {LmsError} where that will not be */
  async join(): Promise<void> {
    const { store, send, reconnect } = this.#options;
    this.#isWanted = true;
    if (store.state.joined) return;
    const { state } = store.state.connection;
    if (state === 'online') {
      await send('person.join');
      this.#set(true);
      return;
    }
    if (state === 'failed' || state === 'ended' || state === 'closed') reconnect();
    await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  async leave(): Promise<void> {
    const { store, send } = this.#options;
    this.#isWanted = false;
    if (!store.state.joined) return;
    if (store.state.connection.state === 'online') {
      await send('person.leave').catch((error: unknown) => {
        // The server may answer by closing the socket.
        if (!(error instanceof LmsError && error.code === 'closed')) throw error;
      });
    }
    this.#set(false);
  }

  /** Whether to ask for it in the hello that is being said. */
  hello(): boolean {
    this.#isAsked = this.#isWanted;
    return this.#isAsked;
  }

  welcomed(): void {
    if (this.#isAsked || !this.#isWanted) this.#set(this.#isAsked);
    else this.join().catch(() => undefined);
  }

  /** The connection will not come back by itself. */
  ended(reason: LmsErrorDetail): void {
    this.#set(false);
    for (const { reject } of this.#waiters.splice(0)) reject(new LmsError(reason));
  }

  #set(joined: boolean): void {
    const { store, emitter } = this.#options;
    const { joined: before, me } = store.state;
    if (joined !== before) {
      store.update({ joined });
      if (me) emitter.emit(joined ? 'joined' : 'left', { participant: me.participant });
    }
    if (joined) for (const { resolve } of this.#waiters.splice(0)) resolve();
  }
}
