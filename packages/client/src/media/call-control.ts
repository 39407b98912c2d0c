import type { MediaSources } from '@lms-live/protocol';
import { Emitter } from '../emitter.js';
import { clientError, LmsError } from '../errors.js';
import type { MediaWish, RoomClient, RoomState } from '../types.js';
import { CallLinks, NO_TRACKS } from './call-links.js';
import { sendRights } from './call-rights.js';
import { CallStore } from './call-store.js';
import type { DeviceKind } from './capture.js';
import { Devices } from './devices.js';
import { LevelMeter } from './level-meter.js';
import type { LocalTracks, Mesh, MeshOptions } from './mesh-types.js';
import type { Call, CallEvents, CallPhase, CallQuality, CallState, MediaEnvironment } from './types.js';

const SOURCES = ['audio', 'video', 'share'] as const;
const NOTHING: MediaSources = Object.freeze({ audio: false, video: false, share: false });
const BOTH = { microphone: true, camera: true };
const WARM: MediaWish = Object.freeze({ live: false, audio: false, video: false, share: false });

export interface CallParts {
  readonly room: RoomClient;
  readonly environment: MediaEnvironment;
  readonly createMesh: (options: MeshOptions) => Mesh;
  readonly warm: boolean;
  readonly quality: CallQuality;
}

/** A call: the devices, the media session and the mesh, kept in step with each other and with what the room says. */
export class CallControl implements Call {
  readonly room: RoomClient;
  readonly #parts: CallParts;
  readonly #emitter = new Emitter<CallEvents>();
  readonly #devices: Devices;
  readonly #links: CallLinks;
  readonly #meter: LevelMeter;
  readonly #store: CallStore;
  readonly #unlisten: readonly (() => void)[];
  #phase: CallPhase = 'idle';
  /** Wishes take the media over from another tab, until one has. */
  #isTaking = false;
  /** What was on when another tab took over. */
  #before: Readonly<Record<DeviceKind, boolean>> = { microphone: false, camera: false };
  /** Ends the waiting of a `join` that was given up. */
  #giveUp: (() => void) | null = null;
  #may = NOTHING;
  /** While several things change together, nobody is told of the first. */
  #isHeld = false;

