import { createHash } from 'node:crypto';
import { LIMITS } from '@lms-live/protocol';
import type { Identity } from '../auth/types.js';
import type { Store } from '../storage/types.js';
import type { HttpResponse } from '../transport/types.js';
import { HttpError, invalid, type Call } from './types.js';

const KEY = /^[\w-]{16,64}$/u;
/** Base64url characters of 126 bits. */
const ID_CHARS = 21;

/** The `Idempotency-Key` of a POST; null: it has none. @throws {HttpError} `body_invalid` */
export function keyOf({ request }: Pick<Call, 'request'>): string | null {
  const key = request.method === 'POST' ? request.headers.get('idempotency-key') : undefined;
  if (key === undefined) return null;
  if (!KEY.test(key)) throw invalid('Idempotency-Key', '16 to 64 letters, digits, _ or -');
  return key;
}

/** The same key of the same caller names the same thing, however often it is sent, and no other caller's. */
export function idFromKey({ tenant, sub }: Identity, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant.id, sub, key]))
    .digest('base64url')
    .slice(0, ID_CHARS);
}

/** The id of the command of a POST that may come again; null: each is one of its own. */
export function commandIdOf(call: Pick<Call, 'request' | 'identity'>): string | null {
  const key = keyOf(call);
  return key === null ? null : idFromKey(call.identity, key);
}

interface UnderWay {
  readonly digest: string;
  readonly answer: Promise<HttpResponse>;
}

/** Answers to requests that may come again, where no command remembers its own: kept for a day. */
export class Requests {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Runs a request, or answers as it was answered. @throws {HttpError} `cmid_conflict` where the key was used for something else */
  async once(call: Call, key: string, run: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const { tenant, sub } = call.identity;
    const id = JSON.stringify([tenant.id, sub, key]);
    const digest = digestOf(call);
    const running = this.#underWay.get(id);
    if (running) return running.digest === digest ? running.answer : Promise.reject(new HttpError('cmid_conflict'));
    const answer = this.#runOnce({ tenant: tenant.id, caller: sub, key }, digest, run);
    this.#underWay.set(id, { digest, answer });
    try {
      return await answer;
    } finally {
      this.#underWay.delete(id);
    }
  }

  async #runOnce(
    which: { readonly tenant: string; readonly caller: string; readonly key: string },
    digest: string,
    run: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const known = await this.#store.findRequest({ ...which, after: this.#now() - LIMITS.idempotencyMs });
    if (known) {
      if (known.digest !== digest) throw new HttpError('cmid_conflict');
      const { headers, body } = JSON.parse(known.body) as Pick<HttpResponse, 'body'> & {
        readonly headers: Readonly<Record<string, string>>;
      };
      return { status: known.status, headers, body: body ?? null };
    }
    // What was refused may be asked again: only what was done is remembered.
    const { status, headers = {}, body = null } = await run();
    if (typeof body === 'string' || body === null) {
      const request = { digest, status, body: JSON.stringify({ headers, body }), at: this.#now() };
      await this.#store.saveRequest({ ...which, request });
    }
    return { status, headers, body };
  }
}

function digestOf({ request: { method, path }, body, query }: Call): string {
  return (
    createHash('sha256')
      // A password is worth guessing, and this would tell who was right.
      .update(JSON.stringify([method, path, query, body], (name, value: unknown) => (name === 'password' ? '' : value)))
      .digest('hex')
  );
}
