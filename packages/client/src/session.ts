import type { HelloFrame, RtcBody, ServerFrameOf, SignalKind } from '@lms-live/protocol';
import { CatchUp } from './catch-up.js';
import { clientError, LmsError } from './errors.js';
import { DoorTalk } from './door-talk.js';
import { Feed } from './feed.js';
import { makeHello } from './hello.js';
import { History } from './history.js';
import { createInbound } from './inbound.js';
import { Link } from './link/link.js';
import { Logs } from './log/logs.js';
import { MediaSeat } from './media-seat.js';
import { Membership } from './membership.js';
import { meOf } from './me.js';
import { Custody } from './outbox/custody.js';
import { DeferredOutbox } from './outbox/deferred-outbox.js';
import { PendingList } from './outbox/pending-list.js';
import { Sender } from './outbox/sender.js';
import { followPage } from './page-life.js';
import { PresenceList } from './presence.js';
import { ServerClock } from './server-clock.js';
import type { SessionParts } from './session-options.js';
import type { TokenSource } from './token/fetch-token.js';
import { TokenKeeper } from './token/token-keeper.js';
import type { Connection, LmsErrorDetail, MediaWish, OutboxItem } from './types.js';
import { Typing } from './typing.js';

const ROOM_ENDED = 'room_ended';
/** Staff do not want this person here: what they have not said yet is never said. Any other end may be mended, and then it is. */
const UNWANTED = new Set(['person_removed', 'person_banned']);

/** One person in one room: the parts of a connection, wired. */
export class Session {
  readonly door: DoorTalk;
  readonly #options: SessionParts;
  readonly #tokens: TokenKeeper;
  readonly #link: Link;
  readonly #logs: Logs;
  readonly #outbox = new DeferredOutbox();
  readonly #pending = new PendingList();
  readonly #sender: Sender;
  readonly #custody: Custody;
  readonly #typing: Typing;
  readonly #clock: ServerClock;
  readonly #membership: Membership;
  readonly #catchUp: CatchUp;
  readonly #history: History;
  readonly #feed: Feed;
  readonly #seat: MediaSeat;
  readonly #tabId: string;
  readonly #unfollow: () => void;
  #isIdentified = false;
  #acceptedToken: string | null = null;
  #waitedFor: Connection['why'] = null;
  /** What the server refused last on this connection. It is told when it comes; that the socket is closed for it is not told again. */
  #refusal: LmsErrorDetail | null = null;

