import type { RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import { formatIn } from './format.js';
import type { LmsElement } from './lms-element.js';
import type { Perform } from './lms-panel.js';
import { isStaffMember } from './people-of.js';

const MINUTE_MS = 60_000;

/** The thin bar above the content; it blocks nothing. */
export function renderBar(element: LmsElement, state: RoomState | null, perform: Perform): TemplateResult {
  const { localize } = element;
  const { term, tone } = barOf(state);
  return html`<div role="status">
      ${term ? html`<div class="bar ${tone}" part="bar">${localize.term(term)}</div>` : nothing}
    </div>
    ${state && !term ? renderEarly(element, state, perform) : nothing}`;
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

/** In before the class begins. What changes by the minute is no live region: it would talk all the time. */
function renderEarly(element: LmsElement, state: RoomState, perform: Perform): TemplateResult | typeof nothing {
  const { localize, timers } = element;
  const { room } = state.views.all;
  if (room.state !== 'open' && room.state !== 'scheduled') return nothing;
  const leftMs = (room.startsAt ?? 0) - timers.now() - state.clockOffsetMs;
  const mayStart = state.me?.grants.has('room.start') ?? false;
  if (leftMs <= 0 && !mayStart) return html`<div class="bar" part="bar">${localize.term('startsSoon')}</div>`;
  timers.stop('early');
  if (leftMs > 0) timers.once('early', (leftMs % MINUTE_MS) + 1, () => element.requestUpdate());
  const term = isStaffMember(state) ? 'staffEarly' : 'early';
  return html`<div class="bar" part="bar">
    <span>${leftMs > 0 ? localize.term(term, formatIn(leftMs, localize.lang())) : nothing}</span>
    ${
      mayStart
        ? html`<button class="button small" part="start-button" @click=${() => void perform('room.start', {})}>
            ${localize.term('startNow')}
          </button>`
        : nothing
    }
  </div>`;
}
