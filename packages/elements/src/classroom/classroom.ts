import type { RoomState } from '@lms-live/client';
import type { CallOptions } from '@lms-live/client/media';
import { html, noChange, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state as internal } from 'lit/decorators.js';
import { buttonStyles } from '../internal/button.styles.js';
import { answerRoomRequests } from '../internal/context.js';
import { LmsElement } from '../internal/lms-element.js';
import { registerEnglish } from '../internal/localize.js';
import { Shortcuts, type Shortcut } from '../internal/shortcuts.js';
import { classroomStrings } from '../internal/strings/classroom.js';
import { shortcutStrings } from '../internal/strings/shortcuts.js';
import { themeStyles } from '../internal/theme.styles.js';
import type { LmsMeetingRoom } from '../meeting-room/meeting-room.js';
import { AsRoom } from './as-room.js';
import { classroomStyles } from './classroom.styles.js';
import { keep, readKept, tabStorage } from './kept.js';
import { PanelParts } from './panel-parts.js';
import { PanelSize } from './panel-size.js';
import { exportedParts } from './parts.js';
import { renderRail } from './rail.js';
import { tabNames, tabsOf, type PanelName, type Tab } from './tabs.js';
import { CLASSROOM_TELLS, tellOnce } from './tell-once.js';
import { Unread } from './unread.js';

/** So many pictures the field of a part is waited for, to have the focus: some two seconds. */
const FOCUS_FRAMES = 120;

const PANELS: readonly string[] = ['chat', 'questions', 'people', 'extra', 'none'] satisfies (PanelName | 'none')[];

/**
 * @summary The whole class in one tag: the stage, and beside it chat, questions and people.
 *
 * Before *Join* there is the stage alone; after the class what was written can still be read.
 *
 * @customElement lms-classroom
 *
 * @slot header - Above everything: the name of the course, a way back.
 * @slot extra - In a tab of its own, named by `extra-label`: a plan, a worksheet.
 * @slot not-enrolled - Shown to somebody who has no place in this class, in place of our sentence.
 *
 * @fires {CustomEvent<{ readonly participant: string }>} lms-joined - This person is in the class. Not where an `<lms-room>` around it tells it.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-left - This person is no longer in the class. Not where an `<lms-room>` around it tells it.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-opened - The class has begun. Not where an `<lms-room>` around it tells it.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-ended - The class is over. Not where an `<lms-room>` around it tells it.
 * @fires {CustomEvent<Record<string, never>>} lms-token-refreshed - A fresh token is in use. Not where an `<lms-room>` around it tells it.
 * @fires {CustomEvent<{ readonly participant: string; readonly name: string | null }>} lms-person-joined - Somebody has come in.
 * @fires {CustomEvent<{ readonly participant: string; readonly name: string | null }>} lms-person-left - Somebody has left.
 * @fires {CustomEvent<{ readonly id: string; readonly by: string | null; readonly own: boolean }>} lms-message-posted - Somebody has written a message.
 * @fires {CustomEvent<{ readonly id: string; readonly own: boolean }>} lms-question-asked - Somebody has asked a question.
 * @fires {CustomEvent<{ readonly id: string }>} lms-question-answered - A question was answered.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-hand-raised - A hand has gone up.
 * @fires {CustomEvent<{ readonly by: string | null; readonly source: string }>} lms-muted - Staff have turned off the microphone, camera or screen of this person.
 * @fires {CustomEvent<{ readonly by: string; readonly source: string }>} lms-asked - Staff ask this person to turn on the microphone or the camera.
 * @fires {CustomEvent<{ readonly device: string; readonly replacedBy: string | null }>} lms-device-lost - A device is gone: replaced by another one, or off.
 * @fires {CustomEvent<Record<string, never>>} lms-share-ended - The screen share was ended from outside the page.
 * @fires {CustomEvent<{ readonly state: string }>} lms-connection-changed - The connection is in another state.
 * @fires {CustomEvent<LmsErrorDetail>} lms-error - Something went wrong; `code` says what, `retryable` whether trying again may help.
 *
 * @csspart base - The frame.
 * @csspart stage - The place of the stage. Parts of what is in it: `stage__tile`, and so on, as `<lms-meeting-room>` has them.
 * @csspart panel - The panel. Parts of what is in it: `chat__…`, `questions__…`, `people__…`, as the elements have them.
 * @csspart handle - What the panel is resized by.
 * @csspart rail - The place of the tabs.
 * @csspart tab - One tab.
 * @csspart tab-selected - The one that is open.
 * @csspart count - How much is new in a tab.
 * @csspart dialog - The sheet with the keys.
 *
 * @cssproperty --lms-classroom-background - Ground of the frame. Default: `--lms-color-surface-sunken`.
 * @cssproperty --lms-classroom-count-background - Ground of the count on a tab. Default: `--lms-color-danger`.
 *
 * @cssState idle - Not started.
 * @cssState connecting - For the first time.
 * @cssState waiting - At the door.
 * @cssState online - Connected to the class.
 * @cssState reconnecting - Comes back by itself.
 * @cssState ended - The class is over.
 * @cssState failed - Does not come back by itself, or the attributes are not complete.
 * @cssState closed - Left.
 */
