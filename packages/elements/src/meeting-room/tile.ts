import type { LinkQuality } from '@lms-live/client/media';
import { html, nothing, type TemplateResult } from 'lit';
import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs';
import Hand from 'lucide/dist/esm/icons/hand.mjs';
import Maximize2 from 'lucide/dist/esm/icons/maximize-2.mjs';
import MicOff from 'lucide/dist/esm/icons/mic-off.mjs';
import Minimize2 from 'lucide/dist/esm/icons/minimize-2.mjs';
import Move from 'lucide/dist/esm/icons/move.mjs';
import PinOff from 'lucide/dist/esm/icons/pin-off.mjs';
import Pin from 'lucide/dist/esm/icons/pin.mjs';
import SignalHigh from 'lucide/dist/esm/icons/signal-high.mjs';
import SignalLow from 'lucide/dist/esm/icons/signal-low.mjs';
import SignalMedium from 'lucide/dist/esm/icons/signal-medium.mjs';
import SignalZero from 'lucide/dist/esm/icons/signal-zero.mjs';
import { renderAvatar } from '../internal/avatar.js';
import { icon, type IconNode } from '../internal/icons.js';
import type { Localize } from '../internal/localize.js';
import { roleLabel } from '../internal/people-of.js';
import { playing } from './playing.js';
import type { Tile } from './tile-list.js';

const QUALITIES = {
  3: ['linkGood', SignalHigh],
  2: ['linkFair', SignalMedium],
  1: ['linkPoor', SignalLow],
  0: ['linkNone', SignalZero],
} as const satisfies Record<Exclude<LinkQuality, null>, readonly [string, IconNode]>;

export interface TileCase {
  readonly tile: Tile;
  readonly localize: Localize;
  readonly isPinned: boolean;
  /** A screen that is cut to fill the space. */
  readonly isZoomed: boolean;
  /** One's own picture in the corner of a call. */
  readonly isCorner: boolean;
  /** A good connection is shown as well. */
  readonly showsGood: boolean;
  readonly hasMenu: boolean;
  readonly pin: () => void;
  readonly zoom: () => void;
  readonly move: () => void;
  readonly retry: () => void;
  readonly openMenu: (anchor: HTMLElement) => void;
}

export function nameOfTile({ name, isOwn, kind }: Tile, localize: Localize): string {
  const known = name ?? localize.term('someone');
  if (kind === 'screen') return localize.term('screenOf', known);
  return isOwn ? localize.term('youAs', known) : known;
}

/** One picture on the stage, with who it is and how they are. Where it stands and whether it speaks is set from outside, without a render. */
export function renderTile(given: TileCase): TemplateResult {
  const { tile, isZoomed, isCorner } = given;
  const { key, kind, isOwn, participant, name, picture, track } = tile;
  const classes = ['tile', kind, isOwn ? 'own' : '', isCorner ? 'corner' : '', isZoomed ? 'zoomed' : ''].join(' ');
  return html`<div
    class=${classes}
    part="tile ${isOwn ? 'tile-own' : 'tile-other'}"
    data-key=${key}
    tabindex="-1"
    role="group"
    aria-label=${describe(given)}
  >
    <video
      class=${isOwn ? 'mirrored' : ''}
      autoplay
      playsinline
      aria-hidden="true"
      ?hidden=${track === null}
      ${playing(track)}
    ></video>
    <div class="face" ?hidden=${track !== null}>${renderAvatar({ id: participant, name: name ?? '', picture })}</div>
    ${renderVeil(given)} ${renderPlate(given)} ${renderTools(given)}
  </div>`;
}

/** All that the tile shows, in words. */
function describe({ tile, localize }: TileCase): string {
  const { kind, role, isHeard, handPlace, link, quality } = tile;
  return [
    nameOfTile(tile, localize),
    kind === 'camera' ? roleLabel(role, localize) : null,
    kind === 'camera' && !isHeard ? localize.term('microphoneOff') : null,
    handPlace === null ? null : localize.term('handNumber', handPlace.toLocaleString(localize.lang())),
    link === 'reconnecting' ? localize.term('linkReconnecting') : null,
    quality !== null && quality < 3 ? localize.term(QUALITIES[quality][0]) : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function renderPlate({ tile, localize, showsGood }: TileCase): TemplateResult {
  const { kind, role, isHeard, handPlace, quality } = tile;
  const badge = kind === 'camera' ? roleLabel(role, localize) : null;
  const shown = quality !== null && (quality < 3 || showsGood) ? QUALITIES[quality] : null;
  return html`<div class="plate" part="plate" aria-hidden="true">
    ${kind === 'camera' && !isHeard ? html`<span class="quiet">${icon(MicOff)}</span>` : nothing}
    <bdi>${nameOfTile(tile, localize)}</bdi>
    ${badge ? html`<span class="role">${badge}</span>` : nothing}
    ${
      handPlace === null
        ? nothing
        : html`<span class="hand-up">${icon(Hand)}${handPlace.toLocaleString(localize.lang())}</span>`
    }
    ${shown ? html`<span class="signal q${quality}" title=${localize.term(shown[0])}>${icon(shown[1])}</span>` : nothing}
  </div>`;
}

function renderVeil({ tile: { kind, link }, localize, retry }: TileCase): TemplateResult | typeof nothing {
  if (kind === 'screen' || link === null || link === 'connected' || link === 'unstable') return nothing;
  if (link === 'limited')
    return html`<div class="veil">
      <span>${localize.term('linkLimited')}</span>
      <button class="button small" @click=${retry}>${localize.term('retry')}</button>
    </div>`;
  return html`<div class="veil ${link}">
    <span class="spinner"></span>
    <span>${localize.term(link === 'connecting' ? 'linkConnecting' : 'linkReconnecting')}</span>
  </div>`;
}

function renderTools(given: TileCase): TemplateResult {
  const { tile, localize, isPinned, isZoomed, isCorner, hasMenu, pin, zoom, move, openMenu } = given;
  const tool = (label: string, drawing: IconNode, run: () => void): TemplateResult =>
    html`<button class="tool" aria-label=${label} title=${label} @click=${run}>${icon(drawing)}</button>`;
  const menu = localize.term('tileActions', tile.name ?? localize.term('someone'));
  return html`<div class="tools">
    ${isCorner ? tool(localize.term('moveOwn'), Move, move) : nothing}
    ${
      tile.kind === 'screen'
        ? tool(localize.term(isZoomed ? 'zoomOut' : 'zoomIn'), isZoomed ? Minimize2 : Maximize2, zoom)
        : nothing
    }
    ${
      isCorner
        ? nothing
        : tool(
            localize.term(isPinned ? 'unpinTile' : 'pinTile', nameOfTile(tile, localize)),
            isPinned ? PinOff : Pin,
            pin,
          )
    }
    ${
      hasMenu
        ? html`<button
            class="tool"
            aria-haspopup="menu"
            aria-label=${menu}
            title=${menu}
            @click=${(event: Event) => openMenu(event.currentTarget as HTMLElement)}
          >
            ${icon(EllipsisVertical)}
          </button>`
        : nothing
    }
  </div>`;
}
