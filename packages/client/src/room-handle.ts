import type { CommandInput, CommandType, RtcBody, SignalBody, SignalKind } from '@lms-live/protocol';
import { clientError, LmsError } from './errors.js';
import type { Session } from './session.js';
import type { SharedSession } from './shared-session.js';
import type { Knock, MediaWish, RoomClient, RoomEvents, RoomState } from './types.js';

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
  #shared: SharedSession;
  /** Each listens to the session of the day. */
  readonly #listeners = new Map<(shared: SharedSession) => () => void, () => void>();
  #isReleased = false;

  constructor(shared: SharedSession, owner: HandleOwner, wantsJoin: boolean) {
    this.#shared = shared;
    this.#owner = owner;
    this.wantsJoin = wantsJoin;
  }

  getState(): RoomState {
    return this.#shared.store.state;
  }

  subscribe(listener: (state: RoomState) => void): () => void {
    return this.#listen((shared) => shared.store.subscribe(listener));
  }

  on<K extends keyof RoomEvents>(event: K, listener: (detail: RoomEvents[K]) => void): () => void {
    return this.#listen((shared) => shared.emitter.on(event, listener));
  }

  send<T extends CommandType>(type: T, body: CommandInput<T>): Promise<Readonly<Record<string, unknown>>> {
    if (this.#isReleased) return Promise.reject(new LmsError(clientError('closed')));
    return this.#shared.do((session) => session.send(type, body));
  }

  retryPending(cmid: string): void {
    this.#tell((session) => session.retryPending(cmid));
  }

  dropPending(cmid: string): void {
    this.#tell((session) => session.dropPending(cmid));
  }

  signal<K extends Exclude<SignalKind, 'rtc'>>(kind: K, body: SignalBody<K>): void {
    this.#tell((session) => session.signal(kind, body));
  }

  setMedia(wish: MediaWish | null): void {
    this.#tell((session) => session.setMedia(wish));
  }

  sendRtc(to: string, body: RtcBody): boolean {
    return this.#shared.session?.sendRtc(to, body) ?? false;
  }

  join(): Promise<void> {
    this.wantsJoin = true;
    return this.#shared.do((session) => session.join());
  }

  leave(): Promise<void> {
    this.#owner.left(this);
    return this.#shared.do((session) => session.leave());
  }

  knock(knock: Knock): void {
    this.#tell((session) => session.door.knock(knock));
  }

  async admitAll(): Promise<number> {
    // Kept until there is a connection it would let in whoever waits by then.
    if (this.getState().connection.state !== 'online') throw new LmsError(clientError('server_unreachable'));
    const { admitted } = await this.send('person.admitAll', {});
    return typeof admitted === 'number' ? admitted : 0;
  }

  messageLobby(text: string, participant?: string): void {
    this.signal('lobby.message', participant === undefined ? { text } : { text, participant });
  }

  loadOlderMessages(): Promise<boolean> {
    return this.#shared.do((session) => session.loadOlderMessages());
  }

  retry(): void {
    this.#tell((session) => session.retry());
  }

  setToken(token: string): void {
    this.#tell((session) => session.setToken(token));
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    for (const stop of this.#listeners.values()) stop();
    this.#listeners.clear();
    this.#owner.released(this);
  }

  /** The same person in the same room turned out to be connected already. */
  moveTo(shared: SharedSession): void {
    this.#shared = shared;
    for (const [attach, stop] of this.#listeners) {
      stop();
      this.#listeners.set(attach, attach(shared));
    }
    shared.store.touch();
  }

  #tell(work: (session: Session) => void): void {
    // What comes of it is seen in the state.
    this.#shared.do(work).catch(() => undefined);
  }

  #listen(attach: (shared: SharedSession) => () => void): () => void {
    if (this.#isReleased) return () => undefined;
    this.#listeners.set(attach, attach(this.#shared));
    return () => {
      this.#listeners.get(attach)?.();
      this.#listeners.delete(attach);
    };
  }
}
