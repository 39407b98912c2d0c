import type { RoomState } from '@lms-live/client';
import type { Call, CallState } from '@lms-live/client/media';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import ScreenShare from 'lucide/dist/esm/icons/screen-share.mjs';
import UserRound from 'lucide/dist/esm/icons/user-round.mjs';
import Volume2 from 'lucide/dist/esm/icons/volume-2.mjs';
import type { Doorkeeper } from '../internal/doorkeeper.js';
import { icon } from '../internal/icons.js';
import type { Perform } from '../internal/lms-panel.js';
import { ActiveSpeaker } from './active-speaker.js';
import { arrange, type Plan } from './arrange.js';
import type { Control } from './controls.js';
import { isFullscreen, renderControls } from './controls.js';
import { Corner } from './corner.js';
import type { MeetingHost } from './meeting-host.js';
import { Placement } from './placement.js';
import { Quiet } from './quiet.js';
import type { Sounds } from './sounds.js';
import { renderTile } from './tile.js';
import { listTiles, OWN_KEY, type Tile } from './tile-list.js';

/** Ten times a second: fast enough for a ring around who speaks. */
const LEVELS_MS = 100;
/** How long a reaction floats. */
const REACTION_MS = 2_800;
/** One's own reaction comes back within this. */
const ECHO_MS = 3_000;
/** One’s own microphone is near: a little more than what comes from a link. */
const OWN_SPEAKING = 0.06;

export interface StageCase {
  readonly state: RoomState;
  readonly call: Call;
  readonly callState: CallState;
}

/** The class itself: pictures, what is to be said about them, and the controls. */
export class Stage {
  readonly #host: MeetingHost;
  readonly #perform: Perform;
  readonly #sounds: Sounds;
  readonly #doorkeeper: Doorkeeper;
  readonly #speaker = new ActiveSpeaker();
  readonly #corner: Corner;
  readonly #placement: Placement;
  readonly #quiet: Quiet;
  #plan: Plan | null = null;
  #call: Call | null = null;
  #pinned: string | null = null;
  #zoomed = new Set<string>();
  #focus = '';
  #ownLevel = 0;

  constructor(
    host: MeetingHost,
    {
      perform,
      sounds,
      doorkeeper,
    }: { readonly perform: Perform; readonly sounds: Sounds; readonly doorkeeper: Doorkeeper },
  ) {
    this.#host = host;
    this.#perform = perform;
    this.#sounds = sounds;
    this.#doorkeeper = doorkeeper;
    this.#corner = new Corner(() => this.#placement.place());
    this.#placement = new Placement(host, this.#corner);
    this.#quiet = new Quiet(host);
  }

  /** Loudness of one's own microphone, for the ring around oneself. */
  set ownLevel(level: number) {
    this.#ownLevel = level;
  }

  render({ state, call, callState }: StageCase): TemplateResult {
    const { localize } = this.#host;
    this.#call = call;
    const tiles = listTiles(state, callState);
    const plan = arrange(tiles, {
      choice: this.#host.layout,
      pinned: this.#pinned,
      speaker: this.#speaker.current,
    });
    this.#plan = plan;
    const { isQuiet, stir } = this.#quiet;
    return html`<div
      class="stage ${plan.arrangement} ${isQuiet ? 'at-rest' : ''}"
      part="stage"
      role="region"
      tabindex="-1"
      aria-label=${localize.term('stage')}
      @pointermove=${stir}
      @pointerdown=${stir}
      @focusin=${stir}
    >
      ${this.#renderNotices(state, call, callState)}
      <div class="tiles" part="tiles" data-tiles @pointerdown=${this.#corner.begin}>
        ${plan.isWaiting ? this.#renderAlone(state, callState) : nothing}
        ${repeat(
          tiles,
          ({ key }) => key,
          (tile) => this.#renderTile({ tile, plan, state, call }),
        )}
        <span class="unplaced" data-more hidden
          ><span aria-hidden="true"></span><span class="visually-hidden"></span
        ></span>
      </div>
      ${renderControls({
        host: this.#host,
        state,
        call,
        callState,
        widthPx: this.#placement.widthPx || this.#host.clientWidth,
        perform: this.#perform,
        open: (what, anchor, hidden) => void this.#open(what, anchor, hidden),
        toggleFullscreen: () => void this.#toggleFullscreen(),
        pictureInPicture: this.#pictureInPicture(plan),
      })}
    </div>`;
  }