  constructor(parts: CallParts) {
    const { room, environment, createMesh, quality } = parts;
    this.room = room;
    this.#parts = parts;
    this.#devices = new Devices({
      environment,
      changed: () => this.#publish(),
      lost: (device, replacedBy) => this.#emitter.emit('device-lost', { device, replacedBy }),
      shareEnded: () => this.#emitter.emit('share-ended', {}),
    });
    this.#links = new CallLinks({ room, environment, createMesh, quality, changed: () => this.#publish() });
    this.#meter = new LevelMeter({
      environment,
      spokeMuted: () => this.#isIn && this.#emitter.emit('speaking-while-muted', {}),
    });
    this.#store = new CallStore(this.#shown());
    this.#unlisten = [
      room.subscribe(() => this.#roomChanged()),
      room.on('muted', (detail) => this.#muted(detail)),
      room.on('asked', (detail) => this.#emitter.emit('asked', detail)),
      room.on('left', () => this.#phase === 'joined' && this.#end('left')),
      room.on('connection-changed', () => this.#roomChanged()),
    ];
  }

  getState(): CallState {
    return this.#store.state;
  }

  subscribe(listener: (state: CallState) => void): () => void {
    return this.#store.subscribe(listener);
  }

  on<K extends keyof CallEvents>(event: K, listener: (detail: CallEvents[K]) => void): () => void {
    const stop = this.#emitter.on(event, listener);
    if (event !== 'speaking-while-muted') return stop;
    const stopWatching = this.#meter.watchMuted();
    return () => {
      stop();
      stopWatching();
    };
  }

  async preview(wanted: { readonly microphone?: boolean; readonly camera?: boolean } = BOTH): Promise<void> {
    if (this.#phase === 'idle' || this.#phase === 'left') {
      if (isOver(this.room.getState())) return;
      this.#hold(() => {
        this.#phase = 'preview';
        // Where nothing is warmed, the offers are at least ready: *Join* sends them in its own turn.
        this.#links.open();
      });
    }
    if (this.#phase !== 'preview') return;
    const may = this.#allowed();
    const { microphone = false, camera = false } = wanted;
    await this.#devices.start({ microphone: microphone && may.audio, camera: camera && may.video });
  }

  async join(): Promise<void> {
    if (this.#phase === 'closed') throw new LmsError(clientError('closed'));
    if (this.#phase === 'joined' || this.#phase === 'joining') return this.room.join();
    await this.#enter();
  }

  async leave(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#end('left');
    // That it is left already, or that the class is over, is no news to whoever leaves.
    await this.room.leave().catch(() => undefined);
  }

  async setMicrophone(on: boolean): Promise<void> {
    if (!on || this.#isOpenFor('audio')) await this.#devices.setMicrophone(on);
  }

  async setCamera(on: boolean): Promise<void> {
    if (!on || this.#isOpenFor('video')) await this.#devices.setCamera(on);
  }

  async setScreen(on: boolean): Promise<void> {
    if (!on || this.#isOpenFor('share')) await this.#devices.setScreen(on);
  }

  async chooseMicrophone(deviceId: string): Promise<void> {
    if (this.#phase !== 'closed') await this.#devices.choose('microphone', deviceId);
  }

  async chooseCamera(deviceId: string): Promise<void> {
    if (this.#phase !== 'closed') await this.#devices.choose('camera', deviceId);
  }

  chooseSpeaker(deviceId: string): void {
    this.#devices.chooseSpeaker(deviceId);
  }

  setQuality(quality: CallQuality): void {
    this.#links.setQuality(quality);
    this.#enforce();
  }

  setFocus(sessions: readonly string[]): void {
    this.#links.setFocus(sessions);
  }

  async useHere(): Promise<void> {
    if (this.#phase !== 'elsewhere') return;
    const may = this.#allowed();
    const { microphone, camera } = this.#before;
    this.#isTaking = true;
    // Why it is refused shows in the state of the room.
    const entered = this.#enter().catch(() => undefined);
    await Promise.all([
      entered,
      this.#devices.start({ microphone: microphone && may.audio, camera: camera && may.video }),
    ]);
  }

  retryPeer(session: string): void {
    this.#links.retryPeer(session);
  }

  onLevel(listener: (level: number) => void): () => void {
    return this.#meter.listen(listener);
  }

  levelOf(session: string): number {
    return this.#links.levelOf(session);
  }

  close(): void {
    if (this.#phase === 'closed') return;
    this.#end('closed');
    for (const stop of this.#unlisten) stop();
    this.#meter.close();
    this.#store.flush();
    this.#store.dispose();
    this.#emitter.clear();
  }

  get #isIn(): boolean {
    return this.#phase === 'joining' || this.#phase === 'joined';
  }

  /** Tells the room, and sends, in the turn of the click: nothing is waited for in between. */
  async #enter(): Promise<void> {
    const from = this.#phase;
    const givenUp = new Promise<'given up'>((resolve) => (this.#giveUp = () => resolve('given up')));
    const entered = this.#hold(() => {
      this.#phase = 'joining';
      this.#links.open();
      return this.room.join();
    });
    try {
      if ((await Promise.race([entered, givenUp])) === 'given up') return;
    } catch (error) {
      this.#refused(from);
      throw error;
    }
    if (!this.#isIn) return;
    this.#phase = 'joined';
    this.#giveUp = null;
    this.#publish();
  }

  /** Back to the pre-join, where it may be tried again; or to nothing, where there is no class to come to. */
  #refused(from: CallPhase): void {
    if (!this.#isIn) return;
    if (from !== 'preview' || isOver(this.room.getState())) {
      this.#end('left');
      return;
    }
    this.#phase = 'preview';
    this.#publish();
  }

  /** Lets go of devices, links and the media session. */
  #end(phase: CallPhase): void {
    this.#isTaking = false;
    this.#hold(() => {
      this.#phase = phase;
      this.#devices.releaseAll();
      this.#links.close();
    });
    // Where the connection is at its end, `join` fails by itself, and says why.
    if (!isOver(this.room.getState())) this.#giveUp?.();
    this.#giveUp = null;
  }

  #roomChanged(): void {
    if (this.#phase === 'idle' || this.#phase === 'left' || this.#phase === 'closed') {
      this.#publish();
      return;
    }
    const state = this.room.getState();
    const { own, why, settled } = state.media;
    if (own) this.#isTaking = false;
    if (isOver(state) || (this.#links.isWanted && settled && why === 'ended')) this.#end(this.#isIn ? 'left' : 'idle');
    else if (this.#links.isWanted && settled && !own && why) {
      const { microphone, camera } = this.#devices;
      this.#before = {
        microphone: microphone.isHeard || microphone.phase === 'starting',
        camera: camera.phase === 'on' || camera.phase === 'starting',
      };
      this.#end('elsewhere');
    } else this.#enforce();
  }

  #muted(detail: CallEvents['muted']): void {
    if (detail.source === 'audio') void this.#devices.setMicrophone(false);
    else this.#devices.release(detail.source);
    this.#emitter.emit('muted', detail);
  }

  /** What may not be sent is not captured. */
  #enforce(): void {
    const allowed = this.#allowed();
    this.#hold(() => {
      for (const source of SOURCES) if (!allowed[source]) this.#devices.release(source);
    });
  }

  #allowed(): MediaSources {
    if (!this.#links.isSupported) return NOTHING;
    const may = sendRights(this.room.getState());
    return this.#links.quality === 'audio' ? { ...may, video: false } : may;
  }

  #isOpenFor(source: (typeof SOURCES)[number]): boolean {
    return (this.#isIn || this.#phase === 'preview') && this.#allowed()[source];
  }

  #hold<T>(work: () => T): T {
    this.#isHeld = true;
    try {
      return work();
    } finally {
      this.#isHeld = false;
      this.#publish();
    }
  }

  /** Tells the room what is wanted, the mesh what to send, and everybody else what is. */
  #publish(): void {
    if (this.#isHeld) return;
    this.#links.want(this.#wanted(), this.#isTaking);
    this.#links.send(this.#sent());
    this.#devices.setCaptureSize(this.#links.capture);
    const { track, isHeard } = this.#devices.microphone;
    this.#meter.measure({ track, isMuted: !isHeard });
    this.#store.update(this.#shown());
  }

  #wanted(): MediaWish | null {
    if (this.#phase === 'preview') return this.#parts.warm ? WARM : null;
    if (!this.#isIn) return null;
    const { microphone, camera, screen } = this.#devices;
    return {
      live: true,
      audio: microphone.isHeard,
      video: camera.phase === 'on' && !camera.isInterrupted,
      share: screen.phase === 'on',
    };
  }

  #sent(): LocalTracks {
    const { microphone, camera, screen } = this.#devices;
    if (!this.#isIn) return NO_TRACKS;
    return {
      microphone: microphone.track,
      camera: camera.track,
      screen: screen.track,
      screenSound: screen.soundTrack,
    };
  }

  #shown(): CallState {
    const { microphone, camera, screen, choices, speakerId } = this.#devices;
    const state = this.room.getState();
    return {
      phase: this.#phase,
      mode: this.#links.isSupported ? (state.media.own?.mode ?? null) : 'none',
      may: this.#links.isSupported ? this.#same(sendRights(state)) : NOTHING,
      microphone,
      camera,
      screen,
      choices,
      speakerId,
      quality: this.#links.quality,
      peers: this.#links.peers,
      ownQuality: this.#links.ownQuality,
      relayOnly: state.views.all.room.policy.relayOnly,
      isSupported: this.#links.isSupported,
    };
  }

  /** The same object for the same rights. */
  #same(may: MediaSources): MediaSources {
    const before = this.#may;
    if (SOURCES.every((source) => may[source] === before[source])) return before;
    return (this.#may = Object.freeze({ ...may }));
  }
}

/** The connection will not come back by itself. */
function isOver({ connection: { state } }: RoomState): boolean {
  return state === 'failed' || state === 'ended' || state === 'closed';
}
