import type { MeetingHost } from './meeting-host.js';

/** In a call of two the controls go when nothing has moved for this long. */
const QUIET_MS = 3_000;

/** Whether the controls are out of the way: after a while without movement, focus or touch, and only where they may go. */
export class Quiet {
  isQuiet = false;
  /** The controls stand over the picture. */
  #mayBe = false;
  readonly #host: MeetingHost;

  constructor(host: MeetingHost) {
    this.#host = host;
  }

  /** @param mayBe the controls stand over the picture, so that they may go */
  set(mayBe: boolean): void {
    if (mayBe === this.#mayBe) return;
    this.#mayBe = mayBe;
    this.isQuiet = false;
    this.stir();
  }

  /** Something has moved, or has the focus. */
  readonly stir = (): void => {
    const { timers } = this.#host;
    if (this.isQuiet) {
      this.isQuiet = false;
      this.#host.requestUpdate();
    }
    timers.stop('quiet');
    if (this.#mayBe) timers.once('quiet', QUIET_MS, () => this.#rest());
  };

  #rest(): void {
    const root = this.#host.shadowRoot;
    // Whoever is in a menu, or goes through the controls by keyboard, keeps them.
    if (root?.querySelector('.controls :focus-visible, :popover-open, dialog[open]')) {
      this.stir();
      return;
    }
    this.isQuiet = true;
    this.#host.requestUpdate();
  }
}
