/** Work that is done again and again, each never beside itself; what fails is done again at the next tick. */
export class Clocks {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #onError: (error: unknown) => void;
  #isStopped = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  every(intervalMs: number, work: () => Promise<void> | void): void {
    let busy = false;
    const timer = setInterval(() => {
      if (busy || this.#isStopped) return;
      busy = true;
      void Promise.resolve()
        .then(work)
        .catch((error: unknown) => {
          if (!this.#isStopped) this.#onError(error);
        })
        .finally(() => {
          busy = false;
        });
    }, intervalMs);
    this.#timers.push(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
  }
}
