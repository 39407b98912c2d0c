import { permission, type RoomState } from '@lms-live/client';
import type { Call, CallState } from '@lms-live/client/media';
import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { repeat } from 'lit/directives/repeat.js';
import Ellipsis from 'lucide/dist/esm/icons/ellipsis.mjs';
import Hand from 'lucide/dist/esm/icons/hand.mjs';
import LayoutGrid from 'lucide/dist/esm/icons/layout-grid.mjs';
import Maximize from 'lucide/dist/esm/icons/maximize.mjs';
import MicOff from 'lucide/dist/esm/icons/mic-off.mjs';
import Mic from 'lucide/dist/esm/icons/mic.mjs';
import Minimize from 'lucide/dist/esm/icons/minimize.mjs';
import Phone from 'lucide/dist/esm/icons/phone.mjs';
import PictureInPicture2 from 'lucide/dist/esm/icons/picture-in-picture-2.mjs';
import ScreenShareOff from 'lucide/dist/esm/icons/screen-share-off.mjs';
import ScreenShare from 'lucide/dist/esm/icons/screen-share.mjs';
import Settings from 'lucide/dist/esm/icons/settings.mjs';
import Shield from 'lucide/dist/esm/icons/shield.mjs';
import Smile from 'lucide/dist/esm/icons/face-slightly-smiling.mjs';
import VideoOff from 'lucide/dist/esm/icons/video-off.mjs';
import Video from 'lucide/dist/esm/icons/video.mjs';
import { icon, type IconNode } from '../internal/icons.js';
import type { Perform } from '../internal/lms-panel.js';
import { isShortcut, SHORTCUT_KEYS } from '../internal/shortcuts.js';
import { problemText } from './device-help.js';
import { whyNot } from './may-not.js';
import type { MeetingHost } from './meeting-host.js';

/** A button with the space around it; under this width the rest goes into a menu. */
const CONTROL_PX = 52;
/** From this width down they stand closer. */
const NARROW_PX = 400;
const NARROW_CONTROL_PX = 50;
/** Space at the ends, and between the groups. */
const SPARE_PX = 60;
const NARROW_SPARE_PX = 12;

type Opens = 'reactions' | 'staff' | 'layout' | 'settings' | 'more' | 'leave';

export interface ControlsCase {
  readonly host: MeetingHost;
  readonly state: RoomState;
  readonly call: Call;
  readonly callState: CallState;
  readonly widthPx: number;
  readonly perform: Perform;
  /** Opens something that is loaded then. */
  readonly open: (what: Opens, anchor: HTMLElement, hidden: readonly Control[]) => void;
  readonly toggleFullscreen: () => void;
  /** null: there is nothing to be shown, or the browser has none. */
  readonly pictureInPicture: (() => void) | null;
}

export interface Control {
  readonly id: string;
  readonly label: string;
  readonly drawing: IconNode;
  readonly run: (anchor: HTMLElement) => void;
  /** What a click does, where the label says what it is. */
  readonly title?: string;
  /** Given: it is a switch. */
  readonly isPressed?: boolean;
  readonly opensMenu?: boolean;
  /** Why it does nothing right now. */
  readonly reason?: string | null;
  readonly hasProblem?: boolean;
  readonly badge?: string | null;
}

