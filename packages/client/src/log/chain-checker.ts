import type { EventFrame, LogIdentity, Position } from '@lms-live/protocol';
import type { Environment } from '../types.js';
import type { ChainLink } from './chain-link.js';

/** A place in the log, and the view as it was there: what one can go back to. */
export interface Checkpoint<V> {
  readonly position: Position | null;
  readonly view: V;
}

export interface FoldedEvent<V> extends Checkpoint<V> {
  readonly position: Position;
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
    if (!this.#options.sha256) {
      this.#checked = event;
      return;
    }
    this.#queue.push(event);
    if (!this.#isRunning) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) {
      const { position, view, frame, bodyText } = event;
      const run = this.#run;
      const previous = this.#checked.position?.hash ?? this.#options.identity(position.epoch);
      const isRight = await this.#isRight({ previous, frame, bodyText });
      if (run !== this.#run) continue;
      if (isRight) {
        this.#checked = { position, view };
      } else {
        this.#queue = [];
        this.#options.mismatch();
      }
    }
    this.#isRunning = false;
  }

  async #isRight(link: ChainLink): Promise<boolean> {
    try {
      // Not among what a page waits for: it comes while the first events are shown.
      const { continuesChain } = await import('./chain-link.js');
      return this.#options.sha256 === null || (await continuesChain(link, this.#options.sha256));
    } catch {
      // What checks is not to be had here (a deployment has replaced it, or a policy forbids it): as without SHA-256.
      return true;
    }
  }
}
