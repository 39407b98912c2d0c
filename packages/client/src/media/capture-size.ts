import type { CaptureSize } from './mesh-types.js';
import type { MediaEnvironment } from './types.js';

/** A camera that changes its size may stop for a moment: it does so once for many changes. */
const DEBOUNCE_MS = 1_000;

const DEFAULT_SIZE: CaptureSize = Object.freeze({ width: 1_280, height: 720, framesPerSecond: 30 });
/** However little is sent: people look at themselves too. */
const LEAST: CaptureSize = Object.freeze({ width: 640, height: 360, framesPerSecond: 15 });

/** How the camera is asked for (Media Capture and Streams §4.3.5): never exactly, since any picture is better than none. */
export function sizeConstraints(size: CaptureSize = DEFAULT_SIZE): MediaTrackConstraints {
  const { width, height, framesPerSecond } = size;
  return {
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: framesPerSecond, max: framesPerSecond },
  };
}

/** Captures no more than is sent: every pixel that is scaled away costs as much as one that is shown. */
export class CaptureSizer {
  readonly #environment: Pick<MediaEnvironment, 'setTimer' | 'clearTimer'>;
  readonly #track: () => MediaStreamTrack | null;
  #size = DEFAULT_SIZE;
  /** What each track has been asked for; one that is captured is asked for the size of then. */
  readonly #asked = new WeakMap<MediaStreamTrack, CaptureSize>();
  #timer: unknown = null;

  constructor(environment: Pick<MediaEnvironment, 'setTimer' | 'clearTimer'>, track: () => MediaStreamTrack | null) {
    this.#environment = environment;
    this.#track = track;
  }

  get size(): CaptureSize {
    return this.#size;
  }

  want(size: CaptureSize | null): void {
    this.#size = size ? atLeast(size) : DEFAULT_SIZE;
    const track = this.#track();
    if (!track || this.#timer !== null || isSame(this.#asked.get(track) ?? DEFAULT_SIZE, this.#size)) return;
    this.#timer = this.#environment.setTimer(() => {
      this.#timer = null;
      this.#apply();
    }, DEBOUNCE_MS);
  }

  stop(): void {
    if (this.#timer !== null) this.#environment.clearTimer(this.#timer);
    this.#timer = null;
    this.#size = DEFAULT_SIZE;
  }

  #apply(): void {
    const track = this.#track();
    if (!track || isSame(this.#asked.get(track) ?? DEFAULT_SIZE, this.#size)) return;
    this.#asked.set(track, this.#size);
    // Refused: it stays as it is, and is scaled on the way.
    track.applyConstraints(sizeConstraints(this.#size)).catch(() => undefined);
  }
}

function isSame(one: CaptureSize, other: CaptureSize): boolean {
  return one.width === other.width && one.height === other.height && one.framesPerSecond === other.framesPerSecond;
}

function atLeast({ width, height, framesPerSecond }: CaptureSize): CaptureSize {
  return {
    width: Math.max(width, LEAST.width),
    height: Math.max(height, LEAST.height),
    framesPerSecond: Math.max(framesPerSecond, LEAST.framesPerSecond),
  };
}
