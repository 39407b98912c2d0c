import { captureBoth, captureDevice, type DeviceKind } from './capture.js';
import { CaptureSizer } from './capture-size.js';
import { ChoiceList } from './choice-list.js';
import { DeviceSource } from './device-source.js';
import type { CaptureSize } from './mesh-types.js';
import { Preference } from './preference.js';
import { ScreenSource } from './screen-source.js';
import type {
  DeviceChoice,
  DeviceChoices,
  LocalDevice,
  LocalMicrophone,
  LocalScreen,
  MediaEnvironment,
} from './types.js';

const INPUTS = { microphone: 'audioinput', camera: 'videoinput' } as const;

export interface DevicesOptions {
  readonly environment: MediaEnvironment;
  readonly changed: () => void;
  readonly lost: (device: DeviceKind, replacedBy: string | null) => void;
  readonly shareEnded: () => void;
}

/** The microphone, the camera and the screen of this person, and the choice of them. Every track that is captured is stopped here. */
export class Devices {
  readonly #options: DevicesOptions;
  readonly #microphone: DeviceSource;
  readonly #camera: DeviceSource;
  readonly #screen: ScreenSource;
  readonly #sizer: CaptureSizer;
  readonly #choices: ChoiceList;
  readonly #preference: Preference;
  /** The lists as they were before. */
  #known: Pick<DeviceChoices, 'microphones' | 'cameras'> = { microphones: [], cameras: [] };
  #isMuted = false;
  #shown: { readonly device: LocalDevice; readonly microphone: LocalMicrophone } | null = null;

  constructor(options: DevicesOptions) {
    const { environment, changed, shareEnded } = options;
    this.#options = options;
    this.#preference = new Preference(environment.storage);
    this.#sizer = new CaptureSizer(environment, () => this.#camera.state.track);
    this.#microphone = this.#source('microphone');
    this.#camera = this.#source('camera');
    this.#screen = new ScreenSource({ environment, changed, ended: shareEnded });
    this.#choices = new ChoiceList({ environment, changed: () => this.#listed() });
  }

