import type { Logs } from './log/logs.js';
import type { Environment } from './types.js';

export interface HistoryOptions {
  /** Address of the server over HTTP. */
  readonly server: string;
  readonly fetch: Environment['fetch'];
  readonly logs: Logs;
  readonly token: () => Promise<string>;
  readonly roomId: () => string | null;
  /** The views have changed. */
  readonly publish: () => void;
}

/** What was written before the messages that are at hand, page by page over HTTP. */
export class History {
  readonly #options: HistoryOptions;
  #loading: Promise<boolean> | null = null;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** One page at a time, whoever asks. @returns whether there may be more @throws {LmsError} */
  load(): Promise<boolean> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #load(): Promise<boolean> {
    const { server, fetch, logs, token, roomId, publish } = this.#options;
    const room = roomId();
    const { all } = logs.positions;
    // Nothing is known yet: there may be anything.
    if (room === null || !all) return true;
    const before = logs.views.all.messages.first?.offset ?? all.offset + 1;
    const { fetchOlderMessages } = await import('./http/older-messages.js');
    const older = await fetchOlderMessages(server, fetch, { room, before, token: await token() });
    // The log may have been replaced by another one in the meantime.
    if (logs.positions.all?.epoch === all.epoch) {
      logs.changeAll((view) => ({ ...view, messages: view.messages.prepend(older.items) }));
      publish();
    }
    return older.mayHaveMore;
  }
}
