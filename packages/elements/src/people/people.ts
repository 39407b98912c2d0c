import { permission, selectName, selectPeople, type PersonItem, type RoomState } from '@lms-live/client';
import type { BarReason } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { state as internal } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs';
import Hand from 'lucide/dist/esm/icons/hand.mjs';
import Search from 'lucide/dist/esm/icons/search.mjs';
import Users from 'lucide/dist/esm/icons/users.mjs';
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs';
import X from 'lucide/dist/esm/icons/x.mjs';
import { Announcer } from '../internal/announcer.js';
import { renderAvatar } from '../internal/avatar.js';
import { controlStyles } from '../internal/controls.styles.js';
import { formatDate } from '../internal/format.js';
import { icon } from '../internal/icons.js';
import { LmsPanel } from '../internal/lms-panel.js';
import { registerEnglish } from '../internal/localize.js';
import { isStaffMember, roleLabel } from '../internal/people-of.js';
import { peopleStrings } from '../internal/strings/people.js';
import { peopleStyles } from './people.styles.js';

/** From here on names are searched for. */
const SEARCH_FROM = 11;
/** The end of a ban is waited for up to this; a longer one outlasts the page, and a timer would overflow. */
const MAX_WAIT_MS = 24 * 60 * 60_000;

/** Somebody who is not let in; `until` null: for good. */
interface Ban {
  readonly participant: string;
  readonly name: string;
  readonly until: number | null;
  readonly reason: BarReason;
}