  constructor(options: SessionParts) {
    const { environment, store, emitter, token, source, address, firstSocket, clientStorage } = options;
    const ping = (): void => this.#ping();
    const resume = (): void => this.#resume();
    this.#options = options;
    this.#tabId = environment.randomId();
    this.#clock = new ServerClock(environment);
    this.#typing = new Typing({ environment, changed: (typing) => store.update({ typing }) });
    this.#catchUp = new CatchUp({ environment, resume });
    this.#logs = new Logs({
      sha256: environment.sha256,
      folded: (event) => this.#feed.folded(event),
      missing: resume,
      lost: () => this.#link.renew(),
    });
    this.#feed = new Feed({
      store,
      emitter,
      logs: this.#logs,
      pending: this.#pending,
      typing: this.#typing,
      published: () => this.#custody.published(),
    });
    this.#tokens = new TokenKeeper({
      environment,
      token,
      source,
      renewed: (fresh) => this.#tokenRenewed(fresh),
      failed: (error) => emitter.emit('error', error),
    });
    this.#history = new History({
      server: address.http,
      fetch: environment.fetch,
      logs: this.#logs,
      token: () => this.#tokens.get(),
      roomId: () => store.state.roomId,
      publish: () => this.#feed.publish(),
    });
    this.#sender = new Sender({
      environment,
      outbox: this.#outbox,
      pending: this.#pending,
      send: (frame) => this.#link.send(frame),
      changed: () => this.#feed.publish(),
      overdue: () => this.#link.probe(),
      unanswered: () => this.#link.renew(),
    });
    this.#custody = new Custody({
      environment,
      store,
      outbox: this.#outbox,
      sender: this.#sender,
      server: address.http,
      clientStorage,
      abandoned: (error) => emitter.emit('error', error),
    });
    this.#membership = new Membership({
      store,
      emitter,
      send: (type) => this.#sender.submit(type, {}),
      reconnect: () => this.retry(),
    });
    this.#link = new Link({
      environment,
      url: address.socket,
      firstSocket,
      tokens: { get: () => this.#token(), refused: () => this.#tokens.refused() },
      hello: (given) => this.#hello(given),
      ping,
      handlers: {
        status: (changes) => this.#status(changes),
        frame: (frame, text) => inbound(frame, text),
        down: (isMoved) => this.#down(isMoved),
      },
    });
    this.#seat = new MediaSeat({
      environment,
      send: (frame) => this.#link.send(frame),
      isUp: () => this.#isOnline,
      changed: (media) => store.update({ media }),
    });
    this.door = new DoorTalk({ ...options, send: (frame) => this.#link.send(frame) });
    const inbound = createInbound({
      store,
      emitter,
      logs: this.#logs,
      sender: this.#sender,
      tokens: this.#tokens,
      presence: new PresenceList(store.state.presence),
      typing: this.#typing,
      clock: this.#clock,
      catchUp: this.#catchUp,
      ping,
      welcomed: (frame) => this.#welcomed(frame),
      refused: (refusal) => this.#refused(refusal),
      feed: this.#feed,
      seat: this.#seat,
      door: this.door,
    });
    this.#unfollow = followPage({ page: environment.page, link: this.#link, tokens: this.#tokens, ping });
  }

  start(): void {
    this.#link.start();
  }

  close(): void {
    this.#unfollow();
    // While it can still be told: else the others would wait for this tab to come back.
    this.#seat.want(null);
    this.#link.stop();
    this.#tokens.close();
    this.#seat.down();
    // What was not sent is kept for the next page.
    this.#custody.close();
    this.#sender.close();
    this.#status({ state: 'closed', why: null, error: null, retryAt: null });
  }

  send(type: OutboxItem['type'], body: OutboxItem['body']): Promise<Readonly<Record<string, unknown>>> {
    const { state, error } = this.#options.store.state.connection;
    if (state === 'failed' || state === 'ended' || state === 'closed')
      return Promise.reject(new LmsError(error ?? clientError('closed')));
    if (type === 'chat.post') this.#typing.told();
    const sent = this.#sender.submit(type, body);
    this.#link.hurry();
    return sent;
  }

  retryPending(cmid: string): void {
    this.#sender.retry(cmid);
  }

  dropPending(cmid: string): void {
    this.#sender.drop(cmid);
  }

  signal(kind: SignalKind, body: Record<string, unknown>): void {
    if (!this.#isOnline) return;
    if (kind === 'typing' && !this.#typing.mayTell()) return;
    this.#link.send({ frame: 'signal', kind, body });
  }

  setMedia(wish: MediaWish | null): void {
    this.#seat.want(wish);
  }

  /** @returns whether there is a connection to send it on */
  sendRtc(to: string, body: RtcBody): boolean {
    if (!this.#isOnline) return false;
    this.#link.send({ frame: 'signal', kind: 'rtc', to, body });
    return true;
  }

  join(): Promise<void> {
    return this.#membership.join();
  }

  leave(): Promise<void> {
    return this.#membership.leave();
  }

  loadOlderMessages(): Promise<boolean> {
    return this.#history.load();
  }

  retry(): void {
    const { state } = this.#options.store.state.connection;
    if (state === 'failed' || state === 'ended' || state === 'closed') this.#link.start();
    else this.#link.hurry();
  }

  setToken(token: string): void {
    this.#tokens.set(token);
  }

  /** A holder with a token or a way to renew it has come. */
  adopt(source: TokenSource, token: string | null): void {
    this.#tokens.adopt(source, token);
  }

  /** Takes in another session of the same person: its unsent commands, and its way to renew the token. */
  absorb(other: Session): void {
    this.adopt(other.#options.source, other.#tokens.token);
    other.#sender.moveTo(this.#sender);
  }

  /** Unsent commands live as long as the page, from now on. */
  keepNothing(): void {
    this.#custody.forbid();
  }

  get #isOnline(): boolean {
    return this.#options.store.state.connection.state === 'online';
  }

  async #token(): Promise<string> {
    const token = await this.#tokens.get();
    if (!this.#isIdentified) {
      this.#isIdentified = true;
      if (!this.#options.identified(token)) {
        this.#link.stop();
        return token;
      }
    }
    return token;
  }

  #hello(token: string): HelloFrame {
    const positions = this.#logs.positions;
    const join = this.#membership.hello();
    return makeHello(this.#options, { token, positions, join, tabId: this.#tabId, ...this.door.hello() });
  }

  #welcomed(frame: ServerFrameOf<'welcome'>): void {
    const { store, emitter } = this.#options;
    const { me } = store.state;
    const { room, ice } = frame;
    store.update({ me: meOf(frame, me), roomId: room.id, ice: Object.freeze(ice) });
    if (this.#waitedFor === 'not_started') emitter.emit('room-opened', { room: room.id });
    this.#waitedFor = null;
    this.#refusal = null;
    const { token } = this.#tokens;
    this.#custody.welcomed(frame, token);
    if (this.#acceptedToken !== null && token !== this.#acceptedToken) emitter.emit('token-refreshed', {});
    this.#acceptedToken = token;
    this.#membership.welcomed();
    this.door.welcomed();
    this.#seat.welcomed();
  }

  #tokenRenewed(token: string): void {
    const { state, error } = this.#options.store.state.connection;
    if (state === 'online' || state === 'waiting') {
      this.#acceptedToken = token;
      this.#link.send({ frame: 'token', token });
    } else if (state === 'failed' && error?.code.startsWith('token_')) this.#link.start();
    else this.#link.hurry();
  }

  #status(changes: Partial<Connection>): void {
    const { store, emitter } = this.#options;
    const before = store.state.connection;
    store.updateConnection(changes);
    if (changes.why) this.#waitedFor = changes.why;
    const { state, error } = store.state.connection;
    if (error && error.code !== before.error?.code && error.code !== this.#refusal?.code) emitter.emit('error', error);
    if (state === before.state) return;
    // After the frame that caused it has been taken in: whoever listens reads a whole state.
    queueMicrotask(() => emitter.emit('connection-changed', { state }));
    if (state !== 'failed' && state !== 'ended' && state !== 'closed') return;
    const reason = error ?? this.#refusal ?? clientError('closed');
    this.#sender.failAll(reason, { isKept: !UNWANTED.has(reason.code) });
    this.#membership.ended(reason);
  }

  #refused(refusal: LmsErrorDetail): void {
    this.#refusal = refusal;
    // That a class ends is no failure, and shows as the state.
    if (refusal.code !== ROOM_ENDED) this.#options.emitter.emit('error', refusal);
  }

  #down(isMoved: boolean): void {
    this.#sender.down();
    if (isMoved) this.#logs.goOn();
    else this.#typing.clear();
    this.#seat.down();
    this.#catchUp.cancel();
  }

  #resume(): void {
    this.#feed.publish();
    // A log of which nothing is known comes with a hello only.
    if (this.#logs.isMissingLog) this.#link.renew();
    else this.#link.send({ frame: 'resume', positions: this.#logs.positions });
  }

  #ping(): void {
    this.#clock.pinged();
    this.#link.send({ frame: 'ping', hidden: this.#options.environment.page?.hidden ?? false });
  }
}
