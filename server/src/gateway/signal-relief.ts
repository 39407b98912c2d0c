import { LIMITS } from '@lms-live/protocol';
import type { Session } from './session.js';

const LOOK_EVERY_MS = 500;

/**
 * What is of the moment is the first thing that a slow reader goes without: while more waits for a socket than it has read,
 * typing, reactions, presence and the list of the call stay away from it, so that its room is for the logs.
 * Once it has caught up it is told how things stand.
 */
export class SignalRelief {
  readonly #sessions: Iterable<Session>;
  readonly #behind = new Set<Session>();
  readonly #timer: NodeJS.Timeout;

  constructor(sessions: Iterable<Session>) {
    this.#sessions = sessions;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  forget(session: Session): void {
    this.#behind.delete(session);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const session of this.#sessions) {
      const { admitted, socket } = session;
      if (!admitted || this.#behind.has(session)) continue;
      if (socket.bufferedBytes() <= LIMITS.signalBacklogBytes) continue;
      socket.unsubscribe(admitted.live.topics.now);
      this.#behind.add(session);
    }
    for (const session of this.#behind) {
      if (session.socket.bufferedBytes() > 0) continue;
      this.#behind.delete(session);
      const { admitted, socket } = session;
      if (!admitted) continue;
      socket.subscribe(admitted.live.topics.now);
      socket.send(admitted.live.presence.full());
      socket.send(admitted.live.media.frame());
    }
  }
}
