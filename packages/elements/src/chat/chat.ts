import { selectName, type RoomState } from '@lms-live/client';
import type { Message } from '@lms-live/protocol';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import Settings2 from 'lucide/dist/esm/icons/settings-2.mjs';
import { Announcer } from '../internal/announcer.js';
import { icon } from '../internal/icons.js';
import { registerEnglish } from '../internal/localize.js';
import { LmsPanel } from '../internal/lms-panel.js';
import { chatStrings } from '../internal/strings/chat.js';
import { chatStyles } from './chat.styles.js';
import { Composer, type Said } from './composer.js';
import { MessageLog } from './message-log.js';
import { messageStyles } from './message.styles.js';
import { Pins } from './pins.js';
import type { Line } from './timeline.js';
import { MODE_NAMES, writingOf } from './writing.js';

/** Typing is told at most this often; the others forget it a little later. */
const TYPING_MS = 3_000;

/**
 * @summary The chat of a class: its history, what is said now, and what the staff need to keep it in order.
 *
 * @customElement lms-chat
 *
 * @slot header - In place of the heading.
 * @slot empty - Shown while there is no message.
 * @slot not-enrolled - Shown to somebody who has no place in this class, in place of our sentence.
 *
 * @fires {CustomEvent<{ readonly id: string; readonly by: string | null; readonly own: boolean }>} lms-message-posted - Somebody has written a message.
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
 * @csspart log - The list of messages.
 * @csspart day - The line where a new day begins.
 * @csspart message - One message with its author.
 * @csspart message-own - One's own.
 * @csspart message-other - Somebody else's.
 * @csspart message-pending - Not confirmed yet.
 * @csspart bubble - The ground of a message.
 * @csspart author - The name above a message.
 * @csspart badge - The role beside the name.
 * @csspart avatar - Initials or picture.
 * @csspart quote - What a message answers.
 * @csspart private - The mark of a message between a student and the staff.
 * @csspart link - An address in a message.
 * @csspart mode - Who may write, beside the heading, where that is not everyone.
 * @csspart pins - The bar with the pinned message.
 * @csspart jump - The button down to new messages.
 * @csspart typing - Who is writing.
 * @csspart composer - The place to write.
 * @csspart notice - Why one cannot write, or only to the teachers.
 * @csspart draft - What the next message answers.
 * @csspart input - The text field.
 * @csspart private-toggle - Sends to the teachers only.
 * @csspart send-button - Sends.
 * @csspart empty - Shown while there is no message.
 * @csspart complaint - Why something was refused.
 * @csspart menu - An open menu.
 * @csspart dialog - An open dialog.
 * @csspart waiting - Why one waits to come in.
 * @csspart error - What went wrong.
 * @csspart error-code - Its code.
 * @csspart skeleton - Shown while the class loads.
 *
 * @cssproperty --lms-chat-bubble-own - Ground of one's own messages. Default: `--lms-color-accent-soft`.
 * @cssproperty --lms-chat-bubble-own-text - Text on it. Default: `--lms-color-text`.
 * @cssproperty --lms-chat-bubble-other - Ground of the messages of others. Default: `--lms-color-surface-sunken`.
 * @cssproperty --lms-chat-bubble-other-text - Text on it. Default: `--lms-color-text`.
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
export class LmsChat extends LmsPanel {
  static override styles = [...LmsPanel.styles, messageStyles, chatStyles];

  readonly #announcer = new Announcer(this, (count) => this.localize.term('newMessages', count));
  readonly #log = new MessageLog(this, {
    nameOf: (participant) => this.#nameOf(participant),
    act: (what, message, control) => {
      if (what === 'reply') this.#reply(message);
      else void this.#openMenu(message, control);
    },
    arrived: (lines) => this.#announce(lines),
  });
  readonly #pins = new Pins(this, {
    find: this.#log.find,
    show: (id) => void this.#log.show(id),
    perform: (type, body) => this.perform(type, body),
  });
  readonly #composer = new Composer(this, {
    say: (said) => this.#say(said),
    editLast: () => this.#editLast(),
    typed: () => this.#typed(),
  });

  /** @ignore */
  override readonly tells = ['message-posted'] as const;
  protected override readonly heading = 'chat';

  constructor() {
    super();
    registerEnglish(chatStrings);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#log.release();
  }

  protected override prepare(state: RoomState): void {
    this.#log.prepare(state);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#log.settle();
  }

  get #me(): string | null {
    return this.connection.state?.me?.participant ?? null;
  }

  #nameOf(participant: string | null): string {
    const { state } = this.connection;
    return (state && participant !== null && selectName(state, participant)) || this.localize.term('someone');
  }

  #say({ text, draft, toStaff }: Said): void {
    this.#log.follow();
    if (draft?.kind === 'edit') {
      void this.perform('chat.edit', { id: draft.id, text });
      return;
    }
    const to = draft ? draft.to : toStaff ? 'staff' : null;
    void this.perform('chat.post', {
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
    if (this.timers.isRunning('typing')) return;
    this.timers.once('typing', TYPING_MS, () => undefined);
    this.client?.signal('typing', {});
  }

  #announce(lines: readonly Line[]): void {
    for (const { message } of lines)
      if (message.by !== this.#me && message.text !== null)
        this.#announcer.say(this.localize.term('said', this.#nameOf(message.by), message.text));
  }

  #reply({ id, by, text, thread }: Message): void {
    if (id !== null) this.#composer.begin({ kind: 'reply', id, name: this.#nameOf(by), text: text ?? '', to: thread });
  }

  async #openMenu(message: Message, anchor: HTMLElement): Promise<void> {
    const { openMessageMenu } = await import('./chat-menus.js');
    const { state } = this.connection;
    if (!state) return;
    openMessageMenu({
      host: this,
      state,
      message,
      anchor,
      name: this.#nameOf(message.by),
      perform: this.perform,
      reply: () => this.#reply(message),
      begin: (draft, text) => this.#composer.begin(draft, text),
    });
  }

  #openModes = async ({ currentTarget }: Event): Promise<void> => {
    const anchor = currentTarget as HTMLElement;
    const { openModeMenu } = await import('./chat-menus.js');
    const { state } = this.connection;
    if (state) openModeMenu({ host: this, state, anchor, perform: this.perform });
  };

  protected override renderActions(state: RoomState): unknown {
    if (!state.me?.grants.has('chat.moderate') || state.views.all.room.state === 'ended') return nothing;
    const { localize } = this;
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

  protected override renderContent(state: RoomState): TemplateResult {
    const writing = writingOf(this.localize, state, this.timers.now());
    if (writing.waitMs > 0) this.timers.once('slow', (writing.waitMs % 1_000) + 20, () => this.requestUpdate());
    const isOver = state.connection.state === 'ended' || state.views.all.room.state === 'ended';
    return html`${this.#pins.render(state)} ${this.#log.render(state, writing.isOpen && !isOver)}
    ${isOver ? nothing : html`${this.#renderTyping(state)} ${this.#composer.render(state, writing)}`}`;
  }

  protected override renderAlways(): TemplateResult {
    return this.#announcer.render();
  }

  #renderTyping({ typing }: RoomState): TemplateResult {
    const { localize } = this;
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

declare global {
  interface HTMLElementTagNameMap {
    'lms-chat': LmsChat;
  }
}
