export interface HearsayOptions {
  /** Where the room stands. */
  readonly revision: () => number;
  /** Reads it on, between two batches. */
  readonly readOn: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** What other nodes say of where a room stands: read on once, however many say so, and never more than once at a time. */
export class Hearsay {
  readonly #options: HearsayOptions;
  #newest = 0;
  #isReading = false;

  constructor(options: HearsayOptions) {
    this.#options = options;
  }

  /** Hints are no truth: one that is late, or there twice, costs nothing; one that is wrong costs one look. */
  hear(revision: number): void {
    this.#newest = Math.max(this.#newest, revision);
    if (this.#isReading || this.#newest <= this.#options.revision()) return;
    this.#isReading = true;
    void this.#read();
  }

  async #read(): Promise<void> {
    const { revision, readOn, onError } = this.#options;
    try {
      for (let before = -1; this.#newest > revision() && revision() !== before;) {
        before = revision();
        await readOn();
      }
    } catch (error) {
      onError(error);
    }
    // What is not there by now was never written, or comes with another hint.
    this.#newest = revision();
    this.#isReading = false;
  }
}
