import type { RoomState } from '@lms-live/client';
import type { Call, CallEvents, CallOptions } from '@lms-live/client/media';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { lmsEvent } from '../events.js';
import { LmsPanel } from '../internal/lms-panel.js';
import { addStageShortcuts } from '../internal/stage-shortcuts.js';
import { CallKeeper, type MakeCall } from './call-keeper.js';
import { LAYOUTS, type LayoutChoice } from './layout-choice.js';
import type { MeetingHost } from './meeting-host.js';
import { meetingRoomFrameStyles } from './meeting-room-frame.styles.js';
import type { MeetingRoomView } from './meeting-room-view.js';

/** When the rest of the stage could not be loaded, it is tried again after this. */
const LOAD_AGAIN_MS = 3_000;

/**
 * @summary The stage of a class: a look at oneself before it, faces, screens and controls in it, and what the staff need to lead it.
 *
 * @customElement lms-meeting-room
 *
 * @slot header - In place of the heading.
 * @slot not-enrolled - Shown to somebody who has no place in this class, in place of our sentence.
 *
 * @fires {CustomEvent<{ readonly participant: string; readonly name: string | null }>} lms-person-joined - Somebody has come in.
 * @fires {CustomEvent<{ readonly participant: string; readonly name: string | null }>} lms-person-left - Somebody has left.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-hand-raised - A hand has gone up.
 * @fires {CustomEvent<{ readonly by: string | null; readonly source: string }>} lms-muted - Staff have turned off the microphone, camera or screen of this person.
 * @fires {CustomEvent<{ readonly by: string; readonly source: string }>} lms-asked - Staff ask this person to turn on the microphone or the camera.
 * @fires {CustomEvent<{ readonly device: string; readonly replacedBy: string | null }>} lms-device-lost - A device is gone: replaced by another one, or off.
 * @fires {CustomEvent<Record<string, never>>} lms-share-ended - The screen share was ended from outside the page.
 * @fires {CustomEvent<{ readonly state: string }>} lms-connection-changed - The connection is in another state.
 * @fires {CustomEvent<LmsErrorDetail>} lms-error - Something went wrong; `code` says what, `retryable` whether trying again may help.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-joined - This person is in the class. Standing alone only.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-left - This person is no longer in the class. Standing alone only.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-opened - The class has begun. Standing alone only.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-ended - The class is over. Standing alone only.
 * @fires {CustomEvent<Record<string, never>>} lms-token-refreshed - A fresh token is in use. Standing alone only.
 *
 * @csspart base - The frame.
 * @csspart header - The heading with its controls.
 * @csspart present - How many are in the class.
 * @csspart bar - The thin bar that says that the connection is being mended, or that the class is over.
 * @csspart pre-join - The look at oneself before the class.
 * @csspart preview - One's own picture there.
 * @csspart devices - The choice of microphone, camera and speaker.
 * @csspart device-problem - What is wrong with a device, and what to do.
 * @csspart join-button - Enters the class.
 * @csspart stage - The class itself.
 * @csspart tiles - The place of the pictures.
 * @csspart tile - One picture.
 * @csspart tile-own - One's own.
 * @csspart tile-other - Somebody else's.
 * @csspart plate - The name on a picture.
 * @csspart alone - Shown while nobody else is there.
 * @csspart avatar - Initials or picture.
 * @csspart sharing - Says that one's own screen is shared.
 * @csspart tap-to-hear - Starts the sound, where the browser wants a click first.
 * @csspart lobby - Who waits to come in, for the staff.
 * @csspart note - What somebody who waits has written.
 * @csspart controls - The bar with the controls.
 * @csspart control - One of them.
 * @csspart leave-button - Leaves the class.
 * @csspart reactions - The open bar of reactions.
 * @csspart notice - What has happened, for a while.
 * @csspart complaint - Why something was refused.
 * @csspart elsewhere - Says that the call is open in another tab.
 * @csspart farewell - Shown after the class.
 * @csspart menu - An open menu.
 * @csspart dialog - An open dialog.
 * @csspart waiting - Why one waits to come in.
 * @csspart password-form - Where the class has a password: the form for it.
 * @csspart note-form - The form for a note to the staff.
 * @csspart door-note - The note that one has sent.
 * @csspart door-message - What the staff write to those who wait.
 * @csspart start-button - Begins the class before its time, for the staff.
 * @csspart error - What went wrong.
 * @csspart error-code - Its code.
 * @csspart reason - The reason that the school has given.
 * @csspart skeleton - Shown while the class loads.
 *
 * @cssproperty --lms-stage-background - Ground of the stage. Default: `#101318`.
 * @cssproperty --lms-tile-background - Ground of a picture without a camera. Default: `#20252e`.
 * @cssproperty --lms-tile-radius - Its corners. Default: `14px`.
 *
 * @cssState idle - Not started.
 * @cssState connecting - For the first time.
 * @cssState waiting - At the door.
 * @cssState online - Connected to the class.
 * @cssState reconnecting - Comes back by itself.
 * @cssState ended - The class is over.
 * @cssState failed - Does not come back by itself, or the attributes are not complete.
 * @cssState closed - Left.
 */
export class LmsMeetingRoom extends LmsPanel implements MeetingHost {
  static override styles = [...LmsPanel.styles, meetingRoomFrameStyles];

  /** @ignore */
  readonly keeper: CallKeeper = new CallKeeper(this, {
    made: (call) => this.#view?.made(call),
    closed: () => this.#view?.closed(),
    changed: () => this.requestUpdate(),
    told: (event, detail) => this.#told(event, detail),
  });
  #view: MeetingRoomView | null = null;
  #isLoading = false;
  #wasOn = { microphone: false, camera: false };
  /** Waits for a call that is not there yet. */
  #waiters: ((call: Call) => void)[] = [];

