import { type AsymmetricAlgorithm, type VerificationKey, jwkKey } from './keys.js';
import { readLimited } from './read-limited.js';
import { member, parseStrictJson } from './strict-json.js';
import type { AuthLog } from './types.js';

/** Least time between two requests for one document, whatever tokens arrive. */
const COOL_DOWN_MS = 30_000;
/** The first wait after a failure while there are no keys at all; it doubles up to the cool-down. */
const FIRST_RETRY_MS = 1_000;
/** Older keys are fetched again with the next token, so that a withdrawn key does not outlive this by much. */
const MAX_AGE_MS = 60_000;
const REFRESH_WAIT_MS = 1_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 65_536;
const MAX_KEYS = 50;
const MAX_UNKNOWN_KIDS = 1_000;

export interface JwksOptions {
  readonly url: string;
  readonly algorithms: readonly AsymmetricAlgorithm[];
  readonly now: () => number;
  readonly fetch: typeof globalThis.fetch;
  readonly log: AuthLog | undefined;
  /** For one request. Default: 5 s. */
  readonly timeoutMs?: number;
  /** How long a token waits for newer keys when the ones at hand would do: a slow host must not slow a class. Default: 1 s. */
  readonly refreshWaitMs?: number;
}

export type JwksAnswer =
  | { readonly keys: readonly VerificationKey[] }
  /** It cannot be said now whether there is such a key: the URL failed, or was asked a moment ago. */
  | { readonly unavailable: string };

/**
 * The keys that a host publishes at one URL (RFC 7517). One request at a time, none sooner than 30 s after the last, no redirects,
 * 5 s, 64 KiB, 50 keys. When the URL fails, the keys of the last good answer stay. The URL is the operator's; no token can change it.
 */
export class Jwks {
  #keys: readonly VerificationKey[] = [];
  #fetchedAt = -Infinity;
  #askedAt = -Infinity;
  #goodAnswers = 0;
  #failures = 0;
  #inFlight: Promise<void> | null = null;
  /** Asked for and not there as of the last good answer. */
  readonly #unknownKids = new Set<string>();
  /** Asked for since the last request, when it was too soon for another. */
  readonly #wantedKids = new Set<string>();
  readonly #closed = new AbortController();
  readonly #options: JwksOptions;

  constructor(options: JwksOptions) {
    this.#options = options;
  }

