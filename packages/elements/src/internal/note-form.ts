import type { RoomState } from '@lms-live/client';
import { LIMITS } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import Send from 'lucide/dist/esm/icons/send.mjs';
import { icon } from './icons.js';
import type { LmsElement } from './lms-element.js';

/** A word to the staff from somebody who waits: that they are there, and why they should be let in. */
export class NoteForm {
  readonly #host: LmsElement;
  #isOpen = false;
  #isSent = false;

  constructor(host: LmsElement) {
    this.#host = host;
  }

  render({ door: { note } }: RoomState): TemplateResult {
    const { localize } = this.#host;
    return html`<div role="status">
        ${this.#isSent && note !== null ? html`<p class="muted small">${localize.term('noteSent')}</p>` : nothing}
      </div>
      ${
        note !== null && !this.#isOpen
          ? html`<div class="word own" part="door-note"><p dir="auto">${note}</p></div>`
          : nothing
      }
      ${
        this.#isOpen
          ? this.#renderForm(note ?? '')
          : html`<button class="button" data-note @click=${this.#open}>
              ${localize.term(note === null ? 'noteWrite' : 'noteChange')}
            </button>`
      }`;
  }

  #renderForm(note: string): TemplateResult {
    const { localize } = this.#host;
    return html`<form part="note-form" @submit=${this.#send} @keydown=${this.#onKey}>
      <label for="note">${localize.term('noteLabel')}</label>
      <textarea id="note" class="field" rows="3" dir="auto" .value=${note} maxlength=${LIMITS.maxNoteChars}></textarea>
      <div class="buttons">
        <button class="button primary">${icon(Send)} ${localize.term('noteSend')}</button>
        <button type="button" class="button" @click=${this.#close}>${localize.term('cancel')}</button>
      </div>
    </form>`;
  }

  #open = async (): Promise<void> => {
    this.#isOpen = true;
    this.#isSent = false;
    await this.#render();
    this.#host.renderRoot.querySelector<HTMLElement>('#note')?.focus();
  };

  #close = async (): Promise<void> => {
    this.#isOpen = false;
    await this.#render();
    this.#host.renderRoot.querySelector<HTMLElement>('[data-note]')?.focus();
  };

  #send = (event: SubmitEvent): void => {
    event.preventDefault();
    const note = this.#host.renderRoot.querySelector<HTMLTextAreaElement>('#note')?.value ?? '';
    this.#host.client?.knock({ note });
    this.#isSent = note.trim() !== '';
    void this.#close();
  };

  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    void this.#close();
  };

  async #render(): Promise<void> {
    this.#host.connection.catchUp();
    await this.#host.updateComplete;
  }
}