export class LmsClassroom extends LmsElement {
  static override styles = [...themeStyles, buttonStyles, classroomStyles];

  readonly #size = new PanelSize(this, { close: () => this.#choose('none') });
  readonly #parts = new PanelParts(this);
  readonly #unread = new Unread(tabStorage());
  /** Ends with the stay in the document. */
  #stay = new AbortController();
  #tabs: readonly Tab[] = [];
  #open: PanelName | null = null;
  /** Comes back when the panel is shown again. */
  #last: PanelName | null = null;

  @query('lms-meeting-room') private readonly stage!: LmsMeetingRoom | null;

  /** The page has put something into the slot of this name. */
  @internal() private hasNotEnrolled = false;

  /** @ignore */
  override readonly tells = CLASSROOM_TELLS;

  /** What carries the media. `auto`, the default, takes what the class is set to; so far that is `mesh`. */
  @property() engine: 'auto' | 'mesh' = 'auto';

  /** How the pictures stand: all alike (`grid`), whoever speaks in front (`speaker`), one person on all of the stage (`call`). Default `auto`: what suits who is there. */
  @property() layout: 'auto' | 'grid' | 'speaker' | 'call' = 'auto';

  /** What is open beside the stage: `chat`, `questions`, `people`, `extra` or `none`. Follows what the person opens. Default: what they had open last, else the chat where it has a place beside the stage. */
  @property({ reflect: true }) panel: PanelName | 'none' | '' = '';

  /** The name of a tab with the content of the slot `extra`. Default: no such tab. */
  @property({ attribute: 'extra-label' }) extraLabel = '';

  /** Turns single keys off (WCAG 2.2, 2.1.4), for pages with keys of their own. */
  @property({ type: Boolean, attribute: 'no-shortcuts' }) noShortcuts = false;

  /** What calls are made of: devices, peer connections, a clock. For tests; not for use in production. */
  @property({ attribute: false }) media: CallOptions['environment'];

  /**
   * Makes the call in place of the client's own.
   * @ignore
   */
  @property({ attribute: false }) makeCall: LmsMeetingRoom['makeCall'];

