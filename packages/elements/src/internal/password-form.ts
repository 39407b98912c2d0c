import type { Door, RoomClient, RoomState } from '@lms-live/client';
import { LIMITS } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import EyeOff from 'lucide/dist/esm/icons/eye-off.mjs';
import Eye from 'lucide/dist/esm/icons/eye.mjs';
import { formatCountdown } from './format.js';
import { icon } from './icons.js';
import type { LmsElement } from './lms-element.js';

/** By connection: who asks. Of elements side by side the first one does; the others offer to. */
const asking = new WeakMap<RoomClient, PasswordForm>();

/** Asks for the password of the class. It goes from the field to the connection, and is kept nowhere here. */
export class PasswordForm {
  readonly #host: LmsElement;
  #isShown = false;
  /** Somebody wants to write here. */
  #isChosen = false;
  /** How the door stood when the password was sent: anything newer is the answer. */
  #asked: Door | null = null;

  constructor(host: LmsElement) {
    this.#host = host;
  }

  render(state: RoomState): TemplateResult {
    const { client, localize, timers } = this.#host;
    const other = client && asking.get(client);
    if (other && other !== this && (!this.#isSeen || other.#keeps(this)))
      return html`<button class="button" data-password @click=${() => void this.#ask(client, other)}>
        ${localize.term('passwordHere')}
      </button>`;
    if (client) asking.set(client, this);
    if (other && other !== this) other.#host.requestUpdate();
    const { door } = state;
    const isAnswered = this.#asked !== null && door !== this.#asked;
    if (isAnswered) this.#asked = null;
    const isChecking = this.#asked !== null;
    const leftMs = door.retryAt === null ? 0 : door.retryAt - timers.now();
    const isHeldUp = leftMs > 0;
    const isWrong = door.isWrong && !isChecking;
    if (isHeldUp) timers.once('password', (leftMs % 1_000) + 1, () => this.#host.requestUpdate());
    if (isAnswered && (isWrong || isHeldUp)) void this.#backToField();
    return html`<form part="password-form" @submit=${this.#send}>
      <label for="password">${localize.term('passwordLabel')}</label>
      <div class="secret">
        <input
          id="password"
          class="field"
          type=${this.#isShown ? 'text' : 'password'}
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          required
          maxlength=${LIMITS.maxPasswordChars}
          aria-invalid=${isWrong}
          aria-describedby="password-problem"
        />
        <button
          type="button"
          class="button icon-only"
          aria-label=${localize.term('passwordShow')}
          title=${localize.term('passwordShow')}
          aria-pressed=${this.#isShown}
          @click=${this.#show}
        >
          ${icon(this.#isShown ? EyeOff : Eye)}
        </button>
      </div>
      <p class="wrong" id="password-problem" role="alert">
        ${isHeldUp ? localize.term('passwordTooMany') : isWrong ? localize.term('passwordWrong') : nothing}
      </p>
      <button class="button primary" aria-disabled=${isChecking || isHeldUp}>
        ${
          isHeldUp
            ? localize.term('passwordNext', formatCountdown(leftMs, localize.lang()))
            : localize.term(isChecking ? 'passwordChecking' : 'passwordSend')
        }
      </button>
    </form>`;
  }

  get #isSeen(): boolean {
    return this.#host.getClientRects().length > 0;
  }

  /** Against one that comes later: while it can be seen, and stands first or is in use. */
  #keeps(later: PasswordForm): boolean {
    if (!this.#isSeen) return false;
    const isFirst = (this.#host.compareDocumentPosition(later.#host) & Node.DOCUMENT_POSITION_FOLLOWING) > 0;
    return isFirst || this.#isChosen || Boolean(this.#field?.value);
  }

  async #ask(client: RoomClient, other: PasswordForm): Promise<void> {
    this.#isChosen = true;
    other.#isChosen = false;
    asking.set(client, this);
    other.#host.requestUpdate();
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    this.#field?.focus();
  }

  #show = (): void => {
    this.#isShown = !this.#isShown;
    this.#host.requestUpdate();
  };

  #send = (event: SubmitEvent): void => {
    event.preventDefault();
    const { client, timers } = this.#host;
    const field = this.#field;
    const door = client?.getState().door;
    if (!client || !door || !field?.value || this.#asked !== null) return;
    if (door.retryAt !== null && door.retryAt > timers.now()) return;
    this.#asked = door;
    client.knock({ password: field.value });
    this.#host.requestUpdate();
  };

  /** Whoever typed it goes on typing. */
  async #backToField(): Promise<void> {
    await this.#host.updateComplete;
    this.#field?.focus();
    this.#field?.select();
  }

  get #field(): HTMLInputElement | null {
    return this.#host.renderRoot.querySelector<HTMLInputElement>('#password');
  }
}
