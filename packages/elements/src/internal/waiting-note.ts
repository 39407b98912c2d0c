import type { Pending } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import type { LmsElement } from './lms-element.js';

/** What takes longer than this to be confirmed waits, though the connection is there. */
const WAITS_AFTER_MS = 2_000;

/**
 * Says of what was written and is not sent that it waits, and what would become of it without this page; nothing while it is just on its way.
 * It is to be rendered at all times: a live region that comes with its words is not read.
 */
export function renderWaitingNote(host: LmsElement, pending: readonly Pending[]): TemplateResult {
  const { localize, timers, connection } = host;
  const [oldest] = pending.filter(({ error }) => error === null);
  const state = connection.state?.connection;
  const waitedMs = oldest && state ? timers.now() - oldest.at : 0;
  const waits = oldest !== undefined && (state?.state !== 'online' || waitedMs >= WAITS_AFTER_MS);
  if (oldest && !waits) timers.once('waits', WAITS_AFTER_MS - waitedMs, () => host.requestUpdate());
  else timers.stop('waits');
  const isLeft = state?.outbox === 'kept' && pending.some(({ error, waits: isWaiting }) => error !== null && isWaiting);
  const term = isLeft ? 'waitsAway' : waits ? (state?.outbox === 'kept' ? 'waitsKept' : 'waitsOpen') : null;
  return html`<div role="status">
    ${term ? html`<p class="waits small muted" part="waiting-note">${localize.term(term)}</p>` : nothing}
  </div>`;
}
