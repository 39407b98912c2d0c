import { selectName, type RoomState } from '@lms-live/client';
import { startsMuted, type Call, type CallEvents, type CallState, type DeviceProblem } from '@lms-live/client/media';
import { html, nothing, type TemplateResult } from 'lit';
import LockIcon from 'lucide/dist/esm/icons/lock.mjs';
import Users from 'lucide/dist/esm/icons/users.mjs';
import { Announcer } from '../internal/announcer.js';
import { controlStyles } from '../internal/controls.styles.js';
import { Doorkeeper } from '../internal/doorkeeper.js';
import { waitsFor } from '../internal/gate.js';
import { icon } from '../internal/icons.js';
import type { Perform } from '../internal/lms-panel.js';
import { registerEnglish } from '../internal/localize.js';
import { adopt } from '../internal/overlay.js';
import { meetingRoomStrings } from '../internal/strings/meeting-room.js';
import { moderationStrings } from '../internal/strings/moderation.js';
import { controlBarStyles } from './control-bar.styles.js';
import { isFullscreen } from './controls.js';
import { problemText } from './device-help.js';
import type { MeetingHost } from './meeting-host.js';
import { preJoinStyles } from './pre-join.styles.js';
import { renderPreJoin } from './pre-join.js';
import { renderElsewhere, renderFarewell, type Visit } from './scenes.js';
import { Sounds } from './sounds.js';
import { StageNews } from './stage-news.js';
import { Stage } from './stage.js';
import { stageStyles } from './stage.styles.js';
import { tileStyles } from './tile.styles.js';

type Scene = 'gate' | 'pre-join' | 'room' | 'elsewhere' | 'farewell';

/** How long a sentence about what has happened stands. */
const NOTICE_MS = 5_000;

const MUTED = { audio: 'wasMuted', video: 'wasStopped', share: 'wasUnshared' } as const;

/** What is in the frame of a meeting room. It is loaded while the connection is made, so that the page draws first. */
export class MeetingRoomView {
  readonly #host: MeetingHost;
  readonly #perform: Perform;
  readonly #news: StageNews;
  readonly #doorkeeper: Doorkeeper;
  readonly #reactions: Announcer;
  readonly #sounds: Sounds;
  readonly #stage: Stage;
  #scene: Scene = 'gate';
  /** Before a render. */
  #hadFocus = false;
  #notice = '';
  /** Waited at the door: comes in by itself when it opens. */
  #hasWaited = false;
  #previewed: Call | null = null;
  #stops: (() => void)[] = [];
  #since: number | null = null;
  #stayedMs = 0;
  readonly #seen = new Set<string>();
  #wasLost = false;
  #isAsking = false;
  /** Those that were said, or could be read. */
  readonly #problems: Record<'microphone' | 'camera', DeviceProblem | null> = { microphone: null, camera: null };

  constructor(host: MeetingHost, perform: Perform) {
    registerEnglish(meetingRoomStrings);
    registerEnglish(moderationStrings);
    adopt(host.shadowRoot as ShadowRoot, [controlStyles, controlBarStyles, preJoinStyles, stageStyles, tileStyles]);
    this.#host = host;
    this.#perform = perform;
    this.#news = new StageNews(host);
    this.#doorkeeper = new Doorkeeper(host, { perform, form: 'banner' });
    this.#reactions = new Announcer(host, (count) => host.localize.term('reactedMany', count), 'reactions');
    this.#sounds = new Sounds(() => host.requestUpdate());
    this.#stage = new Stage(host, { perform, sounds: this.#sounds, doorkeeper: this.#doorkeeper });
  }

