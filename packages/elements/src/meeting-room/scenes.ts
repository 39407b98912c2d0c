import { html, nothing, type TemplateResult } from 'lit';
import DoorOpen from 'lucide/dist/esm/icons/door-open.mjs';
import MonitorSmartphone from 'lucide/dist/esm/icons/monitor-smartphone.mjs';
import { formatCountdown } from '../internal/format.js';
import { icon } from '../internal/icons.js';
import type { MeetingHost } from './meeting-host.js';

/** What is left of a visit when it is over. */
export interface Visit {
  readonly stayedMs: number;
  /** Everyone who was seen, oneself included. */
  readonly people: number;
}

/** After the class, or after leaving it. */
export function renderFarewell(
  { localize }: MeetingHost,
  {
    visit,
    rejoin,
    start,
  }: {
    readonly visit: Visit | null;
    readonly rejoin: (() => void) | null;
    /** For staff, when the class is over. */
    readonly start: (() => void) | null;
  },
): TemplateResult {
  return html`<div class="gate farewell" part="farewell">
    ${icon(DoorOpen)}
    <div role="status"><h3>${localize.term(rejoin ? 'leftTitle' : 'overTitle')}</h3></div>
    ${
      visit
        ? html`<p class="muted figures">
              ${localize.term('wasHere', formatCountdown(visit.stayedMs, localize.lang()))}
            </p>
            <p class="muted">${localize.term('peopleCame', visit.people)}</p>`
        : nothing
    }
    ${rejoin ? html`<button class="button primary" @click=${rejoin}>${localize.term('rejoin')}</button>` : nothing}
    ${start ? html`<button class="button" @click=${start}>${localize.term('startAgain')}</button>` : nothing}
  </div>`;
}

/** Another tab of this person has the call, or had it and is gone. */
export function renderElsewhere(
  { localize }: MeetingHost,
  { isGone, useHere }: { readonly isGone: boolean; readonly useHere: () => void },
): TemplateResult {
  return html`<div class="gate elsewhere" part="elsewhere">
    ${icon(MonitorSmartphone)}
    <div role="status"><h3>${localize.term(isGone ? 'elsewhereGone' : 'elsewhereTitle')}</h3></div>
    ${isGone ? nothing : html`<p class="muted">${localize.term('elsewhereHint')}</p>`}
    <button class="button primary" @click=${useHere}>${localize.term('useHere')}</button>
  </div>`;
}