  constructor() {
    super();
    registerEnglish(classroomStrings);
    registerEnglish(shortcutStrings);
    answerRoomRequests(this, new AsRoom(this));
    new Shortcuts(this, { actions: () => this.#actions() });
  }

  /** @ignore */
  override get joinsByItself(): boolean {
    return false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#stay.signal.aborted) this.#stay = new AbortController();
    // What is not seen is not read; it is, as soon as the page is looked at again.
    document.addEventListener('visibilitychange', () => this.requestUpdate(), { signal: this.#stay.signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stay.abort();
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot();
    if (root instanceof ShadowRoot) tellOnce(this, root);
    return root;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { state, room } = this.connection;
    this.localize.inherited = room?.locale ?? '';
    if (!state || !isIn(state)) {
      this.#tabs = [];
      this.#open = null;
      return;
    }
    const { localize, extraLabel } = this;
    if (!localize.ready) return;
    const names = tabNames(state, extraLabel !== '');
    if (this.panel === '' && this.#size.form !== null) this.panel = this.#firstPanel();
    this.#open = this.#openOf(names);
    if (this.#open !== null) {
      this.#last = this.#open;
      this.#parts.open(this.#open);
    }
    this.#unread.prepare(state, document.hidden ? null : this.#open);
    this.#tabs = tabsOf({ names, state, localize, unread: this.#unread, extraLabel });
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has('locale') || changed.has('theme')) this.connection.changed();
  }

  #firstPanel(): PanelName | 'none' {
    const { panel } = readKept();
    if (panel !== undefined && PANELS.includes(panel)) return panel as PanelName | 'none';
    return this.#size.form === 'wide' ? 'chat' : 'none';
  }

  /** What was chosen, or the first where that has been switched off. */
  #openOf(names: readonly PanelName[]): PanelName | null {
    const { panel } = this;
    if (panel === 'none' || !PANELS.includes(panel)) return null;
    return names.find((name) => name === panel) ?? names[0] ?? null;
  }

  /** What this person has opened stays so the next time. */
  #choose(panel: PanelName | 'none'): void {
    this.panel = panel;
    keep({ panel });
  }

  #toggle = (name: PanelName): void => this.#choose(name === this.#open ? 'none' : name);

  #toggleAll = (): void => {
    const first = this.#tabs.find(({ name }) => name === this.#last) ?? this.#tabs[0];
    this.#choose(this.#open === null && first ? first.name : 'none');
  };

  #moveTo = (name: PanelName): void => {
    if (this.#open !== null) this.#choose(name);
  };

  #actions(): Partial<Record<Shortcut, () => void>> {
    const toggles = this.#tabs.map(({ name }) => [name, () => void this.#openByKey(name)] as const);
    return { ...Object.fromEntries(toggles), help: () => void this.#help() };
  }

