import type { Actor, MediaFrame, ServerFrameOf, WaitingReason } from '@lms-live/protocol';
import type { Knocker } from './doorstep.js';
import type { MediaGuest } from './media-desk.js';

const OFF = { audio: false, video: false, share: false } as const;

/** Somebody played by a script, as the class sees them: with a media session, or at the door. */
export class Puppet implements MediaGuest, Knocker {
  readonly participant: string;
  readonly #actor: () => Actor;
  readonly #listeners = new Set<(signal: ServerFrameOf<'signal'>) => void>();
  /** The last wish; `rev` counts them. */
  wish: MediaFrame = { frame: 'media', rev: 0, open: false, take: false, live: false, ...OFF };
  /** The connection of the media session is lost. */
  isAway = false;
  waitsFor: WaitingReason | null = null;
  waitsSince = 0;
  note: string | null = null;

  constructor(participant: string, actor: () => Actor) {
    this.participant = participant;
    this.#actor = actor;
  }

  get actor(): Actor {
    return this.#actor();
  }

  send(frame: ServerFrameOf<'session'> | ServerFrameOf<'signal'>): void {
    if (frame.frame === 'session') this.wish = withSession(this.wish, frame.session?.session);
    else for (const listener of [...this.#listeners]) listener(frame);
  }

  onSignal(listener: (signal: ServerFrameOf<'signal'>) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** The session to come back to. */
function withSession({ session: _before, ...wish }: MediaFrame, session: string | undefined): MediaFrame {
  return session === undefined ? wish : { ...wish, session };
}
