import {
  type Grant,
  type HelloFrame,
  type LogEvent,
  type RoomKind,
  type ServerFrameOf,
  type SignalKind,
} from '@lms-live/protocol';
import { announce } from './announce.js';
import { Emitter } from './emitter.js';
import { clientError, LmsError } from './errors.js';
import { createInbound } from './inbound.js';
import { Link } from './link/link.js';
import { Logs } from './log/logs.js';
import { fetchOlderMessages } from './http/older-messages.js';
import { DeferredOutbox } from './outbox/deferred-outbox.js';
import { PendingList } from './outbox/pending-list.js';
import { Sender } from './outbox/sender.js';
import { PresenceList } from './presence.js';
import { ServerClock } from './server-clock.js';
import type { ServerAddress } from './server-address.js';
import { Store } from './store.js';
import { readClaims } from './token/claims.js';
import type { TokenSource } from './token/fetch-token.js';
import { TokenKeeper } from './token/token-keeper.js';
import { Typing } from './typing.js';
import type { Connection, Environment, LmsErrorDetail, Me, OutboxItem } from './types.js';

/** How long the server may be ahead before it is asked to send again: what is on its way needs this much at most. */
const BEHIND_MS = 1_000;
const CLIENT_NAME = 'lms-live-client';

export interface SessionOptions {
  readonly environment: Environment;
  readonly address: ServerAddress;
  readonly tenant: string | null;
  readonly room: string | null;
  readonly kind: RoomKind | null;
  readonly token: string | null;
  readonly source: TokenSource;
  /** The first token is there: whose session it is. Called before anything is sent. */
  readonly identified: (token: string) => void;
}

type Waiter = { readonly resolve: () => void; readonly reject: (error: LmsError) => void };

/** One person in one room: the parts, wired. */
export class Session {
  readonly store: Store;
  readonly emitter = new Emitter();
  readonly #options: SessionOptions;
  readonly #environment: Environment;
  readonly #tokens: TokenKeeper;
  readonly #link: Link;
  readonly #logs: Logs;
  readonly #outbox = new DeferredOutbox();
  readonly #pending = new PendingList();
  readonly #sender: Sender;
  readonly #typing: Typing;
  readonly #presence: PresenceList;
  readonly #clock: ServerClock;
  readonly #tabId: string;
  readonly #unlisten: () => void;
  #isIdentified = false;
  #isJoinWanted = false;
  /** The last `hello` asked to be joined. */
  #saidJoin = false;
  #joinWaiters: Waiter[] = [];
  #behindTimer: unknown = null;
  #acceptedToken: string | null = null;
  #older: Promise<boolean> | null = null;

