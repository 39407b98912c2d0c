import { connect, LmsError, type RoomClient, type SocketLike } from '@lms-live/client';
import type { CommandInput, CommandType } from '@lms-live/protocol';
import type { Entry } from '../checker/history.js';
import { now } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { openWire, type Wire } from './open-wire.js';
import type { ReaderIdentity } from './wire-tap.js';

export interface SdkClientOptions {
  readonly reader: ReaderIdentity;
  readonly history: Entry[];
  /** `http://` and the port of the way to the server. */
  readonly server: string;
  readonly token: string;
  readonly random: Random;
}

/** One tab of the SDK itself, with its outbox and its schedule, on sockets that are listened to. */
export class SdkClient {
  readonly room: RoomClient;
  readonly #options: SdkClientOptions;
  readonly #wires = new Set<Wire>();
  #unanswered = 0;

  constructor(options: SdkClientOptions) {
    this.#options = options;
    const { reader, history, server, token, random } = options;
    const chance = random.fork('sdk');
    this.room = connect({
      server,
      token,
      room: reader.room,
      environment: {
        random: () => chance.next(),
        openSocket: (url): SocketLike => {
          const wire = openWire({ url, history, reader });
          this.#wires.add(wire);
          return wire;
        },
      },
    });
  }

  get name(): string {
    return this.#options.reader.reader;
  }

  /** Commands that were not answered. */
  get unanswered(): number {
    return this.#unanswered;
  }

  get isSynced(): boolean {
    const { state, synced } = this.room.getState().connection;
    return state === 'online' && synced;
  }

  /** @returns whether it was acknowledged, once that is known */
  async send<T extends CommandType>(type: T, body: CommandInput<T>): Promise<boolean> {
    const { history } = this.#options;
    // The id is the SDK's own: it shows in the pending list in the turn in which it was asked for.
    const before = new Set(this.room.getState().pending.map(({ cmid }) => cmid));
    this.#unanswered += 1;
    const answer = this.room.send(type, body);
    const cmid = this.room.getState().pending.find((item) => !before.has(item.cmid))?.cmid ?? '';
    history.push({ t: now(), kind: 'invoked', reader: this.name, cmid, type, body });
    try {
      await answer;
      return true;
    } catch (error) {
      const code = error instanceof LmsError ? error.code : 'internal';
      // Let go of with the page: nobody knows what has become of it.
      if (code !== 'closed') history.push({ t: now(), kind: 'failed', reader: this.name, cmid, code });
      return false;
    } finally {
      this.#unanswered -= 1;
    }
  }

  cut(): void {
    for (const wire of this.#wires) wire.cut();
    this.#wires.clear();
  }

  stop(): void {
    this.room.release();
    setImmediate(() => {
      this.cut();
    });
  }
}
