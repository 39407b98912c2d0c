import { html, render } from 'lit';
import type { MeetingHost } from './meeting-host.js';

const EMOJIS = ['👍', '👏', '❤️', '😂', '😮', '🎉'];
/** Space between the bar and what opened it, and the edges of the window. */
const GAP_PX = 8;

/** A small bar of pictures above a control: light dismiss and Escape come with the popover. */
export function openReactions(host: MeetingHost, anchor: HTMLElement, chosen: (emoji: string) => void): void {
  const frame = host.shadowRoot?.querySelector('.root');
  if (!frame) return;
  const bar = document.createElement('div');
  const closing = new AbortController();
  const close = (): void => {
    if (closing.signal.aborted) return;
    closing.abort();
    const hadFocus = bar.matches(':focus-within');
    bar.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (hadFocus && anchor.isConnected) anchor.focus();
  };
  bar.className = 'reactions';
  bar.popover = 'auto';
  bar.setAttribute('role', 'toolbar');
  bar.setAttribute('part', 'reactions');
  bar.setAttribute('aria-label', host.localize.term('react'));
  const send = (emoji: string): void => {
    close();
    chosen(emoji);
  };
  render(
    EMOJIS.map(
      (emoji) =>
        html`<button aria-label=${host.localize.term('reactWith', emoji)} @click=${() => send(emoji)}>
          ${emoji}
        </button>`,
    ),
    bar,
  );
  frame.append(bar);
  bar.showPopover();
  anchor.setAttribute('aria-expanded', 'true');
  place(bar, anchor);
  bar.querySelector('button')?.focus();
  const listening = { signal: closing.signal };
  bar.addEventListener('toggle', (event) => event.newState === 'closed' && close(), listening);
  bar.addEventListener('keydown', (event) => onKey(event, bar, close), listening);
  host.stay.addEventListener('abort', close, listening);
  window.addEventListener('resize', close, listening);
}

function onKey(event: KeyboardEvent, bar: HTMLElement, close: () => void): void {
  const buttons = [...bar.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button.matches(':focus'));
  const step = getComputedStyle(bar).direction === 'rtl' ? -1 : 1;
  const moves: Record<string, number> = { ArrowRight: step, ArrowLeft: -step };
  if (event.key === 'Escape') close();
  else if (event.key in moves) buttons[(at + (moves[event.key] ?? 0) + buttons.length) % buttons.length]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function place(bar: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = bar.getBoundingClientRect();
  const left = at.left + (at.width - width) / 2;
  bar.style.setProperty('left', `${Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX))}px`);
  bar.style.setProperty('top', `${Math.max(GAP_PX, at.top - height - GAP_PX)}px`);
}