  async #openByKey(name: PanelName): Promise<void> {
    const wasOpen = name === this.#open;
    this.#toggle(name);
    if (wasOpen) return;
    await this.#parts.load(name);
    await this.updateComplete;
    const place = this.renderRoot.querySelector<HTMLElement>(`#panel-${name}`);
    if (!place) return;
    place.focus();
    this.#focusField(place, FOCUS_FRAMES);
  }

  /** Where one writes; what a part loads beside its frame comes some pictures later. */
  #focusField(place: HTMLElement, frames: number): void {
    const field = place.firstElementChild?.shadowRoot?.querySelector<HTMLElement>('textarea');
    if (!place.matches(':focus')) return;
    if (field) field.focus();
    else if (frames > 0) this.timers.frame('focus', () => this.#focusField(place, frames - 1));
  }

  async #help(): Promise<void> {
    const { openShortcutSheet } = await import('../internal/shortcut-sheet.js');
    openShortcutSheet({ host: this, shows: keysOf(this.#tabs), signal: this.#stay.signal });
  }

  /** Escape closes a panel that lies over the stage; what lies over the panel has taken the key before. */
  #onKey = (event: KeyboardEvent): void => {
    const { form } = this.#size;
    if (event.key !== 'Escape' || event.defaultPrevented || (form !== 'medium' && form !== 'narrow')) return;
    const tab = this.renderRoot.querySelector<HTMLElement>(`#tab-${this.#open ?? ''}`);
    if (!tab) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose('none');
    tab.focus();
  };

  #onNotEnrolled = ({ target }: Event): void => {
    this.hasNotEnrolled = (target as HTMLSlotElement).assignedNodes().length > 0;
  };

  async #getStage(): Promise<LmsMeetingRoom> {
    await customElements.whenDefined('lms-meeting-room');
    await this.updateComplete;
    if (!this.stage) throw new TypeError('The classroom is not in the document.');
    return this.stage;
  }

  /** Enters the class with what is on. Settles when this person is in it, or when it is refused, which the stage then shows. */
  async join(): Promise<void> {
    await (await this.#getStage()).join();
  }

  /** Leaves the class and lets go of microphone, camera and screen. */
  async leave(): Promise<void> {
    await (await this.#getStage()).leave();
  }

  async toggleMicrophone(): Promise<void> {
    await (await this.#getStage()).toggleMicrophone();
  }

  async toggleCamera(): Promise<void> {
    await (await this.#getStage()).toggleCamera();
  }

  /** Asks what to share, or ends it. Must be called in a click or a key press. */
  async toggleScreenShare(): Promise<void> {
    // Without waiting where that can be: a click is forgotten soon.
    await (this.stage ?? (await this.#getStage())).toggleScreenShare();
  }

  protected override render(): TemplateResult | typeof noChange {
    const { localize, connection } = this;
    // Another language may come a moment later; until then everything stays as it is, the stage above all.
    if (!localize.ready && this.hasUpdated) return noChange;
    const form = this.#size.form ?? 'wide';
    const hasRail = this.#tabs.length > 0;
    return html`<div
      class="root"
      part="base"
      lang=${localize.lang()}
      dir=${localize.dir()}
      data-theme=${this.theme || connection.room?.theme || 'auto'}
    >
      <slot name="header"></slot>
      <div class="main ${form} ${hasRail ? 'in' : ''} ${this.#open ?? ''}">
        <div class="stage" part="stage">${this.#renderStage()}</div>
        ${localize.ready ? this.#renderPanel() : nothing} ${hasRail ? this.#renderRail() : nothing}
      </div>
    </div>`;
  }

  #renderStage(): TemplateResult {
    return html`<lms-meeting-room
      exportparts=${exportedParts('stage')}
      .engine=${this.engine}
      .layout=${this.layout}
      .media=${this.media}
      .makeCall=${this.makeCall}
      .hasPeopleBeside=${this.#open === 'people' && this.#parts.isLoaded('people')}
      ?no-shortcuts=${this.noShortcuts}
    >
      <slot
        name="not-enrolled"
        slot=${this.hasNotEnrolled ? 'not-enrolled' : 'unused'}
        @slotchange=${this.#onNotEnrolled}
      ></slot>
    </lms-meeting-room>`;
  }

  #renderPanel(): TemplateResult {
    const { localize } = this;
    const { isSheet, value } = this.#size;
    const open = this.#open;
    return html`<section
      class="panel"
      part="panel"
      aria-label=${localize.term('panelParts')}
      ?hidden=${open === null}
      @keydown=${this.#onKey}
    >
      <div
        class="handle"
        part="handle"
        role="separator"
        tabindex="0"
        aria-label=${localize.term(isSheet ? 'panelResizeHeight' : 'panelResize')}
        aria-orientation=${isSheet ? 'horizontal' : 'vertical'}
        aria-valuenow=${value.now}
        aria-valuemin=${value.min}
        aria-valuemax=${value.max}
        @keydown=${this.#size.onKey}
        @pointerdown=${this.#size.onPointerDown}
      ></div>
      ${this.#parts.render(open)}
    </section>`;
  }

  #renderRail(): TemplateResult {
    return renderRail({
      localize: this.localize,
      tabs: this.#tabs,
      open: this.#open,
      hasPlace: (name) => this.#parts.isOpened(name),
      isVertical: !this.#size.isSheet,
      hasShortcuts: !this.noShortcuts,
      toggle: this.#toggle,
      moveTo: this.#moveTo,
      toggleAll: this.#toggleAll,
      help: () => void this.#help(),
    });
  }
}

/** In the class, or in one that is over: there is something to read beside the stage. */
function isIn({ me, joined, connection, views }: RoomState): boolean {
  return me !== null && (joined || connection.state === 'ended' || views.all.room.state === 'ended');
}

function keysOf(tabs: readonly Tab[]): (Shortcut | 'talk' | 'escape')[] {
  const panels = tabs.flatMap(({ name }) => (name === 'extra' ? [] : [name]));
  return [
    ...(['microphone', 'talk', 'camera', 'share', 'hand', 'react'] as const),
    ...panels,
    ...(['layout', 'fullscreen', 'escape', 'help'] as const),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'lms-classroom': LmsClassroom;
  }
}
