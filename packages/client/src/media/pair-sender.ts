/** What one track costs on one link (WebRTC §5.2.8, WebRTC Extensions); what is absent is left as it is. */
export interface Encoding {
  readonly maxBitrate: number;
  readonly maxFramerate: number;
  readonly scaleResolutionDownBy: number;
}

/** One of the four things that are sent on a link. Changes nothing that needs a negotiation. */
export class PairSender {
  readonly #sender: RTCRtpSender;
  #track: MediaStreamTrack | null = null;
  #wanted: Encoding | null = null;
  #applied = '';
  #isApplying = false;

  constructor(sender: RTCRtpSender) {
    this.#sender = sender;
  }

  /** @param encoding null leaves it to the browser */
  set(track: MediaStreamTrack | null, encoding: Encoding | null): void {
    this.#wanted = track && encoding;
    // First, so that not even the first picture is larger than it may be.
    void this.#apply();
    if (track === this.#track) return;
    this.#track = track;
    this.#sender.replaceTrack(track).catch(() => {
      // The connection is closed, or the track has ended: then another one is set soon.
      if (this.#track === track) this.#track = null;
    });
  }

  /** One change at a time: parameters are only taken if nothing has changed since they were read (WebRTC §5.2, `transactionId`). */
  async #apply(): Promise<void> {
    const wanted = this.#wanted;
    const text = JSON.stringify(wanted);
    if (this.#isApplying || wanted === null || text === this.#applied) return;
    this.#isApplying = true;
    try {
      const parameters = this.#sender.getParameters();
      const [encoding] = parameters.encodings;
      // Before the first negotiation some browsers have none.
      if (!encoding) return;
      Object.assign(encoding, wanted);
      this.#applied = text;
      await this.#sender.setParameters(parameters);
    } catch {
      this.#applied = '';
      return;
    } finally {
      this.#isApplying = false;
    }
    void this.#apply();
  }
}
