/** The part of `LockManager` that is used (Web Locks API). */
export type LocksLike = Pick<LockManager, 'request' | 'query'>;

/** The part of `BroadcastChannel` that is used. */
export interface ChannelLike {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

export interface LanesOptions {
  readonly locks: LocksLike;
  readonly channel: ChannelLike;
  /** The same for all tabs of one person in one room. */
  readonly scope: string;
  /** This tab's own; no other has it. */
  readonly lane: string;
  /** The tab of this lane is gone; nobody else is told of it before this settles. */
  readonly orphaned: (lane: string) => Promise<void>;
}

/**
 * Which tabs of one person live. Each holds a lock on its lane, which the browser takes from it when it dies, however that comes about;
 * the others stand in line for it, and the first of them takes over what is left.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #prefix: string;
  readonly #watched = new Set<string>();
  readonly #end = new AbortController();

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#prefix = `lms-live:outbox:${options.scope}:`;
  }

  /** Takes this tab's own lane and gets to know the others. @throws {DOMException} where locks are refused */
  async take(): Promise<void> {
    const { locks, channel, scope, lane } = this.#options;
    // Listened first, then taken, then told, then looked round: of two tabs that come at once, at least one sees the other.
    channel.onmessage = ({ data }: MessageEvent<{ scope?: unknown; lane?: unknown } | null>) => {
      if (data?.scope === scope && typeof data.lane === 'string') this.watch(data.lane);
    };
    await new Promise<void>((taken, refused) => {
      const hold = (): Promise<void> => {
        taken();
        return new Promise((release) => this.#end.signal.addEventListener('abort', () => release(), { once: true }));
      };
      locks.request(this.#prefix + lane, hold).catch(refused);
    });
    channel.postMessage({ scope, lane });
    const { held = [] } = await locks.query();
    for (const { name = '' } of held) if (name.startsWith(this.#prefix)) this.watch(name.slice(this.#prefix.length));
  }

  /** Is the tab of this lane gone? Then it is taken over before this settles; else when it goes. */
  async claim(lane: string): Promise<void> {
    if (lane === this.#options.lane) return;
    await this.#options.locks.request(this.#prefix + lane, { ifAvailable: true }, async (lock) => {
      if (lock) await this.#options.orphaned(lane);
      else this.watch(lane);
    });
  }

  watch(lane: string): void {
    const { signal } = this.#end;
    if (lane === this.#options.lane || this.#watched.has(lane) || signal.aborted) return;
    this.#watched.add(lane);
    this.#options.locks
      .request(this.#prefix + lane, { signal }, async () => {
        this.#watched.delete(lane);
        await this.#options.orphaned(lane);
      })
      // Nobody waits for it any more, or what was left could not be read: the next tab will.
      .catch(() => undefined);
  }

  close(): void {
    this.#options.channel.onmessage = null;
    this.#options.channel.close();
    this.#end.abort();
  }
}
