import {
  LIMITS,
  type ClientFrameInput,
  type MediaSession,
  type MediaSource,
  type ServerFrameOf,
} from '@lms-live/protocol';
import { NO_MEDIA } from './no-media.js';
import type { Environment, MediaState, MediaWish } from './types.js';

export interface MediaSeatOptions {
  readonly environment: Pick<Environment, 'setTimer' | 'clearTimer'>;
  readonly send: (frame: ClientFrameInput) => void;
  readonly isUp: () => boolean;
  readonly changed: (state: MediaState) => void;
}

const SOURCES = ['audio', 'video', 'share'] as const;

/** This tab's place among the media sessions of a class: says what is wanted until the server has it, and keeps the list. */
export class MediaSeat {
  readonly #options: MediaSeatOptions;
  #state = NO_MEDIA;
  #wish: MediaWish | null = null;
  #rev = 0;
  #answered = 0;
  /** The session to come back to, or to end. */
  #session: string | null = null;
  /** What was listed on this connection: if it is missing from a later list, it is gone. */
  readonly #listed = new Set<string>();
  /** What was told to be turned off, of the wish that stands. */
  readonly #muted = new Set<MediaSource>();
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
    this.#muted.clear();
    this.#set({ settled: false, why: null, ...(wish === null ? { own: null } : {}) });
    this.#tell();
  }

  /** A connection was welcomed: nothing of it is known there yet. */
  welcomed(): void {
    this.#answered = -1;
    this.#listed.clear();
    const { why } = this.#state;
    // Whoever stood back for another tab goes on doing so: after a restart of the server it may be the later one to come.
    const standsBack = why === 'elsewhere' || why === 'taken';
    if (!standsBack && (this.#wish !== null || this.#session !== null)) this.#tell();
    else this.#set({ settled: true, own: null });
  }

  down(): void {
    this.#stopTimer();
  }

  /** The list of the room. Who is missing from one that is not complete stays, where nothing else says that they are gone. */
  listed({ sessions, complete }: ServerFrameOf<'media'>): void {
    const before = this.#state.sessions;
    const listed = new Map(sessions.map((session) => [session.session, this.#kept(session)] as const));
    const people = new Set(sessions.map(({ participant }) => participant));
    const missing = complete
      ? []
      : [...before].filter(
          ([id, { participant }]) => !listed.has(id) && !this.#listed.has(id) && !people.has(participant),
        );
    for (const id of listed.keys()) this.#listed.add(id);
    const next = new Map([...missing, ...listed]);
    if (complete === this.#state.complete && isSame(before, next)) return;
    this.#set({ sessions: next, complete });
  }

  /** Staff have removed somebody: they are not on the way back. */
  removed(participant: string): void {
    const { sessions } = this.#state;
    const staying = [...sessions].filter(([id, one]) => one.participant !== participant || this.#listed.has(id));
    if (staying.length < sessions.size) this.#set({ sessions: new Map(staying) });
  }

  /**
   * Staff have turned a source off. A wish that was on its way meanwhile may have turned it on again without knowing: so the next one says off.
   * @returns false where it is off anyway
   */
  muted(source: MediaSource): boolean {
    if (!this.#wish?.[source]) return false;
    this.want({ ...this.#wish, [source]: false });
    return true;
  }

  /** @returns the sources that staff, or a change of rights, have turned off since they were wished for; each once */
  answered({ rev, session, why }: ServerFrameOf<'session'>): readonly MediaSource[] {
    if (rev < this.#rev) return [];
    this.#answered = rev;
    this.#stopTimer();
    this.#session = session?.session ?? null;
    const wish = this.#wish;
    if (wish) {
      // Once: another tab may take it over from this one later.
      const { take: _taken, ...rest } = wish;
      this.#wish = rest;
    }
    const before = this.#state.own;
    this.#set({ own: session && this.#same(before, session), why, settled: true });
    if (!wish || !session) return [];
    // What was never allowed was not turned off.
    const muted = SOURCES.filter(
      (source) =>
        wish[source] &&
        !session[source] &&
        (session.may[source] || before?.[source] === true) &&
        !this.#muted.has(source),
    );
    for (const source of muted) this.#muted.add(source);
    return muted;
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

function isSame(before: MediaState['sessions'], next: MediaState['sessions']): boolean {
  return before.size === next.size && [...next].every(([id, session]) => before.get(id) === session);
}
