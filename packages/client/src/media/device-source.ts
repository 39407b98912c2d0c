import type { CaptureOutcome, DeviceWish } from './capture.js';
import type { DeviceProblem, LocalDevice, MediaEnvironment } from './types.js';

export const OFF: LocalDevice = Object.freeze<LocalDevice>({
  phase: 'off',
  problem: null,
  track: null,
  deviceId: null,
  isInterrupted: false,
});

/** What another program holds, or a device that is just being unplugged, may be there a moment later. */
const RETRY_MS = 300;
/** Whoever loses a device is told within a second, also where the browser asks before it gives another one. */
const TELL_LOSS_MS = 800;

export interface DeviceSourceOptions {
  readonly ask: (wish: DeviceWish) => Promise<CaptureOutcome>;
  /** Whether a device that has ended was taken away: from this page by the person or the browser (`denied`), or from the computer. */
  readonly whyEnded: (deviceId: string | null) => Promise<'denied' | 'unplugged'>;
  readonly environment: Pick<MediaEnvironment, 'setTimer' | 'clearTimer'>;
  readonly changed: () => void;
  /** The device is gone; `replacedBy` is the label of the one in its place. */
  readonly lost: (replacedBy: string | null) => void;
}

/**
 * A microphone or a camera. One question of the browser at a time; a track that comes when nobody wants it any more is stopped at once.
 * Owns its track.
 */
export class DeviceSource {
  readonly #options: DeviceSourceOptions;
  #state = OFF;
  #isWanted = false;
  /** The device of choice; null: whichever. */
  #chosen: string | null = null;
  #isExact = false;
  #pending: Promise<void> | null = null;
  #isEnabled = true;
  #isLossTold = false;
  #unlisten: (() => void) | null = null;
  readonly #timers = new Map<unknown, () => void>();

  constructor(options: DeviceSourceOptions) {
    this.#options = options;
  }

  get state(): LocalDevice {
    return this.#state;
  }

  /** The browser is being asked, or another device opened. */
  get isAsking(): boolean {
    return this.#pending !== null;
  }

  /** What to ask the browser for. */
  get wish(): DeviceWish {
    return { deviceId: this.#chosen, isExact: this.#isExact, isWanted: () => this.#isWanted };
  }

  /** A device that was chosen on an earlier visit: taken where it is there. */
  prefer(deviceId: string | null): void {
    this.#chosen = deviceId;
    this.#state = Object.freeze({ ...this.#state, deviceId });
  }

  /** Silent or black where false; the device stays on. */
  setEnabled(isEnabled: boolean): void {
    this.#isEnabled = isEnabled;
    if (this.#state.track) this.#state.track.enabled = isEnabled;
  }

  /** @param ask in place of its own question, where two devices are asked for together */
  turnOn(ask: () => Promise<CaptureOutcome> = () => this.#options.ask(this.wish)): Promise<void> {
    this.#isWanted = true;
    if (this.#state.phase === 'on') return this.#pending ?? Promise.resolve();
    this.#set({ phase: 'starting', problem: null });
    return (this.#pending ??= this.#do(async () => void this.#take(await ask())));
  }

  turnOff(): void {
    this.#isWanted = false;
    this.#detach();
    for (const [timer, callback] of this.#timers) {
      this.#options.environment.clearTimer(timer);
      callback();
    }
    this.#timers.clear();
    this.#set({ ...OFF, deviceId: this.#chosen });
  }

  /** Takes another device: now where one is on, otherwise the next time. */
  async choose(deviceId: string): Promise<void> {
    this.#chosen = deviceId;
    this.#isExact = true;
    if (this.#state.phase !== 'on') this.#set({ deviceId });
    // Of one that is in use by another program, or gone, another one is the remedy.
    if (this.#state.phase === 'problem') return this.turnOn();
    await this.#pending;
    if (this.#chosen !== deviceId || this.#state.phase !== 'on' || this.#state.deviceId === deviceId) return;
    // In between somebody else may have asked.
    this.#pending ??= this.#do(() => this.#switch());
    await this.#pending;
  }

  /** These are not in the list any more: some browsers take a device away without ending its track. */
  unlisted(deviceIds: readonly string[]): void {
    const { track, deviceId } = this.#state;
    if (track && deviceId !== null && deviceIds.includes(deviceId)) this.#ended(track);
  }

  async #do(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      this.#pending = null;
    }
  }

  async #switch(): Promise<void> {
    const before = this.#state.track;
    let outcome = await this.#options.ask(this.wish);
    if (!outcome.track && this.#isWanted && (outcome.problem === 'in-use' || outcome.problem === 'failed')) {
      // Phones, and some browsers, open one device of a kind at a time.
      this.#detach();
      outcome = await this.#options.ask(this.wish);
      if (!outcome.track) outcome = await this.#options.ask({ ...this.wish, deviceId: null });
    }
    // It could not be had: the one that is on stays.
    if (!outcome.track && before?.readyState === 'live') return;
    this.#take(outcome);
  }

  /** @returns false where nobody wants it any more */
  #take(outcome: CaptureOutcome): boolean {
    if (!this.#isWanted) {
      outcome.track?.stop();
      return false;
    }
    this.#detach();
    if (outcome.track) this.#use(outcome.track);
    else this.#fail(outcome.problem);
    return true;
  }

  #use(track: MediaStreamTrack): void {
    track.enabled = this.#isEnabled;
    const ended = (): void => this.#ended(track);
    const interrupted = (): void => this.#set({ isInterrupted: track.muted });
    track.addEventListener('ended', ended);
    track.addEventListener('mute', interrupted);
    track.addEventListener('unmute', interrupted);
    this.#unlisten = () => {
      track.removeEventListener('ended', ended);
      track.removeEventListener('mute', interrupted);
      track.removeEventListener('unmute', interrupted);
    };
    const deviceId = track.getSettings().deviceId ?? this.#chosen;
    this.#set({ phase: 'on', problem: null, track, deviceId, isInterrupted: track.muted });
    if (track.readyState === 'ended') this.#ended(track);
  }

  #fail(problem: DeviceProblem): void {
    this.#isWanted = false;
    this.#set({ ...OFF, phase: 'problem', problem, deviceId: this.#chosen });
  }

