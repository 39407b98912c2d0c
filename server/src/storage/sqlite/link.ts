import type { Reply, Request } from './messages.js';

/** The way from the store to its engine: in this thread, or in another. Requests arrive in the order they were sent. */
export interface Link {
  /** @throws {StoreUnavailable} where nobody is there to take it */
  send(request: Request): void;
  /** Settles when everything sent before was answered, and the file is closed. */
  close(): Promise<void>;
}

export interface LinkEvents {
  onReplies(replies: readonly Reply[]): void;
  /** Nothing that was sent will be answered any more. */
  onLost(error: Error): void;
}
