/** Softer than this is silence. */
const SPEAKING_LEVEL = 0.045;
/** One who is to take over must have been the loudest for this long: a cough does not turn the stage. */
const TAKE_OVER_MS = 900;
/** Whoever has the stage keeps it at least so long. */
const LEAST_STAY_MS = 2_500;
/** And only somebody clearly louder takes it while they still speak. */
const LOUDER = 1.4;
/** How fast the average follows: about three values of ten a second. */
const SMOOTHING = 0.35;

/** Who speaks, out of levels that come some ten times a second, without jumping back and forth. */
export class ActiveSpeaker {
  readonly #averages = new Map<string, number>();
  #current: string | null = null;
  #since = 0;
  #rival: string | null = null;
  #rivalSince = 0;

  /** Null until somebody has spoken, and after the speaker has left. Stays through silence. */
  get current(): string | null {
    return this.#current;
  }

  isSpeaking(session: string): boolean {
    return (this.#averages.get(session) ?? 0) >= SPEAKING_LEVEL;
  }

  /**
   * @param levels loudness by session, 0 to 1
   * @param nowMs any monotonic clock
   * @returns whether somebody else has the stage now
   */
  update(levels: ReadonlyMap<string, number>, nowMs: number): boolean {
    for (const session of this.#averages.keys()) if (!levels.has(session)) this.#averages.delete(session);
    for (const [session, level] of levels) {
      const before = this.#averages.get(session) ?? 0;
      this.#averages.set(session, before + (level - before) * SMOOTHING);
    }
    const had = this.#current;
    if (had !== null && !levels.has(had)) this.#current = null;
    const loudest = this.#loudest();
    if (loudest === null || loudest === this.#current) this.#rival = null;
    else if (loudest !== this.#rival) {
      this.#rival = loudest;
      this.#rivalSince = nowMs;
    }
    if (this.#rival !== null && this.#mayTakeOver(this.#rival, nowMs)) {
      this.#current = this.#rival;
      this.#since = nowMs;
      this.#rival = null;
    }
    return this.#current !== had;
  }

  #loudest(): string | null {
    let loudest: string | null = null;
    let level = SPEAKING_LEVEL;
    for (const [session, average] of this.#averages)
      if (average >= level) {
        loudest = session;
        level = average;
      }
    return loudest;
  }

  #mayTakeOver(rival: string, nowMs: number): boolean {
    if (this.#current === null) return true;
    const current = this.#averages.get(this.#current) ?? 0;
    const isQuiet = current < SPEAKING_LEVEL;
    const isLouder = (this.#averages.get(rival) ?? 0) > current * LOUDER;
    return nowMs - this.#since >= LEAST_STAY_MS && nowMs - this.#rivalSince >= TAKE_OVER_MS && (isQuiet || isLouder);
  }
}