  constructor(options: SessionOptions) {
    const { environment, token, source, address } = options;
    this.#options = options;
    this.#environment = environment;
    this.#tabId = environment.randomId();
    this.store = new Store(environment);
    this.#clock = new ServerClock(environment);
    this.#presence = new PresenceList(this.store.state.presence);
    this.#typing = new Typing({ environment, changed: (typing) => this.store.update({ typing }) });
    this.#logs = new Logs({
      sha256: environment.sha256,
      folded: (event) => this.#folded(event),
      missing: () => this.#resume(),
      lost: () => this.#link.renew(),
    });
    this.#tokens = new TokenKeeper({
      environment,
      token: token ?? undefined,
      source,
      renewed: (fresh) => this.#tokenRenewed(fresh),
      failed: (error) => this.emitter.emit('error', error),
    });
    this.#sender = new Sender({
      environment,
      outbox: this.#outbox,
      pending: this.#pending,
      send: (frame) => this.#link.send(frame),
      changed: () => this.#publish(),
      overdue: () => this.#link.probe(),
      unanswered: () => this.#link.renew(),
    });
    const ping = (): void => this.#ping();
    this.#link = new Link({
      environment,
      url: address.socket,
      tokens: { get: () => this.#token(), refused: () => this.#tokens.refused() },
      hello: (given) => this.#hello(given),
      ping,
      handlers: {
        status: (changes) => this.#status(changes),
        frame: (frame, text) => inbound(frame, text),
        down: () => this.#down(),
      },
    });
    const inbound = createInbound({
      store: this.store,
      emitter: this.emitter,
      link: this.#link,
      logs: this.#logs,
      sender: this.#sender,
      tokens: this.#tokens,
      presence: this.#presence,
      typing: this.#typing,
      clock: this.#clock,
      ping,
      welcomed: (frame) => this.#welcomed(frame),
      publish: () => this.#publish(),
      resume: () => this.#resume(),
      checkSoon: (isBehind) => this.#checkSoon(isBehind),
    });
    this.#unlisten = environment.page?.listen((what) => this.#pageChanged(what)) ?? ((): void => undefined);
  }

  start(): void {
    if (this.#tokens.token !== null) this.#identify(this.#tokens.token);
    this.#link.start();
  }

  /** Shows why it cannot be started. */
  fail(error: LmsErrorDetail): void {
    this.#status({ state: 'failed', error });
  }

  close(): void {
    this.#unlisten();
    this.#link.stop();
    this.#tokens.close();
    this.#typing.clear();
    this.#cancelCheck();
    this.#status({ state: 'closed', why: null, error: null, retryAt: null });
    this.#sender.close();
    this.store.flush();
    this.store.dispose();
  }

  send(type: OutboxItem['type'], body: OutboxItem['body']): Promise<Readonly<Record<string, unknown>>> {
    const { state, error } = this.store.state.connection;
    if (state === 'failed') return Promise.reject(new LmsError(error ?? clientError('closed')));
    if (state === 'ended' || state === 'closed') return Promise.reject(new LmsError(clientError('closed')));
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
    if (this.store.state.connection.state !== 'online') return;
    if (kind === 'typing' && !this.#typing.mayTell()) return;
    this.#link.send({ frame: 'signal', kind, body });
  }

  /** Whether somebody on this page wants to be present. Takes effect with the next `join`, `leave` or hello. */
  wantJoin(isWanted: boolean): void {
    this.#isJoinWanted = isWanted;
  }

  async join(): Promise<void> {
    this.#isJoinWanted = true;
    const { connection, joined } = this.store.state;
    if (joined) return;
    if (connection.state === 'online') {
      await this.#sender.submit('person.join', {});
      this.#setJoined(true);
      return;
    }
    if (connection.state === 'ended' || connection.state === 'failed' || connection.state === 'closed') this.retry();
    await new Promise<void>((resolve, reject) => this.#joinWaiters.push({ resolve, reject }));
  }

  async leave(): Promise<void> {
    this.#isJoinWanted = false;
    if (!this.store.state.joined) return;
    if (this.store.state.connection.state === 'online') {
      // The server may close the socket as its answer.
      await this.#sender.submit('person.leave', {}).catch((error: unknown) => {
        if (!(error instanceof LmsError && error.code === 'closed')) throw error;
      });
    }
    this.#setJoined(false);
  }

  loadOlderMessages(): Promise<boolean> {
    this.#older ??= this.#loadOlder().finally(() => {
      this.#older = null;
    });
    return this.#older;
  }

  retry(): void {
    const { state } = this.store.state.connection;
    if (state === 'failed' || state === 'ended' || state === 'closed') this.#link.start();
    else this.#link.hurry();
  }

  setToken(token: string): void {
    this.#tokens.set(token);
  }

  /** Takes in another session of the same person: its unsent commands, and its way to renew the token. */
  absorb(other: Session): void {
    this.#tokens.adopt(other.#options.source, other.#tokens.token);
    other.#sender.moveTo(this.#sender);
  }

  /** A holder with a token of its own has come. */
  adopt(source: TokenSource, token: string | null): void {
    this.#tokens.adopt(source, token);
  }

  async #token(): Promise<string> {
    const token = await this.#tokens.get();
    this.#identify(token);
    return token;
  }

  #identify(token: string): void {
    if (this.#isIdentified) return;
    this.#isIdentified = true;
    this.#options.identified(token);
    const { environment, address, tenant, room } = this.#options;
    const { person, room: onlyRoom } = readClaims(token);
    this.#outbox.open(() => environment.createOutbox({ server: address.http, tenant, room: room ?? onlyRoom, person }));
    void this.#sender.restore();
  }

  #hello(token: string): HelloFrame {
    const { tenant, room, kind } = this.#options;
    this.#saidJoin = this.#isJoinWanted;
    return {
      frame: 'hello',
      token,
      ...(tenant === null ? {} : { tenant }),
      ...(room === null ? {} : { room }),
      ...(kind === null ? {} : { kind }),
      positions: this.#logs.positions,
      join: this.#saidJoin,
      client: { id: this.#tabId, name: CLIENT_NAME, hidden: this.#environment.page?.hidden ?? false },
    };
  }

  #welcomed({ participant, role, grants, room, ice }: ServerFrameOf<'welcome'>): void {
    const { me, connection, joined } = this.store.state;
    const next: Me = Object.freeze({ participant, role, grants: new Set(grants as Grant[]) });
    this.store.update({ me: me && isSame(me, next) ? me : next, roomId: room.id, ice: Object.freeze(ice) });
    if (connection.why === 'not_started') this.emitter.emit('room-opened', { room: room.id });
    const token = this.#tokens.token;
    if (this.#acceptedToken !== null && token !== this.#acceptedToken) this.emitter.emit('token-refreshed', {});
    this.#acceptedToken = token;
    if (this.#saidJoin) this.#setJoined(true);
    else if (this.#isJoinWanted) this.join().catch(() => undefined);
    else if (joined) this.#setJoined(false);
  }

  #tokenRenewed(token: string): void {
    const { state, error } = this.store.state.connection;
    if (state === 'online' || state === 'waiting') {
      this.#acceptedToken = token;
      this.#link.send({ frame: 'token', token });
    } else if (state === 'failed' && error?.code.startsWith('token_')) this.#link.start();
    else this.#link.hurry();
  }

  #status(changes: Partial<Connection>): void {
    const before = this.store.state.connection;
    this.store.updateConnection(changes);
    const { state, error } = this.store.state.connection;
    if (error && error !== before.error && error.code !== before.error?.code) this.emitter.emit('error', error);
    if (state === before.state) return;
    // After the frame that caused it has been taken in: whoever listens reads a whole state.
    queueMicrotask(() => this.emitter.emit('connection-changed', { state }));
    if (state !== 'failed' && state !== 'ended' && state !== 'closed') return;
    const reason = error ?? clientError('closed');
    this.#sender.failAll(reason);
    this.#setJoined(false);
    for (const { reject } of this.#joinWaiters.splice(0)) reject(new LmsError(reason));
  }

  #down(): void {
    this.#sender.down();
    this.#typing.clear();
    this.#cancelCheck();
  }

  #setJoined(joined: boolean): void {
    const { joined: before, me } = this.store.state;
    if (joined !== before) {
      this.store.update({ joined });
      if (me) this.emitter.emit(joined ? 'joined' : 'left', { participant: me.participant });
    }
    if (joined) for (const { resolve } of this.#joinWaiters.splice(0)) resolve();
  }

  #folded(event: LogEvent): void {
    const { me, views } = this.store.state;
    if (!me) return;
    this.#pending.seen(event, me.participant);
    if (event.type === 'chat.posted' && event.by !== null) this.#typing.stopped(event.by);
    // Told after the state shows it.
    const before = views;
    this.#publish();
    if (this.#logs.isLive(event)) announce(this.emitter, { event, before, me });
  }

  /** Brings the state up to what the logs and the pending list say: both in one step. */
  #publish(): void {
    const { views, heads, isSynced } = this.#logs;
    this.#pending.settle(views, (positions) => this.#logs.isAt(positions));
    if (views !== this.store.state.views) this.store.update({ views, heads });
    this.store.update({ pending: this.#pending.shown });
    if (this.store.state.connection.state === 'online') this.store.updateConnection({ synced: isSynced });
  }

  #resume(): void {
    this.#publish();
    this.#link.send({ frame: 'resume', positions: this.#logs.positions });
  }

  #checkSoon(isBehind: () => boolean): void {
    if (this.#behindTimer !== null || !isBehind()) return;
    this.#behindTimer = this.#environment.setTimer(() => {
      this.#behindTimer = null;
      if (isBehind()) this.#resume();
    }, BEHIND_MS);
  }

  #cancelCheck(): void {
    if (this.#behindTimer !== null) this.#environment.clearTimer(this.#behindTimer);
    this.#behindTimer = null;
  }

  #ping(): void {
    this.#clock.pinged();
    this.#link.send({ frame: 'ping', hidden: this.#environment.page?.hidden ?? false });
  }

  #pageChanged(what: 'wake' | 'hidden'): void {
    if (what === 'hidden') return this.#ping();
    this.#link.probe();
    this.#tokens.wake();
  }

  async #loadOlder(): Promise<boolean> {
    const { roomId } = this.store.state;
    const { all } = this.#logs.positions;
    if (roomId === null || !all) return false;
    const before = this.#logs.views.all.messages.first?.offset ?? all.offset + 1;
    const { items, mayHaveMore } = await fetchOlderMessages(this.#options.address.http, this.#environment.fetch, {
      room: roomId,
      before,
      token: await this.#tokens.get(),
    });
    // The log may have been replaced by another one in the meantime.
    if (this.#logs.positions.all?.epoch === all.epoch) {
      this.#logs.changeAll((view) => ({ ...view, messages: view.messages.prepend(items) }));
      this.#publish();
    }
    return mayHaveMore;
  }
}

function isSame(a: Me, b: Me): boolean {
  return (
    a.participant === b.participant &&
    a.role === b.role &&
    a.grants.size === b.grants.size &&
    [...a.grants].every((grant) => b.grants.has(grant))
  );
}
