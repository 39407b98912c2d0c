import type { RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import Pin from 'lucide/dist/esm/icons/pin.mjs';
import X from 'lucide/dist/esm/icons/x.mjs';
import { icon } from '../internal/icons.js';
import type { LmsElement } from '../internal/lms-element.js';
import type { Perform } from '../internal/lms-panel.js';

interface PinsOptions {
  readonly show: (id: string) => void;
  readonly perform: Perform;
}

/** The bar above the messages: one pinned message at a time, the newest first; each press goes to it and on to the next. */
export class Pins {
  #turn = 0;

  constructor(
    private readonly host: LmsElement,
    private readonly options: PinsOptions,
  ) {}

  render(state: RoomState): TemplateResult | typeof nothing {
    const { perform, show } = this.options;
    const { localize } = this.host;
    const { messages, pinned, pins: ids } = state.views.all;
    const pins = ids.flatMap((id) => pinned.get(id) ?? messages.get(id) ?? []).reverse();
    const at = this.#turn % Math.max(1, pins.length);
    const pin = pins[at];
    if (!pin?.id) return nothing;
    const { id, text } = pin;
    const onShow = (): void => {
      this.#turn = at + 1;
      show(id);
    };
    const unpin = (): void => void perform('chat.pin', { id, pinned: false });
    return html`<div class="pins" part="pins">
      ${icon(Pin)}
      <button class="pin-text" title=${localize.term('showPinned')} @click=${onShow}>
        <span class="visually-hidden">${localize.term('pinnedCount', at + 1, pins.length)}: </span>
        ${pins.length > 1 ? html`<b class="muted" aria-hidden="true">${at + 1}/${pins.length}</b>` : nothing}
        <span dir="auto">${text}</span>
      </button>
      ${
        state.me?.grants.has('chat.moderate')
          ? html`<button
              class="button icon-only small"
              aria-label=${localize.term('unpin')}
              title=${localize.term('unpin')}
              @click=${unpin}
            >
              ${icon(X)}
            </button>`
          : nothing
      }
    </div>`;
  }
}
