import { selectPendingMessages, type RoomClient, type RoomState } from '@lms-live/client';
import type { Message } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import ArrowDown from 'lucide/dist/esm/icons/arrow-down.mjs';
import MessageCircle from 'lucide/dist/esm/icons/message-circle.mjs';
import { dayOf } from '../internal/format.js';
import { icon } from '../internal/icons.js';
import type { LmsElement } from '../internal/lms-element.js';
import { renderLine, type RowContext } from './message-row.js';
import { MessageWindow } from './message-window.js';
import { renderPending } from './pending-row.js';
import { createTimelines, type Line, type Timeline } from './timeline.js';

/** How many pages of older messages are fetched to find a message that somebody quoted. */
const MAX_FETCHES = 5;
/** When older messages could not be fetched, it is tried again after this. */
const FETCH_AGAIN_MS = 3_000;

interface Actions {
  readonly nameOf: (participant: string | null) => string;
  /** What somebody wants to do with a message: the control that they used, and where it is. */
  readonly act: (what: 'reply' | 'more', message: Message, control: HTMLElement) => void;
  /** Messages have come in at the end. */
  readonly arrived: (lines: readonly Line[]) => void;
}

/** The list of messages: which rows are in the document, what is in sight, and where the focus is. */
export class MessageLog {
  readonly #window = new MessageWindow();
  readonly #timelineOf = createTimelines();
  #timeline: Timeline | null = null;
  #lines: readonly Line[] = [];
  #activeKey = '';
  #fetching: Promise<void> | null = null;
  #hasOlder = true;
  #observed: Element | null = null;
  #resizes: ResizeObserver | null = null;

  constructor(
    private readonly host: LmsElement,
    private readonly actions: Actions,
  ) {}

  /** The last message of somebody, among those in the document. */
  lastOf(participant: string | null): Message | undefined {
    return this.#lines.filter(({ message }) => message.id !== null && message.by === participant).at(-1)?.message;
  }

