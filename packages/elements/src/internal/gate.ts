import type { LmsErrorDetail, RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import Clock from 'lucide/dist/esm/icons/clock.mjs';
import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs';
import type { DoorView } from './door.js';
import { icon } from './icons.js';
import type { LmsElement } from './lms-element.js';
import { adopt } from './overlay.js';

/** Codes that a fresh page may mend, where another try on this one cannot. */
const RELOAD_CODES: ReadonlySet<string> = new Set([
  'token_expired',
  'token_revoked',
  'token_person_changed',
  'protocol_unsupported',
]);
/** Codes that say: this person has no place in this class. The host may say more, in the slot `not-enrolled`. */
const NOT_ENROLLED_CODES: ReadonlySet<string> = new Set([
  'room_not_covered',
  'enrolment_refused',
  'person_banned',
  'token_missing',
]);
/** Nothing has gone wrong where these are said: they are the answer, and all there is to say. */
const ANSWERS: ReadonlySet<string> = new Set(['person_removed', 'person_not_admitted', 'enrolment_refused']);
/** When the rest of the door could not be loaded, it is tried again after this. */
const LOAD_AGAIN_MS = 2_000;

/** What stands in place of the content: a skeleton, the door, or what went wrong. What is said at the door is loaded when somebody stands there. */
export class Gate {
  readonly #host: LmsElement;
  #door: DoorView | null = null;
  #isLoading = false;

  constructor(host: LmsElement) {
    this.#host = host;
  }

  render(isShown: boolean): TemplateResult {
    const { state, problem } = this.#host.connection;
    const error = problem ?? (state ? failureOf(state) : null);
    const isNotEnrolled = isShown && error !== null && NOT_ENROLLED_CODES.has(error.code);
    const failed = isShown && error ? this.#renderFailure(error) : nothing;
    return html`<slot name="not-enrolled" ?hidden=${!isNotEnrolled}>${isNotEnrolled ? failed : nothing}</slot>
      ${isShown && !isNotEnrolled ? (error ? failed : this.#renderWaiting(state)) : nothing}`;
  }

  #renderFailure(error: LmsErrorDetail): TemplateResult {
    const { localize } = this.#host;
    const { code, detail } = error;
    const attribute = code === 'attribute_invalid' ? detail?.['attribute'] : undefined;
    const isSetUp = typeof attribute !== 'string';
    const text = isSetUp
      ? (localize.error(code) ?? error.message)
      : localize.term(detail?.['why'] === 'missing' ? 'missing' : 'malformed', attribute);
    const mend = RELOAD_CODES.has(code) ? 'reload' : code === 'person_removed' ? 'rejoin' : 'retry';
    const canTry = isSetUp && (error.retryable || mend !== 'retry');
    const tryAgain = (): void => (mend === 'reload' ? location.reload() : this.#host.retry());
    const isAnswer = ANSWERS.has(code);
    // In the host's own words.
    const reason = code === 'enrolment_refused' ? detail?.['reason'] : undefined;
    return html`<div class="gate failed" part="error" role="alert">
      ${icon(TriangleAlert)}
      <h3>${isAnswer ? text : localize.term('failed')}</h3>
      ${isAnswer ? nothing : html`<p>${text}</p>`}
      ${typeof reason === 'string' && reason ? html`<p dir="auto" part="reason">${reason}</p>` : nothing}
      <code part="error-code" title=${error.help}>${code}</code>
      ${canTry ? html`<button class="button primary" @click=${tryAgain}>${localize.term(mend)}</button>` : nothing}
      ${isSetUp && !error.retryable ? this.#opened()?.renderNext(error) : nothing}
    </div>`;
  }

  #renderWaiting(state: RoomState | null): TemplateResult {
    const { localize } = this.#host;
    // Who comes after the end and has not been there before reads nothing but this.
    if (state?.connection.state === 'ended' || state?.connection.state === 'closed')
      return html`<div class="gate" part="waiting">
        ${icon(Clock)}
        <div role="status"><h3>${localize.term('ended')}</h3></div>
        <p class="muted">${localize.term('endedHint')}</p>
      </div>`;
    const why = state ? waitsFor(state) : null;
    return (
      (state && why && this.#opened()?.render(state, why)) ??
      html`<div class="skeleton" role="status" part="skeleton">
        <span class="visually-hidden">${localize.term('loading')}</span><i></i><i></i><i></i><i></i>
      </div>`
    );
  }

  #opened(): DoorView | null {
    if (!this.#door) void this.#load();
    return this.#door;
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const { DoorView } = await import('./door.js');
      if (this.#host.shadowRoot) adopt(this.#host.shadowRoot, DoorView.styles);
      this.#door ??= new DoorView(this.#host);
      this.#host.requestUpdate();
    } catch {
      if (this.#host.isConnected) this.#host.timers.once('door', LOAD_AGAIN_MS, () => this.#host.requestUpdate());
    } finally {
      this.#isLoading = false;
    }
  }
}

/** What this person waits for at the door; also while the connection to it is mended. */
export function waitsFor({ connection: { state, why } }: RoomState): RoomState['connection']['why'] {
  return state === 'waiting' || state === 'reconnecting' ? why : null;
}

/** What went wrong for good, or goes wrong again and again while the way in is sought. */
function failureOf({ connection: { state, error } }: RoomState): LmsErrorDetail | null {
  if (state === 'failed') return error ?? { code: 'closed', message: '', retryable: true, help: '' };
  return state === 'connecting' || state === 'reconnecting' ? error : null;
}