  /** @ignore */
  override readonly tells = ['person-joined', 'person-left', 'hand-raised', 'muted', 'asked'] as const;
  protected override readonly heading = 'meeting';

  /** What carries the media. `auto`, the default, takes what the class is set to; so far that is `mesh`. */
  @property() engine: 'auto' | 'mesh' = 'auto';

  /** How the pictures stand: all alike (`grid`), whoever speaks in front (`speaker`), one person on all of the stage (`call`). Default `auto`: what suits who is there. */
  @property() layout: LayoutChoice = 'auto';

  /** Turns single keys off (WCAG 2.2, 2.1.4), for pages with keys of their own. */
  @property({ type: Boolean, attribute: 'no-shortcuts' }) noShortcuts = false;

  /** What calls are made of: devices, peer connections, a clock. For tests; not for use in production. */
  @property({ attribute: false }) media: CallOptions['environment'];

  /**
   * Makes the call in place of the client's own.
   * @ignore
   */
  @property({ attribute: false }) makeCall: MakeCall | undefined;

  /**
   * A list of people is in sight beside the stage, and tells of hands and of the door.
   * @ignore
   */
  @property({ attribute: false }) hasPeopleBeside = false;

  constructor() {
    super();
    addStageShortcuts(this);
    // By a control, a key of the browser, or the page.
    this.addEventListener('fullscreenchange', () => this.requestUpdate());
  }

  /** @ignore */
  override get joinsByItself(): boolean {
    return false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.#view) void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#view?.release();
  }

  /** Enters the class with what is on. Settles when this person is in it, or when it is refused, which is then shown and told as `lms-error`. */
  async join(): Promise<void> {
    const call = this.keeper.call ?? (await new Promise<Call>((resolve) => this.#waiters.push(resolve)));
    try {
      // Whoever comes back comes with what was on, and with nothing where that is not known.
      if (call.getState().phase === 'left') await call.preview(this.#wasOn);
      await call.join();
    } catch (error) {
      this.#refused(error);
    }
  }

  /** Leaves the class and lets go of microphone, camera and screen. */
  async leave(): Promise<void> {
    const { call } = this.keeper;
    if (!call) return;
    const { microphone, camera } = call.getState();
    this.#wasOn = { microphone: microphone.isHeard, camera: camera.phase === 'on' };
    await call.leave().catch((error: unknown) => this.#refused(error));
  }

  async toggleMicrophone(): Promise<void> {
    const { call } = this.keeper;
    await call?.setMicrophone(!call.getState().microphone.isHeard);
  }

  async toggleCamera(): Promise<void> {
    const { call } = this.keeper;
    await call?.setCamera(call.getState().camera.phase !== 'on');
  }

  /** Asks what to share, or ends it. Must be called in a click or a key press. */
  async toggleScreenShare(): Promise<void> {
    const { call } = this.keeper;
    await call?.setScreen(call.getState().screen.phase !== 'on');
  }

  protected override get isReady(): boolean {
    return this.#view !== null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!LAYOUTS.includes(this.layout)) this.layout = 'auto';
    // One last update may come after the element has gone.
    if (!this.isConnected) return;
    this.keeper.sync();
    if (this.keeper.call) for (const resolve of this.#waiters.splice(0)) resolve(this.keeper.call);
    this.#view?.prepare(this.connection.state);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.isConnected) this.#view?.settle();
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const [{ MeetingRoomView }, make] = await Promise.all([import('./meeting-room-view.js'), this.#loadCalls()]);
      this.#view ??= new MeetingRoomView(this, this.perform);
      this.keeper.provide(make);
    } catch {
      if (this.isConnected) this.timers.once('load', LOAD_AGAIN_MS, () => void this.#load());
    } finally {
      this.#isLoading = false;
    }
  }

  async #loadCalls(): Promise<MakeCall> {
    const { createCall } = this.makeCall ? { createCall: this.makeCall } : await import('@lms-live/client/media');
    return createCall;
  }

  #told<K extends keyof CallEvents>(event: K, detail: CallEvents[K]): void {
    if (event === 'device-lost') this.dispatchEvent(lmsEvent('lms-device-lost', detail as CallEvents['device-lost']));
    if (event === 'share-ended') this.dispatchEvent(lmsEvent('lms-share-ended', {}));
    this.#view?.told(event, detail);
  }

  #refused(error: unknown): void {
    const { code, message } = error as { code?: string; message?: string };
    // An end that is there already is on the screen.
    if (code === 'closed' || code === 'room_ended') return;
    this.complain(this.localize.error(code ?? '') ?? message ?? '');
  }

  protected override renderHeader(state: RoomState | null): TemplateResult {
    return html`<div class="header" part="header">
      <slot name="header"
        ><h2>${this.connection.state?.views.all.room.title || this.localize.term('meeting')}</h2></slot
      >
      ${state ? this.renderActions(state) : nothing}
    </div>`;
  }

  protected override renderActions(state: RoomState): unknown {
    return this.#view?.renderActions(state) ?? nothing;
  }

  protected override renderBody(state: RoomState | null): TemplateResult {
    const gate = (isShown: boolean): TemplateResult => this.renderGate(isShown);
    return this.#view?.renderBody(this.connection.state, gate) ?? gate(state === null);
  }

  protected override renderContent(): unknown {
    return nothing;
  }

  protected override renderAlways(): unknown {
    return this.#view?.renderAlways() ?? nothing;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'lms-meeting-room': LmsMeetingRoom;
  }
}
