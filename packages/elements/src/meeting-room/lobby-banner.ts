import type { RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { renderAvatar } from '../internal/avatar.js';
import type { Perform } from '../internal/lms-panel.js';
import type { MeetingHost } from './meeting-host.js';

/** So many are shown by name; the rest stands in the list of people. */
const MAX_NAMES = 3;

/** Who waits at the door, for those who may admit. */
export function renderLobby(host: MeetingHost, state: RoomState, perform: Perform): TemplateResult | typeof nothing {
  const { localize } = host;
  const { count, people } = state.lobby;
  if (count === 0 || !state.me?.grants.has('people.moderate')) return nothing;
  const answer = (participant: string, admitted: boolean): void =>
    void perform('person.admit', { participant, admitted });
  const admitAll = (): void => people.forEach(({ participant }) => answer(participant, true));
  return html`<section class="lobby" part="lobby" aria-label=${localize.term('lobbyTitle')}>
    <div class="lobby-head">
      <b>${localize.term('lobbyTitle')}</b><span class="badge warn">${count.toLocaleString(localize.lang())}</span>
      ${
        people.length > 1
          ? html`<button class="button small primary" @click=${admitAll}>${localize.term('lobbyAdmitAll')}</button>`
          : nothing
      }
    </div>
    <ul>
      ${repeat(
        people.slice(0, MAX_NAMES),
        ({ participant }) => participant,
        ({ participant, name, picture }) =>
          html`<li>
            ${renderAvatar({ id: participant, name, picture })}<bdi>${name}</bdi>
            <button
              class="button small"
              aria-label=${localize.term('lobbyDeclineName', name)}
              @click=${() => answer(participant, false)}
            >
              ${localize.term('lobbyDecline')}
            </button>
            <button
              class="button small primary"
              aria-label=${localize.term('lobbyAdmitName', name)}
              @click=${() => answer(participant, true)}
            >
              ${localize.term('lobbyAdmit')}
            </button>
          </li>`,
      )}
    </ul>
    ${
      count > MAX_NAMES
        ? html`<p class="muted small">
            ${localize.term('lobbyMore', (count - MAX_NAMES).toLocaleString(localize.lang()))}
          </p>`
        : nothing
    }
  </section>`;
}
