import {
  connect,
  type ConnectionState,
  type ConnectOptions,
  type LmsErrorDetail,
  type RoomClient,
  type RoomEvents,
  type RoomState,
} from '@lms-live/client';
import { CLIENT_ERRORS, ROOM_KINDS } from '@lms-live/protocol';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { lmsEvent, type LmsEventDetails } from '../events.js';
import { findRoom, hasUndefinedRoom } from './context.js';
import type { Timers } from './timers.js';

/** What an element has said about its connection, and what it wants to hear of it. */
export interface ConnectionHost
  extends ReactiveControllerHost, HTMLElement, Omit<ConnectOptions, 'join' | 'kind' | 'clientStorage'> {
  readonly kind: ConnectOptions['kind'] | '';
  readonly clientStorage: ConnectOptions['clientStorage'] | '';
  readonly timers: Timers;
  /** The facts that this element tells, beside those of the connection. */
  readonly tells: readonly Fact[];
  /** Is present in the class as soon as it is connected; false where a stage asks first. Read once, when the connection is made. */
  readonly joinsByItself: boolean;
}

/** An `<lms-room>`, as the elements in it see it. */
export interface LmsRoomLike {
  readonly connection: ConnectionController;
  readonly locale: string;
  readonly theme: string;
}

/** Events of the client that elements dispatch as `lms-…`. */
export type Fact = Exclude<keyof RoomEvents, 'connection-changed' | 'error' | 'reaction' | 'rtc'>;

/** What concerns the class as a whole is told by whoever holds the connection: the `<lms-room>`, or an element that stands alone. */
const HOLDER_TELLS: readonly Fact[] = ['joined', 'left', 'room-opened', 'room-ended', 'token-refreshed'];

const ALONE_NEVER: readonly unknown[] = [];

/**
 * The connection of one element: its own, made of its attributes, or that of the `<lms-room>` around it.
 * It holds the connection while the element is in the document and lets go when it leaves; an element that is moved keeps it.
 */
export class ConnectionController implements ReactiveController {
  client: RoomClient | null = null;
  /** As last rendered; null before there is anything to know. */
  state: RoomState | null = null;
  /** What is wrong with the attributes. */
  problem: LmsErrorDetail | null = null;
  room: LmsRoomLike | null = null;

  readonly #host: ConnectionHost;
  readonly #followers = new Set<() => void>();
  #held: RoomClient | null = null;
  #options = ALONE_NEVER;
  #given: ConnectOptions | null = null;
  #stops: (() => void)[] = [];
  #unfollow: (() => void) | null = null;
  #told: ConnectionState = 'idle';
  #toldError: LmsErrorDetail | null = null;

  constructor(host: ConnectionHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.room = null;
    this.#detach();
    this.#letGo();
  }

  /** Before a render. Attributes are read here and not in their setters: several that change together make one connection. */
  refresh(): void {
    const host = this.#host;
    if (!host.isConnected) return;
    if (host.server || host.token || host.tokenUrl || host.tokenProvider) this.#connectAlone();
    else this.#followRoom();
  }

