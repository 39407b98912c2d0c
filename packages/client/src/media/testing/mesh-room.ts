import {
  EMPTY_VIEWS,
  MediaSessions,
  type ClientFrameInput,
  type RtcBody,
  type ServerFrameOf,
} from '@lms-live/protocol';
import { Emitter } from '../../emitter.js';
import { MediaSeat } from '../../media-seat.js';
import { INITIAL_STATE } from '../../store.js';
import type { MediaWish, RoomClient, RoomState } from '../../types.js';

type Down = ServerFrameOf<'media'> | ServerFrameOf<'session'> | ServerFrameOf<'signal'>;

/** One frame that concerns media, on its way. */
export interface Passing {
  readonly person: string;
  readonly way: 'up' | 'down';
  readonly frame: ClientFrameInput | Down;
}

/** What becomes of a frame: how often it arrives, and after how long. */
export interface Fate {
  readonly times?: number;
  readonly delayMs?: number;
}

export interface MeshRoomOptions {
  readonly fate?: (passing: Passing) => Fate | null;
  readonly relayOnly?: boolean;
}

const ALL = { audio: true, video: true, share: true };
const PING_MS = 5_000;
/** As sockets do, in order. */
const TRAVEL_MS = 2;

/** The part of a room that calls are made of, with the sessions as the server keeps them, and frames that meet any fate. */
export class MeshRoom {
  readonly #options: MeshRoomOptions;
  readonly clients: MeshClient[] = [];
  #sessions: MediaSessions<MeshClient>;
  #isUp = true;
  #isComplete = true;
  #canResume = false;
  #told = '';
  #pinger: NodeJS.Timeout;

  constructor(options: MeshRoomOptions = {}) {
    this.#options = options;
    this.#sessions = this.#fresh();
    this.#pinger = setInterval(() => this.#publish(true), PING_MS);
  }

  connect(person: string): MeshClient {
    const client = new MeshClient(this, person, this.#options.relayOnly ?? false);
    this.clients.push(client);
    client.up();
    return client;
  }

  up(client: MeshClient, frame: ClientFrameInput): void {
    const { generation } = client;
    this.#travel({ person: client.person, way: 'up', frame }, () => {
      if (this.#isUp && client.isUp && client.generation === generation) this.#handle(client, frame);
    });
  }

  welcome(client: MeshClient): void {
    this.#down(client, this.#list());
  }

  /** The socket of one person breaks. */
  cut(client: MeshClient): void {
    client.down();
    this.#sessions.lose(client);
    this.#publish();
  }

  /** The process is killed: nothing of the sessions is known afterwards. */
  kill(): void {
    this.#isUp = false;
    for (const client of this.clients) client.down();
  }

  restart(): void {
    this.#isUp = true;
    this.#isComplete = false;
    this.#canResume = true;
    this.#sessions = this.#fresh();
    for (const client of this.clients) client.up();
  }

  complete(): void {
    this.#isComplete = true;
    this.#canResume = false;
    this.#publish(true);
  }

  close(): void {
    clearInterval(this.#pinger);
    this.kill();
  }

  #fresh(): MediaSessions<MeshClient> {
    this.#told = '';
    return new MediaSessions({
      participantOf: (client) => client.person,
      mayOf: (_client, mode) => ({ ...ALL, video: mode === 'video' }),
      isJoined: () => true,
    });
  }

