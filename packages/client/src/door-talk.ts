import { LIMITS, type ClientFrameInput, type KnockFrame, type ServerFrameOf } from '@lms-live/protocol';
import { NOTHING_SAID } from './no-media.js';
import type { Store } from './store.js';
import type { Door, Environment, Knock } from './types.js';

export interface DoorTalkOptions {
  readonly store: Store;
  readonly environment: Pick<Environment, 'nowMs'>;
  /** From the host; null: none. */
  readonly password: string | null;
  readonly send: (frame: ClientFrameInput) => void;
}

/**
 * What is said at the door, either way. A password that was not refused, and the note to the staff, are said again on each new connection of this page;
 * they are kept in its memory alone.
 */
export class DoorTalk {
  readonly #options: DoorTalkOptions;
  #password: string | null;
  #note: string | null = null;
  /** The note was told on this connection. */
  #isNoteTold = false;

  constructor(options: DoorTalkOptions) {
    this.#options = options;
    this.#password = options.password;
  }

  /** What of it goes with the hello of a new connection. */
  hello(): Pick<KnockFrame, 'password'> {
    this.#isNoteTold = false;
    return this.#password === null ? {} : { password: this.#password };
  }

  knock({ password, note }: Knock): void {
    const { store, send } = this.#options;
    const isWaiting = store.state.connection.state === 'waiting';
    const said: { password?: string; note?: string } = {};
    if (password) said.password = this.#password = password.slice(0, LIMITS.maxPasswordChars);
    if (note !== undefined) {
      said.note = note.trim().slice(0, LIMITS.maxNoteChars);
      this.#note = said.note || null;
      this.#isNoteTold = isWaiting;
      this.#update({ note: this.#note });
    }
    if (isWaiting) send({ frame: 'knock', ...said });
  }

  /** The server has said why one waits. */
  waits({ why, isWrong = false, retryAfterMs, message }: ServerFrameOf<'waiting'>): void {
    const { environment, send } = this.#options;
    const retryAt = retryAfterMs ? environment.nowMs() + retryAfterMs : null;
    // Said again by itself it would use up the tries that are left.
    if (isWrong || retryAt !== null) this.#password = null;
    this.#update({ isWrong, retryAt, ...(message && { message: Object.freeze(message) }) });
    if (this.#note === null || this.#isNoteTold || !ANSWERED.has(why)) return;
    this.#isNoteTold = true;
    send({ frame: 'knock', note: this.#note });
  }

  /** Whoever is in has nothing more to say here. */
  welcomed(): void {
    this.#note = null;
    this.#options.store.update({ door: NOTHING_SAID });
  }

  #update(changes: Partial<Door>): void {
    const { store } = this.#options;
    store.update({ door: Object.freeze({ ...store.state.door, ...changes }) });
  }
}

/** Where the staff read who waits. */
const ANSWERED: ReadonlySet<string> = new Set(['lobby', 'locked', 'full']);