  #ended(track: MediaStreamTrack): void {
    // While another device is being opened, the old one may end: what comes of it is seen then.
    if (track !== this.#state.track || this.#pending) return;
    this.#pending = this.#do(() => this.#replace(this.#state.deviceId));
  }

  async #replace(lostId: string | null): Promise<void> {
    this.#detach();
    this.#set({ ...OFF, phase: 'starting' });
    const why = await this.#options.whyEnded(lostId);
    if (!this.#isWanted) return;
    if (why === 'denied') {
      this.#fail('denied');
      return;
    }
    this.#isLossTold = false;
    const stopWaiting = this.#after(TELL_LOSS_MS, () => {
      if (this.#isWanted) this.#tellLoss(null);
    });
    const wish: DeviceWish = { deviceId: null, isWanted: () => this.#isWanted };
    let outcome = await this.#options.ask(wish);
    if (outcome.problem === 'in-use' || outcome.problem === 'failed') {
      await new Promise<void>((resolve) => void this.#after(RETRY_MS, resolve));
      outcome = await this.#options.ask(wish);
    }
    stopWaiting();
    // What ended and is there again was not lost: Chromium ends all that one question gave when a part of it is taken back.
    if (this.#take(outcome) && (!outcome.track || this.#state.deviceId !== lostId))
      this.#tellLoss(outcome.track?.label ?? null);
  }

  #tellLoss(replacedBy: string | null): void {
    // That another one has come after all is news.
    if (this.#isLossTold && replacedBy === null) return;
    this.#isLossTold = true;
    this.#options.lost(replacedBy);
  }

  /** Lets go of the track; what is shown is set by the caller. */
  #detach(): void {
    this.#unlisten?.();
    this.#unlisten = null;
    this.#state.track?.stop();
  }

  /** Calls back later, or when it is turned off. @returns does not */
  #after(ms: number, callback: () => void): () => void {
    const { environment } = this.#options;
    const timer = environment.setTimer(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    this.#timers.set(timer, callback);
    return () => {
      environment.clearTimer(timer);
      this.#timers.delete(timer);
    };
  }

  #set(changes: Partial<LocalDevice>): void {
    const keys = Object.keys(changes) as (keyof LocalDevice)[];
    if (keys.every((key) => changes[key] === this.#state[key])) return;
    this.#state = Object.freeze({ ...this.#state, ...changes });
    this.#options.changed();
  }
}
