import type { RoomState } from '@lms-live/client';
import type { LobbyPerson } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import DoorOpen from 'lucide/dist/esm/icons/door-open.mjs';
import X from 'lucide/dist/esm/icons/x.mjs';
import { Announcer } from './announcer.js';
import { renderAvatar } from './avatar.js';
import { formatDate } from './format.js';
import { icon } from './icons.js';
import type { LmsElement } from './lms-element.js';
import type { Perform } from './lms-panel.js';
import { registerEnglish } from './localize.js';
import { moderationStrings } from './strings/moderation.js';

/** Those who wait at the door, as staff see and answer them; tells politely when somebody new waits. */
export class LobbyList {
  readonly #host: LmsElement;
  readonly #perform: Perform;
  readonly #announcer: Announcer;
  #known: ReadonlySet<string> = new Set();

  constructor(host: LmsElement, perform: Perform) {
    registerEnglish(moderationStrings);
    this.#host = host;
    this.#perform = perform;
    this.#announcer = new Announcer(host, (count) => host.localize.term('lobbyWaitMany', count), 'announce-lobby');
  }

  /** Before each render. Who waits already when one comes in is told as well: nobody else lets them in. */
  prepare({ lobby }: RoomState): void {
    for (const { participant, name } of lobby.people)
      if (!this.#known.has(participant)) this.#announcer.say(this.#host.localize.term('lobbyWaits', name));
    this.#known = new Set(lobby.people.map(({ participant }) => participant));
  }

  render(state: RoomState): TemplateResult | typeof nothing {
    const { localize } = this.#host;
    const { count, people } = state.lobby;
    if (count === 0 || !state.me?.grants.has('people.moderate')) return nothing;
    const lang = localize.lang();
    const unnamed = count - people.length;
    return html`<section class="lobby" part="lobby" aria-label=${localize.term('lobbyTitle')}>
      <h3 class="section">
        ${icon(DoorOpen)} ${localize.term('lobbyTitle')} <span class="badge">${count.toLocaleString(lang)}</span>
        ${
          people.length > 1
            ? html`<button
                class="button small admit-all"
                @click=${() => people.forEach((one) => this.#answer(one, true))}
              >
                ${localize.term('lobbyAdmitAll')}
              </button>`
            : nothing
        }
      </h3>
      <ul>
        ${repeat(
          people,
          ({ participant }) => participant,
          (one) => this.#renderOne(one),
        )}
      </ul>
      ${unnamed > 0 ? html`<p class="muted small">${localize.term('lobbyMore', unnamed.toLocaleString(lang))}</p>` : nothing}
    </section>`;
  }

  /** The live region. */
  renderAlways(): TemplateResult {
    return this.#announcer.render();
  }

  #renderOne(one: LobbyPerson): TemplateResult {
    const { localize } = this.#host;
    const { participant, name, picture, since } = one;
    const decline = localize.term('lobbyDeclineName', name);
    const time = formatDate(since, 'time', localize.lang());
    return html`<li class="person" part="person">
      ${renderAvatar({ id: participant, name, picture })}
      <span class="who">
        <bdi part="name">${name}</bdi><span class="muted small">${localize.term('lobbySince', time)}</span>
      </span>
      <button
        class="button primary small"
        aria-label=${localize.term('lobbyAdmitName', name)}
        @click=${() => this.#answer(one, true)}
      >
        ${localize.term('lobbyAdmit')}
      </button>
      <button
        class="button icon-only small"
        aria-label=${decline}
        title=${decline}
        @click=${() => this.#answer(one, false)}
      >
        ${icon(X)}
      </button>
    </li>`;
  }

  #answer({ participant }: LobbyPerson, admitted: boolean): void {
    void this.#perform('person.admit', { participant, admitted });
  }
}
