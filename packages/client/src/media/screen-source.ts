import { captureProblem } from './capture-problem.js';
import type { LocalScreen, MediaEnvironment } from './types.js';

const OFF: LocalScreen = Object.freeze<LocalScreen>({
  phase: 'off',
  problem: null,
  track: null,
  soundTrack: null,
  deviceId: null,
  isInterrupted: false,
});

/** Members of Screen Capture that TypeScript does not know yet; a browser that does not know them ignores them. */
interface DisplayOptions extends DisplayMediaStreamOptions {
  readonly surfaceSwitching?: 'include' | 'exclude';
  readonly systemAudio?: 'include' | 'exclude';
  readonly selfBrowserSurface?: 'include' | 'exclude';
}

const OPTIONS: DisplayOptions = {
  video: { frameRate: { max: 15 } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  surfaceSwitching: 'include',
  systemAudio: 'include',
  selfBrowserSurface: 'exclude',
};

export interface ScreenSourceOptions {
  readonly environment: Pick<MediaEnvironment, 'devices' | 'isSecure' | 'queryPermission'>;
  readonly changed: () => void;
  /** Ended by the browser's own bar, or because the window was closed. */
  readonly ended: () => void;
}

/** What is shared of the screen, with its sound where the browser gives it. Owns both tracks. */
export class ScreenSource {
  readonly #options: ScreenSourceOptions;
  #state = OFF;
  #isWanted = false;
  #pending: Promise<void> | null = null;
  #unlisten: (() => void) | null = null;

  constructor(options: ScreenSourceOptions) {
    this.#options = options;
  }

  get state(): LocalScreen {
    return this.#state;
  }

  /** Opens the browser's picker, in the same turn: it must be in a click. */
  turnOn(): Promise<void> {
    this.#isWanted = true;
    if (this.#state.phase === 'on') return Promise.resolve();
    this.#set({ ...OFF, phase: 'starting' });
    return (this.#pending ??= this.#start());
  }

  turnOff(): void {
    this.#isWanted = false;
    this.#drop();
  }

  async #start(): Promise<void> {
    const { environment } = this.#options;
    try {
      const { devices } = environment;
      if (!devices?.getDisplayMedia) {
        this.#set({ phase: 'problem', problem: environment.isSecure ? 'unsupported' : 'insecure' });
        return;
      }
      const stream = await devices.getDisplayMedia(OPTIONS);
      if (this.#isWanted) this.#use(stream);
      else for (const track of stream.getTracks()) track.stop();
    } catch (error) {
      const problem = await captureProblem(error, environment, null);
      if (this.#isWanted) this.#set({ ...OFF, phase: 'problem', problem });
    } finally {
      this.#pending = null;
    }
  }

  #use(stream: MediaStream): void {
    const [track] = stream.getVideoTracks();
    const soundTrack = stream.getAudioTracks()[0] ?? null;
    if (!track) {
      soundTrack?.stop();
      this.#set({ ...OFF, phase: 'problem', problem: 'failed' });
      return;
    }
    // Letters stay sharp, at the price of smoothness (MediaStreamTrack Content Hints).
    track.contentHint = 'detail';
    if (soundTrack) soundTrack.contentHint = 'music';
    const ended = (): void => {
      this.turnOff();
      this.#options.ended();
    };
    const silent = (): void => this.#set({ soundTrack: null });
    track.addEventListener('ended', ended);
    soundTrack?.addEventListener('ended', silent);
    this.#unlisten = () => {
      track.removeEventListener('ended', ended);
      soundTrack?.removeEventListener('ended', silent);
    };
    this.#set({ ...OFF, phase: 'on', track, soundTrack });
    if (track.readyState === 'ended') ended();
  }

  #drop(): void {
    this.#unlisten?.();
    this.#unlisten = null;
    this.#state.track?.stop();
    this.#state.soundTrack?.stop();
    this.#set(OFF);
  }

  #set(changes: Partial<LocalScreen>): void {
    const keys = Object.keys(changes) as (keyof LocalScreen)[];
    if (keys.every((key) => changes[key] === this.#state[key])) return;
    this.#state = Object.freeze({ ...this.#state, ...changes });
    this.#options.changed();
  }
}
