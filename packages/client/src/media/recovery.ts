import type { LinkState } from './types.js';

/** Without media that should come, a link is called unstable. */
export const SILENT_MS = 1_500;
/** Without a packet of any kind the way is broken. Browsers say so after 6 s (`disconnected`) and 16 s (`failed`). */
const DEAF_MS = 2_500;
/** The side that answers leaves the other one this much time to see it first: one offer is enough. */
const ANSWERING_MS = 1_000;
/** ICE that finds nothing for so long is begun anew: with an expired TURN credential it stays `new` and never fails. */
const CHECKING_MS = 8_000;
/** An offer without an answer, although both sides can be reached. */
const NEGOTIATION_MS = 10_000;
/** The second restart, with the ICE servers of today. */
const AGAIN_MS = 10_000;
/** Then a new connection, through TURN alone where there is one. */
const REBUILD_MS = 20_000;
/** Between two steps that a browser's `failed` asks for. */
const BREATH_MS = 2_000;
const MAX_REBUILDS = 3;
const REBUILD_WINDOW_MS = 120_000;
/** How often a link that is `limited` is tried. */
const SLOW_RETRY_MS = 15_000;
/** A poll that comes so late was held up: the page was frozen, or the machine asleep. */
export const HELD_UP_MS = 3_000;

/** What is known of a link at one moment. */
export interface LinkSigns {
  readonly nowMs: number;
  readonly state: RTCPeerConnectionState;
  readonly isAgreed: boolean;
  readonly isBroken: boolean;
  /** Since the last media packet, where some should come; otherwise 0. */
  readonly silentMs: number;
  /** Since the last packet of any kind, where some should come; otherwise 0. */
  readonly deafMs: number;
  /** Both sides can be reached over the room. */
  readonly isSignalling: boolean;
}

/** `restart`: other ways for the same connection · `rebuild`: another connection. */
export type Mending = 'restart' | 'rebuild';

/** What to do about a link that does not work, and when: a restart at once, another after 10 s, a new connection after 20 s, then patience. */
export class Recovery {
  readonly #patienceMs: number;
  #link: LinkState = 'connecting';
  /** Of this connection. */
  #hasConnected = false;
  #hasEverConnected = false;
  #isLimited = false;
  #isWanted = false;
  #troubleMs: number | null = null;
  #agreedMs: number | null = null;
  #restarts = 0;
  #restartMs = -Infinity;
  #rebuildMs = -Infinity;
  #rebuilds: readonly number[] = [];
  #lastMs: number | null = null;

  constructor({ isOffering }: { readonly isOffering: boolean }) {
    this.#patienceMs = isOffering ? 0 : ANSWERING_MS;
  }

  get link(): LinkState {
    return this.#link;
  }

  /** Called at each poll, and when the connection says something new. */
  step(signs: LinkSigns): Mending | null {
    const { nowMs } = signs;
    const elapsedMs = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = nowMs;
    if (signs.state === 'connected' && signs.deafMs < DEAF_MS) {
      this.#well(signs);
      return null;
    }
    this.#troubleMs ??= nowMs;
    if (signs.isAgreed) this.#agreedMs ??= nowMs;
    // Time in which nothing can be said, or nothing was done, is not held against the link.
    if (!signs.isSignalling || elapsedMs > HELD_UP_MS) this.#shift(elapsedMs);
    this.#link = this.#isLimited ? 'limited' : this.#hasEverConnected ? 'reconnecting' : 'connecting';
    if (!signs.isSignalling) return null;
    const mending = this.#next(signs);
    if (mending === 'restart') this.restarted(nowMs);
    return mending;
  }

  /** A restart was begun, by this ladder or for another reason. */
  restarted(nowMs: number): void {
    this.#restarts += 1;
    this.#restartMs = nowMs;
  }

  /** There is a new connection. */
  rebuilt(nowMs: number): void {
    this.#troubleMs = nowMs;
    this.#agreedMs = null;
    this.#hasConnected = false;
    this.#restarts = 0;
  }

  /** Somebody does not want to wait. */
  retry(): void {
    if (!this.#isLimited) return;
    this.#rebuilds = [];
    this.#isWanted = true;
  }

  #well({ silentMs }: LinkSigns): void {
    this.#troubleMs = null;
    this.#restarts = 0;
    this.#hasConnected = this.#hasEverConnected = true;
    this.#isLimited = this.#isWanted = false;
    this.#link = silentMs >= SILENT_MS ? 'unstable' : 'connected';
  }

  #shift(ms: number): void {
    this.#troubleMs = (this.#troubleMs ?? 0) + ms;
    if (this.#agreedMs !== null) this.#agreedMs += ms;
  }

  #next({ nowMs, state, isAgreed, isBroken }: LinkSigns): Mending | null {
    const ageMs = nowMs - (this.#troubleMs ?? nowMs) - this.#patienceMs;
    if (this.#isWanted || isBroken || this.#isLimited) return this.#rebuild(nowMs);
    if (!isAgreed) return ageMs >= NEGOTIATION_MS ? this.#rebuild(nowMs) : null;
    if (ageMs >= REBUILD_MS) return this.#rebuild(nowMs);
    if (state === 'failed') return nowMs - this.#restartMs >= BREATH_MS + this.#patienceMs ? 'restart' : null;
    const checkingMs = nowMs - (this.#agreedMs ?? nowMs) - this.#patienceMs;
    if (this.#restarts > 0) return this.#hasConnected && this.#restarts === 1 && ageMs >= AGAIN_MS ? 'restart' : null;
    return (this.#hasConnected ? ageMs >= 0 : checkingMs >= CHECKING_MS) ? 'restart' : null;
  }

  #rebuild(nowMs: number): Mending | null {
    this.#rebuilds = this.#rebuilds.filter((atMs) => nowMs - atMs < REBUILD_WINDOW_MS);
    if (!this.#isWanted && this.#rebuilds.length >= MAX_REBUILDS) this.#isLimited = true;
    const waitMs = this.#isWanted ? 0 : this.#isLimited ? SLOW_RETRY_MS : BREATH_MS;
    this.#link = this.#isLimited ? 'limited' : this.#link;
    if (nowMs - this.#rebuildMs < waitMs) return null;
    this.#isWanted = false;
    this.#rebuildMs = nowMs;
    if (!this.#isLimited) this.#rebuilds = [...this.#rebuilds, nowMs];
    this.rebuilt(nowMs);
    return 'rebuild';
  }
}
