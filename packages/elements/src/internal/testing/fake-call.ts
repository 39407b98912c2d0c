import type { RoomClient } from '@lms-live/client';
import type { Call, CallEvents, CallQuality, CallState, LocalDevice, Peer } from '@lms-live/client/media';

type Change = Partial<CallState>;

const DEVICE: LocalDevice = { phase: 'off', problem: null, track: null, deviceId: null, isInterrupted: false };

/** Nothing was asked for, and everything is allowed. */
const IDLE: CallState = {
  phase: 'idle',
  mode: null,
  may: { audio: true, video: true, share: true },
  microphone: { ...DEVICE, isHeard: false },
  camera: DEVICE,
  screen: { ...DEVICE, soundTrack: null },
  choices: {
    microphones: [
      { deviceId: 'm1', label: 'Built-in microphone' },
      { deviceId: 'm2', label: 'Headset' },
    ],
    cameras: [{ deviceId: 'c1', label: 'Built-in camera' }],
    speakers: [{ deviceId: 's1', label: 'Loudspeakers' }],
  },
  speakerId: null,
  quality: 'auto',
  peers: [],
  ownQuality: null,
  relayOnly: false,
  isSupported: true,
};

/** A picture that moves: a canvas, drawn again and again while the track lives. */
export function drawnTrack(hue: number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 180;
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  const track = canvas.captureStream(10).getVideoTracks()[0] as MediaStreamTrack;
  let step = 0;
  const draw = (): void => {
    pen.fillStyle = `hsl(${hue} 35% 42%)`;
    pen.fillRect(0, 0, 320, 180);
    pen.fillStyle = `hsl(${hue} 45% 62%)`;
    pen.beginPath();
    pen.arc(160 + 6 * Math.sin(step / 6), 80, 36, 0, 2 * Math.PI);
    pen.arc(160, 200, 74, 0, 2 * Math.PI);
    pen.fill();
    step += 1;
    if (track.readyState === 'live') setTimeout(draw, 100);
  };
  draw();
  return track;
}

/** A call without devices and without a network: its state is set by the test, and what is asked of it is written down. */
export class FakeCall implements Call {
  readonly asked: string[] = [];
  readonly levels = new Map<string, number>();
  readonly room: RoomClient;
  #state: CallState = IDLE;
  readonly #listeners = new Set<(state: CallState) => void>();
  readonly #handlers = new Map<keyof CallEvents, Set<(detail: never) => void>>();
  readonly #meters = new Set<(level: number) => void>();
  readonly #tracks: MediaStreamTrack[] = [];

  constructor(room: RoomClient, given: Change = {}) {
    this.room = room;
    this.#state = { ...IDLE, ...given };
  }

  get isClosed(): boolean {
    return this.#state.phase === 'closed';
  }

  /** Listeners that are still there. */
  get listeners(): number {
    return (
      this.#listeners.size + this.#meters.size + [...this.#handlers.values()].reduce((sum, { size }) => sum + size, 0)
    );
  }

  getState(): CallState {
    return this.#state;
  }