  made(call: Call): void {
    this.#stops = [
      call.onLevel((level) => this.#showLevel(level)),
      call.room.on('reaction', ({ participant, emoji }) => this.#react(participant, emoji)),
    ];
  }

  closed(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#sounds.update([], null);
  }

  /** Before a render. */
  prepare(state: RoomState | null): void {
    const { call, state: callState } = this.#host.keeper;
    const before = this.#scene;
    if (this.#host.shadowRoot?.activeElement) this.#hadFocus = true;
    this.#scene = this.#sceneOf(state, callState);
    if (this.#scene !== before) this.#turned(before);
    const { connection } = state ?? {};
    if (connection?.state === 'waiting') this.#hasWaited = true;
    const isAdmitted = connection?.state === 'waiting' || (connection?.state === 'online' && connection.synced);
    if (call && call !== this.#previewed && isAdmitted && state) {
      this.#previewed = call;
      // Where the class begins muted, nobody is asked for a microphone before they want it.
      const previewed = call.preview({ microphone: !startsMuted(state), camera: true });
      // Whoever has waited comes in with it, though nothing else may change.
      void previewed.then(() => this.#host.requestUpdate());
    } else if (this.#hasWaited && this.#scene === 'pre-join' && connection?.state === 'online' && connection.synced) {
      this.#hasWaited = false;
      void this.#host.join();
    }
    if (callState) this.#sayProblems(callState);
    this.#news.prepare(this.#scene === 'room' ? state : null);
    // The list of people tells it where it is in sight, and answers it.
    if (this.#scene === 'room' && state) this.#doorkeeper.prepare(state, this.#host.hasPeopleBeside);
    if (this.#scene === 'room' && state) this.#observe(state);
    this.#sounds.update(this.#scene === 'room' && callState ? callState.peers : [], callState?.speakerId ?? null);
  }

  settle(): void {
    this.#stage.settle();
    this.#keepFocus();
  }

  release(): void {
    this.#stage.release();
  }

  told<K extends keyof CallEvents>(event: K, detail: CallEvents[K]): void {
    const { localize } = this.#host;
    if (event === 'muted') {
      const { by, source } = detail as CallEvents['muted'];
      this.#say(localize.term(MUTED[source], this.#nameOf(by)));
    } else if (event === 'asked') void this.#ask(detail as CallEvents['asked']);
    else if (event === 'speaking-while-muted') this.#say(localize.term('youAreMuted'));
    else if (event === 'share-ended') this.#say(localize.term('shareEnded'));
    else {
      const { device, replacedBy } = detail as CallEvents['device-lost'];
      if (device !== 'screen') this.#problems[device] = this.#host.keeper.state?.[device].problem ?? null;
      const name = localize.term(device);
      this.#say(
        replacedBy === null ? localize.term('deviceGone', name) : localize.term('deviceReplaced', name, replacedBy),
      );
    }
  }

  renderActions(state: RoomState): TemplateResult | typeof nothing {
    const { localize } = this.#host;
    if (this.#scene !== 'room') return nothing;
    const { count } = state.presence;
    const label = localize.term('inClass', count);
    const locked = localize.term('classLocked');
    return html`${
        state.views.all.room.locked
          ? html`<span class="lock" role="img" aria-label=${locked} title=${locked}>${icon(LockIcon)}</span>`
          : nothing
      }
      <span class="present" part="present" title=${label}
        >${icon(Users)}<span aria-hidden="true">${count.toLocaleString(localize.lang())}</span
        ><span class="visually-hidden">${label}</span></span
      >`;
  }

  /** @param gate why there is nothing to see: shown in every scene that is not one of ours, and beside the preview while one waits */
  renderBody(state: RoomState | null, gate: (isShown: boolean) => TemplateResult): TemplateResult {
    const { call, state: callState } = this.#host.keeper;
    const host = this.#host;
    if (this.#scene === 'farewell') {
      // Staff stay connected when a class is over.
      const isOver = state?.connection.state === 'ended' || state?.views.all.room.state === 'ended';
      const hasLeft = callState?.phase === 'left' && !isOver;
      const rejoin = hasLeft ? (): void => void host.join() : null;
      const mayStart = state?.connection.state === 'online' && (state.me?.grants.has('room.start') ?? false);
      const start = isOver && mayStart ? (): void => void this.#startAgain() : null;
      const visit: Visit | null = this.#seen.size > 0 ? { stayedMs: this.#stayedMs, people: this.#seen.size } : null;
      return html`${gate(false)}${renderFarewell(host, { visit, rejoin, start })}`;
    }
    if (!call || !callState || !state || this.#scene === 'gate') return gate(true);
    if (this.#scene === 'elsewhere') {
      const given = { isGone: !hasSession(state), useHere: (): void => void call.useHere() };
      return html`${gate(false)}${renderElsewhere(host, given)}`;
    }
    if (this.#scene === 'room') return html`${gate(false)}${this.#stage.render({ state, call, callState })}`;
    const isWaiting = waitsFor(state) !== null;
    const join = (): void => void host.join();
    return renderPreJoin({ host, state, call, callState, gate: gate(isWaiting), isWaiting, join });
  }

  renderAlways(): TemplateResult {
    return html`<div class="toast-place" role="status">
        ${this.#notice ? html`<p class="toast" part="notice">${this.#notice}</p>` : nothing}
      </div>
      ${this.#news.render()}${this.#doorkeeper.renderAlways()}${this.#reactions.render()}`;
  }

  #sceneOf(state: RoomState | null, call: CallState | null): Scene {
    if (!state || this.#host.connection.problem) return 'gate';
    const { state: connection, synced } = state.connection;
    if (connection === 'failed' || connection === 'idle' || connection === 'closed') return 'gate';
    const wasHere = this.#since !== null || this.#seen.size > 0;
    if (connection === 'ended' || (state.me && state.views.all.room.state === 'ended'))
      return state.me ? 'farewell' : 'gate';
    if (!call || call.phase === 'closed') return 'gate';
    if (call.phase === 'joined') return 'room';
    if (call.phase === 'elsewhere') return 'elsewhere';
    if (call.phase === 'left') return 'farewell';
    if (connection === 'waiting') return 'pre-join';
    return synced || wasHere || this.#scene === 'pre-join' ? 'pre-join' : 'gate';
  }

  /** Another scene: the clock of the visit, and full screen. */
  #turned(before: Scene): void {
    const { timers } = this.#host;
    if (this.#scene === 'room') this.#since ??= timers.now();
    else if (before === 'room' && this.#since !== null) {
      this.#stayedMs += timers.now() - this.#since;
      this.#since = null;
    }
    // Only the stage has the control that ends it.
    if (before === 'room' && isFullscreen(this.#host)) void document.exitFullscreen().catch(() => undefined);
  }

  /** The focus was in here and has gone with what had it: another scene, or a tile that is no longer there. It goes on at the start of what is there now. */
  #keepFocus(): void {
    const root = this.#host.shadowRoot;
    if (!this.#hadFocus || !root) return;
    // Not where somebody has gone on to another place of the page.
    const isKept = root.activeElement !== null || isElsewhere(this.#host);
    const place = isKept
      ? null
      : (root.querySelector<HTMLElement>('.stage, .enter') ?? root.querySelector<HTMLElement>('.gate h3'));
    // A skeleton in between has no place; what comes after it has.
    this.#hadFocus = !isKept && place === null;
    if (place && !place.matches('button')) place.tabIndex = -1;
    place?.focus();
  }

  /** Whoever starts the class again is in it. */
  async #startAgain(): Promise<void> {
    if ((await this.#perform('room.start', {})) !== null) await this.#host.join();
  }

  #observe(state: RoomState): void {
    for (const participant of state.presence.people.keys()) this.#seen.add(participant);
    if (state.me) this.#seen.add(state.me.participant);
    const isLost = state.connection.state === 'reconnecting';
    if (this.#wasLost && !isLost) this.#say(this.#host.localize.term('connectedAgain'));
    this.#wasLost = isLost;
  }

  #showLevel(level: number): void {
    this.#stage.ownLevel = level;
    for (const meter of this.#host.shadowRoot?.querySelectorAll<HTMLElement>('[data-meter]') ?? [])
      meter.style.setProperty('--level', level.toFixed(2));
  }

  #react(participant: string, emoji: string): void {
    if (this.#scene !== 'room') return;
    this.#stage.react(participant, emoji);
    this.#reactions.say(this.#host.localize.term('reacted', this.#nameOf(participant), emoji));
  }

  async #ask({ by, source }: CallEvents['asked']): Promise<void> {
    const { call, state } = this.#host.keeper;
    const isOn = source === 'audio' ? state?.microphone.isHeard : state?.camera.phase === 'on';
    if (!call || this.#isAsking || isOn) return;
    this.#isAsking = true;
    try {
      const { askToTurnOn } = await import('./overlays.js');
      await askToTurnOn(this.#host, call, { source, name: this.#nameOf(by) });
    } finally {
      this.#isAsking = false;
    }
  }

  #nameOf(participant: string | null): string {
    const { state } = this.#host.connection;
    return (state && participant !== null && selectName(state, participant)) || this.#host.localize.term('someone');
  }

  /** A device that is taken back, or does not start, in the class; before it, the pre-join says so by itself. */
  #sayProblems(call: CallState): void {
    const { localize } = this.#host;
    const sentences = (['microphone', 'camera'] as const).flatMap((device) => {
      const { problem } = call[device];
      if (problem === this.#problems[device]) return [];
      this.#problems[device] = problem;
      return problem ? [problemText(localize, problem, localize.term(device))] : [];
    });
    if (sentences.length > 0 && this.#scene === 'room') this.#say(sentences.join(' · '));
  }

  #say(sentence: string): void {
    const { timers } = this.#host;
    this.#notice = sentence;
    this.#host.requestUpdate();
    timers.stop('notice');
    timers.once('notice', NOTICE_MS, () => {
      this.#notice = '';
      this.#host.requestUpdate();
    });
  }
}

/** Whether something else has the focus, in the document or in what the element is part of. */
function isElsewhere(host: MeetingHost): boolean {
  const { activeElement } = host.getRootNode() as Document | ShadowRoot;
  return activeElement !== null && activeElement !== document.body && activeElement !== host;
}

/** Whether a tab of this person may still have the call: after a start of the server it may be on the way back. */
function hasSession({ me, media: { complete, sessions } }: RoomState): boolean {
  return !complete || [...sessions.values()].some(({ participant }) => participant === me?.participant);
}