/** What a person can do in the class; what has no place goes into the menu at the end. */
export function renderControls(given: ControlsCase): TemplateResult {
  const { host, widthPx } = given;
  const { localize } = host;
  const controls = controlsOf(given);
  const isNarrow = widthPx < NARROW_PX;
  const free = widthPx - (isNarrow ? NARROW_SPARE_PX : SPARE_PX);
  const places = Math.max(3, Math.floor(free / (isNarrow ? NARROW_CONTROL_PX : CONTROL_PX))) - 1;
  const isAll = controls.length <= places;
  const hidden = isAll ? [] : controls.slice(places - 1);
  const leave = localize.term('leave');
  return html`<div class="controls" part="controls" role="toolbar" aria-label=${localize.term('controls')}>
    ${repeat(
      controls,
      ({ id }) => id,
      (control) => renderControl(host, control, hidden.includes(control)),
    )}
    ${
      isAll
        ? nothing
        : renderControl(host, {
            id: 'more',
            label: localize.term('moreControls'),
            drawing: Ellipsis,
            opensMenu: true,
            run: (anchor) => given.open('more', anchor, hidden),
          })
    }
    <button
      class="control hang-up"
      part="leave-button"
      data-control="leave"
      aria-label=${leave}
      title=${leave}
      aria-haspopup=${ifDefined(mayEnd(given) ? 'menu' : undefined)}
      @click=${(event: Event) =>
        mayEnd(given) ? given.open('leave', event.currentTarget as HTMLElement, []) : void host.leave()}
    >
      ${icon(Phone)}
    </button>
  </div>`;
}

/** @param isHidden it stands in the menu, and is pressed by its key */
function renderControl(host: MeetingHost, control: Control, isHidden = false): TemplateResult {
  const { id, label, drawing, run, title, isPressed, opensMenu, reason, hasProblem, badge } = control;
  const click = (event: Event): void => {
    const pressed = event.currentTarget as HTMLElement;
    const more = isHidden ? host.shadowRoot?.querySelector<HTMLElement>('[data-control=more]') : null;
    if (reason) host.complain(reason);
    else run(more ?? pressed);
  };
  const key = host.noShortcuts ? undefined : keyOf(id);
  const tip = reason ?? title ?? label;
  return html`<button
    class="control ${id} ${hasProblem ? 'problem' : ''}"
    part="control"
    data-control=${id}
    ?hidden=${isHidden}
    aria-label=${label}
    title=${key ? `${tip} (${key})` : tip}
    aria-keyshortcuts=${ifDefined(key)}
    aria-pressed=${ifDefined(isPressed)}
    aria-disabled=${ifDefined(reason ? 'true' : undefined)}
    aria-haspopup=${ifDefined(opensMenu ? 'menu' : undefined)}
    @click=${click}
  >
    ${icon(drawing)}${badge ? html`<span class="count" aria-hidden="true">${badge}</span>` : nothing}
  </button>`;
}

function keyOf(id: string): string | undefined {
  return isShortcut(id) ? SHORTCUT_KEYS[id] : undefined;
}

/** The most needed first. */
function controlsOf(given: ControlsCase): Control[] {
  const [own, share] = [devices(given), sharing(given)];
  // What this browser cannot do at all stands last.
  const able = canShare(given.host) ? [share] : [];
  const unable = able.length === 0 ? [share] : [];
  return [...own, ...able, ...participation(given), ...view(given), ...unable];
}

function devices({ host, state, callState }: ControlsCase): Control[] {
  const { localize } = host;
  const { microphone, camera } = callState;
  const reason = (source: 'audio' | 'video'): string | null => {
    const key = whyNot(state, callState, source);
    return key && localize.term(key);
  };
  const isSeen = camera.phase === 'on';
  const problem = (device: 'microphone' | 'camera'): { title?: string; hasProblem?: boolean } => {
    const { problem: found, isInterrupted } = callState[device];
    const name = localize.term(device);
    if (found) return { title: problemText(localize, found, name), hasProblem: true };
    return isInterrupted ? { title: localize.term('deviceInterrupted', name), hasProblem: true } : {};
  };
  return [
    {
      id: 'microphone',
      label: localize.term('microphone'),
      title: localize.term(microphone.isHeard ? 'mute' : 'unmute'),
      drawing: microphone.isHeard ? Mic : MicOff,
      isPressed: microphone.isHeard,
      reason: microphone.isHeard ? null : reason('audio'),
      run: () => void host.toggleMicrophone(),
      ...problem('microphone'),
    },
    {
      id: 'camera',
      label: localize.term('camera'),
      title: localize.term(isSeen ? 'stopCamera' : 'startCamera'),
      drawing: isSeen ? Video : VideoOff,
      isPressed: isSeen,
      reason: isSeen ? null : reason('video'),
      run: () => void host.toggleCamera(),
      ...problem('camera'),
    },
  ];
}

