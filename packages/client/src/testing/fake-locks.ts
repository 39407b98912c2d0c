import type { ChannelLike, LocksLike } from '../outbox/lanes.js';

interface Waiter {
  readonly owner: FakeTab;
  readonly run: () => Promise<unknown>;
}

/** A browser of several tabs: the locks they hold, and what they tell each other. */
export class FakeBrowser {
  readonly held = new Map<string, FakeTab>();
  readonly lines = new Map<string, Waiter[]>();
  readonly channels = new Set<FakeChannel>();
  readonly tabs: FakeTab[] = [];
  /** Set: locks are refused, as on an opaque origin. */
  refuses = false;

  tab(): FakeTab {
    const tab = new FakeTab(this);
    this.tabs.push(tab);
    return tab;
  }

  /** Nobody holds or waits for anything, and nobody listens. */
  get isQuiet(): boolean {
    return (
      this.held.size === 0 && [...this.lines.values()].every(({ length }) => length === 0) && this.channels.size === 0
    );
  }

  take(name: string, { owner, run }: Waiter): void {
    this.held.set(name, owner);
    const done = (): void => this.release(name, owner);
    run().then(done, done);
  }

  release(name: string, owner: FakeTab): void {
    if (this.held.get(name) !== owner) return;
    this.held.delete(name);
    const next = this.lines.get(name)?.shift();
    if (next) this.take(name, next);
  }
}

/** One tab. It dies when a test says so, and the browser takes its locks from it. */
export class FakeTab implements LocksLike {
  readonly #browser: FakeBrowser;
  isDead = false;

  constructor(browser: FakeBrowser) {
    this.#browser = browser;
  }

  readonly request = ((name: string, given: unknown, last?: unknown): Promise<unknown> => {
    const options = (last ? given : {}) as LockOptions;
    const work = (last ?? given) as (lock: Lock | null) => Promise<unknown>;
    if (this.#browser.refuses) return Promise.reject(new DOMException('Refused.', 'SecurityError'));
    return new Promise((resolve, reject) => {
      const lock = { name, mode: 'exclusive' } as Lock;
      const waiter: Waiter = {
        owner: this,
        run: async () => {
          if (this.isDead) return;
          const result = work(lock);
          result.then(resolve, reject);
          // A dead tab is not waited for.
          await Promise.race([result.catch(() => undefined), this.#died]);
        },
      };
      if (!this.#browser.held.has(name)) {
        this.#browser.take(name, waiter);
        return;
      }
      if (options.ifAvailable) {
        work(null).then(resolve, reject);
        return;
      }
      const line = this.#browser.lines.get(name) ?? [];
      this.#browser.lines.set(name, line);
      line.push(waiter);
      options.signal?.addEventListener('abort', () => {
        const at = line.indexOf(waiter);
        if (at < 0) return;
        line.splice(at, 1);
        reject(new DOMException('Aborted.', 'AbortError'));
      });
    });
  }) as LocksLike['request'];

  readonly query = async (): Promise<LockManagerSnapshot> => ({
    held: [...this.#browser.held.keys()].map((name) => ({ name, mode: 'exclusive', clientId: '' })),
    pending: [],
  });

  openChannel(): ChannelLike {
    return new FakeChannel(this.#browser);
  }

  die(): void {
    this.isDead = true;
    this.#die();
    for (const line of this.#browser.lines.values())
      for (const waiter of [...line]) if (waiter.owner === this) line.splice(line.indexOf(waiter), 1);
    for (const name of [...this.#browser.held.keys()]) this.#browser.release(name, this);
  }

  #die: () => void = () => undefined;
  readonly #died = new Promise<void>((resolve) => {
    this.#die = resolve;
  });
}

class FakeChannel implements ChannelLike {
  readonly #browser: FakeBrowser;
  onmessage: ((event: MessageEvent) => void) | null = null;

  constructor(browser: FakeBrowser) {
    this.#browser = browser;
    browser.channels.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of this.#browser.channels)
      if (other !== this) queueMicrotask(() => other.onmessage?.({ data } as MessageEvent));
  }

  close(): void {
    this.#browser.channels.delete(this);
  }
}
