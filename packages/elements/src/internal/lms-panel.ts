import type { LmsErrorDetail, RoomState } from '@lms-live/client';
import type { CommandInput, CommandType } from '@lms-live/protocol';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { buttonStyles } from './button.styles.js';
import { Gate } from './gate.js';
import { LmsElement } from './lms-element.js';
import type { Strings } from './localize.js';
import { renderBar } from './state-view.js';
import { stateStyles } from './state-view.styles.js';
import { themeStyles } from './theme.styles.js';

/** Sends a command for a panel. @returns the result, or null when it was refused, which the panel then says */
export type Perform = <T extends CommandType>(
  type: T,
  body: CommandInput<T>,
) => Promise<Readonly<Record<string, unknown>> | null>;

/**
 * An element with looks: a frame with a heading, what there is to say of the connection, and the content as soon as there is any.
 * What was read stays on the screen while the connection is mended and after the class.
 */
export abstract class LmsPanel extends LmsElement {
  static override styles = [...themeStyles, buttonStyles, stateStyles];

  /** Ends with the stay in the document: closes menus and dialogs, stops listeners. */
  #stay = new AbortController();
  #hasContent = false;
  readonly #gate = new Gate(this);
  #complaint = '';

  protected abstract readonly heading: keyof Strings & ('chat' | 'questions' | 'people' | 'meeting');

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#stay.signal.aborted) this.#stay = new AbortController();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stay.abort();
  }

  /** @ignore */
  get stay(): AbortSignal {
    return this.#stay.signal;
  }

  /** Server time, by this clock. */
  protected serverNow(): number {
    return this.timers.now() + (this.connection.state?.clockOffsetMs ?? 0);
  }

  /**
   * Sends a command. A refusal is told here, in a sentence that goes by itself; one of a message stays with the message.
   * @returns the result, or null when it was refused
   */
  protected readonly perform: Perform = async (type, body) => {
    const { client } = this;
    if (!client) return null;
    try {
      return await client.send(type, body);
    } catch (error) {
      const { code, message } = error as LmsErrorDetail;
      if (KEPT.has(type) && code !== SOMEBODY_ELSE) return null;
      for (const pending of client.getState().pending)
        if (pending.type === type && pending.error && !pending.waits) client.dropPending(pending.cmid);
      this.complain(this.localize.error(code) ?? message);
      return null;
    }
  };

  /**
   * Shows a sentence for a while.
   * @ignore
   */
  complain(sentence: string): void {
    this.#complaint = sentence;
    this.requestUpdate();
    this.timers.stop('complaint');
    this.timers.once('complaint', COMPLAINT_MS, () => {
      this.#complaint = '';
      this.requestUpdate();
    });
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { room, state } = this.connection;
    this.localize.inherited = room?.locale ?? '';
    this.#hasContent =
      state !== null &&
      !this.connection.problem &&
      this.isReady &&
      state.me !== null &&
      CONTENT_STATES.has(state.connection.state) &&
      (this.#hasContent || state.connection.synced || state.connection.state === 'ended');
    if (state && this.#hasContent) this.prepare(state);
  }

  /** Whether everything that the content is made of has been loaded. */
  protected get isReady(): boolean {
    return true;
  }

  /** Before each render with content. */
  protected prepare(_state: RoomState): void {
    // Nothing by default.
  }

  /** `state` is null while there is nothing to show. */
  protected renderHeader(state: RoomState | null): TemplateResult {
    return html`<div class="header" part="header">
      <slot name="header"><h2>${this.localize.term(this.heading)}</h2></slot>
      ${state ? this.renderActions(state) : nothing}
    </div>`;
  }

  /** The content, or what stands in its place. */
  protected renderBody(state: RoomState | null): TemplateResult {
    return html`${this.renderGate(state === null)} ${state ? this.renderContent(state) : this.#renderLeft()}`;
  }

  /** What stands in place of the content: the door, or what went wrong. Rendered at all times, for its slots. */
  protected renderGate(isShown: boolean): TemplateResult {
    return this.#gate.render(isShown);
  }

  /** What went wrong stands in place of the content, but not in place of what this person has written and is not sent. */
  #renderLeft(): unknown {
    const { state } = this.connection;
    return this.isReady && state?.connection.state === 'failed' ? this.renderUnsent(state) : nothing;
  }

  /** Controls beside the heading. */
  protected abstract renderActions(state: RoomState): unknown;
  protected abstract renderContent(state: RoomState): unknown;
  /** What was written and could not be sent, where there is no content. */
  protected renderUnsent(_state: RoomState): unknown {
    return nothing;
  }

  /** What is there in every state, live regions above all: one that comes with its first words is not read. */
  protected renderAlways(): unknown {
    return nothing;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { localize } = this;
    if (!localize.ready) return nothing;
    const state = this.#hasContent ? this.connection.state : null;
    return html`<div
      class="root"
      part="base"
      lang=${localize.lang()}
      dir=${localize.dir()}
      data-theme=${this.theme || this.connection.room?.theme || 'auto'}
    >
      ${this.renderHeader(state)} ${renderBar(this, state, this.perform)} ${this.renderBody(state)}
      <div role="alert">
        ${this.#complaint ? html`<p class="complaint" part="complaint">${this.#complaint}</p>` : nothing}
      </div>
      ${this.renderAlways()}
    </div>`;
  }
}

/** How long a complaint stands. */
const COMPLAINT_MS = 6_000;
/** What was written is kept when it is refused: it stands in the list, to be sent again or dropped. */
const KEPT: ReadonlySet<CommandType> = new Set(['chat.post', 'question.ask']);
/** … unless it is not this person's any more, and not in the list. */
const SOMEBODY_ELSE = 'token_person_changed';
const CONTENT_STATES: ReadonlySet<string> = new Set(['online', 'reconnecting', 'ended', 'connecting']);