function sharing({ host, state, callState }: ControlsCase): Control {
  const { localize } = host;
  const isShared = callState.screen.phase === 'on';
  const reason = whyNot(state, callState, 'share') ?? (canShare(host) ? null : 'mayNotBrowser');
  return {
    id: 'share',
    label: localize.term('shareScreen'),
    title: localize.term(isShared ? 'stopSharing' : 'shareScreen'),
    drawing: isShared ? ScreenShareOff : ScreenShare,
    isPressed: isShared,
    reason: isShared || !reason ? null : localize.term(reason),
    run: () => void host.toggleScreenShare(),
  };
}

function participation({ host, state, perform, open }: ControlsCase): Control[] {
  const { localize } = host;
  const place = state.views.all.hands.findIndex(({ participant }) => participant === state.me?.participant) + 1;
  const isUp = place > 0;
  const isOnline = state.connection.state === 'online';
  const offline = isOnline ? null : localize.term('mayNotOffline');
  const shownPlace = place.toLocaleString(localize.lang());
  const controls: Control[] = [];
  if (isUp || permission(state, 'raiseHand', host.timers.now()).allowed)
    controls.push({
      id: 'hand',
      label: isUp ? localize.term('handPlace', shownPlace) : localize.term('handUp'),
      title: localize.term(isUp ? 'handDown' : 'handUp'),
      drawing: Hand,
      isPressed: isUp,
      badge: isUp ? shownPlace : null,
      run: () => void perform(isUp ? 'hand.lower' : 'hand.raise', {}),
    });
  if (permission(state, 'react', host.timers.now()).allowed)
    controls.push({
      id: 'react',
      label: localize.term('react'),
      drawing: Smile,
      opensMenu: true,
      reason: offline,
      run: (anchor) => open('reactions', anchor, []),
    });
  if (state.me?.grants.has('people.moderate'))
    controls.push({
      id: 'staff',
      label: localize.term('staffMenu'),
      drawing: Shield,
      opensMenu: true,
      run: (anchor) => open('staff', anchor, []),
    });
  return controls;
}

function view({ host, open, toggleFullscreen, pictureInPicture }: ControlsCase): Control[] {
  const { localize } = host;
  const isFull = isFullscreen(host);
  return [
    {
      id: 'layout',
      label: localize.term('layout'),
      drawing: LayoutGrid,
      opensMenu: true,
      run: (anchor) => open('layout', anchor, []),
    },
    {
      id: 'settings',
      label: localize.term('settings'),
      drawing: Settings,
      run: (anchor) => open('settings', anchor, []),
    },
    ...(document.fullscreenEnabled
      ? [
          {
            id: 'fullscreen',
            label: localize.term(isFull ? 'exitFullscreen' : 'fullscreen'),
            drawing: isFull ? Minimize : Maximize,
            run: toggleFullscreen,
          },
        ]
      : []),
    ...(pictureInPicture
      ? [
          {
            id: 'picture-in-picture',
            label: localize.term('pictureInPicture'),
            drawing: PictureInPicture2,
            run: pictureInPicture,
          },
        ]
      : []),
  ];
}

/** In a shadow root the document names the host around it. */
export function isFullscreen(host: MeetingHost): boolean {
  return (host.getRootNode() as Document | ShadowRoot).fullscreenElement === host;
}

function mayEnd({ state }: ControlsCase): boolean {
  return (state.me?.grants.has('room.end') ?? false) && state.connection.state === 'online';
}

function canShare({ media }: MeetingHost): boolean {
  const devices = media?.devices ?? (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  return typeof devices?.getDisplayMedia === 'function';
}
