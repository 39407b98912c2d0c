import type { CommandInput, CommandType, SignalBody, SignalKind } from '@lms-live/protocol';
import type { Session } from './session.js';
import type { RoomClient, RoomEvents, RoomState } from './types.js';

export interface HandleOwner {
  released(handle: RoomHandle): void;
  /** This person leaves: nobody on the page wants to be present any more. */
  left(handle: RoomHandle): void;
}

/** What one holder has of a session that others may share. It stays the same when two sessions turn out to be one. */
export class RoomHandle implements RoomClient {
  /** This holder wants to be present. */
  wantsJoin: boolean;
  readonly #owner: HandleOwner;
  #session: Session;
  /** Each listens to the session of the day. */
  readonly #listeners = new Map<(session: Session) => () => void, () => void>();
  #isReleased = false;

  constructor(session: Session, owner: HandleOwner, wantsJoin: boolean) {
    this.#session = session;
    this.#owner = owner;
    this.wantsJoin = wantsJoin;
  }

  getState(): RoomState {
    return this.#session.store.state;
  }

  subscribe(listener: (state: RoomState) => void): () => void {
    return this.#listen((session) => session.store.subscribe(listener));
  }

  on<K extends keyof RoomEvents>(event: K, listener: (detail: RoomEvents[K]) => void): () => void {
    return this.#listen((session) => session.emitter.on(event, listener));
  }

  send<T extends CommandType>(type: T, body: CommandInput<T>): Promise<Readonly<Record<string, unknown>>> {
    return this.#session.send(type, body as Record<string, unknown>);
  }

  retryPending(cmid: string): void {
    this.#session.retryPending(cmid);
  }

  dropPending(cmid: string): void {
    this.#session.dropPending(cmid);
  }

  signal<K extends SignalKind>(kind: K, body: SignalBody<K>): void {
    this.#session.signal(kind, body as Record<string, unknown>);
  }

  join(): Promise<void> {
    this.wantsJoin = true;
    return this.#session.join();
  }

  leave(): Promise<void> {
    this.#owner.left(this);
    return this.#session.leave();
  }

  loadOlderMessages(): Promise<boolean> {
    return this.#session.loadOlderMessages();
  }

  retry(): void {
    this.#session.retry();
  }

  setToken(token: string): void {
    this.#session.setToken(token);
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    for (const stop of this.#listeners.values()) stop();
    this.#listeners.clear();
    this.#owner.released(this);
  }

  /** The same person in the same room turned out to be connected already. */
  moveTo(session: Session): void {
    this.#session = session;
    for (const [attach, stop] of this.#listeners) {
      stop();
      this.#listeners.set(attach, attach(session));
    }
    session.store.touch();
  }

  #listen(attach: (session: Session) => () => void): () => void {
    if (this.#isReleased) return () => undefined;
    this.#listeners.set(attach, attach(this.#session));
    return () => {
      this.#listeners.get(attach)?.();
      this.#listeners.delete(attach);
    };
  }
}
