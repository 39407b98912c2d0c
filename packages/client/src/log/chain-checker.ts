import {
  bodyDigestInput,
  genesisInput,
  linkInput,
  toChainHash,
  toHex,
  type EventFrame,
  type LogIdentity,
  type Position,
} from '@lms-live/protocol';
import type { Environment } from '../types.js';

/** A place in the log, and the view as it was there: what one can go back to. */
export interface Checkpoint<V> {
  readonly position: Position | null;
  readonly view: V;
}

export interface FoldedEvent<V> extends Checkpoint<V> {
  readonly frame: EventFrame;
  /** The exact text of the body, as the server stored and hashed it. */
  readonly bodyText: string;
}

export interface ChainCheckerOptions {
  readonly sha256: Environment['sha256'];
  /** Which log it is; asked when the chain is followed from its beginning. */
  readonly identity: (epoch: string) => LogIdentity;
  /** The event does not continue the chain. Nothing more is checked until `restart`. */
  readonly mismatch: () => void;
}

/**
 * Follows the hash chain of one log beside the folds, in order, and remembers the last place that was right.
 * Without SHA-256 (a page without TLS) everything is taken as right; the heads are still compared by whoever resumes.
 */
export class ChainChecker<V> {
  readonly #options: ChainCheckerOptions;
  #checked: Checkpoint<V>;
  #queue: FoldedEvent<V>[] = [];
  /** Rises with each restart: what an older run still waits for is void. */
  #run = 0;
  #isRunning = false;

  constructor(start: Checkpoint<V>, options: ChainCheckerOptions) {
    this.#checked = start;
    this.#options = options;
  }

  get checked(): Checkpoint<V> {
    return this.#checked;
  }

  restart(checkpoint: Checkpoint<V>): void {
    this.#run += 1;
    this.#queue = [];
    this.#checked = checkpoint;
  }

  push(event: FoldedEvent<V>): void {
    const { sha256 } = this.#options;
    if (!sha256) {
      this.#checked = event;
      return;
    }
    this.#queue.push(event);
    if (!this.#isRunning) void this.#work(sha256);
  }

  async #work(sha256: NonNullable<Environment['sha256']>): Promise<void> {
    this.#isRunning = true;
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) {
      const run = this.#run;
      const isRight = await this.#continues(event, sha256).catch(() => false);
      if (run !== this.#run) continue;
      if (isRight) {
        this.#checked = { position: event.position, view: event.view };
      } else {
        this.#queue = [];
        this.#options.mismatch();
      }
    }
    this.#isRunning = false;
  }

  async #continues(
    { frame, bodyText, position }: FoldedEvent<V>,
    sha256: NonNullable<Environment['sha256']>,
  ): Promise<boolean> {
    if (!position) return false;
    const previous =
      this.#checked.position?.hash ?? toChainHash(await sha256(genesisInput(this.#options.identity(position.epoch))));
    const digest = frame.salt === undefined ? frame.digest : toHex(await sha256(bodyDigestInput(frame.salt, bodyText)));
    if (digest === undefined) return false;
    return toChainHash(await sha256(linkInput(previous, { ...frame, digest }))) === frame.hash;
  }
}
