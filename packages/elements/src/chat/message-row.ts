import type { RoomState } from '@lms-live/client';
import type { Message, Role } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import Clock from 'lucide/dist/esm/icons/clock.mjs';
import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs';
import Lock from 'lucide/dist/esm/icons/lock.mjs';
import Pin from 'lucide/dist/esm/icons/pin.mjs';
import Reply from 'lucide/dist/esm/icons/reply.mjs';
import { renderAvatar } from '../internal/avatar.js';
import { dayOf, formatDate } from '../internal/format.js';
import { icon } from '../internal/icons.js';
import { linkify } from '../internal/linkify.js';
import type { Localize } from '../internal/localize.js';
import { roleLabel, roleOf } from '../internal/people-of.js';
import type { Line } from './timeline.js';

/** Messages of one person within this time stand together under one name. */
const GROUP_MS = 5 * 60_000;
const QUOTE_CHARS = 120;

export interface RowContext {
  readonly state: RoomState;
  readonly localize: Localize;
  readonly nameOf: (participant: string | null) => string;
  readonly find: (id: string) => Message | undefined;
  /** The row that the Tab key reaches; arrow keys move it. */
  readonly activeKey: string;
  /** What is on its way: new texts, and messages that are being deleted. */
  readonly edits: ReadonlyMap<unknown, unknown>;
  readonly canReply: boolean;
  readonly today: number;
}

interface Row {
  readonly line: Line;
  readonly isOwn: boolean;
  readonly isFirst: boolean;
  readonly name: string;
  readonly picture: string | null;
  readonly role: Role;
  readonly isActive: boolean;
  readonly isPinned: boolean;
  readonly canReply: boolean;
  /** Given while a change is on its way; null: being deleted. */
  readonly edit: unknown;
  /** With whom a private message is, or null. */
  readonly privately: string | null;
  readonly quote: { readonly name: string; readonly text: string } | null;
}

/** One message, and the day above it where a new one begins. Drawn again only when something about it has changed. */
export function renderLine(line: Line, before: Line | undefined, context: RowContext): unknown {
  const { message } = line;
  const { localize, activeKey, edits, state } = context;
  const isNewDay = !before || dayOf(before.message.at) !== dayOf(message.at);
  const row: Row = {
    line,
    isOwn: message.by !== null && message.by === state.me?.participant,
    isFirst: isNewDay || !continues(message, before.message),
    name: context.nameOf(message.by),
    picture: message.by === null ? null : (state.views.all.people.get(message.by)?.picture ?? null),
    role: roleOf(state, message.by),
    isActive: line.key === activeKey,
    isPinned: message.id !== null && state.views.all.pins.includes(message.id),
    canReply: context.canReply,
    edit: message.id === null ? undefined : edits.get(message.id),
    privately: privacyOf(message, context),
    quote: quoteOf(message, context),
  };
  const dependencies = [message, isNewDay, context.today, localize.lang(), row.quote?.name, row.quote?.text];
  return guard(
    [...dependencies, ...Object.values({ ...row, line: line.key, quote: null })],
    () => html`${isNewDay ? renderDay(message.at, context) : nothing}${renderRow(row, localize)}`,
  );
}

function continues(message: Message, before: Message): boolean {
  return before.by === message.by && before.thread === message.thread && message.at - before.at < GROUP_MS;
}

function privacyOf({ thread }: Message, { state, localize, nameOf }: RowContext): string | null {
  if (thread === null) return null;
  return thread === state.me?.participant ? localize.term('privateOwn') : localize.term('privateWith', nameOf(thread));
}

function quoteOf({ replyTo }: Message, { find, localize, nameOf }: RowContext): Row['quote'] {
  if (replyTo === null) return null;
  const quoted = find(replyTo);
  if (!quoted) return { name: '', text: '…' };
  return { name: nameOf(quoted.by), text: quoted.text?.slice(0, QUOTE_CHARS) ?? localize.term('deleted') };
}

