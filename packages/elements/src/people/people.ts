import { permission, selectPeople, type PersonItem, type RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import { state as internal } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import Hand from 'lucide/dist/esm/icons/hand.mjs';
import Lock from 'lucide/dist/esm/icons/lock.mjs';
import Search from 'lucide/dist/esm/icons/search.mjs';
import Settings2 from 'lucide/dist/esm/icons/settings-2.mjs';
import Users from 'lucide/dist/esm/icons/users.mjs';
import { Announcer } from '../internal/announcer.js';
import { controlStyles } from '../internal/controls.styles.js';
import { Doorkeeper } from '../internal/doorkeeper.js';
import { icon } from '../internal/icons.js';
import { LmsPanel } from '../internal/lms-panel.js';
import { registerEnglish } from '../internal/localize.js';
import { isStaffMember } from '../internal/people-of.js';
import { personStyles } from '../internal/person.styles.js';
import { peopleStrings } from '../internal/strings/people.js';
import { renderBanned } from './banned-list.js';
import { renderHands } from './hand-queue.js';
import type { renderMissing as RenderMissing } from './missing-list.js';
import { peopleStyles } from './people.styles.js';
import { renderPerson } from './person-row.js';

/** From here on names are searched for. */
const SEARCH_FROM = 11;

/**
 * @summary Who is in the class: teachers, hands in their order, students, and what each of them sends; for the staff also who waits, and what they may do.
 *
 * @customElement lms-people
 *
 * @slot header - In place of the heading.
 * @slot empty - Shown while nobody is here.
 * @slot not-enrolled - Shown to somebody who has no place in this class, in place of our sentence.
 *
 * @fires {CustomEvent<{ readonly participant: string; readonly name: string | null }>} lms-person-joined - Somebody has come in.
 * @fires {CustomEvent<{ readonly participant: string; readonly name: string | null }>} lms-person-left - Somebody has left.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-hand-raised - A hand has gone up.
 * @fires {CustomEvent<{ readonly state: string }>} lms-connection-changed - The connection is in another state.
 * @fires {CustomEvent<LmsErrorDetail>} lms-error - Something went wrong; `code` says what, `retryable` whether trying again may help.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-joined - This person is in the class. Standing alone only.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-left - This person is no longer in the class. Standing alone only.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-opened - The class has begun. Standing alone only.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-ended - The class is over. Standing alone only.
 * @fires {CustomEvent<Record<string, never>>} lms-token-refreshed - A fresh token is in use. Standing alone only.
 *
 * @csspart base - The frame.
 * @csspart header - The heading with its controls.
 * @csspart bar - The thin bar that says that the connection is being mended, or that the class is over.
 * @csspart hand-button - Raises and lowers one's own hand.
 * @csspart lobby - Who waits to come in, for the staff.
 * @csspart note - What somebody who waits has written.
 * @csspart declined - Who was not let in, for the staff.
 * @csspart hands - The queue of raised hands.
 * @csspart search - The field to search by name.
 * @csspart person - One person.
 * @csspart name - Their name.
 * @csspart media - What is on: microphone, camera, screen; and what the staff have blocked.
 * @csspart class-menu-button - Opens what the staff may do about the whole class.
 * @csspart locked - Shown while the class is locked.
 * @csspart missing - Who of those expected is not here, for the staff.
 * @csspart banned - Who is banned, for the staff.
 * @csspart badge - Their role.
 * @csspart avatar - Initials or picture.
 * @csspart empty - Shown while nobody is here.
 * @csspart complaint - Why something was refused.
 * @csspart menu - An open menu.
 * @csspart dialog - An open dialog.
 * @csspart waiting - Why one waits to come in.
 * @csspart password-form - Where the class has a password: the form for it.
 * @csspart note-form - The form for a note to the staff.
 * @csspart door-note - The note that one has sent.
 * @csspart door-message - What the staff write to those who wait.
 * @csspart start-button - Begins the class before its time, for the staff.
 * @csspart error - What went wrong.
 * @csspart error-code - Its code.
 * @csspart reason - The reason that the school has given.
 * @csspart skeleton - Shown while the class loads.
 *
 * @cssproperty --lms-people-lobby - Ground of those who wait. Default: `--lms-color-accent-soft`.
 * @cssproperty --lms-people-hands - Ground of the queue of hands. Default: `--lms-color-warning-soft`.
 *
 * @cssState idle - Not started.
 * @cssState connecting - For the first time.
 * @cssState waiting - At the door.
 * @cssState online - In the class.
 * @cssState reconnecting - Comes back by itself.
 * @cssState ended - The class is over.
 * @cssState failed - Does not come back by itself, or the attributes are not complete.
 * @cssState closed - Left.
 */
export class LmsPeople extends LmsPanel {
  static override styles = [...LmsPanel.styles, controlStyles, personStyles, peopleStyles];

  readonly #announcer = new Announcer(this, (count) => this.localize.term('handsRaised', count));
  readonly #lobby: Doorkeeper;
  #renderMissing: typeof RenderMissing | null = null;
  #hands: ReadonlySet<string> | null = null;

  @internal() private search = '';

  /** @ignore */
  override readonly tells = ['person-joined', 'person-left', 'hand-raised'] as const;
  protected override readonly heading = 'people';

  constructor() {
    super();
    registerEnglish(peopleStrings);
    this.#lobby = new Doorkeeper(this, { perform: this.perform, form: 'list' });
  }

  protected override prepare(state: RoomState): void {
    this.#lobby.prepare(state);
    if (state.roster && !this.#renderMissing) void this.#loadMissing();
    const hands = new Set(state.views.all.hands.map(({ participant }) => participant));
    const before = this.#hands;
    this.#hands = hands;
    if (!before || !isStaffMember(state)) return;
    for (const { participant, isMe, name } of selectPeople(state, { all: true }))
      if (hands.has(participant) && !before.has(participant) && !isMe)
        this.#announcer.say(this.localize.term('handRaised', name ?? this.localize.term('someone')));
  }

  /** Most classes have no list of who is expected. */
  async #loadMissing(): Promise<void> {
    try {
      const { renderMissing } = await import('./missing-list.js');
      this.#renderMissing = renderMissing;
      this.requestUpdate();
    } catch {
      // The next change of who is here asks for it again.
    }
  }

  #nameOf({ name }: PersonItem): string {
    return name ?? this.localize.term('someone');
  }

  #openMenu = async (person: PersonItem, anchor: HTMLElement): Promise<void> => {
    const { openPersonMenu } = await import('./person-menu.js');
    const { state } = this.connection;
    const name = this.#nameOf(person);
    if (state) openPersonMenu({ host: this, state, person, name, anchor, perform: this.perform });
  };

  #openClassMenu = async ({ currentTarget }: Event): Promise<void> => {
    const anchor = currentTarget as HTMLElement;
    const { openClassMenu } = await import('./class-menu.js');
    const { state } = this.connection;
    if (state) openClassMenu({ host: this, state, anchor, perform: this.perform });
  };

  protected override renderActions(state: RoomState): unknown {
    return html`${this.#renderHandButton(state)} ${this.#renderClassMenu(state)}`;
  }

  #renderHandButton(state: RoomState): unknown {
    const me = state.me?.participant;
    const isUp = state.views.all.hands.some(({ participant }) => participant === me);
    if (!isUp && !permission(state, 'raiseHand', this.timers.now()).allowed) return nothing;
    const toggle = (): void => void (isUp ? this.perform('hand.lower', {}) : this.perform('hand.raise', {}));
    return html`<button class="button hand" part="hand-button" aria-pressed=${isUp} @click=${toggle}>
      ${icon(Hand)} ${this.localize.term(isUp ? 'lowerHand' : 'raiseHand')}
    </button>`;
  }

  #renderClassMenu({ me, views }: RoomState): unknown {
    const { state, locked } = views.all.room;
    if (!me?.grants.has('people.moderate') || state === 'ended') return nothing;
    const label = this.localize.term('classActions');
    return html`${
        locked
          ? html`<span class="badge warn" part="locked">${icon(Lock)} ${this.localize.term('lockedShort')}</span>`
          : nothing
      }
      <button
        class="button icon-only"
        part="class-menu-button"
        aria-haspopup="menu"
        aria-label=${label}
        title=${label}
        @click=${this.#openClassMenu}
      >
        ${icon(Settings2)}
      </button>`;
  }

  protected override renderContent(state: RoomState): TemplateResult {
    const { localize, perform } = this;
    const people = selectPeople(state);
    const { count } = state.presence;
    const wanted = this.search.trim().toLocaleLowerCase();
    const shown = wanted
      ? people.filter((person) => this.#nameOf(person).toLocaleLowerCase().includes(wanted))
      : people;
    const isTooMany = count > people.length;
    const total = count.toLocaleString(localize.lang());
    return html`<div class="content">
      <div class="tools" ?hidden=${people.length + (state.roster?.people.length ?? 0) < SEARCH_FROM}>
        ${this.#renderSearch()}
      </div>
      <div class="scroller" tabindex="0" role="region" aria-label=${localize.term('people')}>
        ${this.#lobby.render(state)} ${renderHands({ localize, state, perform })}
        <h3 class="section" ?hidden=${count === 0}>${localize.term('peopleCount', count)}</h3>
        ${isTooMany ? html`<p class="many muted">${localize.term('peopleTooMany', total)}</p>` : nothing}
        <ul>
          ${repeat(
            shown,
            ({ participant }) => participant,
            (person) =>
              renderPerson({
                localize,
                state,
                person,
                name: this.#nameOf(person),
                manage: (anchor) => void this.#openMenu(person, anchor),
              }),
          )}
        </ul>
        ${wanted && shown.length === 0 ? html`<p class="many muted">${localize.term('noMatch')}</p>` : nothing}
        ${this.#renderMissing?.(localize, state, wanted) ?? nothing}
        ${renderBanned({ host: this, state, perform, nowMs: this.serverNow() })}
        <div class="empty" part="empty" ?hidden=${count > 0}>
          <slot name="empty">${icon(Users)}<b>${localize.term('nobody')}</b></slot>
        </div>
      </div>
    </div>`;
  }

  protected override renderAlways(): TemplateResult {
    return html`${this.#announcer.render()} ${this.#lobby.renderAlways()}`;
  }

  #renderSearch(): TemplateResult {
    const label = this.localize.term('search');
    return html`<div class="search" part="search">
      ${icon(Search)}
      <input
        class="field"
        type="search"
        placeholder=${label}
        aria-label=${label}
        @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
      />
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'lms-people': LmsPeople;
  }
}