  /** The keys that a token with this `kid` (null: with none) may be signed with; none: there is no such key. */
  async find(kid: string | null): Promise<JwksAnswer> {
    const answersBefore = this.#goodAnswers;
    if (this.#isOld()) await this.#refreshOld(kid);
    const found = this.#matching(kid);
    if (found.length > 0) return { keys: found };

    if (this.#goodAnswers === answersBefore && !this.#isKnownToLack(kid)) {
      const asked = this.#refresh();
      if (asked === null) {
        if (this.#goodAnswers === 0) return { unavailable: 'did not answer' };
        // A host may have begun to sign with a new key since; the next answer says it, and no later one is waited for.
        if (kid !== null) remember(this.#wantedKids, kid);
        return { unavailable: 'had no such key a moment ago; it is asked again within 30 s' };
      }
      await asked;
      if (this.#goodAnswers === answersBefore) return { unavailable: 'did not answer' };
    }
    const keys = this.#matching(kid);
    if (keys.length === 0 && kid !== null) remember(this.#unknownKids, kid);
    return { keys };
  }

  /** Whether the host still publishes this key, as far as is known. Asks again, without waiting, when that is old. */
  isCurrent(key: VerificationKey): boolean {
    if (this.#isOld()) void this.#refresh();
    return this.#keys.includes(key);
  }

  close(): void {
    this.#closed.abort();
  }

  #isOld(): boolean {
    return this.#options.now() - this.#fetchedAt > MAX_AGE_MS;
  }

  /** Asking again would not help: the last answer lacked it, or the token does not say which of several it means. */
  #isKnownToLack(kid: string | null): boolean {
    return kid === null ? this.#goodAnswers > 0 : this.#unknownKids.has(kid);
  }

  #matching(kid: string | null): readonly VerificationKey[] {
    // Without a `kid` the key must be the only one: trying many would let each bad token cost as much as many.
    if (kid === null) return this.#keys.length === 1 ? this.#keys : [];
    return this.#keys.filter((key) => key.kid === kid);
  }

  async #refreshOld(kid: string | null): Promise<void> {
    const asked = this.#refresh();
    if (asked === null) return;
    if (this.#matching(kid).length === 0) return asked;
    await Promise.race([asked, wait(this.#options.refreshWaitMs ?? REFRESH_WAIT_MS)]);
  }

  /** null: it is too soon. */
  #refresh(): Promise<void> | null {
    if (this.#inFlight !== null) return this.#inFlight;
    if (this.#closed.signal.aborted || this.#options.now() - this.#askedAt < this.#pauseMs()) return null;
    this.#askedAt = this.#options.now();
    this.#inFlight = this.#load().finally(() => {
      this.#inFlight = null;
    });
    return this.#inFlight;
  }

  #pauseMs(): number {
    if (this.#keys.length > 0 || this.#failures === 0) return COOL_DOWN_MS;
    return Math.min(COOL_DOWN_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
  }

  /** Never rejects: a failure is counted and logged, and leaves the keys as they are. */
  async #load(): Promise<void> {
    const { url, log } = this.#options;
    try {
      const keys = this.#readKeys(await this.#request());
      const withdrawn = this.#keys.filter((key) => !keys.includes(key));
      this.#keys = keys;
      this.#fetchedAt = this.#options.now();
      this.#goodAnswers += 1;
      this.#failures = 0;
      this.#unknownKids.clear();
      const lacked = [...withdrawn.map(({ kid }) => kid), ...this.#wantedKids];
      for (const kid of lacked) if (kid !== null) remember(this.#unknownKids, kid);
      this.#wantedKids.clear();
    } catch (error) {
      this.#failures += 1;
      if (!this.#closed.signal.aborted) {
        log?.warn({ url, err: error, keysKept: this.#keys.length }, 'the JWKS of a tenant cannot be fetched');
      }
    }
  }

  async #request(): Promise<Uint8Array> {
    const response = await this.#options.fetch(this.#options.url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      // A redirect could lead into the network of the server.
      redirect: 'manual',
      signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.#options.timeoutMs ?? TIMEOUT_MS)]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`answered with the status ${response.status}`);
    }
    return readLimited(response, MAX_BYTES);
  }

  #readKeys(bytes: Uint8Array): readonly VerificationKey[] {
    const list = member(parseStrictJson(bytes), 'keys');
    if (!Array.isArray(list)) throw new Error('holds no list `keys`');
    if (list.length > MAX_KEYS) throw new Error(`holds ${list.length} keys; the most is ${MAX_KEYS}`);
    const keys: VerificationKey[] = [];
    for (const [index, jwk] of list.entries()) {
      const key = jwkKey(jwk, this.#options.algorithms);
      if ('skipped' in key) {
        this.#warnOfKey(index, key.skipped);
      } else if (
        key.kid !== null &&
        keys.some(({ kid, algorithms }) => kid === key.kid && overlap(algorithms, key.algorithms))
      ) {
        this.#warnOfKey(index, 'has the kid of another key');
      } else {
        keys.push(this.#keys.find((known) => isSame(known, key)) ?? key);
      }
    }
    if (keys.length === 0) throw new Error('holds no usable key');
    return keys;
  }

  #warnOfKey(index: number, why: string): void {
    const { url, log } = this.#options;
    // Hosts publish keys for encryption beside those for signatures: nothing to act on.
    log?.debug?.({ url, index, why }, 'a key of a JWKS is not used');
  }
}

function remember(kids: Set<string>, kid: string): void {
  if (kids.size >= MAX_UNKNOWN_KIDS) kids.clear();
  kids.add(kid);
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.some((entry) => b.includes(entry));
}

/** The same key keeps its identity over a refresh, and with it the tokens that were verified by it. */
function isSame(a: VerificationKey, b: VerificationKey): boolean {
  return a.kid === b.kid && a.key.equals(b.key) && a.algorithms.join() === b.algorithms.join();
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