  /** After each render. */
  settle(): void {
    const isNew = this.#placement.settle(this.#plan);
    this.#quiet.set(this.#placement.isShown && this.#plan?.arrangement === 'call');
    if (!this.#placement.isShown) return;
    if (isNew) this.#quiet.stir();
    this.#tellFocus();
    this.#listen();
  }

  release(): void {
    this.#placement.release();
  }

  /** A reaction goes up over the tile of whoever sent it. */
  react(participant: string, emoji: string): void {
    const isOwn = participant === this.#host.client?.getState().me?.participant;
    if (!isOwn || !this.#host.timers.isRunning(`echo ${emoji}`)) this.#float(participant, emoji);
  }

  #float(participant: string, emoji: string): void {
    const tile = this.#plan?.order.find((one) => one.participant === participant && one.kind === 'camera');
    const place = tile && this.#placement.elementOf(tile.key);
    if (!place) return;
    const floating = document.createElement('span');
    floating.className = 'floating';
    floating.setAttribute('aria-hidden', 'true');
    floating.textContent = emoji;
    place.append(floating);
    // Also where animations are off, and end events with them.
    this.#host.timers.once(`reaction ${participant} ${emoji} ${performance.now()}`, REACTION_MS, () =>
      floating.remove(),
    );
  }

