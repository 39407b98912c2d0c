import type { Pending } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import type { LmsElement } from '../internal/lms-element.js';
import { maySendAgain } from '../internal/may-send-again.js';

/** A question that is on its way, or was refused and waits for a decision. */
export function renderSent(host: LmsElement, pending: Pending): TemplateResult {
  const { cmid, body, error } = pending;
  const { localize, client } = host;
  const again = (): void => client?.retryPending(cmid);
  const discard = (): void => client?.dropPending(cmid);
  return html`<li class="card pending">
    <div class="content">
      <p class="text" dir="auto">${body['text']}</p>
      ${
        error
          ? html`<p class="failure small" role="alert">
                ${localize.term('notSentQuestion')}: ${localize.error(error.code) ?? error.message}
              </p>
              <div class="actions">
                ${
                  maySendAgain(host, pending)
                    ? html`<button class="button small" @click=${again}>${localize.term('askAgain')}</button>`
                    : nothing
                }
                <button class="button small plain" @click=${discard}>${localize.term('dropQuestion')}</button>
              </div>`
          : html`<p class="small muted">${localize.term('sendingQuestion')}</p>`
      }
    </div>
  </li>`;
}
