import type { MediaMode, MediaSources } from '@lms-live/protocol';
import type { RoomClient } from '../types.js';

/**
 * Why a device gives nothing: `denied` by the person or the browser, `dismissed` without an answer, `in-use` by another program,
 * `absent`, `insecure` (no TLS), `unsupported` by this browser, `failed` for any other reason.
 */
export type DeviceProblem = 'denied' | 'dismissed' | 'in-use' | 'absent' | 'insecure' | 'unsupported' | 'failed';

/** `off` · `starting`: asked for, the browser may be showing its question · `on` · `problem`: see `problem`. */
export type DevicePhase = 'off' | 'starting' | 'on' | 'problem';

/** A microphone, a camera or a screen of this person. */
export interface LocalDevice {
  readonly phase: DevicePhase;
  readonly problem: DeviceProblem | null;
  /** What is captured; null while off. A muted microphone keeps its track, silent. */
  readonly track: MediaStreamTrack | null;
  /** The device in use, or the one that will be. */
  readonly deviceId: string | null;
  /** On, but the system gives nothing right now: a phone call, another app, the lid of the laptop. Ends by itself; nothing is sent meanwhile. */
  readonly isInterrupted: boolean;
}

export interface LocalMicrophone extends LocalDevice {
  /** It is heard: on, not muted, and not interrupted. */
  readonly isHeard: boolean;
}

export interface LocalScreen extends LocalDevice {
  /** The sound of the screen, where the person shares it. */
  readonly soundTrack: MediaStreamTrack | null;
}

/** One device that may be chosen; without a permission browsers give neither a name nor an id. */
export interface DeviceChoice {
  readonly deviceId: string;
  readonly label: string;
}

export interface DeviceChoices {
  readonly microphones: readonly DeviceChoice[];
  readonly cameras: readonly DeviceChoice[];
  readonly speakers: readonly DeviceChoice[];
}

/**
 * `connecting`: for the first time · `connected` · `unstable`: nothing has come for 1.5 s although something is sent ·
 * `reconnecting`: the way is being mended · `limited`: it could not be mended; tried again every 15 s, and by `retryPeer`.
 */
export type LinkState = 'connecting' | 'connected' | 'unstable' | 'reconnecting' | 'limited';

/** Figures of one link, in the same shape in every browser (from `getStats`, WebRTC Statistics); null where not known. */
export interface LinkStats {
  readonly rttMs: number | null;
  /** Of the packets of the last seconds, 0 to 1. */
  readonly inLossRatio: number | null;
  readonly jitterMs: number | null;
  readonly inBitrateBps: number | null;
  readonly outBitrateBps: number | null;
  readonly inFramesPerSecond: number | null;
  readonly inWidth: number | null;
  readonly inHeight: number | null;
  /** Through a TURN server, or straight. */
  readonly path: 'direct' | 'relay' | null;
}

/** 3 good, 2 fair, 1 poor, 0 nothing comes through; null: not known yet. */
export type LinkQuality = 0 | 1 | 2 | 3 | null;

/** Another tab in the call. */
export interface Peer {
  /** Its media session; a person who comes back may have another one. */
  readonly session: string;
  readonly participant: string;
  readonly mode: MediaMode;
  readonly link: LinkState;
  readonly quality: LinkQuality;
  readonly stats: LinkStats | null;
  /** Is on, is allowed, and may be heard or seen here. */
  readonly audio: boolean;
  readonly video: boolean;
  readonly share: boolean;
  /** Tracks to play, null where nothing of the kind is to be played. They stay the same over mutes where possible. */
  readonly microphoneTrack: MediaStreamTrack | null;
  readonly cameraTrack: MediaStreamTrack | null;
  readonly screenTrack: MediaStreamTrack | null;
  readonly screenSoundTrack: MediaStreamTrack | null;
}

/**
 * `idle`: nothing was asked for · `preview`: before *Join*, devices may be on · `joining` · `joined` · `elsewhere`: another tab of this person
 * has the media (`useHere`) · `left` · `closed`.
 */
export type CallPhase = 'idle' | 'preview' | 'joining' | 'joined' | 'elsewhere' | 'left' | 'closed';

/** How much is sent and received: `auto` shares a fixed budget among the links, `low` half of it, `audio` no pictures but screens. */
export type CallQuality = 'auto' | 'low' | 'audio';

/** One frozen state; a new object for each change, unchanged parts kept by identity. */
export interface CallState {
  readonly phase: CallPhase;
  /** What this tab takes part in; null before the server has said. */
  readonly mode: MediaMode | null;
  /** What this person may send right now. Before there is a session: by role and policy. */
  readonly may: MediaSources;
  readonly microphone: LocalMicrophone;
  readonly camera: LocalDevice;
  readonly screen: LocalScreen;
  readonly choices: DeviceChoices;
  readonly speakerId: string | null;
  readonly quality: CallQuality;
  /** In the order in which they came. */
  readonly peers: readonly Peer[];
  /** The worst of the links; null without any. */
  readonly ownQuality: LinkQuality;
  /** Media goes through TURN only. */
  readonly relayOnly: boolean;
  /** False where the browser has no WebRTC: then one takes part without media, as in the mode `none`. */
  readonly isSupported: boolean;
}

