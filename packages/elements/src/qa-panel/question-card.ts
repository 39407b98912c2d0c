import { permission, type QuestionItem, type RoomState } from '@lms-live/client';
import { LIMITS } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import ChevronUp from 'lucide/dist/esm/icons/chevron-up.mjs';
import CircleCheck from 'lucide/dist/esm/icons/circle-check.mjs';
import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs';
import Radio from 'lucide/dist/esm/icons/radio.mjs';
import { renderAvatar } from '../internal/avatar.js';
import { formatDate } from '../internal/format.js';
import { icon } from '../internal/icons.js';
import { linkify } from '../internal/linkify.js';
import type { LmsPanel } from '../internal/lms-panel.js';

/** A text that is being written in the place of a question: its answer, or its new wording. */
export interface OpenForm {
  readonly id: string;
  readonly kind: 'answer' | 'edit';
}

export interface CardContext {
  readonly host: LmsPanel;
  readonly state: RoomState;
  readonly form: OpenForm | null;
  readonly nameOf: (participant: string | null) => string;
  readonly vote: (question: QuestionItem, value: boolean) => void;
  readonly openForm: (form: OpenForm | null) => void;
  readonly save: (form: OpenForm, text: string) => void;
  readonly publish: (question: QuestionItem) => void;
  readonly decline: (question: QuestionItem) => void;
  readonly openMenu: (question: QuestionItem, anchor: HTMLElement) => void;
}

/** One question with its votes, its answer and what may be done with it. */
export function renderQuestion(question: QuestionItem, context: CardContext): TemplateResult {
  const { host, form } = context;
  const { state, id } = question;
  const open = form?.id === id ? form : null;
  const isPublic = state !== 'pending' && state !== 'declined';
  return html`<li class="card ${state}" part="question question-${state}" data-id=${id}>
    ${isPublic ? renderVote(question, context) : nothing}
    <div class="content">
      ${renderBadges(question, context)}
      ${
        open?.kind === 'edit'
          ? renderForm(open, question.text, context)
          : html`<p class="text" part="question-text" dir="auto">${linkify(question.text)}</p>`
      }
      ${renderMeta(question, context)}
      ${
        state === 'declined'
          ? html`<p class="declined-reason small">
              ${
                question.reason
                  ? host.localize.term('declinedBecause', question.reason)
                  : host.localize.term('declined')
              }
            </p>`
          : nothing
      }
      ${question.answer && open?.kind !== 'answer' ? renderAnswer(question.answer, context) : nothing}
      ${open?.kind === 'answer' ? renderForm(open, question.answer?.text ?? '', context) : nothing}
      ${open ? nothing : renderActions(question, context)}
    </div>
    ${renderMore(question, context)}
  </li>`;
}

function renderVote(question: QuestionItem, { host, state, vote }: CardContext): TemplateResult {
  const { localize, timers } = host;
  const pending = state.pending
    .filter(({ type, body, error }) => type === 'vote.set' && body['question'] === question.id && !error)
    .at(-1);
  const voted = pending ? pending.body['value'] === true : question.voted;
  // The tally comes at most twice a second; one's own vote shows at once.
  const votes = Math.max(
    0,
    question.votes + Number(pending !== undefined && voted) - Number(pending !== undefined && !voted),
  );
  const isOpen =
    (question.state === 'open' || question.state === 'answering') && permission(state, 'vote', timers.now()).allowed;
  return html`<button
    class="vote"
    part="vote"
    aria-pressed=${voted}
    aria-label=${localize.term('vote', votes)}
    ?disabled=${!isOpen}
    @click=${() => vote(question, !voted)}
  >
    ${icon(ChevronUp)}<span>${votes.toLocaleString(localize.lang())}</span>
  </button>`;
}

function renderBadges(question: QuestionItem, { host, nameOf }: CardContext): TemplateResult | typeof nothing {
  const { localize } = host;
  const { state, labels, handledBy, own } = question;
  const badges = [
    state === 'answering'
      ? html`<span class="badge live">${icon(Radio)} ${localize.term('answeringNow')}</span>`
      : null,
    state === 'answered'
      ? html`<span class="badge good">${icon(CircleCheck)} ${localize.term('answered')}</span>`
      : null,
    state === 'pending' ? html`<span class="badge warn">${localize.term('pending')}</span>` : null,
    state === 'archived' ? html`<span class="badge">${localize.term('archived')}</span>` : null,
    own ? html`<span class="badge staff">${localize.term('yourQuestion')}</span>` : null,
    ...labels.map((label) => html`<span class="badge" part="label"><bdi>${label}</bdi></span>`),
    handledBy !== null && state === 'open'
      ? html`<span class="badge">${localize.term('takenBy', nameOf(handledBy))}</span>`
      : null,
  ].filter((badge) => badge !== null);
  return badges.length === 0 ? nothing : html`<div class="badges">${badges}</div>`;
}

