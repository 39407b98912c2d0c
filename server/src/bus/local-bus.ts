import type { Bus } from './types.js';

/** The bus of a process that has its store to itself: nobody else is there. */
export class LocalBus implements Bus {
  readonly isShared = false;

  publish(): void {
    // Nobody else is there.
  }

  subscribe(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    // There is nothing to let go of.
  }
}
