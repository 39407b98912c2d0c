import type { LmsErrorDetail, RoomState } from '@lms-live/client';
import type { WaitingReason } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import Clock from 'lucide/dist/esm/icons/clock.mjs';
import Hourglass from 'lucide/dist/esm/icons/hourglass.mjs';
import KeyRound from 'lucide/dist/esm/icons/key-round.mjs';
import LockKeyhole from 'lucide/dist/esm/icons/lock-keyhole.mjs';
import { doorStyles } from './door.styles.js';
import { formatCountdown, formatDate } from './format.js';
import { icon } from './icons.js';
import type { LmsElement } from './lms-element.js';
import { registerEnglish } from './localize.js';
import { NoteForm } from './note-form.js';
import { PasswordForm } from './password-form.js';
import { doorStrings } from './strings/door.js';

/** Up to here a countdown runs by the second; before, the date says enough. */
const COUNTDOWN_FROM_MS = 24 * 60 * 60_000;

const WAITING = {
  not_started: ['waitingNotStarted', 'waitingNotStartedHint', Clock],
  password: ['waitingPassword', 'waitingPasswordHint', KeyRound],
  lobby: ['waitingLobby', 'waitingLobbyHint', Hourglass],
  locked: ['waitingLocked', 'waitingLockedHint', LockKeyhole],
  full: ['waitingFull', 'waitingFullHint', Hourglass],
} as const;

/** What whoever was turned away may do next. */
const NEXT: Readonly<
  Record<string, 'nextNotAdmitted' | 'nextBanned' | 'nextNotEnrolled' | 'nextRevoked' | 'nextNotCovered'>
> = {
  person_not_admitted: 'nextNotAdmitted',
  person_banned: 'nextBanned',
  enrolment_refused: 'nextNotEnrolled',
  token_revoked: 'nextRevoked',
  room_not_covered: 'nextNotCovered',
};

/** Where staff read who waits, and may be written to. */
const ANSWERED: ReadonlySet<WaitingReason> = new Set(['lobby', 'locked', 'full']);

/** The door, seen from outside: why one waits, what to do about it, and what the staff write. Loaded when somebody stands there. */
export class DoorView {
  /** For the shadow root that it stands in. */
  static readonly styles = [doorStyles];
  readonly #host: LmsElement;
  readonly #password: PasswordForm;
  readonly #note: NoteForm;

  constructor(host: LmsElement) {
    registerEnglish(doorStrings);
    this.#host = host;
    this.#password = new PasswordForm(host);
    this.#note = new NoteForm(host);
  }

  render(state: RoomState, why: WaitingReason): TemplateResult {
    const { localize } = this.#host;
    const [title, hint, drawing] = WAITING[why];
    return html`<div class="gate" part="waiting">
      ${icon(drawing)}
      <div role="status"><h3>${localize.term(title)}</h3></div>
      ${why === 'not_started' ? this.#renderStart(state) : nothing}
      <p class="muted">${localize.term(hint)}</p>
      ${this.#renderMessage(state)} ${why === 'password' ? this.#password.render(state) : nothing}
      ${ANSWERED.has(why) ? this.#note.render(state) : nothing}
    </div>`;
  }

  /** What to do after being turned away. */
  renderNext({ code }: LmsErrorDetail): TemplateResult | typeof nothing {
    const { localize } = this.#host;
    const next = NEXT[code];
    const mayAsk = code === 'person_not_admitted' || code === 'enrolment_refused';
    const again = code === 'person_not_admitted' ? 'knockAgain' : 'retry';
    return html`${next ? html`<p class="muted">${localize.term(next)}</p>` : nothing}
    ${
      mayAsk
        ? html`<button class="button primary" @click=${() => this.#host.retry()}>${localize.term(again)}</button>`
        : nothing
    }`;
  }

  /** The place of what the staff write is there before it, so that it is read. */
  #renderMessage({ door: { message } }: RoomState): TemplateResult {
    const { localize } = this.#host;
    return html`<div role="status" part="door-message">
      ${
        message
          ? html`<div class="word">
              <p class="from"><bdi>${localize.term('staffWrite', message.name)}</bdi></p>
              <p dir="auto">${message.text}</p>
            </div>`
          : nothing
      }
    </div>`;
  }

  #renderStart({ views, clockOffsetMs }: RoomState): TemplateResult | typeof nothing {
    const { localize, timers } = this.#host;
    const { startsAt } = views.all.room;
    if (startsAt === null) return nothing;
    const leftMs = startsAt - timers.now() - clockOffsetMs;
    const lang = localize.lang();
    const when = localize.term('startsAt', formatDate(startsAt, 'start', lang));
    if (leftMs > COUNTDOWN_FROM_MS) return html`<p>${when}</p>`;
    if (leftMs <= 0) return html`<p>${localize.term('startsSoon')}</p>`;
    timers.once('countdown', (leftMs % 1_000) + 1, () => this.#host.requestUpdate());
    const countdown = formatCountdown(leftMs, lang);
    return html`<p class="countdown" role="timer" aria-label=${localize.term('startsIn', countdown)}>${countdown}</p>
      <p>${when}</p>`;
  }
}
