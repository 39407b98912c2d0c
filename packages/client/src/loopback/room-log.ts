import {
  EVENTS,
  bodyDigestInput,
  encodeEventFrame,
  genesisInput,
  linkInput,
  toChainHash,
  toHex,
  type DraftEvent,
  type EventFrame,
  type EventType,
  type LogEvent,
  type LogIdentity,
  type Position,
} from '@lms-live/protocol';

export interface RoomLogOptions {
  readonly identity: LogIdentity;
  readonly sha256: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly newId: () => string;
}

interface Stored {
  readonly frame: EventFrame;
  readonly bodyText: string;
}

/** One log with its hash chain, in memory. */
export class RoomLog {
  readonly #options: RoomLogOptions;
  readonly #stored: Stored[] = [];
  readonly #genesis: string;

  private constructor(options: RoomLogOptions, genesis: string) {
    this.#options = options;
    this.#genesis = genesis;
  }

  static async create(options: RoomLogOptions): Promise<RoomLog> {
    return new RoomLog(options, toChainHash(await options.sha256(genesisInput(options.identity))));
  }

  get position(): Position {
    return this.positionAt(this.#stored.length) as Position;
  }

  positionAt(offset: number): Position | null {
    const { epoch } = this.#options.identity;
    if (offset === 0) return { epoch, offset, hash: this.#genesis };
    const stored = this.#stored[offset - 1];
    return stored ? { epoch, offset, hash: stored.frame.hash } : null;
  }

  /** The caller awaits each before the next. */
  async append({ type, by, body }: Pick<DraftEvent, 'type' | 'by' | 'body'>, at: number): Promise<LogEvent> {
    const { sha256, newId, identity } = this.#options;
    const bodyText = JSON.stringify(body);
    const id = newId();
    // Any 128 bits: what an id hashes to.
    const salt = toChainHash(await sha256(bodyDigestInput('salt', id)));
    const digest = toHex(await sha256(bodyDigestInput(salt, bodyText)));
    const offset = this.#stored.length + 1;
    const event = { offset, id, at: Math.max(at, this.#stored.at(-1)?.frame.at ?? 0), type, by };
    const hash = toChainHash(await sha256(linkInput(this.position.hash, { ...event, digest })));
    const { log } = identity;
    const frame: EventFrame = { frame: 'event', log, ...event, hash, salt, body: null };
    this.#stored.push({ frame, bodyText });
    return { log, ...event, body } as LogEvent;
  }

  /** The frames behind an offset, as text. */
  after(offset: number): string[] {
    return this.#stored.slice(offset).map(({ frame, bodyText }) => encodeEventFrame(frame, bodyText));
  }

  /** Erases body and salt of the events of these types about these ids; the digests stay. */
  async wipe(refs: readonly string[], types: readonly EventType[]): Promise<void> {
    for (const [index, { frame, bodyText }] of this.#stored.entries()) {
      const { salt, ...rest } = frame;
      if (salt === undefined || !types.includes(frame.type as EventType)) continue;
      const { ref } = EVENTS[frame.type as EventType];
      const body = JSON.parse(bodyText) as Record<string, unknown>;
      if (ref === undefined || !refs.includes(String(body[ref]))) continue;
      const digest = toHex(await this.#options.sha256(bodyDigestInput(salt, bodyText)));
      this.#stored[index] = { frame: { ...rest, digest }, bodyText: 'null' };
    }
  }
}
