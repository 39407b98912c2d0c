import { RoomMoved, type Store } from '../storage/types.js';
import { emptyHead, logId } from './logs.js';
import type { RoomState } from './room-state.js';
import { Together } from './together.js';

export interface OwnLogsOptions {
  readonly store: Pick<Store, 'commit'>;
  readonly state: RoomState;
  /** Does something between two batches. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** Reads on what is stale. */
  readonly freshen: () => Promise<void>;
  readonly readOn: () => Promise<void>;
  /** The room stands at this revision now. */
  readonly onMoved: (revision: number) => void;
  /** Nothing is known of what the store has. */
  readonly onFault: () => void;
}

/** The logs of the people of one room: made when they first come. A class that comes in together waits for one commit, not for one each. */
export class OwnLogs {
  readonly #options: OwnLogsOptions;
  readonly #newcomers = new Together<string>((take) => this.#options.alone(() => this.#open(take())));

  constructor(options: OwnLogsOptions) {
    this.#options = options;
  }

  /** Makes sure that a person's own log exists. */
  async open(participant: string): Promise<void> {
    const { heads } = this.#options.state;
    if (!heads.has(logId({ log: 'me', owner: participant }))) await this.#newcomers.add(participant);
  }

  /** Between two batches: writes the logs of these people; of nobody, it says no more than that the room has moved. */
  async write(owners: readonly string[]): Promise<void> {
    const { store, state, onFault, onMoved, readOn } = this.#options;
    const { key, tenant, id: room } = state.row;
    const newLogs = owners.map((owner) => emptyHead({ tenant, room, log: 'me', owner }));
    try {
      await store.commit({ key, basis: state.revision, newLogs, steps: [] });
    } catch (error) {
      onFault();
      if (!(error instanceof RoomMoved)) throw error;
      await readOn();
      return;
    }
    state.revision += 1;
    for (const head of newLogs) state.heads.set(logId(head), head);
    onMoved(state.revision);
  }

  async #open(owners: readonly string[]): Promise<void> {
    await this.#options.freshen();
    const missing = owners.filter((owner) => !this.#options.state.heads.has(logId({ log: 'me', owner })));
    if (missing.length === 0) return;
    await this.write(missing);
    // Another node may have been first: then what it has made was read, and the rest follows.
    await this.#open(missing);
  }
}
