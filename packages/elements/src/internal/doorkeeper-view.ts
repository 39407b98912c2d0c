import { selectName, type RoomState } from '@lms-live/client';
import { LIMITS, type LobbyPerson } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import DoorOpen from 'lucide/dist/esm/icons/door-open.mjs';
import MessageSquare from 'lucide/dist/esm/icons/message-square.mjs';
import X from 'lucide/dist/esm/icons/x.mjs';
import { renderAvatar } from './avatar.js';
import type { DoorkeeperForm } from './doorkeeper.js';
import { doorkeeperStyles } from './doorkeeper.styles.js';
import { formatDate } from './format.js';
import { icon } from './icons.js';
import type { LmsPanel, Perform } from './lms-panel.js';
import { registerEnglish } from './localize.js';
import { adopt } from './overlay.js';
import { personStyles } from './person.styles.js';
import { doorkeeperStrings } from './strings/doorkeeper.js';

/** Over the stage so many are shown by name; the rest stands in the list of people. */
const BANNER_NAMES = 3;
/** How long a refusal can be taken back where it was given. In the list of people it can be for as long as the class. */
const UNDO_MS = 12_000;

interface Declined {
  readonly participant: string;
  readonly name: string;
}

/** What staff see of the door, and do there. */
export class DoorkeeperView {
  readonly #host: LmsPanel;
  readonly #perform: Perform;
  readonly #form: DoorkeeperForm;
  /** The log of a refusal holds no name: whoever never was in class has one at the door alone. */
  readonly #names = new Map<string, string>();
  #justDeclined: Declined | null = null;

  constructor(host: LmsPanel, { perform, form }: { readonly perform: Perform; readonly form: DoorkeeperForm }) {
    registerEnglish(doorkeeperStrings);
    if (host.shadowRoot) adopt(host.shadowRoot, [personStyles, doorkeeperStyles]);
    this.#host = host;
    this.#perform = perform;
    this.#form = form;
  }

  prepare(people: readonly LobbyPerson[]): void {
    for (const { participant, name } of people) this.#names.set(participant, name);
  }

  render(state: RoomState): TemplateResult | typeof nothing {
    const { localize } = this.#host;
    const { count, people } = state.lobby;
    const isList = this.#form === 'list';
    const declined = this.#declinedOf(state);
    const just = declined.find(({ participant }) => participant === this.#justDeclined?.participant);
    const older = isList ? declined.filter((one) => one !== just) : [];
    if (count === 0 && !just && older.length === 0) return nothing;
    const shown = isList ? people : people.slice(0, BANNER_NAMES);
    const unnamed = count - shown.length;
    const more = unnamed.toLocaleString(localize.lang());
    return html`<section class="lobby ${this.#form}" part="lobby" aria-label=${localize.term('lobbyTitle')}>
      ${count > 0 ? this.#renderHead(state) : nothing}
      <ul>
        ${repeat(
          shown,
          ({ participant }) => participant,
          (one) => this.#renderOne(one),
        )}
      </ul>
      ${unnamed > 0 ? html`<p class="muted small">${localize.term('lobbyMore', more)}</p>` : nothing}
      <div role="status">${just ? this.#renderUndo(just) : nothing}</div>
      ${older.length > 0 ? this.#renderDeclined(older) : nothing}
    </section>`;
  }

  #renderHead({ lobby: { count, people } }: RoomState): TemplateResult {
    const { localize } = this.#host;
    const lang = localize.lang();
    const answered = people.filter(({ why }) => why !== 'full').length + (count - people.length);
    const write = localize.term('lobbyWriteAll');
    return html`<div class="lobby-head">
      <h3>${icon(DoorOpen)} ${localize.term('lobbyTitle')} <span class="badge">${count.toLocaleString(lang)}</span></h3>
      <span class="tools-end">
        <button class="button icon-only small" aria-label=${write} title=${write} @click=${() => void this.#write()}>
          ${icon(MessageSquare)}
        </button>
        ${
          answered > 1
            ? html`<button class="button small admit-all" @click=${() => this.#admitAll()}>
                ${localize.term('lobbyAdmitAll', answered.toLocaleString(lang))}
              </button>`
            : nothing
        }
      </span>
    </div>`;
  }

  #renderOne(one: LobbyPerson): TemplateResult {
    const { localize } = this.#host;
    const { participant, name, picture, since, note, why } = one;
    const decline = localize.term('lobbyDeclineName', name);
    const write = localize.term('lobbyWriteName', name);
    const when = localize.term('lobbySince', formatDate(since, 'time', localize.lang()));
    return html`<li class="person" part="person">
      ${renderAvatar({ id: participant, name, picture })}
      <span class="who">
        <bdi part="name">${name}</bdi>
        <span class="muted small">${why === 'full' ? localize.term('lobbyNeedsPlace') : when}</span>
      </span>
      <span class="answers">
        ${
          why === 'full'
            ? nothing
            : html`<button
                class="button primary small"
                aria-label=${localize.term('lobbyAdmitName', name)}
                @click=${(event: Event) => this.#admit(one, event)}
              >
                ${localize.term('lobbyAdmit')}
              </button>`
        }
        <button class="button icon-only small" aria-label=${write} title=${write} @click=${() => void this.#write(one)}>
          ${icon(MessageSquare)}
        </button>
        <button
          class="button icon-only small"
          aria-label=${decline}
          title=${decline}
          @click=${(event: Event) => this.#decline(one, event)}
        >
          ${icon(X)}
        </button>
      </span>
      ${note ? html`<p class="note" part="note" dir="auto"><span>${note}</span></p>` : nothing}
    </li>`;
  }

  #renderUndo(one: Declined): TemplateResult {
    const { localize } = this.#host;
    return html`<div class="person">
      <span class="who small">${localize.term('lobbyDeclined', one.name)}</span>
      <button
        class="button small"
        data-undo
        aria-label=${`${localize.term('lobbyUndo')}: ${localize.term('lobbyAdmitName', one.name)}`}
        @click=${(event: Event) => this.#admit(one, event)}
      >
        ${localize.term('lobbyUndo')}
      </button>
    </div>`;
  }

