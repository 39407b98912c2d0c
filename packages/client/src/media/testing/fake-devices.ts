import type { DeviceKind } from '../capture.js';
import type { MediaEnvironment } from '../types.js';

const KINDS = { audioinput: 'audio', videoinput: 'video' } as const;

/** A track of a device that is not there. */
export class FakeTrack extends EventTarget {
  enabled = true;
  muted = false;
  contentHint = '';
  readyState: MediaStreamTrackState = 'live';
  readonly clones: FakeTrack[] = [];
  readonly asked: MediaTrackConstraints[] = [];

  constructor(
    readonly kind: 'audio' | 'video',
    readonly label: string,
    readonly deviceId?: string,
  ) {
    super();
  }

  getSettings(): MediaTrackSettings {
    return this.deviceId === undefined ? {} : { deviceId: this.deviceId };
  }

  clone(): FakeTrack {
    const clone = new FakeTrack(this.kind, this.label, this.deviceId);
    this.clones.push(clone);
    return clone;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    this.asked.push(constraints);
  }

  /** The device is gone, or was taken from the page. */
  end(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }

  /** The system takes the device for itself, or gives it back. */
  interrupt(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

class FakeStream {
  constructor(readonly tracks: readonly FakeTrack[]) {}
  getTracks = (): readonly FakeTrack[] => this.tracks;
  getAudioTracks = (): readonly FakeTrack[] => this.tracks.filter(({ kind }) => kind === 'audio');
  getVideoTracks = (): readonly FakeTrack[] => this.tracks.filter(({ kind }) => kind === 'video');
}

interface Question {
  readonly constraints: MediaStreamConstraints;
  readonly answer: (how: 'grant' | 'deny' | 'dismiss') => void;
}

/** The devices of a computer and the browser's question about them, in the hands of a test. */
export class FakeDevices extends EventTarget {
  list = [
    device('audioinput', 'mic-1', 'Laptop microphone'),
    device('audioinput', 'mic-2', 'Headset'),
    device('videoinput', 'cam-1', 'Laptop camera'),
    device('videoinput', 'cam-2', 'Document camera'),
    device('audiooutput', 'out-1', 'Speakers'),
  ];
  permission: Record<DeviceKind, PermissionState> = { microphone: 'granted', camera: 'granted' };
  /** Held by another program. */
  readonly busy = new Set<string>();
  /** What has been asked for. */
  readonly asked: MediaStreamConstraints[] = [];
  /** Every track that was ever given. */
  readonly tracks: FakeTrack[] = [];
  /** Questions that the browser is showing. */
  readonly questions: Question[] = [];
  /** It shows its question even where the permission is there. */
  asksAlways = false;
  error: Error | null = null;
  listeners = 0;

  getUserMedia = (constraints: MediaStreamConstraints): Promise<MediaStream> => this.#ask(constraints);

  getDisplayMedia = async (): Promise<MediaStream> => {
    await new Promise<void>((resolve, reject) => {
      this.questions.push({
        constraints: {},
        answer: (how) => (how === 'grant' ? resolve() : reject(named('NotAllowedError', 'Permission denied by user'))),
      });
    });
    return this.#give([new FakeTrack('video', 'screen:0'), new FakeTrack('audio', 'System audio')]);
  };

  enumerateDevices = async (): Promise<MediaDeviceInfo[]> =>
    this.list.map((info) => (this.#mayKnow(info.kind) ? info : device(info.kind, '', '')));

  override addEventListener(...listener: Parameters<EventTarget['addEventListener']>): void {
    this.listeners += 1;
    super.addEventListener(...listener);
  }

  override removeEventListener(...listener: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners -= 1;
    super.removeEventListener(...listener);
  }

  /** What a call is made with. */
  get environment(): Partial<MediaEnvironment> {
    return {
      devices: this,
      isSecure: true,
      queryPermission: async (kind) => this.permission[kind],
      createAudioContext: () => null,
      createStream: (tracks) => new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream,
      onGesture: () => () => undefined,
      onNetworkChange: () => () => undefined,
      storage: null,
    };
  }

  /** Devices that are captured right now: their light is on. */
  get live(): readonly string[] {
    return this.tracks.filter(({ readyState }) => readyState === 'live').map(({ label }) => label);
  }

  unplug(deviceId: string): void {
    this.list = this.list.filter((info) => info.deviceId !== deviceId);
    for (const track of this.tracks) if (track.deviceId === deviceId && track.readyState === 'live') track.end();
    this.dispatchEvent(new Event('devicechange'));
  }

  plug(kind: MediaDeviceKind, deviceId: string, label: string): void {
    this.list = [...this.list, device(kind, deviceId, label)];
    this.dispatchEvent(new Event('devicechange'));
  }

  /** The person takes the permission back, in the browser's bar. */
  revoke(kind: DeviceKind, permission: PermissionState): void {
    this.permission = { ...this.permission, [kind]: permission };
    const of = kind === 'microphone' ? 'audio' : 'video';
    for (const track of this.tracks) if (track.kind === of && track.readyState === 'live') track.end();
  }

  async #ask(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    if (this.error) throw this.error;
    const kinds = kindsOf(constraints);
    for (const kind of kinds) {
      if (!this.list.some((info) => info.kind === inputOf(kind))) throw named('NotFoundError');
      if (this.permission[kind] === 'denied') throw named('NotAllowedError', 'Permission denied');
    }
    const chosen = kinds.map((kind) => this.#pick(kind, constraints));
    if (this.asksAlways || kinds.some((kind) => this.permission[kind] === 'prompt')) await this.#question(constraints);
    if (chosen.some(({ deviceId }) => this.busy.has(deviceId))) throw named('NotReadableError');
    return this.#give(
      chosen.map(({ kind, label, deviceId }) => new FakeTrack(KINDS[kind as keyof typeof KINDS], label, deviceId)),
    );
  }

  #question(constraints: MediaStreamConstraints): Promise<void> {
    return new Promise((resolve, reject) => {
      const answer: Question['answer'] = (how) => {
        for (const kind of kindsOf(constraints)) {
          if (how !== 'dismiss') this.permission[kind] = how === 'grant' ? 'granted' : 'denied';
        }
        if (how === 'grant') resolve();
        else reject(named('NotAllowedError', how === 'deny' ? 'Permission denied' : 'Permission dismissed'));
      };
      this.questions.push({ constraints, answer });
    });
  }

  #pick(kind: DeviceKind, constraints: MediaStreamConstraints): MediaDeviceInfo {
    const ofKind = this.list.filter((info) => info.kind === inputOf(kind)) as unknown as MediaDeviceInfo[];
    const wanted = (constraints[kind === 'microphone' ? 'audio' : 'video'] as MediaTrackConstraints).deviceId;
    const { exact, ideal } = (wanted ?? {}) as { exact?: string; ideal?: string };
    const found = ofKind.find(({ deviceId }) => deviceId === (exact ?? ideal));
    if (!found && exact !== undefined) throw named('OverconstrainedError');
    return found ?? ofKind[0]!;
  }

  #give(tracks: FakeTrack[]): MediaStream {
    this.tracks.push(...tracks);
    return new FakeStream(tracks) as unknown as MediaStream;
  }

  #mayKnow(kind: MediaDeviceKind): boolean {
    const device = kind === 'videoinput' ? 'camera' : 'microphone';
    return this.permission[device] === 'granted';
  }
}

export function named(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name });
}

function device(kind: MediaDeviceKind, deviceId: string, label: string) {
  return { kind, deviceId, label, groupId: '', toJSON: () => ({}) };
}

function kindsOf({ audio, video }: MediaStreamConstraints): DeviceKind[] {
  return [...(audio ? (['microphone'] as const) : []), ...(video ? (['camera'] as const) : [])];
}

function inputOf(kind: DeviceKind): MediaDeviceKind {
  return kind === 'microphone' ? 'audioinput' : 'videoinput';
}
