import { permission, type RoomState } from '@lms-live/client';
import { LIMITS } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import { growing } from '../internal/growing.js';
import type { LmsPanel } from '../internal/lms-panel.js';

type NoticeKey = 'questionsOff' | 'questionsClosed' | 'questionsMuted' | 'questionsFull';

/** Why nothing can be asked, by the code that a refusal would have. */
const NOTICES: Readonly<Record<string, NoticeKey>> = {
  questions_disabled: 'questionsOff',
  room_not_started: 'questionsClosed',
  chat_muted: 'questionsMuted',
  questions_full: 'questionsFull',
};

/** A question that is being written. */
export interface AskDraft {
  readonly text: string;
  readonly isAnonymous: boolean;
}

export const NO_DRAFT: AskDraft = Object.freeze({ text: '', isAnonymous: false });

interface AskOptions {
  readonly host: LmsPanel;
  readonly state: RoomState;
  /** Kept outside of the form, which goes while nothing can be asked. */
  readonly draft: AskDraft;
  readonly change: (changes: Partial<AskDraft>) => void;
  readonly submit: (draft: AskDraft) => void;
}

/** Where a question is asked, or why none can be. */
export function renderAskForm({ host, state, draft, change, submit }: AskOptions): TemplateResult | typeof nothing {
  const { localize } = host;
  const may = permission(state, 'ask', host.timers.now());
  if (!may.allowed) {
    const key = NOTICES[may.code ?? ''];
    return key ? html`<p class="notice" part="notice">${localize.term(key)}</p>` : nothing;
  }
  const { policy } = state.views.all.room;
  const isStaff = state.me?.grants.has('question.moderate') ?? false;
  const mayHide = !isStaff && permission(state, 'askAnonymously', host.timers.now()).allowed;
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const text = form.querySelector('textarea')?.value.trim() ?? '';
    if (text === '') return;
    submit({ text, isAnonymous: form.querySelector('input')?.checked ?? false });
    change(NO_DRAFT);
  };
  const onInput = ({ currentTarget }: Event): void => change({ text: (currentTarget as HTMLTextAreaElement).value });
  const onHide = ({ currentTarget }: Event): void =>
    change({ isAnonymous: (currentTarget as HTMLInputElement).checked });
  return html`<form class="ask" part="ask" @submit=${send}>
    <textarea
      class="field"
      part="input"
      rows="2"
      dir=${ifDefined(draft.text ? 'auto' : undefined)}
      .value=${live(draft.text)}
      maxlength=${LIMITS.maxQuestionChars}
      placeholder=${localize.term('askPlaceholder')}
      aria-label=${localize.term('askPlaceholder')}
      @input=${onInput}
      @keydown=${sendOnEnter}
      ${growing(draft.text.length)}
    ></textarea>
    <div class="ask-row">
      ${
        mayHide
          ? html`<label class="check small"
              ><input
                type="checkbox"
                aria-describedby="anonymous-hint"
                .checked=${live(draft.isAnonymous)}
                @change=${onHide}
              />${localize.term('anonymously')}</label
            >`
          : nothing
      }
      <button class="button primary" part="ask-button" aria-disabled=${draft.text === ''}>
        ${localize.term('ask')}
      </button>
    </div>
    ${mayHide ? html`<p class="hint small muted" id="anonymous-hint">${localize.term('anonymousHint')}</p>` : nothing}
    ${
      policy['questions.moderated'] && !isStaff
        ? html`<p class="small muted">${localize.term('moderatedHint')}</p>`
        : nothing
    }
  </form>`;
}

function sendOnEnter(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  (event.currentTarget as HTMLTextAreaElement).form?.requestSubmit();
}
