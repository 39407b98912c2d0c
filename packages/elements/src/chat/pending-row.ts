import type { Pending } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import Clock from 'lucide/dist/esm/icons/clock.mjs';
import Lock from 'lucide/dist/esm/icons/lock.mjs';
import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs';
import { icon } from '../internal/icons.js';
import { linkify } from '../internal/linkify.js';
import type { LmsElement } from '../internal/lms-element.js';
import { maySendAgain } from '../internal/may-send-again.js';
import type { Localize } from '../internal/localize.js';

interface PendingRow {
  readonly element: LmsElement;
  readonly pending: Pending;
  readonly nameOf: (participant: string) => string;
}

/** What was written and is not confirmed: on its way, or refused and waiting for a decision. */
export function renderPending({ element, pending, nameOf }: PendingRow): TemplateResult {
  const { cmid, body, error } = pending;
  const { localize, client } = element;
  const privately = privacyOf(body['to'], localize, nameOf);
  const again = (): void => client?.retryPending(cmid);
  const discard = (): void => client?.dropPending(cmid);
  return html`<div
    class="row own first ${privately ? 'private' : ''} ${error ? 'failed' : ''}"
    part="message message-own message-pending"
  >
    <div class="body">
      <div class="line">
        <div class="bubble pending" part="bubble">
          ${privately ? html`<div class="mark" part="private">${icon(Lock)}<span>${privately}</span></div>` : nothing}
          <div class="text" dir="auto">${linkify(body['text'] as string)}</div>
          <div class="foot">
            ${error ? nothing : html`<span role="img" aria-label=${localize.term('sending')}>${icon(Clock)}</span>`}
          </div>
        </div>
      </div>
      ${
        error
          ? html`<div class="failure" role="alert">
              <span
                >${icon(TriangleAlert)} ${localize.term('notSent')}:
                ${localize.error(error.code) ?? error.message}</span
              >
              ${
                maySendAgain(element, pending)
                  ? html`<button class="button small" @click=${again}>${localize.term('sendAgain')}</button>`
                  : nothing
              }
              <button class="button small plain" @click=${discard}>${localize.term('discard')}</button>
            </div>`
          : nothing
      }
    </div>
  </div>`;
}

/** Who will read it, where that is not everyone: nobody is to doubt it while it is on its way. */
function privacyOf(to: unknown, localize: Localize, nameOf: PendingRow['nameOf']): string | null {
  if (typeof to !== 'string') return null;
  return to === 'staff' ? localize.term('privateOwn') : localize.term('privateWith', nameOf(to));
}