  #renderTile(given: { tile: Tile; plan: Plan; state: RoomState; call: Call }): TemplateResult {
    const { tile, plan, state, call } = given;
    const { key, session, participant } = tile;
    return renderTile({
      tile,
      localize: this.#host.localize,
      isPinned: this.#pinned === key,
      isZoomed: this.#zoomed.has(key),
      isCorner: plan.arrangement === 'call' && tile.isOwn,
      showsGood: plan.arrangement === 'call' && !tile.isOwn,
      hasMenu: mayManage(state, tile),
      pin: () => this.#pin(key),
      zoom: () => this.#zoom(key),
      move: () => this.#corner.next(),
      retry: () => session !== null && call.retryPeer(session),
      openMenu: (anchor) => void this.#openTile(anchor, participant),
    });
  }

  /** In place of the others: there are none, or none with sound and pictures. */
  #renderAlone({ presence: { count } }: RoomState, { mode }: CallState): TemplateResult {
    const { localize } = this.#host;
    const isAlone = mode !== 'none' && count <= 1;
    return html`<div class="alone" part="alone">
      <span class="pulse"><span class="avatar">${icon(UserRound)}</span></span>
      <div role="status"><b>${isAlone ? localize.term('alone') : localize.term('inClass', count)}</b></div>
      ${isAlone ? html`<p>${localize.term('aloneHint')}</p>` : nothing}
    </div>`;
  }

  #renderNotices(state: RoomState, call: Call, callState: CallState): TemplateResult {
    const { localize } = this.#host;
    const { mode, screen, isSupported } = callState;
    const hear = (): void => this.#sounds.unblock();
    const stopSharing = (): void => void call.setScreen(false);
    return html`<div class="notices">
      ${
        this.#sounds.isBlocked
          ? html`<button class="button primary notice tap" part="tap-to-hear" @click=${hear}>
              ${icon(Volume2)} ${localize.term('tapToHear')}
            </button>`
          : nothing
      }
      ${
        screen.phase === 'on'
          ? html`<div class="notice sharing" part="sharing">
              ${icon(ScreenShare)}<span>${localize.term('youShare')}</span>
              <button class="button small" @click=${stopSharing}>${localize.term('stopSharing')}</button>
            </div>`
          : nothing
      }
      <div role="status">
        ${mode === 'audio' ? html`<p class="notice">${localize.term('modeAudio')}</p>` : nothing}
        ${
          mode === 'none'
            ? html`<p class="notice">${localize.term(isSupported ? 'modeNone' : 'noWebRtc')}</p>`
            : nothing
        }
      </div>
      ${this.#doorkeeper.render(state)}
    </div>`;
  }

  #listen(): void {
    const { timers } = this.#host;
    timers.once('levels', LEVELS_MS, () => {
      const call = this.#call;
      if (!call || !this.#placement.isShown) return;
      const levels = new Map<string, number>();
      for (const { session } of call.getState().peers) levels.set(session, call.levelOf(session));
      if (this.#speaker.update(levels, performance.now())) this.#host.requestUpdate();
      for (const { key, session, kind, isHeard } of this.#plan?.order ?? []) {
        if (kind === 'screen') continue;
        const isSpeaking = session === null ? this.#ownLevel > OWN_SPEAKING : this.#speaker.isSpeaking(session);
        this.#placement.elementOf(key)?.classList.toggle('speaking', isHeard && isSpeaking);
      }
      this.#listen();
    });
  }

  #tellFocus(): void {
    const focus = this.#plan?.focus ?? [];
    if (focus.join(' ') === this.#focus) return;
    this.#focus = focus.join(' ');
    this.#call?.setFocus(focus);
  }

  /** One's own is shown at once; what the server sends back of it is not shown again. */
  #sendReaction(emoji: string): void {
    const { client } = this.#host;
    const me = client?.getState().me?.participant;
    if (!client || me === undefined) return;
    client.signal('reaction', { emoji });
    this.#host.timers.stop(`echo ${emoji}`);
    this.#host.timers.once(`echo ${emoji}`, ECHO_MS, () => undefined);
    this.#float(me, emoji);
  }

  #pin(key: string): void {
    this.#pinned = this.#pinned === key ? null : key;
    this.#host.requestUpdate();
  }

  #zoom(key: string): void {
    if (!this.#zoomed.delete(key)) this.#zoomed.add(key);
    this.#host.requestUpdate();
  }

  async #openTile(anchor: HTMLElement, participant: string): Promise<void> {
    const { openTile } = await import('./overlays.js');
    const { state } = this.#host.connection;
    if (state) openTile({ host: this.#host, state, anchor, perform: this.#perform }, participant);
  }

  async #open(
    what: 'reactions' | 'staff' | 'layout' | 'settings' | 'more' | 'leave',
    anchor: HTMLElement,
    hidden: readonly Control[],
  ): Promise<void> {
    const host = this.#host;
    if (what === 'reactions') {
      const { openReactions } = await import('./reactions.js');
      openReactions(host, anchor, (emoji) => this.#sendReaction(emoji));
      return;
    }
    if (what === 'settings') {
      const { openSettings } = await import('./settings-dialog.js');
      if (this.#call) openSettings(host, this.#call);
      return;
    }
    const overlays = await import('./overlays.js');
    const { state } = host.connection;
    if (!state) return;
    const given = { host, state, anchor, perform: this.#perform };
    if (what === 'more') overlays.openMore(given, hidden);
    else if (what === 'layout') overlays.openLayout(given);
    else if (what === 'staff') overlays.openStaff(given);
    else overlays.openLeave(given);
  }

  async #toggleFullscreen(): Promise<void> {
    try {
      await (isFullscreen(this.#host) ? document.exitFullscreen() : this.#host.requestFullscreen());
    } catch {
      // The browser, or the page around a frame, does not want it.
    }
    this.#host.requestUpdate();
  }

  /** The large picture, or the first there is, in a window of its own. */
  #pictureInPicture(plan: Plan): (() => void) | null {
    if (!document.pictureInPictureEnabled) return null;
    const shown = plan.order.find(({ track, key }) => track !== null && key !== OWN_KEY);
    if (!shown) return null;
    return () => {
      const video = this.#placement.elementOf(shown.key)?.querySelector('video');
      const change = document.pictureInPictureElement
        ? document.exitPictureInPicture()
        : video?.requestPictureInPicture();
      change?.catch(() => undefined);
    };
  }
}

/** As in the list of people: staff act on students; on other staff only who may promote. */
function mayManage({ me, views }: RoomState, { isOwn, role, kind }: Tile): boolean {
  if (isOwn || kind === 'screen' || !me || views.all.room.state === 'ended') return false;
  const isTeaching = role === 'instructor' || role === 'assistant';
  return me.grants.has('people.promote') || (me.grants.has('people.moderate') && !isTeaching);
}
