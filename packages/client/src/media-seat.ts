import { LIMITS, type ClientFrameInput, type MediaSession, type ServerFrameOf } from '@lms-live/protocol';
import { NO_MEDIA } from './no-media.js';
import type { Environment, MediaState, MediaWish } from './types.js';

export interface MediaSeatOptions {
  readonly environment: Pick<Environment, 'setTimer' | 'clearTimer'>;
  readonly send: (frame: ClientFrameInput) => void;
  readonly isUp: () => boolean;
  readonly changed: (state: MediaState) => void;
}

/** This tab's place among the media sessions of a class: says what is wanted until the server has it, and keeps the list. */
export class MediaSeat {
  readonly #options: MediaSeatOptions;
  #state = NO_MEDIA;
  #wish: MediaWish | null = null;
  #rev = 0;
  #answered = 0;
  /** The session to come back to. */
  #session: string | null = null;
  #timer: unknown = null;

  constructor(options: MediaSeatOptions) {
    this.#options = options;
  }

  get wish(): MediaWish | null {
    return this.#wish;
  }

  want(wish: MediaWish | null): void {
    if (wish === null && this.#wish === null) return;
    this.#wish = wish;
    this.#rev += 1;
    if (wish === null) this.#session = null;
    this.#set({ settled: false, ...(wish === null ? { own: null, why: null } : {}) });
    this.#tell();
  }

  /** A connection was welcomed: nothing of it is known there yet. */
  welcomed(): void {
    this.#answered = -1;
    if (this.#wish) this.#tell();
    else this.#set({ settled: true, own: null });
  }

  down(): void {
    this.#stopTimer();
  }

  /** The list of the room. Who is missing from one that is not complete stays. */
  listed({ sessions, complete }: ServerFrameOf<'media'>): void {
    const listed = new Map(sessions.map((session) => [session.session, this.#kept(session)] as const));
    const missing = complete ? [] : [...this.#state.sessions].filter(([session]) => !listed.has(session));
    this.#set({ sessions: new Map([...missing, ...listed]), complete });
  }

  /** @returns the sources that were on by the last wish and are off by the server's word */
  answered({ rev, session, why }: ServerFrameOf<'session'>): readonly ('audio' | 'video' | 'share')[] {
    if (rev < this.#rev) return [];
    this.#answered = rev;
    this.#stopTimer();
    this.#session = session?.session ?? null;
    if (this.#wish) {
      // Once: another tab may take it over from this one later.
      const { take: _taken, ...wish } = this.#wish;
      this.#wish = wish;
    }
    const own = session && this.#same(this.#state.own, session);
    this.#set({ own, why, settled: true });
    const wish = this.#wish;
    return wish && session
      ? (['audio', 'video', 'share'] as const).filter((source) => wish[source] && !session[source])
      : [];
  }

  #kept(session: MediaSession): MediaSession {
    return this.#same(this.#state.sessions.get(session.session) ?? null, session);
  }

  #same(before: MediaSession | null, session: MediaSession): MediaSession {
    return before && JSON.stringify(before) === JSON.stringify(session) ? before : Object.freeze(session);
  }

  #tell(): void {
    this.#stopTimer();
    if (!this.#options.isUp() || this.#answered === this.#rev) return;
    const { take, ...wish } = this.#wish ?? { live: false, audio: false, video: false, share: false };
    this.#options.send({
      frame: 'media',
      rev: this.#rev,
      open: this.#wish !== null,
      ...(this.#session === null ? {} : { session: this.#session }),
      ...(take === true ? { take } : {}),
      ...wish,
    });
    this.#timer = this.#options.environment.setTimer(() => this.#tell(), LIMITS.mediaRetryMs);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.environment.clearTimer(this.#timer);
    this.#timer = null;
  }

  #set(changes: Partial<MediaState>): void {
    this.#state = Object.freeze({ ...this.#state, ...changes });
    this.#options.changed(this.#state);
  }
}