function renderMeta(question: QuestionItem, { host, state, nameOf }: CardContext): TemplateResult {
  const { localize } = host;
  const lang = localize.lang();
  const { by, author, askedAt } = question;
  const isHidden = by === null;
  const staffSees =
    isHidden && author !== null && state.me?.grants.has('staff.read') && author !== state.me.participant;
  return html`<p class="meta small muted">
    <bdi part="author">${isHidden ? localize.term('anonymous') : nameOf(by)}</bdi>
    <time datetime=${new Date(askedAt).toISOString()} title=${formatDate(askedAt, 'full', lang)}
      >${formatDate(askedAt, 'time', lang)}</time
    >
    ${staffSees ? html`<span class="only-staff">${localize.term('askedBy', nameOf(author))}</span>` : nothing}
  </p>`;
}

function renderAnswer(
  answer: NonNullable<QuestionItem['answer']>,
  { host, nameOf, state }: CardContext,
): TemplateResult {
  const lang = host.localize.lang();
  const name = nameOf(answer.by);
  const picture = answer.by === null ? null : state.views.all.people.get(answer.by)?.picture;
  return html`<div class="answer" part="answer">
    ${renderAvatar({ id: answer.by ?? '', name, picture })}
    <div>
      <p class="small">
        <b><bdi>${name}</bdi></b>
        <time class="muted" datetime=${new Date(answer.at).toISOString()} title=${formatDate(answer.at, 'full', lang)}
          >${formatDate(answer.at, 'time', lang)}</time
        >
      </p>
      <p class="text" dir="auto">${linkify(answer.text)}</p>
    </div>
  </div>`;
}

function renderActions(question: QuestionItem, context: CardContext): TemplateResult | typeof nothing {
  const { host, state, openForm, publish, decline } = context;
  const { localize } = host;
  const grants = state.me?.grants;
  const toPublish = html`<button class="button primary small" @click=${() => publish(question)}>
    ${localize.term('publish')}
  </button>`;
  const moderates = grants?.has('question.moderate') ?? false;
  if (question.state === 'declined' && moderates) return html`<div class="actions">${toPublish}</div>`;
  if (question.state === 'pending' && moderates)
    return html`<div class="actions">
      ${toPublish}
      <button class="button small" @click=${() => openForm({ id: question.id, kind: 'edit' })}>
        ${localize.term('edit')}
      </button>
      <button class="button small" @click=${() => decline(question)}>${localize.term('decline')}</button>
    </div>`;
  const isToAnswer = (question.state === 'open' || question.state === 'answering') && !question.answer;
  if (!isToAnswer || !grants?.has('question.answer')) return nothing;
  return html`<div class="actions">
    <button class="button small" @click=${() => openForm({ id: question.id, kind: 'answer' })}>
      ${localize.term('answer')}
    </button>
  </div>`;
}

function renderMore(question: QuestionItem, { host, state, openMenu }: CardContext): TemplateResult | typeof nothing {
  const label = host.localize.term('more');
  const isOver = state.views.all.room.state === 'ended';
  const isSettled = isOver || question.state === 'archived';
  if (!state.me?.grants.has('question.moderate') && (!question.own || isSettled)) return nothing;
  return html`<button
    class="button icon-only small more"
    aria-haspopup="menu"
    aria-label=${label}
    title=${label}
    @click=${(event: Event) => openMenu(question, event.currentTarget as HTMLElement)}
  >
    ${icon(EllipsisVertical)}
  </button>`;
}

function renderForm(form: OpenForm, text: string, { host, openForm, save }: CardContext): TemplateResult {
  const { localize } = host;
  const isAnswer = form.kind === 'answer';
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const written = (event.currentTarget as HTMLFormElement).querySelector('textarea')?.value.trim() ?? '';
    if (written !== '') save(form, written);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    openForm(null);
  };
  return html`<form class="inline" @submit=${submit} @keydown=${onKey}>
    <textarea
      class="field"
      rows="3"
      dir="auto"
      .defaultValue=${text}
      maxlength=${isAnswer ? LIMITS.maxAnswerChars : LIMITS.maxQuestionChars}
      placeholder=${localize.term(isAnswer ? 'answerPlaceholder' : 'editQuestion')}
      aria-label=${localize.term(isAnswer ? 'answer' : 'editQuestion')}
    ></textarea>
    <div class="actions">
      <button class="button primary small">${localize.term(isAnswer ? 'answerPublish' : 'save')}</button>
      <button class="button small plain" type="button" @click=${() => openForm(null)}>
        ${localize.term('cancel')}
      </button>
    </div>
  </form>`;
}
