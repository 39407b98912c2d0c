import { permission, type RoomState } from '@lms-live/client';
import { LIMITS } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
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

interface AskOptions {
  readonly host: LmsPanel;
  readonly state: RoomState;
  readonly length: number;
  readonly onInput: () => void;
  readonly submit: (text: string, isAnonymous: boolean) => void;
}

/** Where a question is asked, or why none can be. */
export function renderAskForm({ host, state, length, onInput, submit }: AskOptions): TemplateResult | typeof nothing {
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
    const field = form.querySelector('textarea');
    const hide = form.querySelector('input');
    if (!field || field.value.trim() === '') return;
    submit(field.value.trim(), hide?.checked ?? false);
    field.value = '';
    if (hide) hide.checked = false;
    onInput();
  };
  return html`<form class="ask" part="ask" @submit=${send}>
    <textarea
      class="field"
      part="input"
      rows="2"
      dir=${ifDefined(length > 0 ? 'auto' : undefined)}
      maxlength=${LIMITS.maxQuestionChars}
      placeholder=${localize.term('askPlaceholder')}
      aria-label=${localize.term('askPlaceholder')}
      @input=${onInput}
      @keydown=${sendOnEnter}
      ${growing(length)}
    ></textarea>
    <div class="ask-row">
      ${
        mayHide
          ? html`<label class="check small"
              ><input type="checkbox" aria-describedby="anonymous-hint" />${localize.term('anonymously')}</label
            >`
          : nothing
      }
      <button class="button primary" part="ask-button" aria-disabled=${length === 0}>${localize.term('ask')}</button>
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