  #handle(client: MeshClient, frame: ClientFrameInput): void {
    if (frame.frame === 'media') {
      const { take = false, live = false, audio = false, video = false, share = false } = frame;
      const wish = { ...frame, take, live, audio, video, share };
      this.#sessions.wish(client, wish, { nowMs: Date.now(), canResume: this.#canResume });
      for (const tab of this.#sessions.takeChanged())
        this.#down(tab, { frame: 'session', ...this.#sessions.ownOf(tab) });
      this.#publish();
    }
    if (frame.frame !== 'signal' || frame.to === undefined) return;
    const own = this.#sessions.sessionOf(client);
    const other = this.#sessions.tabOf(frame.to);
    if (own && other)
      this.#down(other, {
        frame: 'signal',
        kind: 'rtc',
        from: client.person,
        session: own.session,
        body: frame.body ?? {},
      });
  }

  #list(): ServerFrameOf<'media'> {
    return { frame: 'media', complete: this.#isComplete, sessions: [...this.#sessions.list()] };
  }

  #publish(isForced = false): void {
    if (!this.#isUp) return;
    const list = this.#list();
    const text = JSON.stringify(list);
    if (text === this.#told && !isForced) return;
    this.#told = text;
    for (const client of this.clients) if (client.isUp) this.#down(client, list);
  }

  #down(client: MeshClient, frame: Down): void {
    const { generation } = client;
    this.#travel({ person: client.person, way: 'down', frame }, () => {
      if (client.isUp && client.generation === generation) client.receive(structuredClone(frame));
    });
  }

  #travel(passing: Passing, arrive: () => void): void {
    const { times = 1, delayMs = 0 } = this.#options.fate?.(passing) ?? {};
    for (let time = 0; time < times; time += 1) setTimeout(arrive, TRAVEL_MS + delayMs * (time + 1));
  }
}

/** One tab: its place among the sessions is kept by the client's own `MediaSeat`. */
export class MeshClient implements Pick<RoomClient, 'getState' | 'subscribe' | 'on' | 'setMedia' | 'sendRtc'> {
  readonly person: string;
  readonly #room: MeshRoom;
  readonly #emitter = new Emitter();
  readonly #listeners = new Set<(state: RoomState) => void>();
  readonly #seat: MediaSeat;
  #state: RoomState;
  generation = 0;
  isUp = false;

  constructor(room: MeshRoom, person: string, relayOnly: boolean) {
    this.#room = room;
    this.person = person;
    const { all } = EMPTY_VIEWS;
    const views = {
      ...EMPTY_VIEWS,
      all: { ...all, room: { ...all.room, policy: { ...all.room.policy, relayOnly } } },
    };
    this.#state = { ...INITIAL_STATE, views, me: { participant: person, role: 'student', grants: new Set() } };
    this.#seat = new MediaSeat({
      environment: {
        setTimer: (callback, ms) => setTimeout(callback, ms),
        clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
      },
      send: (frame) => this.#room.up(this, frame),
      isUp: () => this.isUp,
      changed: (media) => this.#set({ media }),
    });
  }

  /** As the class that stands behind a page: a call needs no more of it. */
  get asRoom(): RoomClient {
    return this as unknown as RoomClient;
  }

  getState(): RoomState {
    return this.#state;
  }

  subscribe(listener: (state: RoomState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  on: RoomClient['on'] = (event, listener) => this.#emitter.on(event, listener);

  setMedia(wish: MediaWish | null): void {
    this.#seat.want(wish);
  }

  sendRtc(to: string, body: RtcBody): boolean {
    if (!this.isUp) return false;
    this.#room.up(this, { frame: 'signal', kind: 'rtc', to, body });
    return true;
  }

  up(): void {
    this.isUp = true;
    this.#connection('online');
    this.#room.welcome(this);
    this.#seat.welcomed();
  }

  down(): void {
    this.isUp = false;
    this.generation += 1;
    this.#seat.down();
    this.#connection('reconnecting');
  }

  receive(frame: Down): void {
    if (frame.frame === 'media') this.#seat.listed(frame);
    if (frame.frame === 'session') this.#seat.answered(frame);
    if (frame.frame === 'signal' && frame.session !== undefined && frame.from !== undefined)
      this.#emitter.emit('rtc', { session: frame.session, participant: frame.from, body: frame.body as RtcBody });
  }

  #connection(state: 'online' | 'reconnecting'): void {
    this.#set({ connection: { ...this.#state.connection, state, synced: true } });
    queueMicrotask(() => this.#emitter.emit('connection-changed', { state }));
  }

  #set(changes: Partial<RoomState>): void {
    this.#state = { ...this.#state, ...changes };
    setTimeout(() => {
      for (const listener of this.#listeners) listener(this.#state);
    });
  }
}
