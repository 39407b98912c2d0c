import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import Keyboard from 'lucide/dist/esm/icons/keyboard.mjs';
import PanelRightClose from 'lucide/dist/esm/icons/panel-right-close.mjs';
import PanelRightOpen from 'lucide/dist/esm/icons/panel-right-open.mjs';
import { icon } from '../internal/icons.js';
import type { Localize } from '../internal/localize.js';
import { SHORTCUT_KEYS } from '../internal/shortcuts.js';
import { shownCount, type PanelName, type Tab } from './tabs.js';

interface Rail {
  readonly localize: Localize;
  readonly tabs: readonly Tab[];
  readonly open: PanelName | null;
  /** The panel has been made, so that a tab can name it. */
  readonly hasPlace: (name: PanelName) => boolean;
  readonly isVertical: boolean;
  readonly hasShortcuts: boolean;
  /** A tab was pressed. */
  readonly toggle: (name: PanelName) => void;
  /** The arrow keys have gone on to another tab. */
  readonly moveTo: (name: PanelName) => void;
  /** Shows the panel again, or hides it. */
  readonly toggleAll: () => void;
  readonly help: () => void;
}

/** The tabs as the ARIA practices have them, and beside the stage what shows and hides the panel and lists the keys. */
export function renderRail(rail: Rail): TemplateResult {
  const { localize, tabs, open, isVertical, hasShortcuts, toggleAll, help } = rail;
  const all = localize.term(open === null ? 'panelOpen' : 'panelClose');
  const keys = localize.term('keys');
  const reachable = open ?? tabs[0]?.name;
  return html`<div class="rail" part="rail">
    <div
      class="tabs"
      role="tablist"
      aria-label=${localize.term('panelParts')}
      aria-orientation=${isVertical ? 'vertical' : 'horizontal'}
      @keydown=${(event: KeyboardEvent) => onKey(event, rail)}
    >
      ${tabs.map((tab) => renderTab(tab, rail, tab.name === reachable))}
    </div>
    <div class="tools">
      ${
        hasShortcuts
          ? html`<button
              class="button icon-only help"
              aria-label=${keys}
              title="${keys} (${SHORTCUT_KEYS.help})"
              aria-keyshortcuts=${SHORTCUT_KEYS.help}
              @click=${help}
            >
              ${icon(Keyboard)}
            </button>`
          : nothing
      }
      <button
        class="button icon-only toggle"
        aria-label=${all}
        title=${all}
        aria-expanded=${open !== null}
        @click=${toggleAll}
      >
        ${icon(open === null ? PanelRightOpen : PanelRightClose)}
      </button>
    </div>
  </div>`;
}

function renderTab({ name, label, drawing, count, news }: Tab, rail: Rail, isReachable: boolean): TemplateResult {
  const { localize, open, hasPlace, hasShortcuts, toggle } = rail;
  const isOpen = name === open;
  const key = hasShortcuts && name !== 'extra' ? SHORTCUT_KEYS[name] : undefined;
  return html`<button
    class="tab"
    id="tab-${name}"
    part=${isOpen ? 'tab tab-selected' : 'tab'}
    role="tab"
    data-tab=${name}
    aria-selected=${isOpen}
    aria-expanded=${isOpen}
    aria-controls=${ifDefined(hasPlace(name) ? `panel-${name}` : undefined)}
    aria-keyshortcuts=${ifDefined(key)}
    title=${key ? `${label} (${key})` : label}
    tabindex=${isReachable ? '0' : '-1'}
    @click=${() => toggle(name)}
  >
    ${icon(drawing)}<span class="name">${label}</span>${
      count > 0
        ? html`<span class="count" part="count" aria-hidden="true">${shownCount(count, localize.lang())}</span>
            <span class="visually-hidden">${news}</span>`
        : nothing
    }
  </button>`;
}

function onKey(event: KeyboardEvent, { tabs, localize, moveTo }: Rail): void {
  const list = event.currentTarget as HTMLElement;
  const at = tabs.findIndex(({ name }) => list.querySelector(`[data-tab=${name}]`)?.matches(':focus'));
  const forward = localize.dir() === 'rtl' ? -1 : 1;
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    ArrowRight: at + forward,
    ArrowLeft: at - forward,
    Home: 0,
    End: tabs.length - 1,
  };
  const to = moves[event.key];
  const next = to === undefined || at < 0 ? undefined : tabs.at(to % tabs.length);
  if (!next) return;
  event.preventDefault();
  list.querySelector<HTMLElement>(`[data-tab=${next.name}]`)?.focus();
  moveTo(next.name);
}