  get microphone(): LocalMicrophone {
    const device = this.#microphone.state;
    const isHeard = device.phase === 'on' && !this.#isMuted && !device.isInterrupted;
    if (this.#shown?.device !== device || this.#shown.microphone.isHeard !== isHeard)
      this.#shown = { device, microphone: Object.freeze({ ...device, isHeard }) };
    return this.#shown.microphone;
  }

  get camera(): LocalDevice {
    return this.#camera.state;
  }

  get screen(): LocalScreen {
    return this.#screen.state;
  }

  get choices(): DeviceChoices {
    return this.#choices.choices;
  }

  /** The speaker of choice, where it is there; null: the system's. */
  get speakerId(): string | null {
    const chosen = this.#preference.get('speaker');
    return this.choices.speakers.some(({ deviceId }) => deviceId === chosen) ? chosen : null;
  }

  /** Turns on what is wanted, by one question where it is both. */
  async start(wanted: Readonly<Record<DeviceKind, boolean>>): Promise<void> {
    this.#choices.watch();
    const { environment } = this.#options;
    const microphone = wanted.microphone && this.#microphone.state.phase !== 'on';
    const camera = wanted.camera && this.#camera.state.phase !== 'on';
    if (microphone) this.#mute(false);
    if (microphone && camera && !this.#microphone.isAsking && !this.#camera.isAsking) {
      const wishes = { microphone: this.#microphone.wish, camera: { ...this.#camera.wish, size: this.#sizer.size } };
      let both: ReturnType<typeof captureBoth> | undefined;
      const ask = (): ReturnType<typeof captureBoth> => (both ??= captureBoth(environment, wishes));
      await Promise.all([
        this.#microphone.turnOn(async () => (await ask()).microphone),
        this.#camera.turnOn(async () => (await ask()).camera),
      ]);
    } else await Promise.all([microphone && this.#microphone.turnOn(), camera && this.#camera.turnOn()]);
    await this.#choices.refresh();
  }

  /** A microphone that is on is muted, and stays: it is heard again at once. */
  async setMicrophone(on: boolean): Promise<void> {
    if (on) {
      this.#mute(false);
      await this.#turnOn(this.#microphone);
    } else if (this.#microphone.state.phase === 'on') this.#mute(true);
    else this.release('audio');
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) await this.#turnOn(this.#camera);
    else this.release('video');
  }

  async setScreen(on: boolean): Promise<void> {
    if (on) await this.#screen.turnOn();
    else this.release('share');
  }

  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    this.#preference.set(kind, deviceId);
    await (kind === 'microphone' ? this.#microphone : this.#camera).choose(deviceId);
  }

  chooseSpeaker(deviceId: string): void {
    this.#preference.set('speaker', deviceId);
    this.#options.changed();
  }

  /** How large the camera need be; null: as large as it is good for. */
  setCaptureSize(size: CaptureSize | null): void {
    this.#sizer.want(size);
  }

  /** Lets go of a device, also of one that is being asked for. */
  release(source: 'audio' | 'video' | 'share'): void {
    if (source === 'share') this.#screen.turnOff();
    else if (source === 'video') this.#camera.turnOff();
    else this.#microphone.turnOff();
  }

  /** Lets go of everything, and stops watching. */
  releaseAll(): void {
    this.#microphone.turnOff();
    this.#camera.turnOff();
    this.#screen.turnOff();
    this.#sizer.stop();
    this.#choices.stop();
  }

  async #turnOn(source: DeviceSource): Promise<void> {
    this.#choices.watch();
    const isNew = source.state.phase !== 'on';
    await source.turnOn();
    // Now the names are known.
    if (isNew) await this.#choices.refresh();
  }

  #mute(isMuted: boolean): void {
    if (this.#isMuted === isMuted) return;
    this.#isMuted = isMuted;
    this.#microphone.setEnabled(!isMuted);
    this.#options.changed();
  }

  #listed(): void {
    const { microphones, cameras } = this.#known;
    this.#known = this.choices;
    this.#microphone.unlisted(missing(microphones, this.choices.microphones));
    this.#camera.unlisted(missing(cameras, this.choices.cameras));
    this.#options.changed();
  }

  #source(kind: DeviceKind): DeviceSource {
    const { environment, changed, lost } = this.#options;
    const source = new DeviceSource({
      ask: (wish) => captureDevice(environment, kind, { ...wish, size: this.#sizer.size }),
      whyEnded: (deviceId) => this.#whyEnded(kind, deviceId),
      environment,
      changed,
      lost: (replacedBy) => lost(kind, replacedBy),
    });
    source.prefer(this.#preference.get(kind));
    return source;
  }

  /** A device that ended although it is still there was taken from this page: nobody asks for it again by themselves. */
  async #whyEnded(kind: DeviceKind, deviceId: string | null): Promise<'denied' | 'unplugged'> {
    const { environment } = this.#options;
    const permission = await environment.queryPermission(kind);
    if (permission === 'granted') return 'unplugged';
    if (permission === 'denied') return 'denied';
    const list = (await environment.devices?.enumerateDevices().catch(() => [])) ?? [];
    const ofKind = list.filter((device) => device.kind === INPUTS[kind]);
    // Without a permission there are no ids.
    const isAllowed = ofKind.every((device) => device.deviceId !== '');
    return isAllowed && !ofKind.some((device) => device.deviceId === deviceId) ? 'unplugged' : 'denied';
  }
}

function missing(before: readonly DeviceChoice[], after: readonly DeviceChoice[]): readonly string[] {
  const there = new Set(after.map(({ deviceId }) => deviceId));
  return before.map(({ deviceId }) => deviceId).filter((deviceId) => !there.has(deviceId));
}
