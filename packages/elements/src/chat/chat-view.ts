import { selectName, selectPendingMessages, type RoomState } from '@lms-live/client';
import type { Message } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import Settings2 from 'lucide/dist/esm/icons/settings-2.mjs';
import { Announcer } from '../internal/announcer.js';
import { controlStyles } from '../internal/controls.styles.js';
import { icon } from '../internal/icons.js';
import type { LmsPanel, Perform } from '../internal/lms-panel.js';
import { registerEnglish } from '../internal/localize.js';
import { adopt } from '../internal/overlay.js';
import { chatStrings } from '../internal/strings/chat.js';
import { waitingStrings } from '../internal/strings/waiting.js';
import { renderPending } from './pending-row.js';
import { renderWaitingNote } from '../internal/waiting-note.js';
import { chatStyles } from './chat.styles.js';
import { Composer, type Said } from './composer.js';
import { MessageLog } from './message-log.js';
import { messageStyles } from './message.styles.js';
import { Pins } from './pins.js';
import type { Line } from './timeline.js';
import { MODE_NAMES, writingOf } from './writing.js';

/** Typing is told at most this often; the others forget it a little later. */
const TYPING_MS = 3_000;

/** What is in the frame of a chat. It is loaded while the connection is made, so that the page draws first. */
export class ChatView {
  readonly #host: LmsPanel;
  readonly #perform: Perform;
  readonly #announcer: Announcer;
  readonly #log: MessageLog;
  readonly #pins: Pins;
  readonly #composer: Composer;

  constructor(host: LmsPanel, perform: Perform) {
    registerEnglish({ ...chatStrings, ...waitingStrings });
    adopt(host.shadowRoot as ShadowRoot, [controlStyles, messageStyles, chatStyles]);
    this.#host = host;
    this.#perform = perform;
    this.#announcer = new Announcer(host, (count) => host.localize.term('newMessages', count));
    this.#log = new MessageLog(host, {
      nameOf: (participant) => this.#nameOf(participant),
      act: (what, message, control) => {
        if (what === 'reply') this.#reply(message);
        else void this.#openMenu(message, control);
      },
      arrived: (lines) => this.#announce(lines),
    });
    this.#pins = new Pins(host, { show: (id) => void this.#log.show(id), perform });
    this.#composer = new Composer(host, {
      say: (said) => this.#say(said),
      editLast: () => this.#editLast(),
      typed: () => this.#typed(),
    });
  }

  prepare(state: RoomState): void {
    this.#log.prepare(state);
  }

  settle(): void {
    this.#log.settle();
  }

  release(): void {
    this.#log.release();
  }

  get #me(): string | null {
    return this.#host.connection.state?.me?.participant ?? null;
  }

  #nameOf(participant: string | null): string {
    const { state } = this.#host.connection;
    return (state && participant !== null && selectName(state, participant)) || this.#host.localize.term('someone');
  }

  #say({ text, draft, toStaff }: Said): void {
    this.#log.follow();
    if (draft?.kind === 'edit') {
      void this.#perform('chat.edit', { id: draft.id, text });
      return;
    }
    const to = draft ? draft.to : toStaff ? 'staff' : null;
    void this.#perform('chat.post', {
      text,
      ...(to === null ? {} : { to: to === this.#me ? 'staff' : to }),
      ...(draft?.kind === 'reply' ? { replyTo: draft.id } : {}),
    });
  }

  #editLast(): void {
    const own = this.#log.lastOf(this.#me);
    if (own?.id) this.#composer.begin({ kind: 'edit', id: own.id }, own.text ?? '');
  }

  #typed(): void {
    if (this.#host.timers.isRunning('typing')) return;
    this.#host.timers.once('typing', TYPING_MS, () => undefined);
    this.#host.client?.signal('typing', {});
  }

  #announce(lines: readonly Line[]): void {
    for (const { message } of lines)
      if (message.by !== this.#me && message.text !== null)
        this.#announcer.say(this.#host.localize.term('said', this.#nameOf(message.by), message.text));
  }

  #reply({ id, by, text, thread }: Message): void {
    if (id !== null) this.#composer.begin({ kind: 'reply', id, name: this.#nameOf(by), text: text ?? '', to: thread });
  }

  async #openMenu(message: Message, anchor: HTMLElement): Promise<void> {
    const { openMessageMenu } = await import('./chat-menus.js');
    const { state } = this.#host.connection;
    if (!state) return;
    openMessageMenu({
      host: this.#host,
      state,
      message,
      anchor,
      name: this.#nameOf(message.by),
      perform: this.#perform,
      reply: () => this.#reply(message),
      begin: (draft, text) => this.#composer.begin(draft, text),
    });
  }

  #openModes = async ({ currentTarget }: Event): Promise<void> => {
    const anchor = currentTarget as HTMLElement;
    const { openModeMenu } = await import('./chat-menus.js');
    const { state } = this.#host.connection;
    if (state) openModeMenu({ host: this.#host, state, anchor, perform: this.#perform });
  };

  renderActions(state: RoomState): unknown {
    if (!state.me?.grants.has('chat.moderate') || state.views.all.room.state === 'ended') return nothing;
    const { localize } = this.#host;
    const mode = state.views.all.room.policy['chat.mode'];
    const label = localize.term('chatMode');
    return html`${
        mode === 'open' ? nothing : html`<span class="badge warn" part="mode">${localize.term(MODE_NAMES[mode])}</span>`
      }
      <button
        class="button icon-only"
        aria-haspopup="menu"
        aria-label=${label}
        title=${label}
        @click=${this.#openModes}
      >
        ${icon(Settings2)}
      </button>`;
  }

  renderContent(state: RoomState): TemplateResult {
    const writing = writingOf(this.#host.localize, state, this.#host.timers.now());
    if (writing.waitMs > 0)
      this.#host.timers.once('slow', (writing.waitMs % 1_000) + 20, () => this.#host.requestUpdate());
    const isOver = state.connection.state === 'ended' || state.views.all.room.state === 'ended';
    return html`${this.#pins.render(state)} ${this.#log.render(state, writing.isOpen && !isOver)}
    ${renderWaitingNote(this.#host, selectPendingMessages(state))}
    ${isOver ? nothing : html`${this.#renderTyping(state)} ${this.#composer.render(state, writing)}`}`;
  }

  renderUnsent(state: RoomState): TemplateResult | typeof nothing {
    const unsent = selectPendingMessages(state);
    if (unsent.length === 0) return nothing;
    const nameOf = (participant: string | null): string => this.#nameOf(participant);
    return html`<div class="unsent">
      ${unsent.map((pending) => renderPending({ element: this.#host, pending, nameOf }))}
      ${renderWaitingNote(this.#host, unsent)}
    </div>`;
  }

  renderAlways(): TemplateResult {
    return this.#announcer.render();
  }

  #renderTyping({ typing }: RoomState): TemplateResult {
    const { localize } = this.#host;
    const names = typing.filter((participant) => participant !== this.#me).map((one) => this.#nameOf(one));
    const [one, two, more] = names;
    const text =
      one === undefined
        ? ''
        : two === undefined
          ? localize.term('typingOne', one)
          : more === undefined
            ? localize.term('typingTwo', one, two)
            : localize.term('typingMany');
    return html`<div class="typing" part="typing">${text}</div>`;
  }
}
