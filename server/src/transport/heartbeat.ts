/** Pings every socket and finds those that have fallen silent. One timer for all. */

export interface Heart {
  readonly id: number;
  /** When the last frame or pong came, on the clock of `performance.now()`. */
  heardAtMs: number;
  ping(): void;
  /** Nothing has come for the idle timeout. */
  silent(): void;
}

/** Attendance is within five seconds of the truth: the last answer and the time that it takes have to fit into them. */
const MAX_PING_INTERVAL_MS = 4_000;
const PINGS_PER_TIMEOUT = 4;
/** The pings of an interval are spread over this many turns. */
const SLICES = 5;
/** A turn that comes this many turns late means that this process slept, not its peers. */
const LATE_TURNS = 5;

export class Heartbeat {
  readonly #hearts = new Set<Heart>();
  readonly #timeoutMs: number;
  readonly #turnMs: number;
  #timer: NodeJS.Timeout | null = null;
  #turn = 0;
  #turnAtMs = 0;

  constructor(idleTimeoutS: number) {
    this.#timeoutMs = idleTimeoutS * 1_000;
    this.#turnMs = Math.min(MAX_PING_INTERVAL_MS, this.#timeoutMs / PINGS_PER_TIMEOUT) / SLICES;
  }

  add(heart: Heart): void {
    heart.heardAtMs = performance.now();
    this.#hearts.add(heart);
    if (this.#timer !== null) return;
    this.#turnAtMs = performance.now();
    this.#timer = setInterval(() => this.#beat(performance.now()), this.#turnMs);
    this.#timer.unref();
  }

  remove(heart: Heart): void {
    this.#hearts.delete(heart);
    if (this.#hearts.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #beat(nowMs: number): void {
    const slept = nowMs - this.#turnAtMs > this.#turnMs * LATE_TURNS;
    this.#turnAtMs = nowMs;
    this.#turn = (this.#turn + 1) % SLICES;
    // No copy: thousands, each turn. Who leaves meanwhile is passed over, who comes has just been heard.
    for (const heart of this.#hearts) {
      if (slept) heart.heardAtMs = nowMs;
      if (nowMs - heart.heardAtMs >= this.#timeoutMs) heart.silent();
      else if (slept || heart.id % SLICES === this.#turn) heart.ping();
    }
  }
}
