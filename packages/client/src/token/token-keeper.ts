import { clientError, LmsError, toErrorDetail } from '../errors.js';
import type { Environment, LmsErrorDetail } from '../types.js';
import { readClaims } from './claims.js';
import { fetchToken, type TokenReason, type TokenSource } from './fetch-token.js';

/** A token is renewed when this share of its life is left, or this much time, whichever is earlier … */
const RENEW_SHARE = 0.2;
const RENEW_MS = 60_000;
/** … but never in the first half of its life: a short one must not be renewed at once again and again. */
const EARLIEST_SHARE = 0.5;
const RETRY_FIRST_MS = 1_000;
const RETRY_CAP_MS = 60_000;
/** `setTimeout` takes no more than 2³¹ − 1 ms. */
const MAX_TIMER_MS = 24 * 60 * 60 * 1_000;

export interface TokenKeeperOptions {
  readonly environment: Pick<Environment, 'fetch' | 'setTimer' | 'clearTimer' | 'nowMs'>;
  readonly token: string | null;
  readonly source: TokenSource;
  /** A fresh token came unasked by a connection: near expiry, or by the host. */
  readonly renewed: (token: string) => void;
  readonly failed: (error: LmsErrorDetail) => void;
}

/** Has a token when one is needed: renews it in time and when the server wants another, one request at a time, and never in a loop. */
export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  #source: TokenSource;
  #token: string | null;
  #isRefused = false;
  #expiresAt: number | null = null;
  #renewAt: number | null = null;
  #fetching: Promise<string> | null = null;
  #failures = 0;
  #timer: unknown = null;
  #isRenewing = false;
  readonly #closed = new AbortController();

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#token = options.token;
  }

  get token(): string | null {
    return this.#token;
  }

  get canRenew(): boolean {
    return this.#source.tokenProvider !== undefined || this.#source.tokenUrl !== undefined;
  }

  /** A way to renew, from another holder of the same connection. */
  adopt(source: TokenSource, token: string | null): void {
    if (!this.canRenew) this.#source = source;
    if (token !== null && (this.#isRefused || isFresher(token, this.#token))) this.set(token);
  }

  /** @throws {LmsError} `token_missing`, `token_fetch_failed` */
  async get(): Promise<string> {
    if (this.#token !== null && !this.#isRefused && !this.#isExpired()) return this.#token;
    if (this.canRenew) return this.#fetch(this.#token === null ? 'start' : this.#isRefused ? 'refused' : 'expiring');
    if (this.#token !== null) return this.#token;
    throw new LmsError(clientError('token_missing'));
  }

  /** The server did not take it. @returns whether another can be had */
  refused(): boolean {
    this.#isRefused = true;
    return this.canRenew;
  }

  /** The server took it, and says until when (by this page's clock). */
  accepted(expiresAt: number): void {
    const { nowMs } = this.#options.environment;
    const { issuedAt } = readClaims(this.#token ?? '');
    const now = nowMs();
    const lifetimeMs = Math.max(0, expiresAt - Math.min(issuedAt ?? now, now));
    const leftMs = Math.min(Math.max(lifetimeMs * RENEW_SHARE, RENEW_MS), lifetimeMs * EARLIEST_SHARE);
    this.#isRefused = false;
    this.#expiresAt = expiresAt;
    this.#renewAt = expiresAt - leftMs;
    this.#schedule();
  }

  /** The server wants a fresh one while the old one lasts. */
  wanted(): void {
    this.#renew();
  }

  set(token: string): void {
    this.#keep(token);
    this.#options.renewed(token);
  }

  /** Timers may have slept. */
  wake(): void {
    if (this.#renewAt !== null && this.#options.environment.nowMs() >= this.#renewAt && this.#failures === 0)
      this.#renew();
  }

  close(): void {
    this.#closed.abort();
    this.#stopTimer();
  }

  #renew(): void {
    this.#stopTimer();
    if (this.canRenew && !this.#isRenewing && !this.#closed.signal.aborted) void this.#fetchAnother();
  }

  async #fetchAnother(): Promise<void> {
    const old = this.#token;
    this.#isRenewing = true;
    try {
      const token = await this.#fetch('expiring');
      if (this.#closed.signal.aborted) return;
      if (token === old) this.#retryLater();
      else this.#options.renewed(token);
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      if (this.#failures === 0) this.#options.failed(toErrorDetail(error));
      this.#retryLater();
    } finally {
      this.#isRenewing = false;
    }
  }

  #retryLater(): void {
    const waitMs = Math.min(RETRY_FIRST_MS * 2 ** this.#failures, RETRY_CAP_MS);
    this.#failures += 1;
    this.#stopTimer();
    this.#timer = this.#options.environment.setTimer(() => this.#renew(), waitMs);
  }

  async #fetch(reason: TokenReason): Promise<string> {
    const { environment } = this.#options;
    const { signal } = this.#closed;
    this.#fetching ??= fetchToken(this.#source, reason, { environment, signal }).finally(() => {
      this.#fetching = null;
    });
    const token = await this.#fetching;
    if (token !== this.#token) this.#keep(token);
    return token;
  }

  #keep(token: string): void {
    this.#token = token;
    this.#isRefused = false;
    this.#failures = 0;
    this.#expiresAt = readClaims(token).expiresAt;
    this.#renewAt = null;
    this.#stopTimer();
  }

  #isExpired(): boolean {
    return this.canRenew && this.#expiresAt !== null && this.#options.environment.nowMs() >= this.#expiresAt;
  }

  #schedule(): void {
    this.#stopTimer();
    if (this.#renewAt === null || !this.canRenew || this.#closed.signal.aborted) return;
    const { environment } = this.#options;
    const waitMs = Math.max(0, this.#renewAt - environment.nowMs());
    this.#timer = environment.setTimer(
      () => (waitMs > MAX_TIMER_MS ? this.#schedule() : this.#renew()),
      Math.min(waitMs, MAX_TIMER_MS),
    );
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.environment.clearTimer(this.#timer);
    this.#timer = null;
  }
}

function isFresher(token: string, than: string | null): boolean {
  if (than === null) return true;
  return token !== than && (readClaims(token).expiresAt ?? 0) > (readClaims(than).expiresAt ?? 0);
}
