import type { RoomState } from '@lms-live/client';
import { LIMITS } from '@lms-live/protocol';
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import Lock from 'lucide/dist/esm/icons/lock.mjs';
import SendHorizontal from 'lucide/dist/esm/icons/send-horizontal.mjs';
import X from 'lucide/dist/esm/icons/x.mjs';
import { growing } from '../internal/growing.js';
import { icon } from '../internal/icons.js';
import type { Localize } from '../internal/localize.js';
import { isStaffMember } from '../internal/people-of.js';
import type { Writing } from './writing.js';

/** From here on the characters that are left are counted. */
const COUNT_FROM = 200;

/** What the next message is about; `to` is the student in whose thread with the staff it stands. */
export type Draft =
  | {
      readonly kind: 'reply';
      readonly id: string;
      readonly name: string;
      readonly text: string;
      readonly to: string | null;
    }
  | { readonly kind: 'private'; readonly name: string; readonly to: string }
  | { readonly kind: 'edit'; readonly id: string };

/** What is said when the person sends. */
export interface Said {
  readonly text: string;
  readonly draft: Draft | null;
  readonly toStaff: boolean;
}

interface Host extends ReactiveControllerHost {
  readonly localize: Localize;
  readonly renderRoot: DocumentFragment | HTMLElement;
}

interface Actions {
  readonly say: (said: Said) => void;
  /** Arrow up in an empty field. */
  readonly editLast: () => void;
  /** Something was typed that everyone will read. */
  readonly typed: () => void;
}

/** The place to write: the text, what it answers, and to whom it goes. */
export class Composer {
  draft: Draft | null = null;

  #toStaff = false;
  /** Kept here and not in the field, which goes while writing is closed. */
  #text = '';
  #writer = '';
  #writing: Writing | null = null;

  constructor(
    private readonly host: Host,
    private readonly actions: Actions,
  ) {}

  /** Starts a reply, a private message or an edit, with the text to begin from. */
  begin(draft: Draft, text?: string): void {
    this.draft = draft;
    if (text !== undefined) this.#write(text);
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => this.#input?.focus());
  }

  cancel = (): void => {
    if (this.draft?.kind === 'edit') this.#write('');
    this.draft = null;
    this.host.requestUpdate();
    this.#input?.focus();
  };

  get #input(): HTMLTextAreaElement | null {
    return this.host.renderRoot.querySelector('textarea');
  }

  #write(text: string): void {
    if (this.#input) this.#input.value = text;
    this.#text = text;
  }

  #send = (): void => {
    const input = this.#input;
    const text = input?.value.trim() ?? '';
    if (!input || text === '' || (this.#writing?.waitMs && this.draft?.kind !== 'edit')) return;
    this.actions.say({ text, draft: this.draft, toStaff: this.#toStaff || (this.#writing?.isForcedToStaff ?? false) });
    this.draft = null;
    this.#write('');
    input.focus();
    this.host.requestUpdate();
  };

  #onInput = (): void => {
    this.#text = this.#input?.value ?? '';
    this.host.requestUpdate();
    if (!this.#toStaff && !this.draft && !this.#writing?.isForcedToStaff) this.actions.typed();
  };

  #onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) this.#send();
    else if (event.key === 'ArrowUp' && this.#text === '' && !this.draft) this.actions.editLast();
    else if (event.key === 'Escape' && this.draft) {
      this.cancel();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  };

  #toggleStaff = (): void => {
    this.#toStaff = !this.#toStaff;
    this.host.requestUpdate();
  };

  /** What one person has half written is nobody else's, and goes to no other class. */
  #keepFor({ me, views }: RoomState): void {
    const writer = `${views.all.room.id} ${me?.participant ?? ''}`;
    if (writer === this.#writer) return;
    if (this.#writer !== '') {
      this.draft = null;
      this.#toStaff = false;
      this.#write('');
    }
    this.#writer = writer;
  }

  /** Where writing is closed, the reason stands in its stead. */
  render(state: RoomState, writing: Writing): TemplateResult {
    this.#writing = writing;
    this.#keepFor(state);
    const { localize } = this.host;
    const { notice, isOpen } = writing;
    const left = LIMITS.maxMessageChars - this.#text.length;
    return html`<div class="composer" part="composer">
      ${notice ? html`<p class="notice" part="notice" id="notice">${notice}</p>` : nothing}
      ${isOpen && this.draft ? this.#renderDraft(this.draft) : nothing}
      ${isOpen ? this.#renderInput(state, writing) : nothing}
      ${
        isOpen && left <= COUNT_FROM
          ? html`<p class="counter small muted" role="status">${localize.term('charactersLeft', left)}</p>`
          : nothing
      }
    </div>`;
  }

  #renderInput(state: RoomState, { isForcedToStaff, notice, waitMs }: Writing): TemplateResult {
    const { localize } = this.host;
    const { draft } = this;
    const isToStaff = !draft && (isForcedToStaff || this.#toStaff);
    const isPrivate = isToStaff || (draft !== null && draft.kind !== 'edit' && draft.to !== null);
    const placeholder =
      draft?.kind === 'private'
        ? localize.term('writeTo', draft.name)
        : localize.term(isToStaff ? 'writeToTeachers' : 'writeMessage');
    const send = localize.term(draft?.kind === 'edit' ? 'save' : 'send');
    return html`<div class="write ${isPrivate ? 'private' : ''}">
      ${
        isForcedToStaff || draft || isStaffMember(state)
          ? nothing
          : html`<button
              class="button icon-only"
              part="private-toggle"
              aria-pressed=${this.#toStaff}
              aria-label=${localize.term('toTeachers')}
              title=${localize.term('toTeachers')}
              @click=${this.#toggleStaff}
            >
              ${icon(Lock)}
            </button>`
      }
      <textarea
        class="field"
        part="input"
        rows="1"
        .defaultValue=${this.#text}
        maxlength=${LIMITS.maxMessageChars}
        placeholder=${placeholder}
        aria-label=${placeholder}
        aria-describedby=${notice ? 'notice' : nothing}
        enterkeyhint="send"
        dir=${ifDefined(this.#text ? 'auto' : undefined)}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
        ${growing(this.#text.length)}
      ></textarea>
      <button
        class="button primary icon-only send"
        part="send-button"
        aria-label=${send}
        title=${send}
        aria-disabled=${this.#text === '' || waitMs > 0}
        @click=${this.#send}
      >
        ${icon(SendHorizontal)}
      </button>
    </div>`;
  }

  #renderDraft(draft: Draft): TemplateResult {
    const { localize } = this.host;
    const title =
      draft.kind === 'edit'
        ? localize.term('editing')
        : localize.term(draft.kind === 'reply' ? 'replyTo' : 'privateWith', draft.name);
    return html`<div class="draft" part="draft">
      <div>
        <b>${draft.kind !== 'edit' && draft.to !== null ? icon(Lock) : nothing} ${title}</b>
        ${draft.kind === 'reply' ? html`<span class="muted" dir="auto">${draft.text}</span>` : nothing}
      </div>
      <button
        class="button icon-only small"
        aria-label=${localize.term('cancel')}
        title=${localize.term('cancel')}
        @click=${this.cancel}
      >
        ${icon(X)}
      </button>
    </div>`;
  }
}
