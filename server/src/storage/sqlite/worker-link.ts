import type { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../types.js';
import type { Link, LinkEvents } from './link.js';
import { errorOf, type FromStore, type FromWorker } from './messages.js';

/** A worker that dies is started again, but not more often than this. */
const RESTART_INTERVAL_MS = 1000;

export interface WorkerLinkOptions extends LinkEvents {
  /** Starts the thread. */
  readonly spawn: () => Worker;
}

/** The engine in a worker thread. @throws {StoreUnavailable} where its first start fails */
export async function openWorkerLink(options: WorkerLinkOptions): Promise<Link> {
  const link = new WorkerLink(options);
  await link.start();
  return link;
}

class WorkerLink implements Link {
  readonly #options: WorkerLinkOptions;
  #worker: Worker | null = null;
  #startedAt = 0;
  #restart: NodeJS.Timeout | undefined;
  #hasServed = false;
  #isClosed = false;

  constructor(options: WorkerLinkOptions) {
    this.#options = options;
  }

  send(request: FromStore): void {
    if (this.#worker === null)
      throw new StoreUnavailable('the storage thread is being started again', { fault: 'lost' });
    this.#worker.postMessage(request);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === null) return;
    await new Promise((resolve) => {
      worker.once('exit', resolve);
      this.send('close');
    });
  }

  /** Settles with the worker's first word. */
  async start(): Promise<void> {
    const worker = this.#options.spawn();
    this.#worker = worker;
    this.#startedAt = performance.now();
    let cause: unknown;
    worker.once('error', (error) => (cause = error));
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        switch (message.kind) {
          case 'ready':
            this.#hasServed = true;
            resolve();
            break;
          case 'failed':
            cause = errorOf(message.failure);
            break;
          case 'replies':
            this.#options.onReplies(message.replies);
            break;
        }
      });
      worker.once('exit', () => {
        this.#worker = null;
        const error = cause instanceof StoreUnavailable ? cause : lost(cause);
        this.#options.onLost(error);
        reject(error);
        this.#startAgain();
      });
    });
  }

  #startAgain(): void {
    if (this.#isClosed || !this.#hasServed) return;
    const waitMs = Math.max(0, this.#startedAt + RESTART_INTERVAL_MS - performance.now());
    this.#restart = setTimeout(() => {
      // Where it fails, its exit has told so and has set the next timer.
      this.start().catch(() => undefined);
    }, waitMs);
  }
}

function lost(cause: unknown): StoreUnavailable {
  return new StoreUnavailable('the storage thread died', { cause, isUnknown: true, fault: 'lost' });
}
