import { selectName, selectQuestions, type QuestionItem, type RoomState } from '@lms-live/client';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { state as internal } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import MessagesSquare from 'lucide/dist/esm/icons/messages-square.mjs';
import Settings2 from 'lucide/dist/esm/icons/settings-2.mjs';
import { Announcer } from '../internal/announcer.js';
import { controlStyles } from '../internal/controls.styles.js';
import { icon } from '../internal/icons.js';
import { LmsPanel } from '../internal/lms-panel.js';
import { registerEnglish } from '../internal/localize.js';
import { qaPanelStrings } from '../internal/strings/qa-panel.js';
import { waitingStrings } from '../internal/strings/waiting.js';
import { renderWaitingNote } from '../internal/waiting-note.js';
import { NO_DRAFT, renderAskForm, type AskDraft } from './ask-form.js';
import { qaPanelStyles } from './qa-panel.styles.js';
import { questionStyles } from './question.styles.js';
import { renderQuestion, type CardContext, type OpenForm } from './question-card.js';
import { renderSent } from './sent-question.js';
import { arrange, declinedOf, tabsOf, type Sort, type Tab } from './question-list.js';

/**
 * @summary Questions and answers of a class: asked, voted for, answered aloud or in writing, and kept in order by the staff.
 *
 * @customElement lms-qa-panel
 *
 * @slot header - In place of the heading.
 * @slot empty - Shown while there is no question.
 * @slot not-enrolled - Shown to somebody who has no place in this class, in place of our sentence.
 *
 * @fires {CustomEvent<{ readonly id: string; readonly own: boolean }>} lms-question-asked - Somebody has asked a question.
 * @fires {CustomEvent<{ readonly id: string }>} lms-question-answered - A question has a written answer.
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
 * @csspart ask - The form to ask a question.
 * @csspart input - Its text field.
 * @csspart ask-button - Its button.
 * @csspart notice - Why none can be asked.
 * @csspart question - One question.
 * @csspart question-open - One that waits for an answer.
 * @csspart question-answering - The one that is being answered.
 * @csspart question-answered - One that was answered.
 * @csspart question-archived - One that was put away.
 * @csspart waiting-note - Says that what was asked is not sent yet, and whether it is kept.
 * @csspart question-pending - One that waits to be published.
 * @csspart question-declined - One that was not taken up.
 * @csspart question-text - What was asked.
 * @csspart author - Who asked.
 * @csspart vote - The button that votes.
 * @csspart label - A label of the staff.
 * @csspart answer - The written answer.
 * @csspart avatar - Initials or picture.
 * @csspart link - An address in a text.
 * @csspart empty - Shown while there is no question.
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
 * @cssproperty --lms-qa-panel-card - Ground of a question. Default: `--lms-color-surface-raised`.
 * @cssproperty --lms-qa-panel-answer - Ground of a written answer. Default: `--lms-color-success-soft`.
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
export class LmsQaPanel extends LmsPanel {
  static override styles = [...LmsPanel.styles, controlStyles, questionStyles, qaPanelStyles];

  readonly #announcer = new Announcer(this, (count) => this.localize.term('newQuestions', count));
  #known: ReadonlyMap<string, QuestionItem> | null = null;
  #writer = '';

  @internal() private tab: Tab = 'open';
  @internal() private sort: Sort = 'votes';
  @internal() private form: OpenForm | null = null;
  @internal() private draft: AskDraft = NO_DRAFT;

  /** @ignore */
  override readonly tells = ['question-asked', 'question-answered'] as const;
  protected override readonly heading = 'questions';

  constructor() {
    super();
    registerEnglish({ ...qaPanelStrings, ...waitingStrings });
  }

  protected override prepare(state: RoomState): void {
    // What one person has half written is nobody else's, and goes to no other class.
    const writer = `${state.views.all.room.id} ${state.me?.participant ?? ''}`;
    if (writer !== this.#writer) this.draft = NO_DRAFT;
    this.#writer = writer;
    const { open, answered, queue } = selectQuestions(state);
    const known = new Map([...queue, ...open, ...answered].map((question) => [question.id, question]));
    const before = this.#known;
    this.#known = known;
    if (before) this.#announce(before, known);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has('form') && this.form) this.renderRoot.querySelector<HTMLElement>('.inline textarea')?.focus();
  }

  #announce(before: ReadonlyMap<string, QuestionItem>, known: ReadonlyMap<string, QuestionItem>): void {
    for (const question of known.values()) {
      const old = before.get(question.id);
      if (!old && !question.own) this.#announcer.say(this.localize.term('newQuestion', question.text));
      if (old && !old.answer && question.answer)
        this.#announcer.say(this.localize.term('questionAnswered', question.answer.text));
    }
  }

  #context(state: RoomState): CardContext {
    return {
      host: this,
      state,
      form: this.form,
      nameOf: (participant) =>
        (participant !== null && selectName(state, participant)) || this.localize.term('someone'),
      vote: ({ id }, value) => void this.perform('vote.set', { question: id, value }),
      openForm: (form) => (this.form = form),
      save: (form, text) => void this.#save(form, text),
      publish: ({ id }) => void this.perform('question.publish', { id }),
      decline: (question) =>
        void import('./question-menus.js').then(({ declineQuestion }) =>
          declineQuestion({ host: this, question, perform: this.perform }),
        ),
      openMenu: (question, anchor) =>
        void import('./question-menus.js').then(({ openQuestionMenu }) => {
          const { perform } = this;
          const openForm = (form: OpenForm): void => void (this.form = form);
          openQuestionMenu({ host: this, state, question, anchor, perform, openForm });
        }),
    };
  }

  async #save({ id, kind }: OpenForm, text: string): Promise<void> {
    const done = await this.perform(kind === 'answer' ? 'question.answer' : 'question.edit', { id, text });
    // What was written stays when it was refused.
    if (done && this.form?.id === id) this.form = null;
  }

  #ask = ({ text, isAnonymous }: AskDraft): void =>
    void this.perform('question.ask', { text, ...(isAnonymous ? { anonymous: true } : {}) });

  #openSettings = async ({ currentTarget }: Event): Promise<void> => {
    const anchor = currentTarget as HTMLElement;
    const { openSettingsMenu } = await import('./question-menus.js');
    const { state } = this.connection;
    if (state) openSettingsMenu({ host: this, state, anchor, perform: this.perform });
  };

  #onTabKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const tabs = [...this.renderRoot.querySelectorAll<HTMLElement>('.tab')];
    const towards = this.localize.dir() === 'rtl' ? -step : step;
    const next = tabs.at((tabs.findIndex((tab) => tab.ariaSelected === 'true') + towards) % tabs.length);
    next?.click();
    next?.focus();
  };

  protected override renderActions(state: RoomState): unknown {
    if (!state.me?.grants.has('question.moderate') || state.views.all.room.state === 'ended') return nothing;
    const label = this.localize.term('questionSettings');
    return html`<button
      class="button icon-only"
      aria-haspopup="menu"
      aria-label=${label}
      title=${label}
      @click=${this.#openSettings}
    >
      ${icon(Settings2)}
    </button>`;
  }

  protected override renderContent(state: RoomState): TemplateResult {
    const lists = selectQuestions(state);
    const isStaff = state.me?.grants.has('question.moderate') ?? false;
    const tabs = tabsOf(isStaff, lists);
    const tab = tabs.includes(this.tab) ? this.tab : 'open';
    const declined = isStaff && tab === 'queue' ? declinedOf(state) : [];
    const { first, done } = arrange({ lists, declined, tab, sort: this.sort });
    const context = this.#context(state);
    const cards = (questions: readonly QuestionItem[]): unknown =>
      repeat(
        questions,
        ({ id }) => id,
        (question) => renderQuestion(question, context),
      );
    const isEmpty = first.length === 0 && done.length === 0;
    return html`<div class="layout">
      ${this.#renderSide(state, lists.mine, context)}
      <div class="main">
        <div class="toolbar">
          ${tabs.length > 1 ? this.#renderTabs(tabs, tab, lists.queue.length) : nothing}
          ${tab === 'open' && !isEmpty ? this.#renderSort() : nothing}
        </div>
        <div
          class="scroller"
          id="panel"
          role=${tabs.length > 1 ? 'tabpanel' : 'region'}
          aria-label=${this.localize.term(TAB_NAMES[tab])}
          tabindex="0"
        >
          <ul class="list" ?hidden=${first.length === 0}>
            ${cards(first)}
          </ul>
          ${
            done.length > 0
              ? html`<h3 class="section">${this.localize.term(tab === 'queue' ? 'declinedQuestions' : 'answered')}</h3>
                  <ul class="list">
                    ${cards(done)}
                  </ul>`
              : nothing
          }
          ${this.#renderEmpty(state, tab, isEmpty)}
        </div>
      </div>
    </div>`;
  }

  protected override renderUnsent(state: RoomState): TemplateResult | typeof nothing {
    const unsent = questionsOnTheWay(state);
    if (unsent.length === 0) return nothing;
    return html`<div class="unsent">
      <ul class="list">
        ${unsent.map((pending) => renderSent(this, pending))}
      </ul>
      ${renderWaitingNote(this, unsent)}
    </div>`;
  }

  protected override renderAlways(): TemplateResult {
    return this.#announcer.render();
  }

  #renderSide(state: RoomState, mine: readonly QuestionItem[], context: CardContext): TemplateResult | typeof nothing {
    const sent = questionsOnTheWay(state);
    const form = renderAskForm({
      host: this,
      state,
      draft: this.draft,
      change: (changes) => (this.draft = { ...this.draft, ...changes }),
      submit: this.#ask,
    });
    if (form === nothing && sent.length === 0 && mine.length === 0) return nothing;
    return html`<div class="side">
      ${form} ${renderWaitingNote(this, sent)}
      ${
        sent.length + mine.length === 0
          ? nothing
          : html`<ul class="list">
              ${repeat(
                sent,
                ({ cmid }) => cmid,
                (pending) => renderSent(this, pending),
              )}
              ${repeat(
                mine,
                ({ id }) => id,
                (question) => renderQuestion(question, context),
              )}
            </ul>`
      }
    </div>`;
  }

  #renderTabs(tabs: readonly Tab[], shown: Tab, waiting: number): TemplateResult {
    return html`<div class="tabs" role="tablist" @keydown=${this.#onTabKey}>
      ${tabs.map(
        (tab) =>
          html`<button
            class="tab"
            role="tab"
            aria-selected=${tab === shown}
            aria-controls="panel"
            tabindex=${tab === shown ? 0 : -1}
            @click=${() => (this.tab = tab)}
          >
            ${this.localize.term(TAB_NAMES[tab])}
            ${tab === 'queue' && waiting > 0 ? html`<span class="badge warn">${waiting}</span>` : nothing}
          </button>`,
      )}
    </div>`;
  }

  #renderSort(): TemplateResult {
    return html`<label class="sort"
      >${this.localize.term('sort')}
      <select @change=${(event: Event) => (this.sort = (event.target as HTMLSelectElement).value as Sort)}>
        ${SORTS.map(
          ([sort, name]) =>
            html`<option value=${sort} ?selected=${sort === this.sort}>${this.localize.term(name)}</option>`,
        )}
      </select></label
    >`;
  }

  #renderEmpty(state: RoomState, tab: Tab, isEmpty: boolean): TemplateResult {
    const { localize } = this;
    const isOff = !state.views.all.room.policy['questions.enabled'];
    const isStaff = state.me?.grants.has('question.moderate');
    const title =
      tab === 'queue' ? 'queueEmpty' : tab === 'archive' ? 'archiveEmpty' : isOff ? 'questionsOff' : 'questionsEmpty';
    const hint = isOff ? 'questionsOffHint' : isStaff ? 'questionsEmptyStaffHint' : 'questionsEmptyHint';
    return html`<div class="empty" part="empty" ?hidden=${!isEmpty}>
      <slot name="empty"
        >${icon(MessagesSquare)}<b>${localize.term(title)}</b> ${
          tab === 'open' && state.views.all.room.state !== 'ended'
            ? html`<p class="muted small">${localize.term(hint)}</p>`
            : nothing
        }</slot
      >
    </div>`;
  }
}

const TAB_NAMES = { open: 'tabOpen', queue: 'tabQueue', archive: 'tabArchive' } as const;
const SORTS = [
  ['votes', 'sortVotes'],
  ['newest', 'sortNewest'],
  ['unanswered', 'sortUnanswered'],
] as const;

function questionsOnTheWay({ pending }: RoomState): RoomState['pending'] {
  return pending.filter(({ type }) => type === 'question.ask');
}

declare global {
  interface HTMLElementTagNameMap {
    'lms-qa-panel': LmsQaPanel;
  }
}
