import { html, type TemplateResult } from 'lit';
import type { LmsElement } from './lms-element.js';

/** Spoken at most this often: a busy class must not talk without end. */
const PAUSE_MS = 1_500;
/** More than this at once is told as a number. */
const MAX_SPOKEN = 3;
/** Read by then; after it, whoever goes through the page does not find what is long past. */
const SPOKEN_MS = 6_000;

/** What a screen reader says without moving the focus: one polite live region for each kind of thing that an element tells. */
export class Announcer {
  #waiting: string[] = [];
  #spoken = '';

  constructor(
    private readonly host: LmsElement,
    private readonly summarise: (count: number) => string,
    /** Where an element has more than one: the name of its pause. */
    private readonly timer = 'announce',
  ) {}

  say(sentence: string): void {
    this.#waiting.push(sentence);
    this.host.timers.once(this.timer, PAUSE_MS, () => {
      this.#spoken =
        this.#waiting.length > MAX_SPOKEN ? this.summarise(this.#waiting.length) : this.#waiting.join('\n');
      this.#waiting = [];
      this.host.requestUpdate();
      this.host.timers.stop(`${this.timer} said`);
      this.host.timers.once(`${this.timer} said`, SPOKEN_MS, () => {
        this.#spoken = '';
        this.host.requestUpdate();
      });
    });
  }

  render(): TemplateResult {
    return html`<div class="visually-hidden" role="status" aria-live="polite">${this.#spoken}</div>`;
  }
}