function renderDay(at: number, { localize, today }: RowContext): TemplateResult {
  const lang = localize.lang();
  const day = dayOf(at);
  const word = day === today ? 'today' : day === today - 1 ? 'yesterday' : null;
  return html`<div class="day" part="day">
    <span>${word ? localize.term(word) : formatDate(at, 'day', lang)}</span>
  </div>`;
}

function renderRow(row: Row, localize: Localize): TemplateResult {
  const { line, isOwn, isFirst, name, picture, role, isActive, privately } = row;
  const { message } = line;
  const lang = localize.lang();
  const time = formatDate(message.at, 'time', lang);
  const badge = roleLabel(role, localize);
  const who = isOwn ? localize.term('you') : name;
  return html`<div
    class="row ${isOwn ? 'own' : 'other'} ${isFirst ? 'first' : ''} ${privately ? 'private' : ''}"
    part="message ${isOwn ? 'message-own' : 'message-other'}"
    role="article"
    aria-label="${who}, ${time}"
    tabindex=${isActive ? 0 : -1}
    data-key=${line.key}
  >
    ${!isOwn && isFirst ? renderAvatar({ id: message.by ?? '', name, picture }) : nothing}
    <div class="body">
      ${
        isFirst
          ? html`<div class="meta">
              ${isOwn ? nothing : html`<bdi class="name" part="author">${name}</bdi>`}
              ${badge && !isOwn ? html`<span class="badge staff" part="badge">${badge}</span>` : nothing}
              <time
                class="muted"
                datetime=${new Date(message.at).toISOString()}
                title=${formatDate(message.at, 'full', lang)}
                >${time}</time
              >
            </div>`
          : nothing
      }
      <div class="line">
        ${
          message.id === null
            ? html`<div class="bubble gone" part="bubble">${localize.term('deleted')}</div>`
            : html`${renderBubble(row, localize)}${renderTools(row, localize)}`
        }
      </div>
    </div>
  </div>`;
}

function renderBubble(row: Row, localize: Localize): TemplateResult {
  const { line, edit, privately, quote, isPinned } = row;
  const { message } = line;
  return html`<div
    class="bubble ${edit === undefined ? '' : 'pending'}"
    part="bubble"
    title=${formatDate(message.at, 'full', localize.lang())}
  >
    ${privately ? html`<div class="mark" part="private">${icon(Lock)}<span>${privately}</span></div>` : nothing}
    ${quote ? renderQuote(quote) : nothing}
    <div class="text" dir="auto">${linkify(typeof edit === 'string' ? edit : (message.text ?? ''))}</div>
    ${
      message.editedAt !== null || isPinned || edit !== undefined
        ? html`<div class="foot">
            ${edit === undefined ? nothing : html`<span title=${localize.term('sending')}>${icon(Clock)}</span>`}
            ${isPinned ? html`<span title=${localize.term('pinned')}>${icon(Pin)}</span>` : nothing}
            ${message.editedAt === null ? nothing : localize.term('edited')}
          </div>`
        : nothing
    }
  </div>`;
}

function renderQuote({ name, text }: { name: string; text: string }): TemplateResult {
  return html`<button class="quote" part="quote" tabindex="-1" data-do="quoted">
    <span
      ><b><bdi>${name}</bdi></b> <bdi>${text}</bdi></span
    >
  </button>`;
}

function renderTools({ isActive, canReply }: Row, localize: Localize): TemplateResult {
  const tabindex = isActive ? 0 : -1;
  return html`<div class="tools">
    ${
      canReply
        ? html`<button
            class="button icon-only small"
            tabindex=${tabindex}
            data-do="reply"
            aria-label=${localize.term('reply')}
            title=${localize.term('reply')}
          >
            ${icon(Reply)}
          </button>`
        : nothing
    }
    <button
      class="button icon-only small"
      tabindex=${tabindex}
      data-do="more"
      aria-haspopup="menu"
      aria-label=${localize.term('more')}
      title=${localize.term('more')}
    >
      ${icon(EllipsisVertical)}
    </button>
  </div>`;
}
