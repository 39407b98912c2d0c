import { selectName, type RoomState } from '@lms-live/client';
import type { BarReason } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { renderAvatar } from '../internal/avatar.js';
import { formatDate } from '../internal/format.js';
import type { LmsPanel, Perform } from '../internal/lms-panel.js';

/** The end of a ban is waited for up to this; a longer one outlasts the page, and a timer would overflow. */
const MAX_WAIT_MS = 24 * 60 * 60_000;

/** Somebody who is not let in; `until` null: for good. */
interface Ban {
  readonly participant: string;
  readonly name: string;
  readonly until: number | null;
  readonly reason: BarReason;
}

interface List {
  readonly host: LmsPanel;
  readonly state: RoomState;
  readonly perform: Perform;
  /** Server time. */
  readonly nowMs: number;
}

/** Who is not let in, for those who may lift it. */
export function renderBanned(list: List): TemplateResult | typeof nothing {
  const { host, state, nowMs } = list;
  const { localize, timers } = host;
  if (!state.me?.grants.has('people.moderate')) return nothing;
  const banned = [...state.views.staff.bars.entries()]
    .flatMap(([participant, { room: bar }]) =>
      bar && (bar.until ?? Infinity) > nowMs ? [{ participant, ...bar }] : [],
    )
    .map((bar) => ({ ...bar, name: selectName(state, bar.participant) ?? localize.term('someone') }))
    .sort((a, b) => a.name.localeCompare(b.name));
  if (banned.length === 0) return nothing;
  const nextMs = Math.min(...banned.map(({ until }) => until ?? Infinity)) - nowMs;
  timers.stop('ban');
  if (nextMs <= MAX_WAIT_MS) timers.once('ban', nextMs + 1, () => host.requestUpdate());
  return html`<details class="banned" part="banned">
    <summary class="section">${localize.term('banned')} <span class="badge">${banned.length}</span></summary>
    <ul>
      ${repeat(
        banned,
        ({ participant }) => participant,
        (one) => renderBan(one, list),
      )}
    </ul>
  </details>`;
}

function renderBan(
  { participant, name, until, reason }: Ban,
  { host: { localize }, state, perform }: List,
): TemplateResult {
  const label = localize.term('liftBanOf', name);
  const lift = (): void => void perform('person.bar', { participant, bar: 'room', barred: false });
  return html`<li class="person">
    ${renderAvatar({ id: participant, name, picture: state.views.all.people.get(participant)?.picture })}
    <span class="who">
      <bdi>${name}</bdi>
      <span class="muted small">${localize.term(`reason_${reason}`)}</span>
      ${
        until === null
          ? nothing
          : html`<span class="muted small"
              >${localize.term('bannedUntil', formatDate(until, 'full', localize.lang()))}</span
            >`
      }
    </span>
    <button class="button small" aria-label=${label} @click=${lift}>${localize.term('liftBan')}</button>
  </li>`;
}
