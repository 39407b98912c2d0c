/** Size of the copy of a picture that is compared, pixels: enough for the moving figure of a fake camera. */
const COPY = { width: 32, height: 18 };
/** Mean of red, green and blue up to which a picture is black: what a muted track is sent as. */
const BLACK = 8;

/** Shows remote pictures, and notes when each was first on the screen. */
export class Faces {
  readonly #container: HTMLElement;
  readonly #videos = new Map<string, HTMLVideoElement>();
  readonly #seen = new Map<string, number>();
  readonly #moving = new Set<string>();
  readonly #waiting = new Set<() => void>();
  #startedAt = 0;

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** Button pressed. */
  start(): void {
    this.#startedAt = performance.now();
  }

  /** Shows what somebody sends. */
  show(name: string, track: MediaStreamTrack): void {
    if (track.kind !== 'video' || this.#videos.has(name)) return;
    const video = document.createElement('video');
    video.muted = video.autoplay = video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    this.#container.append(video);
    this.watch(name, video);
  }

  /** Watches a picture that something else shows. */
  watch(name: string, video: HTMLVideoElement): void {
    this.#videos.set(name, video);
    const context = new OffscreenCanvas(COPY.width, COPY.height).getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser has no canvas.');
    let first: Uint8ClampedArray | null = null;
    // W3C HTMLVideoElement.requestVideoFrameCallback: called in the frame in which the picture is put on the screen.
    const onFrame = (): void => {
      const now = performance.now();
      context.drawImage(video, 0, 0, COPY.width, COPY.height);
      const { data } = context.getImageData(0, 0, COPY.width, COPY.height);
      if (first === null && !isBlack(data)) {
        first = data;
        this.#seen.set(name, now - this.#startedAt);
      } else if (first && differs(first, data)) {
        this.#moving.add(name);
        for (const look of this.#waiting) look();
        return;
      }
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  forget(name: string): void {
    this.#videos.get(name)?.remove();
    this.#videos.delete(name);
    this.#seen.delete(name);
    this.#moving.delete(name);
  }

  isWatched(video: HTMLVideoElement): boolean {
    return [...this.#videos.values()].includes(video);
  }

  moving(count: number): Promise<readonly number[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#moving.size < count) return;
        this.#waiting.delete(look);
        resolve([...this.#seen.values()].sort((a, b) => a - b));
      };
      this.#waiting.add(look);
      look();
    });
  }
}

function isBlack(pixels: Uint8ClampedArray): boolean {
  let sum = 0;
  for (let index = 0; index < pixels.length; index += 4)
    sum += (pixels[index] ?? 0) + (pixels[index + 1] ?? 0) + (pixels[index + 2] ?? 0);
  return sum / ((pixels.length / 4) * 3) <= BLACK;
}

function differs(a: Uint8ClampedArray, b: Uint8ClampedArray): boolean {
  return a.some((value, index) => value !== b[index]);
}
