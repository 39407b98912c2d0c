import { LIMITS } from '@lms-live/protocol';

/** Counts the malformed frames of one connection: a mistake is answered, a flood closes. */
export class Flood {
  #hits: number[] = [];

  /** @returns whether it is too many within the window */
  hit(nowMs: number): boolean {
    this.#hits = [...this.#hits.filter((at) => nowMs - at < LIMITS.malformedWindowMs), nowMs];
    return this.#hits.length >= LIMITS.maxMalformedFrames;
  }
}
