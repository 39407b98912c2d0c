import type { LmsErrorDetail, RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import Clock from 'lucide/dist/esm/icons/clock.mjs';
import Hourglass from 'lucide/dist/esm/icons/hourglass.mjs';
import Lock from 'lucide/dist/esm/icons/lock.mjs';
import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs';
import { formatCountdown, formatDate } from './format.js';
import { icon } from './icons.js';
import type { LmsElement } from './lms-element.js';

/** Up to here a countdown runs by the second; before, the date says enough. */
const COUNTDOWN_FROM_MS = 24 * 60 * 60_000;
/** Codes that a fresh page may mend, where another try on this one cannot. */
const RELOAD_CODES: ReadonlySet<string> = new Set(['token_expired', 'token_person_changed', 'protocol_unsupported']);
/** Codes that say: this person has no place in this class. The host may say more, in the slot `not-enrolled`. */
const NOT_ENROLLED_CODES: ReadonlySet<string> = new Set(['room_not_covered', 'person_banned', 'token_missing']);

/** The thin bar above the content; it blocks nothing. */
export function renderBar({ localize }: LmsElement, state: RoomState | null): TemplateResult {
  const { term, tone } = barOf(state);
  return html`<div role="status">
    ${term ? html`<div class="bar ${tone}" part="bar">${localize.term(term)}</div>` : nothing}
  </div>`;
}

function barOf(state: RoomState | null): { term: 'reconnecting' | 'ended' | 'held' | null; tone: string } {
  if (!state) return { term: null, tone: '' };
  const { connection, views } = state;
  if (connection.state === 'reconnecting' || connection.state === 'connecting')
    return { term: 'reconnecting', tone: 'warn' };
  if (connection.state === 'ended' || views.all.room.state === 'ended') return { term: 'ended', tone: '' };
  return views.all.room.state === 'held' && views.all.room.why === 'staff'
    ? { term: 'held', tone: '' }
    : { term: null, tone: '' };
}

/** What stands in place of the content: a skeleton, why one waits, or what went wrong. */
export function renderGate(element: LmsElement, isShown: boolean): TemplateResult {
  const { state, problem } = element.connection;
  const error = problem ?? (state ? failureOf(state) : null);
  const isNotEnrolled = isShown && error !== null && NOT_ENROLLED_CODES.has(error.code);
  const failed = isShown && error ? renderFailure(element, error) : nothing;
  return html`<slot name="not-enrolled" ?hidden=${!isNotEnrolled}>${isNotEnrolled ? failed : nothing}</slot>
    ${isShown && !isNotEnrolled ? (error ? failed : renderWaiting(element, state)) : nothing}`;
}

/** What went wrong for good, or goes wrong again and again while the way in is sought. */
function failureOf({ connection: { state, error } }: RoomState): LmsErrorDetail | null {
  if (state === 'failed') return error ?? { code: 'closed', message: '', retryable: true, help: '' };
  return state === 'connecting' || state === 'reconnecting' ? error : null;
}

function renderFailure(element: LmsElement, error: LmsErrorDetail): TemplateResult {
  const { localize } = element;
  const attribute = error.code === 'attribute_invalid' ? error.detail?.['attribute'] : undefined;
  const isSetUp = typeof attribute !== 'string';
  const text = isSetUp
    ? (localize.error(error.code) ?? error.message)
    : localize.term(error.detail?.['why'] === 'missing' ? 'missing' : 'malformed', attribute);
  const mend = RELOAD_CODES.has(error.code) ? 'reload' : error.code === 'person_removed' ? 'rejoin' : 'retry';
  const canTry = isSetUp && (error.retryable || mend !== 'retry');
  const tryAgain = (): void => (mend === 'reload' ? location.reload() : element.retry());
  // Nothing has gone wrong here: that is what there is to say.
  const isRemoved = error.code === 'person_removed';
  return html`<div class="gate failed" part="error" role="alert">
    ${icon(TriangleAlert)}
    <h3>${isRemoved ? text : localize.term('failed')}</h3>
    ${isRemoved ? nothing : html`<p>${text}</p>`}
    <code part="error-code" title=${error.help}>${error.code}</code>
    ${canTry ? html`<button class="button primary" @click=${tryAgain}>${localize.term(mend)}</button>` : nothing}
  </div>`;
}

const WAITING = {
  not_started: ['waitingNotStarted', 'waitingNotStartedHint', Clock],
  password: ['waitingLocked', 'waitingLockedHint', Lock],
  lobby: ['waitingLobby', 'waitingLobbyHint', Hourglass],
  locked: ['waitingLocked', 'waitingLockedHint', Lock],
  full: ['waitingFull', 'waitingFullHint', Hourglass],
} as const;

function renderWaiting(element: LmsElement, state: RoomState | null): TemplateResult {
  const { localize } = element;
  const why = state?.connection.state === 'waiting' ? state.connection.why : null;
  // Who comes after the end and has not been there before reads nothing but this.
  if (state?.connection.state === 'ended' || state?.connection.state === 'closed')
    return html`<div class="gate" part="waiting">
      ${icon(Clock)}
      <div role="status"><h3>${localize.term('ended')}</h3></div>
    </div>`;
  if (!state || !why)
    return html`<div class="skeleton" role="status" part="skeleton">
      <span class="visually-hidden">${localize.term('loading')}</span><i></i><i></i><i></i><i></i>
    </div>`;
  const [title, hint, drawing] = WAITING[why];
  return html`<div class="gate" part="waiting">
    ${icon(drawing)}
    <div role="status"><h3>${localize.term(title)}</h3></div>
    ${why === 'not_started' ? renderStart(element, state) : nothing}
    <p class="muted">${localize.term(hint)}</p>
  </div>`;
}

function renderStart(element: LmsElement, { views, clockOffsetMs }: RoomState): TemplateResult | typeof nothing {
  const { localize, timers } = element;
  const { startsAt } = views.all.room;
  if (startsAt === null) return nothing;
  const leftMs = startsAt - timers.now() - clockOffsetMs;
  const lang = localize.lang();
  const when = localize.term('startsAt', formatDate(startsAt, 'start', lang));
  if (leftMs > COUNTDOWN_FROM_MS) return html`<p>${when}</p>`;
  if (leftMs <= 0) return html`<p>${localize.term('startsSoon')}</p>`;
  timers.once('countdown', (leftMs % 1_000) + 1, () => element.requestUpdate());
  const countdown = formatCountdown(leftMs, lang);
  return html`<p class="countdown" role="timer" aria-label=${localize.term('startsIn', countdown)}>${countdown}</p>
    <p>${when}</p>`;
}