  set(change: Change): void {
    this.#state = Object.freeze({ ...this.#state, ...change });
    for (const listener of this.#listeners) listener(this.#state);
  }

  setPeer(session: string, change: Partial<Peer>): void {
    this.set({ peers: this.#state.peers.map((peer) => (peer.session === session ? { ...peer, ...change } : peer)) });
  }

  addPeer(participant: string, change: Partial<Peer> = {}): string {
    const session = `session-of-${participant}`;
    const peer: Peer = {
      session,
      participant,
      mode: 'video',
      link: 'connected',
      quality: 3,
      stats: null,
      audio: true,
      video: false,
      share: false,
      microphoneTrack: null,
      cameraTrack: null,
      screenTrack: null,
      screenSoundTrack: null,
      ...change,
    };
    this.set({ peers: [...this.#state.peers, peer] });
    return session;
  }

  emit<K extends keyof CallEvents>(event: K, detail: CallEvents[K]): void {
    for (const handler of this.#handlers.get(event) ?? []) handler(detail as never);
  }

  setLevel(level: number): void {
    for (const meter of this.#meters) meter(level);
  }

  subscribe(listener: (state: CallState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  on<K extends keyof CallEvents>(event: K, listener: (detail: CallEvents[K]) => void): () => void {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers);
    handlers.add(listener);
    return () => handlers.delete(listener);
  }

  preview(
    wanted: { readonly microphone?: boolean; readonly camera?: boolean } = { microphone: true, camera: true },
  ): Promise<void> {
    this.asked.push('preview');
    this.set({ phase: 'preview' });
    if (wanted.microphone && this.#state.microphone.phase === 'off') void this.setMicrophone(true);
    if (wanted.camera && this.#state.camera.phase === 'off') void this.setCamera(true);
    return Promise.resolve();
  }

  async join(): Promise<void> {
    this.asked.push('join');
    this.set({ phase: 'joining' });
    await this.room.join();
    if (this.#state.phase === 'joining') this.set({ phase: 'joined', mode: this.#state.mode ?? 'video' });
  }

  async leave(): Promise<void> {
    this.asked.push('leave');
    this.#off();
    this.set({ phase: 'left', peers: [] });
    await this.room.leave();
  }

  setMicrophone(on: boolean): Promise<void> {
    this.asked.push(`microphone ${on ? 'on' : 'off'}`);
    this.set({ microphone: { ...this.#state.microphone, phase: on ? 'on' : 'off', problem: null, isHeard: on } });
    return Promise.resolve();
  }

  setCamera(on: boolean): Promise<void> {
    this.asked.push(`camera ${on ? 'on' : 'off'}`);
    const track = on ? this.#keep(drawnTrack(210)) : null;
    if (!on) this.#state.camera.track?.stop();
    this.set({ camera: { ...this.#state.camera, phase: on ? 'on' : 'off', problem: null, track } });
    return Promise.resolve();
  }

  setScreen(on: boolean): Promise<void> {
    this.asked.push(`screen ${on ? 'on' : 'off'}`);
    const track = on ? this.#keep(drawnTrack(120)) : null;
    this.set({ screen: { ...this.#state.screen, phase: on ? 'on' : 'off', problem: null, track } });
    return Promise.resolve();
  }

  chooseMicrophone(deviceId: string): Promise<void> {
    this.set({ microphone: { ...this.#state.microphone, deviceId } });
    return Promise.resolve();
  }

  chooseCamera(deviceId: string): Promise<void> {
    this.set({ camera: { ...this.#state.camera, deviceId } });
    return Promise.resolve();
  }

  chooseSpeaker(speakerId: string): void {
    this.set({ speakerId });
  }

  setQuality(quality: CallQuality): void {
    this.set({ quality });
  }

  setFocus(sessions: readonly string[]): void {
    this.asked.push(`focus ${sessions.join(' ')}`);
  }

  useHere(): Promise<void> {
    this.asked.push('useHere');
    this.set({ phase: 'joined' });
    return Promise.resolve();
  }

  retryPeer(session: string): void {
    this.asked.push(`retry ${session}`);
  }

  onLevel(listener: (level: number) => void): () => void {
    this.#meters.add(listener);
    return () => this.#meters.delete(listener);
  }

  levelOf(session: string): number {
    return this.levels.get(session) ?? 0;
  }

  close(): void {
    this.asked.push('close');
    this.#off();
    this.set({ phase: 'closed', peers: [] });
  }

  #keep(track: MediaStreamTrack): MediaStreamTrack {
    this.#tracks.push(track);
    return track;
  }

  #off(): void {
    for (const track of this.#tracks.splice(0)) track.stop();
    this.set({
      microphone: { ...this.#state.microphone, phase: 'off', isHeard: false, track: null },
      camera: { ...this.#state.camera, phase: 'off', track: null },
      screen: { ...this.#state.screen, phase: 'off', track: null },
    });
  }
}