/**
 * @summary Who is in the class: teachers, hands in their order, students; and what the staff may do about them.
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
 * @csspart hands - The queue of raised hands.
 * @csspart search - The field to search by name.
 * @csspart person - One person.
 * @csspart name - Their name.
 * @csspart banned - Who is banned, for the staff.
 * @csspart badge - Their role.
 * @csspart avatar - Initials or picture.
 * @csspart empty - Shown while nobody is here.
 * @csspart complaint - Why something was refused.
 * @csspart menu - An open menu.
 * @csspart dialog - An open dialog.
 * @csspart waiting - Why one waits to come in.
 * @csspart error - What went wrong.
 * @csspart error-code - Its code.
 * @csspart skeleton - Shown while the class loads.
 *
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
  static override styles = [...LmsPanel.styles, controlStyles, peopleStyles];

  readonly #announcer = new Announcer(this, (count) => this.localize.term('handsRaised', count));
  #hands: ReadonlySet<string> | null = null;

  @internal() private search = '';

  /** @ignore */
  override readonly tells = ['person-joined', 'person-left', 'hand-raised'] as const;
  protected override readonly heading = 'people';

  constructor() {
    super();
    registerEnglish(peopleStrings);
  }

  protected override prepare(state: RoomState): void {
    const hands = new Set(state.views.all.hands.map(({ participant }) => participant));
    const before = this.#hands;
    this.#hands = hands;
    if (!before || !isStaffMember(state)) return;
    for (const { participant, isMe, name } of selectPeople(state, { all: true }))
      if (hands.has(participant) && !before.has(participant) && !isMe)
        this.#announcer.say(this.localize.term('handRaised', name ?? this.localize.term('someone')));
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

  protected override renderActions(state: RoomState): unknown {
    const me = state.me?.participant;
    const isUp = state.views.all.hands.some(({ participant }) => participant === me);
    if (!isUp && !permission(state, 'raiseHand', this.timers.now()).allowed) return nothing;
    const toggle = (): void => void (isUp ? this.perform('hand.lower', {}) : this.perform('hand.raise', {}));
    return html`<button class="button hand" part="hand-button" aria-pressed=${isUp} @click=${toggle}>
      ${icon(Hand)} ${this.localize.term(isUp ? 'lowerHand' : 'raiseHand')}
    </button>`;
  }

  protected override renderContent(state: RoomState): TemplateResult {
    const { localize } = this;
    const people = selectPeople(state);
    const { count } = state.presence;
    const wanted = this.search.trim().toLocaleLowerCase();
    const shown = wanted
      ? people.filter((person) => this.#nameOf(person).toLocaleLowerCase().includes(wanted))
      : people;
    const isTooMany = count > people.length;
    const total = count.toLocaleString(localize.lang());
    return html`<div class="content">
      <div class="tools" ?hidden=${people.length < SEARCH_FROM}>${this.#renderSearch()}</div>
      <div class="scroller" tabindex="0" role="region" aria-label=${localize.term('people')}>
        ${this.#renderHands(state)}
        <h3 class="section" ?hidden=${count === 0}>${localize.term('peopleCount', count)}</h3>
        ${isTooMany ? html`<p class="many muted">${localize.term('peopleTooMany', total)}</p>` : nothing}
        <ul>
          ${repeat(
            shown,
            ({ participant }) => participant,
            (person) => this.#renderPerson(person, state),
          )}
        </ul>
        ${wanted && shown.length === 0 ? html`<p class="many muted">${localize.term('noMatch')}</p>` : nothing}
        ${this.#renderBanned(state)}
        <div class="empty" part="empty" ?hidden=${count > 0}>
          <slot name="empty">${icon(Users)}<b>${localize.term('nobody')}</b></slot>
        </div>
      </div>
    </div>`;
  }

  protected override renderAlways(): TemplateResult {
    return this.#announcer.render();
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

  #renderHands(state: RoomState): TemplateResult | typeof nothing {
    const { hands, people } = state.views.all;
    if (hands.length === 0) return nothing;
    const { localize } = this;
    const moderates = state.me?.grants.has('people.moderate') ?? false;
    const known = new Map(selectPeople(state, { all: true }).map((person) => [person.participant, person]));
    return html`<section class="hands" part="hands" aria-label=${localize.term('hands')}>
      <h3 class="section">${icon(Hand)} ${localize.term('hands')}</h3>
      <ol>
        ${repeat(
          hands,
          ({ participant }) => participant,
          ({ participant }) => {
            const person = known.get(participant);
            const name = person?.name ?? localize.term('someone');
            const isMe = participant === state.me?.participant;
            const lower = (): void => void this.perform('hand.lower', isMe ? {} : { participant });
            const label = localize.term('lowerHandOf', name);
            return html`<li class="person">
              ${renderAvatar({ id: participant, name, picture: people.get(participant)?.picture })}
              <span class="who"><bdi>${name}</bdi></span>
              ${
                moderates || isMe
                  ? html`<button class="button icon-only small" aria-label=${label} title=${label} @click=${lower}>
                      ${icon(X)}
                    </button>`
                  : nothing
              }
            </li>`;
          },
        )}
      </ol>
    </section>`;
  }

  /** Who is not let in, for those who may lift it. */
  #renderBanned(state: RoomState): TemplateResult | typeof nothing {
    const { localize } = this;
    if (!state.me?.grants.has('people.moderate')) return nothing;
    const now = this.serverNow();
    const banned = [...state.views.staff.bars.entries()]
      .flatMap(([participant, { room: bar }]) =>
        bar && (bar.until ?? Infinity) > now ? [{ participant, ...bar }] : [],
      )
      .map((bar) => ({ ...bar, name: selectName(state, bar.participant) ?? localize.term('someone') }))
      .sort((a, b) => a.name.localeCompare(b.name));
    if (banned.length === 0) return nothing;
    const nextMs = Math.min(...banned.map(({ until }) => until ?? Infinity)) - now;
    this.timers.stop('ban');
    if (nextMs <= MAX_WAIT_MS) this.timers.once('ban', nextMs + 1, () => this.requestUpdate());
    return html`<details class="banned" part="banned">
      <summary class="section">${localize.term('banned')} <span class="badge">${banned.length}</span></summary>
      <ul>
        ${repeat(
          banned,
          ({ participant }) => participant,
          (one) => this.#renderBan(one, state),
        )}
      </ul>
    </details>`;
  }

  #renderBan({ participant, name, until, reason }: Ban, state: RoomState): TemplateResult {
    const { localize } = this;
    const label = localize.term('liftBanOf', name);
    const lift = (): void => void this.perform('person.bar', { participant, bar: 'room', barred: false });
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

  #renderPerson(person: PersonItem, state: RoomState): TemplateResult {
    const { localize } = this;
    const { participant, role, away, isMe, picture } = person;
    const name = this.#nameOf(person);
    const badge = roleLabel(role, localize);
    const isMuted = state.views.staff.bars.get(participant)?.chat !== undefined;
    return html`<li class="person ${away ? 'away' : ''}" part="person">
      ${renderAvatar({ id: participant, name, picture })}
      <span class="who">
        <bdi part="name">${name}</bdi>
        ${isMe ? html`<span class="muted small">(${localize.term('you')})</span>` : nothing}
        ${badge ? html`<span class="badge staff" part="badge">${badge}</span>` : nothing}
        ${away ? html`<span class="muted small">${localize.term('away')}</span>` : nothing}
        ${
          isMuted
            ? html`<span class="muted-icon" role="img" aria-label=${localize.term('mutedInChat')}
                >${icon(VolumeX)}</span
              >`
            : nothing
        }
      </span>
      ${mayManage(person, state) ? this.#renderManage(person, name) : nothing}
    </li>`;
  }

  #renderManage(person: PersonItem, name: string): TemplateResult {
    const label = this.localize.term('manage', name);
    return html`<button
      class="button icon-only small"
      aria-haspopup="menu"
      aria-label=${label}
      title=${label}
      @click=${(event: Event) => void this.#openMenu(person, event.currentTarget as HTMLElement)}
    >
      ${icon(EllipsisVertical)}
    </button>`;
  }
}

/** Staff act on students; on other staff only who may promote. */
function mayManage({ isMe, role }: PersonItem, { me, views }: RoomState): boolean {
  if (isMe || !me || views.all.room.state === 'ended') return false;
  const isTeaching = role === 'instructor' || role === 'assistant';
  return me.grants.has('people.promote') || (me.grants.has('people.moderate') && !isTeaching);
}

declare global {
  interface HTMLElementTagNameMap {
    'lms-people': LmsPeople;
  }
}
