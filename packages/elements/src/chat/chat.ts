import type { RoomState } from '@lms-live/client';
import { nothing, type PropertyValues } from 'lit';
import { LmsPanel } from '../internal/lms-panel.js';
import { chatFrameStyles } from './chat-frame.styles.js';
import type { ChatView } from './chat-view.js';

/** When the rest of the chat could not be loaded, it is tried again after this. */
const LOAD_AGAIN_MS = 3_000;

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
 * @csspart waiting-note - Says below what was written that it is not sent yet, and whether it is kept.
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
  static override styles = [...LmsPanel.styles, chatFrameStyles];

  #view: ChatView | null = null;

  /** @ignore */
  override readonly tells = ['message-posted'] as const;
  protected override readonly heading = 'chat';

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.#view) void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#view?.release();
  }

  protected override get isReady(): boolean {
    return this.#view !== null;
  }

  protected override prepare(state: RoomState): void {
    this.#view?.prepare(state);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#view?.settle();
  }

  async #load(): Promise<void> {
    try {
      const { ChatView } = await import('./chat-view.js');
      this.#view ??= new ChatView(this, this.perform);
      this.requestUpdate();
    } catch {
      if (this.isConnected) this.timers.once('load', LOAD_AGAIN_MS, () => void this.#load());
    }
  }

  protected override renderActions(state: RoomState): unknown {
    return this.#view?.renderActions(state) ?? nothing;
  }

  protected override renderContent(state: RoomState): unknown {
    return this.#view?.renderContent(state) ?? nothing;
  }

  protected override renderUnsent(state: RoomState): unknown {
    return this.#view?.renderUnsent(state) ?? nothing;
  }

  protected override renderAlways(): unknown {
    return this.#view?.renderAlways() ?? nothing;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'lms-chat': LmsChat;
  }
}
