import type { RoomClient } from '@lms-live/client';
import type { Call, CallEvents, CallOptions, CallState } from '@lms-live/client/media';
import type { ReactiveController } from 'lit';
import type { LmsPanel } from '../internal/lms-panel.js';

/** Makes a call in a room; the client's `createCall`, which comes with the rest of the media code. */
export type MakeCall = (room: RoomClient, options: CallOptions) => Call;

export interface KeeperHost extends LmsPanel {
  readonly media: CallOptions['environment'];
}

export interface KeeperHandlers {
  made(call: Call): void;
  /** There is none any more. */
  closed(): void;
  changed(): void;
  told<K extends keyof CallEvents>(event: K, detail: CallEvents[K]): void;
}

/** An element that is taken out and put in elsewhere keeps its call; one that is gone lets go of camera and links after this. */
const GONE_MS = 200;
/** From here on nobody is in a call any more. */
const OVER: ReadonlySet<string> = new Set(['idle', 'failed', 'ended', 'closed']);

const EVENTS = [
  'device-lost',
  'share-ended',
  'muted',
  'asked',
  'speaking-while-muted',
] as const satisfies readonly (keyof CallEvents)[];

/** The one call of an element: made when there is a connection, kept while the element is moved, closed when it is gone or the class is over. */
export class CallKeeper implements ReactiveController {
  call: Call | null = null;
  state: CallState | null = null;
  readonly #host: KeeperHost;
  readonly #handlers: KeeperHandlers;
  #make: MakeCall | null = null;
  /** Holds the connection for the call: it outlives the element's own by a moment, and asks to be present by itself. */
  #room: RoomClient | null = null;
  #stops: (() => void)[] = [];
  #stopClosing: (() => void) | null = null;

  constructor(host: KeeperHost, handlers: KeeperHandlers) {
    this.#host = host;
    this.#handlers = handlers;
    host.addController(this);
  }

  hostConnected(): void {
    this.#stopClosing?.();
    this.#stopClosing = null;
  }

  hostDisconnected(): void {
    if (!this.call || this.#stopClosing) return;
    const { setTimer, clearTimer } = this.#host.environment ?? {};
    const close = (): void => {
      this.#stopClosing = null;
      this.close();
    };
    if (setTimer && clearTimer) {
      const timer = setTimer(close, GONE_MS);
      this.#stopClosing = () => clearTimer(timer);
    } else {
      const timer = setTimeout(close, GONE_MS);
      this.#stopClosing = () => clearTimeout(timer);
    }
  }

  /** The code of calls is there. */
  provide(make: MakeCall): void {
    this.#make ??= make;
    this.#host.requestUpdate();
  }

  /** Before a render: whether there is a call follows from the connection. */
  sync(): void {
    const { client } = this.#host.connection;
    if (this.#room && this.#room.getState() !== client?.getState()) this.close();
    if (!client || OVER.has(client.getState().connection.state)) this.close();
    else if (!this.call && this.#make) this.#open(this.#make);
  }

  close(): void {
    if (!this.call) return;
    for (const stop of this.#stops.splice(0)) stop();
    this.call.close();
    this.#room?.release();
    this.call = null;
    this.state = null;
    this.#room = null;
    this.#handlers.closed();
  }

  #open(make: MakeCall): void {
    const room = this.#host.connection.hold();
    if (!room) return;
    const { media } = this.#host;
    const call = make(room, media ? { environment: media } : {});
    this.#room = room;
    this.call = call;
    this.state = call.getState();
    this.#stops = [
      call.subscribe((state) => {
        this.state = state;
        this.#handlers.changed();
      }),
      ...EVENTS.map((event) => call.on(event, (detail) => this.#handlers.told(event, detail))),
    ];
    this.#handlers.made(call);
  }
}
