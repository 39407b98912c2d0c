import { callSafely } from '../emitter.js';
import type { MediaEnvironment } from './types.js';

const TICK_MS = 100;
/** What is looked at in each tick: 85 ms at 48 kHz. */
const WINDOW_SAMPLES = 4_096;
/** Loudness of speech at a microphone with automatic gain, about −34 dB of full scale. */
const SPEECH_LEVEL = 0.02;
/** So long somebody speaks, and does not cough. */
const SPEECH_TICKS = 4;
/** Whoever is told that they are muted is not told again soon. */
const QUIET_MS = 15_000;

export interface LevelMeterOptions {
  readonly environment: Pick<
    MediaEnvironment,
    'createAudioContext' | 'createStream' | 'onGesture' | 'setTimer' | 'clearTimer' | 'monotonicMs'
  >;
  readonly spokeMuted: () => void;
}

export interface Measured {
  readonly track: MediaStreamTrack | null;
  readonly isMuted: boolean;
}

interface Probe {
  readonly analyser: AnalyserNode;
  readonly stop: () => void;
}

/** How loud the microphone is, and whether somebody speaks into a muted one. Nothing of Web Audio is there while nobody listens. */
export class LevelMeter {
  readonly #options: LevelMeterOptions;
  readonly #listeners = new Set<(level: number) => void>();
  #watchers = 0;
  #measured: Measured = { track: null, isMuted: false };
  #context: AudioContext | null = null;
  #stopWaking: (() => void) | null = null;
  #probe: Probe | null = null;
  #timer: unknown = null;
  #speechTicks = 0;
  #quietUntilMs = 0;
  readonly #samples = new Float32Array(WINDOW_SAMPLES);

  constructor(options: LevelMeterOptions) {
    this.#options = options;
  }

  /** @returns stops listening */
  listen(listener: (level: number) => void): () => void {
    const own = (level: number): void => listener(level);
    this.#listeners.add(own);
    this.#restart();
    return () => {
      if (this.#listeners.delete(own)) this.#restart();
    };
  }

  /** Somebody wants to know of speech into the muted microphone. @returns stops watching */
  watchMuted(): () => void {
    let isWatching = true;
    this.#watchers += 1;
    this.#restart();
    return () => {
      if (!isWatching) return;
      isWatching = false;
      this.#watchers -= 1;
      this.#restart();
    };
  }

  measure(measured: Measured): void {
    const { track, isMuted } = this.#measured;
    if (measured.track === track && measured.isMuted === isMuted) return;
    this.#measured = measured;
    this.#tell(0);
    this.#restart();
  }

  close(): void {
    this.#listeners.clear();
    this.#watchers = 0;
    this.#restart();
  }

  #restart(): void {
    this.#probe?.stop();
    this.#probe = null;
    this.#speechTicks = 0;
    const { environment } = this.#options;
    if (this.#timer !== null) environment.clearTimer(this.#timer);
    this.#timer = null;
    if (this.#listeners.size === 0 && this.#watchers === 0) {
      this.#closeContext();
      return;
    }
    const { track, isMuted } = this.#measured;
    if (!track || (isMuted ? this.#watchers : this.#listeners.size) === 0) return;
    const context = (this.#context ??= this.#openContext());
    if (!context) return;
    this.#probe = this.#attach(context, track, isMuted);
    if (this.#probe) this.#plan();
  }

  #plan(): void {
    this.#timer = this.#options.environment.setTimer(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    this.#plan();
    this.#probe?.analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const level = Math.min(1, Math.sqrt(sum / WINDOW_SAMPLES));
    if (this.#measured.isMuted) this.#heardMuted(level);
    else this.#tell(level);
  }

  #tell(level: number): void {
    for (const listener of [...this.#listeners]) callSafely(listener, level);
  }

  #heardMuted(level: number): void {
    this.#speechTicks = level > SPEECH_LEVEL ? this.#speechTicks + 1 : 0;
    const nowMs = this.#options.environment.monotonicMs();
    if (this.#speechTicks < SPEECH_TICKS || nowMs < this.#quietUntilMs) return;
    this.#quietUntilMs = nowMs + QUIET_MS;
    this.#options.spokeMuted();
  }

  #attach(context: AudioContext, track: MediaStreamTrack, isMuted: boolean): Probe | null {
    // A muted track is silent, its clone is not. What it hears stays here.
    const clone = isMuted ? track.clone() : null;
    if (clone) clone.enabled = true;
    try {
      const source = context.createMediaStreamSource(this.#options.environment.createStream([clone ?? track]));
      const analyser = context.createAnalyser();
      analyser.fftSize = WINDOW_SAMPLES;
      source.connect(analyser);
      const stop = (): void => {
        source.disconnect();
        clone?.stop();
      };
      return { analyser, stop };
    } catch {
      // No level is shown; nothing else depends on it.
      clone?.stop();
      return null;
    }
  }

  #openContext(): AudioContext | null {
    const { environment } = this.#options;
    const context = environment.createAudioContext();
    if (!context) return null;
    const wake = (): void => {
      if (context.state !== 'running') context.resume().catch(() => undefined);
    };
    // A browser that lets no sound start by itself wants a click; iOS takes it away again for a phone call.
    this.#stopWaking = environment.onGesture(wake);
    wake();
    return context;
  }

  #closeContext(): void {
    this.#stopWaking?.();
    this.#stopWaking = null;
    this.#context?.close().catch(() => undefined);
    this.#context = null;
  }
}