  #renderDeclined(declined: readonly Declined[]): TemplateResult {
    const { localize } = this.#host;
    return html`<details class="declined" part="declined">
      <summary>${localize.term('lobbyDeclinedTitle')} <span class="badge">${declined.length}</span></summary>
      <ul>
        ${repeat(
          declined,
          ({ participant }) => participant,
          (one) =>
            html`<li class="person">
              ${renderAvatar({ id: one.participant, name: one.name })}
              <span class="who"><bdi>${one.name}</bdi></span>
              <button
                class="button small"
                aria-label=${localize.term('lobbyAdmitName', one.name)}
                @click=${(event: Event) => this.#admit(one, event)}
              >
                ${localize.term('lobbyAdmit')}
              </button>
            </li>`,
        )}
      </ul>
    </details>`;
  }

  /** Who was not let in and may still be, as far as they have a name here. */
  #declinedOf(state: RoomState): Declined[] {
    const expected = new Map(state.roster?.people.map(({ participant, name }) => [participant, name]));
    return [...state.views.staff.admitted.entries()].flatMap(([participant, isAdmitted]) => {
      const name = selectName(state, participant) ?? this.#names.get(participant) ?? expected.get(participant);
      return isAdmitted || name === undefined ? [] : [{ participant, name }];
    });
  }

  #admit({ participant }: Declined, { currentTarget }: Event): void {
    this.#moveFocus(currentTarget as HTMLElement);
    void this.#perform('person.admit', { participant, admitted: true });
  }

  #decline(one: Declined, { currentTarget }: Event): void {
    const { timers } = this.#host;
    const row = (currentTarget as HTMLElement).closest('li');
    this.#justDeclined = one;
    timers.stop(`undo ${this.#form}`);
    timers.once(`undo ${this.#form}`, UNDO_MS, () => {
      // Not from under a finger.
      if (this.#host.shadowRoot?.activeElement?.matches('[data-undo]')) return;
      this.#justDeclined = null;
      this.#host.requestUpdate();
    });
    void this.#perform('person.admit', { participant: one.participant, admitted: false }).then(async () => {
      this.#host.connection.catchUp();
      await this.#host.updateComplete;
      const root = this.#host.shadowRoot;
      const focused = root?.activeElement ?? null;
      if (focused === null || row?.contains(focused)) root?.querySelector<HTMLElement>('[data-undo]')?.focus();
    });
  }

  /** On to the next who waits, since this control goes. */
  #moveFocus(from: HTMLElement): void {
    const { shadowRoot: root } = this.#host;
    const answers = [...(root?.querySelectorAll<HTMLElement>('.lobby .answers .primary') ?? [])];
    const at = answers.indexOf(from);
    const next = answers[at + 1] ?? answers[at - 1] ?? root?.querySelector<HTMLElement>('.scroller, .stage');
    next?.focus();
  }

  #admitAll(): void {
    this.#host.shadowRoot?.querySelector<HTMLElement>('.scroller, .stage')?.focus();
    void this.#perform('person.admitAll', {});
  }

  /** To one, or to all who wait. */
  async #write(one: Declined | null = null): Promise<void> {
    const { localize, stay } = this.#host;
    const { ask } = await import('./dialog.js');
    const text = await ask({
      host: this.#host,
      title: one ? localize.term('lobbyWriteName', one.name) : localize.term('lobbyWriteAll'),
      ...(one ? {} : { text: localize.term('lobbyWriteAllHint') }),
      confirm: localize.term('lobbyWriteSend'),
      cancel: localize.term('cancel'),
      field: {
        label: localize.term('lobbyWriteLabel'),
        maxLength: LIMITS.maxNoteChars,
        multiline: true,
        required: true,
      },
      signal: stay,
    });
    if (text) this.#host.client?.messageLobby(text, one?.participant);
  }
}