  /** A message by its id, whichever log it stands in. */
  readonly #find = (id: string): Message | undefined => {
    const views = this.host.connection.state?.views;
    if (!views) return undefined;
    const { all, staff, me } = views;
    return all.messages.get(id) ?? all.pinned.get(id) ?? staff.messages.get(id) ?? me.messages.get(id);
  };

  /** Before a render: takes what is new. */
  prepare(state: RoomState): void {
    if (this.#scroller) this.#window.hold(this.#scroller);
    const before = this.#timeline;
    const timeline = this.#timelineOf(state);
    if (timeline === before) return;
    this.#timeline = timeline;
    const arrived = this.#window.take(timeline);
    if (before && arrived > 0) this.actions.arrived(timeline.slice(timeline.length - arrived, timeline.length));
  }

  /** After a render: puts what was read where it was. */
  settle(): void {
    const scroller = this.#scroller;
    if (scroller) this.#window.settle(scroller);
    if (scroller === this.#observed) return;
    this.release();
    this.#observed = scroller;
    if (!scroller) return;
    // A keyboard that opens, or a field that grows, must not hide the newest message.
    this.#resizes = new ResizeObserver(() => {
      this.#window.notice(scroller);
      if (this.#window.following) this.#window.stayAtEnd(scroller);
    });
    this.#resizes.observe(scroller);
  }

  /** When the element leaves the document. */
  release(): void {
    this.#resizes?.disconnect();
    this.#observed = null;
  }

  follow = (): void => {
    this.#window.follow();
    this.host.requestUpdate();
  };

  /** Brings a message into sight and the focus to it, with what is fetched for that. */
  async show(id: string): Promise<void> {
    for (let fetched = 0; this.#indexOf(id) < 0 && this.#hasOlder && fetched < MAX_FETCHES; fetched += 1)
      await this.#fetchOlder();
    const index = this.#indexOf(id);
    const line = this.#timeline?.slice(index, index + 1)[0];
    if (index < 0 || !line) return;
    this.#window.show(index);
    this.host.requestUpdate();
    await this.host.updateComplete;
    const row = this.host.renderRoot.querySelector<HTMLElement>(`[data-key="${line.key}"]`);
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    this.#activate(row);
    row.classList.add('found');
    row.addEventListener('animationend', () => row.classList.remove('found'), { once: true });
  }

  get #scroller(): HTMLElement | null {
    return this.host.renderRoot.querySelector('.scroller');
  }

  #indexOf(id: string): number {
    const { state } = this.host.connection;
    return state ? this.#timelineOf(state).indexOf(id) : -1;
  }

  /** A page of older messages; one that is on its way already is the one. */
  async #fetchOlder(): Promise<void> {
    const { client } = this.host;
    if (client && this.#hasOlder) await (this.#fetching ??= this.#fetch(client));
  }

  async #fetch(client: RoomClient): Promise<void> {
    this.host.requestUpdate();
    try {
      this.#hasOlder = await client.loadOlderMessages();
    } catch {
      // Whoever is at the top cannot scroll any further: it is tried again by itself.
      this.host.timers.once('older', FETCH_AGAIN_MS, this.#onScroll);
    }
    this.#fetching = null;
    this.host.connection.catchUp();
    await this.host.updateComplete;
  }

  #activate(row: HTMLElement): void {
    this.#activeKey = row.dataset['key'] ?? '';
    row.focus({ preventScroll: true });
    this.host.requestUpdate();
  }

  #onScroll = (): void => {
    this.host.timers.frame('scroll', () => {
      const scroller = this.#scroller;
      if (!scroller) return;
      const { changed, older } = this.#window.scrolled(scroller);
      if (changed) this.host.requestUpdate();
      if (older) void this.#fetchOlder();
    });
  };

  #onClick = (event: Event): void => {
    const control = (event.target as Element).closest<HTMLElement>('[data-do]');
    const key = control?.closest<HTMLElement>('[data-key]')?.dataset['key'];
    const line = this.#lines.find((other) => other.key === key);
    if (!control || !line) return;
    const what = control.dataset['do'];
    if (what === 'reply' || what === 'more') this.actions.act(what, line.message, control);
    else if (line.message.replyTo !== null) void this.show(line.message.replyTo);
  };

  /** Arrow keys go from message to message; Tab then reaches what can be done with it, Escape comes back. */
  #onKey = (event: KeyboardEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>('[data-key]');
    if (!row) return;
    const isOnRow = event.target === row;
    const rows = [...this.host.renderRoot.querySelectorAll<HTMLElement>('[data-key]')];
    const at = rows.indexOf(row);
    const moves: Record<string, HTMLElement | undefined> = isOnRow
      ? { ArrowUp: rows[at - 1], ArrowDown: rows[at + 1], Home: rows[0], End: rows.at(-1) }
      : { Escape: row };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = moves[event.key];
    if (!next) return;
    this.#activate(next);
    next.scrollIntoView({ block: 'nearest' });
  };

  render(state: RoomState, canReply: boolean): TemplateResult {
    const { localize, timers } = this.host;
    const { start, end } = this.#window;
    const before = start === 0 ? undefined : this.#timeline?.slice(start - 1, start)[0];
    this.#lines = this.#timeline?.slice(start, end) ?? [];
    const pending = end === (this.#timeline?.length ?? 0) ? selectPendingMessages(state) : [];
    if (!this.#lines.some(({ key }) => key === this.#activeKey)) this.#activeKey = this.#lines.at(-1)?.key ?? '';
    const context: RowContext = {
      state,
      localize,
      nameOf: this.actions.nameOf,
      find: this.#find,
      activeKey: this.#activeKey,
      edits: editsOf(state),
      canReply,
      today: dayOf(timers.now()),
    };
    const isEmpty = this.#lines.length === 0 && pending.length === 0;
    return html`<div class="stage">
      <div class="scroller" @scroll=${this.#onScroll}>
        ${this.#fetching ? html`<p class="older">${localize.term('loadingOlder')}</p>` : nothing}
        <div class="empty" part="empty" ?hidden=${!isEmpty}>
          <slot name="empty"
            >${icon(MessageCircle)}<b>${localize.term('chatEmpty')}</b>
            ${canReply ? html`<p class="muted small">${localize.term('chatEmptyHint')}</p>` : nothing}</slot
          >
        </div>
        <div
          class="lines"
          part="log"
          role="log"
          aria-live="off"
          aria-label=${localize.term('messages')}
          ?hidden=${isEmpty}
          @click=${this.#onClick}
          @keydown=${this.#onKey}
        >
          ${repeat(
            this.#lines,
            (line) => line.key,
            (line, index) => renderLine(line, index === 0 ? before : this.#lines[index - 1], context),
          )}
          ${repeat(
            pending,
            ({ cmid }) => cmid,
            (item) => renderPending({ element: this.host, pending: item, nameOf: this.actions.nameOf }),
          )}
        </div>
      </div>
      ${this.#renderJump()}
    </div>`;
  }

  #renderJump(): TemplateResult | typeof nothing {
    const { following, seen } = this.#window;
    const { connection, localize } = this.host;
    if (following || !this.#timeline) return nothing;
    const me = connection.state?.me?.participant;
    const unseen = this.#timeline.slice(seen, this.#timeline.length);
    const unread = unseen.filter(({ message }) => message.by !== me && message.id !== null).length;
    return html`<button class="button jump ${unread > 0 ? 'primary' : ''}" part="jump" @click=${this.follow}>
      ${icon(ArrowDown)} ${unread > 0 ? localize.term('newMessages', unread) : localize.term('toLatest')}
    </button>`;
  }
}

/** Edits and deletions on their way, by message. */
function editsOf({ pending }: RoomState): ReadonlyMap<unknown, unknown> {
  const edits = new Map<unknown, unknown>();
  for (const { type, body, error } of pending) {
    if (error) continue;
    if (type === 'chat.edit') edits.set(body['id'], body['text']);
    if (type === 'chat.delete') edits.set(body['id'], null);
  }
  return edits;
}