/** What happened; facts in the past tense. */
export interface CallEvents {
  /** A device is gone: replaced by another one (`replacedBy`, its label), or off. */
  'device-lost': { readonly device: 'microphone' | 'camera' | 'screen'; readonly replacedBy: string | null };
  /** The screen share was ended from outside the page: the browser's own bar, or the window was closed. */
  'share-ended': Readonly<Record<string, never>>;
  muted: { readonly by: string | null; readonly source: 'audio' | 'video' | 'share' };
  asked: { readonly by: string; readonly source: 'audio' | 'video' };
  /** This person speaks into a muted microphone; at most once in a while. It is listened for only while somebody listens to this. */
  'speaking-while-muted': Readonly<Record<string, never>>;
}

/** A mesh call in a room: devices, links, and what is sent to whom. Never throws from a method: what is wrong shows in the state. */
export interface Call {
  readonly room: RoomClient;
  getState(): CallState;
  /** @returns stops listening */
  subscribe(listener: (state: CallState) => void): () => void;
  /** @returns stops listening */
  on<K extends keyof CallEvents>(event: K, listener: (detail: CallEvents[K]) => void): () => void;
  /**
   * Opens the pre-join: asks for the devices that are wanted, lists them, and warms the links to those who are in the class.
   * Settles when the browser has answered; a denied device shows in the state. Called again it asks again, for what is not on.
   * @param wanted without it both
   */
  preview(wanted?: { readonly microphone?: boolean; readonly camera?: boolean }): Promise<void>;
  /** Enters the class with what is on. Settles when this person is in it. @throws {LmsError} where that is refused */
  join(): Promise<void>;
  /** Leaves the class and lets go of every device. */
  leave(): Promise<void>;
  /** Turns on or mutes; asks for the device where there is none yet. */
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  /** Asks what to share, with sound where the browser can, or ends it. Must be called in a click. */
  setScreen(on: boolean): Promise<void>;
  chooseMicrophone(deviceId: string): Promise<void>;
  chooseCamera(deviceId: string): Promise<void>;
  chooseSpeaker(deviceId: string): void;
  setQuality(quality: CallQuality): void;
  /** What is looked at, by media session: gets more of the budget. Empty: all alike. */
  setFocus(sessions: readonly string[]): void;
  /** Takes the media over from another tab of this person, enters the class, and turns on again what was on here. */
  useHere(): Promise<void>;
  /** Tries a link again that is `limited`. */
  retryPeer(session: string): void;
  /** Microphone loudness, 0 to 1; a new value some ten times a second while it is on. @returns stops */
  onLevel(listener: (level: number) => void): () => void;
  /** Loudness of a peer, 0 to 1, from its link; 0 where nothing is heard. */
  levelOf(session: string): number;
  /** Ends everything: devices off, links closed. Does not release the room. */
  close(): void;
}

/** What comes in from outside. */
export interface MediaEnvironment {
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** The browser has WebRTC; some schools and privacy tools switch it off. */
  readonly hasPeerConnections: boolean;
  /** null where the browser has none, or the page no TLS. */
  readonly devices:
    | (Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'> & {
        getDisplayMedia?: MediaDevices['getDisplayMedia'];
      })
    | null;
  readonly isSecure: boolean;
  /** What the browser remembers (Permissions §3); null where it does not tell. */
  queryPermission(device: 'microphone' | 'camera'): Promise<PermissionState | null>;
  /** For the level meter; null where there is no Web Audio. */
  createAudioContext(): AudioContext | null;
  createStream(tracks: MediaStreamTrack[]): MediaStream;
  /** A click, a touch or a key: only then some browsers let sound start. @returns stops listening */
  onGesture(callback: () => void): () => void;
  /** `online`, and waking from sleep or freeze. @returns stops listening */
  onNetworkChange(callback: () => void): () => void;
  /** The person wants to save data (Save Data API); false where the browser does not say. */
  isSavingData(): boolean;
  /** Chosen devices, kept between visits of this browser; null where storage is refused or not wanted. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null;
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  monotonicMs(): number;
}

export interface CallOptions {
  readonly environment?: Partial<MediaEnvironment>;
  /** Connect to those in the class already on the pre-join. Default true; false makes the offers there, and sends them with *Join*. */
  readonly warm?: boolean;
  /** Default `auto`. */
  readonly quality?: CallQuality;
}