  /** Tells the elements in an `<lms-room>` that something about it has changed. */
  changed(): void {
    for (const follower of this.#followers) follower();
  }

  /** Takes the state as it is now, for who cannot wait for the next picture. */
  catchUp(): void {
    this.state = this.client?.getState() ?? null;
    this.#host.requestUpdate();
  }

  /**
   * One more holder of the same connection, for what may outlive this element by a moment or asks to be present by itself.
   * @returns null while there is none; otherwise it is the caller's, to be released
   */
  hold(): RoomClient | null {
    if (this.room) return this.room.connection.hold();
    return this.#held && this.#given ? connect({ ...this.#given, join: false }) : null;
  }

  #connectAlone(): void {
    const { server, token, tokenUrl, tokenProvider, tenant, room, kind, clientStorage, environment } = this.#host;
    const options = [server, token, tokenUrl, tokenProvider, tenant, room, kind, clientStorage, environment];
    const isSame = options.every((option, index) => option === this.#options[index]);
    if (isSame && (this.#held || this.problem)) return;
    this.#options = options;
    this.#unfollow?.();
    this.#unfollow = null;
    this.room = null;
    const before = this.#held;
    const problem = problemOf({ server, token, tokenUrl, tokenProvider, kind });
    if (problem) {
      this.#attach(null, problem);
      this.#letGo();
      return;
    }
    try {
      this.#given = {
        server,
        token: token || undefined,
        tokenUrl: tokenUrl || undefined,
        tokenProvider,
        tenant: tenant || undefined,
        room: room || undefined,
        kind: kind || undefined,
        clientStorage: clientStorage || undefined,
        join: this.#host.joinsByItself,
        environment,
      };
      this.#held = connect(this.#given);
      this.#attach(this.#held, null);
    } catch (error) {
      this.#held = null;
      this.#attach(null, attributeProblem('server', error instanceof Error ? error.message : 'invalid'));
    }
    before?.release();
  }

  #followRoom(): void {
    if (this.#unfollow) return;
    this.#options = ALONE_NEVER;
    this.#letGo();
    const room = findRoom(this.#host);
    if (room) {
      this.room = room;
      const follow = (): void => {
        this.#attach(room.connection.client, room.connection.problem);
        this.#host.requestUpdate();
      };
      this.#unfollow = room.connection.#addFollower(follow);
      follow();
    } else if (hasUndefinedRoom(this.#host)) {
      void customElements.whenDefined('lms-room').then(() => this.#host.requestUpdate());
    } else {
      this.#attach(null, attributeProblem('server', 'missing'));
    }
  }

  #addFollower(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #attach(client: RoomClient | null, problem: LmsErrorDetail | null): void {
    const isNews = problem !== null && problem.help !== this.problem?.help;
    this.problem = problem;
    if (client !== this.client || (client && this.#stops.length === 0)) {
      this.#detach();
      this.client = client;
      this.state = client?.getState() ?? null;
      if (client) this.#listen(client);
    }
    if (isNews) this.#host.dispatchEvent(lmsEvent('lms-error', problem));
    this.changed();
  }

  #listen(client: RoomClient): void {
    const host = this.#host;
    const tells = this.#held ? [...HOLDER_TELLS, ...host.tells] : host.tells;
    this.#stops = [
      client.subscribe((state) => {
        this.#tellState(state.connection.state);
        // A class of hundreds may say hundreds of things a second; the page is painted sixty times.
        host.timers.frame('state', () => this.catchUp());
      }),
      client.on('error', (error) => this.#tellError(error)),
      ...tells.map((fact) => client.on(fact, (detail) => this.#tell(fact, detail))),
    ];
    const { connection } = client.getState();
    this.#tellState(connection.state);
    if (connection.state === 'failed' && connection.error) this.#tellError(connection.error);
  }

  /** A failure that is there already may be told once more by the client, to those who listen from the start. */
  #tellError(error: LmsErrorDetail): void {
    if (error === this.#toldError) return;
    this.#toldError = error;
    this.#host.dispatchEvent(lmsEvent('lms-error', error));
  }

  #tell<K extends Fact>(fact: K, detail: RoomEvents[K]): void {
    this.#host.dispatchEvent(lmsEvent(`lms-${fact}`, detail as LmsEventDetails[`lms-${K}`]));
  }

  #tellState(state: ConnectionState): void {
    if (state === this.#told) return;
    this.#told = state;
    this.#host.dispatchEvent(lmsEvent('lms-connection-changed', { state }));
  }

  #detach(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#host.timers.stop('state');
  }

  #letGo(): void {
    this.#held?.release();
    this.#held = null;
  }
}

function problemOf({
  server,
  token,
  tokenUrl,
  tokenProvider,
  kind,
}: Pick<ConnectionHost, 'server' | 'token' | 'tokenUrl' | 'tokenProvider' | 'kind'>): LmsErrorDetail | null {
  if (!server) return attributeProblem('server', 'missing');
  if (!isWebAddress(server)) return attributeProblem('server', 'malformed');
  if (!token && !tokenUrl && !tokenProvider) return attributeProblem('token', 'missing');
  return !kind || ROOM_KINDS.includes(kind) ? null : attributeProblem('kind', 'malformed');
}

const ADVICE: Readonly<Record<string, string>> = {
  token: ' Set `token`, `token-url` or `tokenProvider`.',
  kind: ` Set ${ROOM_KINDS.map((kind) => `\`${kind}\``).join(' or ')}, or leave it out.`,
};

function attributeProblem(attribute: string, why: string): LmsErrorDetail {
  const { message, retryable } = CLIENT_ERRORS.attribute_invalid;
  const help = `The attribute \`${attribute}\` is ${why}.${ADVICE[attribute] ?? ''}`;
  return { code: 'attribute_invalid', message, retryable, help, detail: { attribute, why } };
}

function isWebAddress(address: string): boolean {
  try {
    // A path is one of this page's own host; other relative addresses are mistakes.
    const { protocol } = new URL(address, address.startsWith('/') ? document.baseURI : undefined);
    return /^(https?|wss?):$/.test(protocol);
  } catch {
    return false;
  }
}
