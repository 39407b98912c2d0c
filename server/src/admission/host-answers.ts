import { createHash } from 'node:crypto';
import type { Role } from '@lms-live/protocol';
import type { Identity, Tenant } from '../auth/types.js';
import { RateLimits } from '../gateway/rate-limits.js';
import { AdmissionError } from './admission-error.js';
import { askHost, type HookCall } from './ask-host.js';
import { Queue, QueueFull } from './queue.js';

/** What a host answers when it is asked about somebody. */
export interface HostAnswer {
  readonly allow: boolean;
  /** null: what the token says. Never `service`. */
  readonly role: Exclude<Role, 'service'> | null;
  readonly name: string | null;
  readonly grants: Readonly<Record<string, boolean>>;
  /** For the person, where they are refused. */
  readonly reason: string | null;
}

export interface HostAnswersOptions {
  readonly now: () => number;
  readonly fetch?: typeof fetch;
  /** A host cannot be asked, or answers what is not described: once until it answers again. */
  readonly onFailure?: (tenant: string, error: unknown) => void;
}

/** How long an answer counts, and never longer than the token it was asked for. */
export const ALLOWED_MS = 300_000;
/** Whoever was just put on the list does not wait for long. */
export const REFUSED_MS = 15_000;
/** Some hundred bytes each: several schools that come in within those minutes. */
const MAX_ANSWERS = 20_000;
/** Requests to one host at a time; more of them wait their turn. */
const AT_ONCE = 32;
const MAX_WAITING = 1_000;
/** After so many failures in a row a host is left alone for a moment: each question would hold its person up for the whole time limit. */
const FAILURES_IN_A_ROW = 5;
const PAUSE_MS = 2_000;
/** Rooms that one person may ask for at once, and then in a second: nobody sends the host a stream of requests. */
const ROOMS_BURST = 20;
const ROOMS_PER_SECOND = 1;
const MAX_ASKERS = 20_000;

interface Known {
  readonly answer: HostAnswer;
  readonly until: number;
}

interface Host {
  readonly queue: Queue;
  failures: number;
  pausedUntil: number;
}

/**
 * What hosts with an admission hook say, asked once for each token and room however many connections ask, and remembered for some minutes.
 * A host that does not answer is nobody's consent: whoever needs it is told to come again.
 */
export class HostAnswers {
  readonly #options: HostAnswersOptions;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<HostAnswer>>();
  readonly #hosts = new Map<string, Host>();
  readonly #tokens = new WeakMap<Identity, string>();
  readonly #askers = new RateLimits({ burst: ROOMS_BURST, perSecond: ROOMS_PER_SECOND, maxCallers: MAX_ASKERS });
  readonly #closed = new AbortController();

  constructor(options: HostAnswersOptions) {
    this.#options = options;
  }

  /** @throws {AdmissionError} `enrolment_unavailable`; `rate_limited` where one person asks for one room after the other */
  async of(identity: Identity, room: string): Promise<HostAnswer> {
    const key = JSON.stringify([identity.tenant.id, room, this.#tokenOf(identity)]);
    const known = this.#known.get(key);
    if (known && known.until > this.#options.now()) return known.answer;
    const asking = this.#asking.get(key);
    if (asking) return asking;
    const retryAfterMs = this.#askers.take(JSON.stringify([identity.tenant.id, identity.sub]));
    if (retryAfterMs > 0) throw new AdmissionError('rate_limited', {}, retryAfterMs);
    const asked = this.#ask(identity, room)
      .then((answer) => {
        this.#remember(key, identity, answer);
        return answer;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  close(): void {
    this.#closed.abort();
    this.#known.clear();
  }

  async #ask(identity: Identity, room: string): Promise<HostAnswer> {
    const { tenant } = identity;
    const host = this.#hostOf(tenant);
    const waitMs = host.pausedUntil - this.#options.now();
    if (waitMs > 0) throw new AdmissionError('enrolment_unavailable', {}, waitMs);
    try {
      const answer = await host.queue.run(() => askHost(this.#callOf(identity, room)));
      host.failures = 0;
      return answer;
    } catch (error) {
      if (error instanceof QueueFull) throw new AdmissionError('enrolment_unavailable', {}, PAUSE_MS);
      this.#failed(host, tenant.id, error);
      throw new AdmissionError('enrolment_unavailable', {}, PAUSE_MS);
    }
  }

  #failed(host: Host, tenant: string, error: unknown): void {
    if (this.#closed.signal.aborted) return;
    host.failures += 1;
    if (host.failures === 1) this.#options.onFailure?.(tenant, error);
    if (host.failures >= FAILURES_IN_A_ROW) host.pausedUntil = this.#options.now() + PAUSE_MS;
  }

  #callOf(identity: Identity, room: string): HookCall {
    const { tenant, sub, claims } = identity;
    if (tenant.admission.by !== 'hook') throw new TypeError(`tenant ${tenant.id} has no admission hook`);
    const { url, secret } = tenant.admission;
    return {
      url,
      secret,
      body: { tenant: tenant.id, sub, room, claims: claims ?? {} },
      now: this.#options.now(),
      fetch: this.#options.fetch ?? fetch,
      signal: this.#closed.signal,
    };
  }

  #hostOf({ id }: Tenant): Host {
    const known = this.#hosts.get(id);
    if (known) return known;
    const made: Host = {
      queue: new Queue({ atOnce: AT_ONCE, maxWaiting: MAX_WAITING }),
      failures: 0,
      pausedUntil: 0,
    };
    this.#hosts.set(id, made);
    return made;
  }

  #remember(key: string, { expiresAt }: Identity, answer: HostAnswer): void {
    const forMs = answer.allow ? ALLOWED_MS : REFUSED_MS;
    this.#known.delete(key);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_ANSWERS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, { answer, until: Math.min(this.#options.now() + forMs, expiresAt) });
  }

  /** Stands for the token, which is not kept: a digest of all that it says. */
  #tokenOf(identity: Identity): string {
    const known = this.#tokens.get(identity);
    if (known !== undefined) return known;
    const token = createHash('sha256')
      .update(JSON.stringify([identity.sub, identity.claims]))
      .digest('base64url');
    this.#tokens.set(identity, token);
    return token;
  }
}
