import { html, nothing, render } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import Check from 'lucide/dist/esm/icons/check.mjs';
import { icon, type IconNode } from './icons.js';
import { menuStyles } from './menu.styles.js';
import { adopt } from './overlay.js';

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  readonly icon?: IconNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Why it can be read and not be chosen. */
  readonly reason?: string;
  /** Given: a switch, and whether it is on. */
  readonly checked?: boolean;
  /** With `checked`: one of several, of which one alone is chosen. */
  readonly isChoice?: boolean;
  /** A line stands above it. */
  readonly divided?: boolean;
}

export interface MenuOptions {
  /** What opened it: the menu stands below and gives the focus back. */
  readonly anchor: HTMLElement;
  readonly label: string;
  /** Shown above the items, beside the name that is read out. */
  readonly title?: string;
  readonly items: readonly MenuItem[];
  /** Closes it, at the latest when the element leaves the document. */
  readonly signal: AbortSignal;
}

/** The items whose conditions hold. */
export function present(items: readonly (MenuItem | false | undefined)[]): MenuItem[] {
  return items.filter((item) => item !== false && item !== undefined);
}

const GAP_PX = 4;

/** Opens a menu as a native popover: light dismiss and Escape come with it, one at a time. */
export function openMenu({ anchor, label, title, items, signal }: MenuOptions): void {
  const root = anchor.getRootNode() as ShadowRoot;
  const frame = root.querySelector('.root');
  if (!frame || signal.aborted) return;
  adopt(root, [menuStyles]);
  const menu = document.createElement('div');
  const closing = new AbortController();
  const close = (): void => {
    if (closing.signal.aborted) return;
    closing.abort();
    const hadFocus = menu.contains(root.activeElement) || root.activeElement === null;
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    // What opened it may have gone meanwhile.
    if (hadFocus) (anchor.isConnected ? anchor : root.querySelector<HTMLElement>('.stage, .scroller'))?.focus();
  };
  const listening = { signal: closing.signal };

  menu.className = 'menu';
  menu.popover = 'auto';
  menu.setAttribute('role', 'menu');
  menu.setAttribute('aria-label', label);
  menu.setAttribute('part', 'menu');
  render(
    html`${title ? html`<p aria-hidden="true">${title}</p>` : nothing}
    ${items.map(
      (item) =>
        html`<button
          role=${roleOf(item)}
          aria-checked=${ifDefined(item.checked)}
          tabindex="-1"
          class="${item.danger ? 'danger' : ''} ${item.divided ? 'divided' : ''}"
          ?disabled=${item.disabled}
          aria-disabled=${ifDefined(item.reason ? 'true' : undefined)}
          @click=${() => {
            if (item.reason) return;
            close();
            item.run();
          }}
        >
          ${item.checked === undefined ? nothing : html`<span class="mark">${item.checked ? icon(Check) : nothing}</span>`}
          ${item.icon ? icon(item.icon) : nothing}
          ${item.reason ? html`<span>${item.label}<small>${item.reason}</small></span>` : item.label}
        </button>`,
    )}`,
    menu,
  );
  frame.append(menu);
  menu.showPopover();
  anchor.setAttribute('aria-expanded', 'true');
  place(menu, anchor);
  const buttons = [...menu.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
  (buttons.find((button) => button.getAttribute('aria-checked') === 'true') ?? buttons[0])?.focus();

  menu.addEventListener('toggle', (event) => event.newState === 'closed' && close(), listening);
  menu.addEventListener('keydown', (event) => onKey({ event, buttons, close }), listening);
  signal.addEventListener('abort', close, listening);
  window.addEventListener('resize', close, listening);
}

function roleOf({ checked, isChoice }: MenuItem): 'menuitem' | 'menuitemcheckbox' | 'menuitemradio' {
  if (checked === undefined) return 'menuitem';
  return isChoice ? 'menuitemradio' : 'menuitemcheckbox';
}

function onKey({
  event,
  buttons,
  close,
}: {
  event: KeyboardEvent;
  buttons: readonly HTMLElement[];
  close: () => void;
}): void {
  const at = buttons.findIndex((button) => button.matches(':focus'));
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 + buttons.length, Home: 0, End: -1 };
  if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (event.key in moves) buttons.at((moves[event.key] ?? 0) % buttons.length)?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Below the anchor, on the side where reading ends; above or moved where the window is too small. */
function place(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const isRtl = getComputedStyle(anchor).direction === 'rtl';
  const below = at.bottom + GAP_PX;
  const top = below + height > innerHeight ? at.top - height - GAP_PX : below;
  const left = isRtl ? at.left : at.right - width;
  const within = (value: number, most: number): string => `${Math.max(8, Math.min(value, most - 8))}px`;
  menu.style.setProperty('top', within(top, innerHeight - height));
  menu.style.setProperty('left', within(left, innerWidth - width));
}
