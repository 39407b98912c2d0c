/** Part of the time that encoding takes or would take, if every frame that is due were encoded. */
const HEAVY_LOAD = 0.6;
const LIGHT_LOAD = 0.25;
/** Looks in a row until it is believed. */
const HEAVY_LOOKS = 3;
const LIGHT_LOOKS = 15;
const MAX_STRAIN = 3;

/** What the encoders of a tab did between two looks. */
export interface EncodeWork {
  readonly encodeMs: number;
  readonly frames: number;
  /** Frames per second that should be encoded, over all links. */
  readonly dueFramesPerSecond: number;
}

/**
 * Degrees of trouble that a machine has with encoding. Browsers give a reason for smaller pictures (`qualityLimitationReason`), but Chromium
 * never says `cpu`, however starved: it is judged by the time that a frame takes.
 */
export class EncodeStrain {
  #degrees = 0;
  #heavy = 0;
  #light = 0;

  get degrees(): number {
    return this.#degrees;
  }

  look({ encodeMs, frames, dueFramesPerSecond }: EncodeWork): void {
    if (frames <= 0) return;
    const load = ((encodeMs / frames) * dueFramesPerSecond) / 1_000;
    this.#heavy = load > HEAVY_LOAD ? this.#heavy + 1 : 0;
    this.#light = load < LIGHT_LOAD ? this.#light + 1 : 0;
    if (this.#heavy >= HEAVY_LOOKS) this.#change(1);
    if (this.#light >= LIGHT_LOOKS) this.#change(-1);
  }

  #change(by: number): void {
    this.#degrees = Math.min(MAX_STRAIN, Math.max(0, this.#degrees + by));
    this.#heavy = this.#light = 0;
  }
}
