import { grantsOf, isErrorCode, LIMITS, type CommandType, type Grant, type LimitName } from '@lms-live/protocol';
import { nanoid } from 'nanoid';
import type { Enrolment } from '../admission/enrolment.js';
import { AuthError, type Authenticator, type Identity } from '../auth/types.js';
import { AdmissionError } from '../gateway/admission.js';
import type { FairLimits } from '../gateway/fair-limits.js';
import { RateLimits } from '../gateway/rate-limits.js';
import type { IceService } from '../ice/ice-service.js';
import { asksForRelay } from '../ice/relay-policy.js';
import type { RoomDirectory } from '../rooms/directory.js';
import type { SigningKeys } from '../signing/signing-keys.js';
import { NoSuchRoom, StoreUnavailable, type Store } from '../storage/types.js';
import type { HttpRequest, HttpResponse } from '../transport/types.js';
import { ANY_ORIGIN, corsHeaders, preflightHeaders } from './cors.js';
import { ready } from './health.js';
import { Locks } from './locks.js';
import { problem } from './problem.js';
import { readBody, readQuery } from './read-request.js';
import { keyOf, Requests } from './repeats.js';
import { findRoomOf, requireInside } from './room-access.js';
import { match } from './router.js';
import { ROUTES } from './routes.js';
import type { RouteRow } from './row.js';
import type { Sdk } from './sdk.js';
import { HttpError, type Call } from './types.js';

export interface ApiOptions {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly store: Store;
  /** What signs statements. */
  readonly signing: SigningKeys;
  readonly sdk: Sdk;
  readonly ice: IceService;
  readonly limits: FairLimits;
  readonly enrolment: Pick<Enrolment, 'of'>;
  readonly now: () => number;
  /** False once the server has begun to stop. */
  readonly isReady: () => boolean;
  readonly onRequest: (request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  }) => void;
  readonly onError: (error: unknown, instance: string) => void;
}

interface Found {
  /** As metrics count it: the path of the row, never that of the request. */
  readonly route: string;
  readonly answer: () => Promise<HttpResponse>;
}

/** The HTTP API: `/v1`, the files of the elements, and the health of the process. */
export class Api {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly store: Store;
  readonly signing: SigningKeys;
  readonly ice: IceService;
  readonly limits: FairLimits;
  readonly enrolment: Pick<Enrolment, 'of'>;
  readonly now: () => number;
  /** What changes the record of a room, one after another. By tenant and room. */
  readonly records = new Locks<string>();
  readonly #options: ApiOptions;
  readonly #requests: Requests;
  readonly #reads = httpRates('httpReadBurst', 'httpReadsPerSecond');
  readonly #writes = httpRates('commandBurst', 'commandsPerSecond');
  /** A host's back end speaks for all of its people at once. */
  readonly #service = httpRates('httpServiceBurst', 'httpServicePerSecond');

  constructor(options: ApiOptions) {
    this.#options = options;
    this.authenticator = options.authenticator;
    this.directory = options.directory;
    this.store = options.store;
    this.signing = options.signing;
    this.ice = options.ice;
    this.limits = options.limits;
    this.enrolment = options.enrolment;
    this.now = options.now;
    this.#requests = new Requests(options.store, options.now);
  }

  async handle(request: HttpRequest): Promise<HttpResponse> {
    const startedAt = performance.now();
    const found = this.#find(request);
    let response: HttpResponse;
    try {
      response = await found.answer();
    } catch (error) {
      response = this.#problemOf(error, corsHeaders(request, this.authenticator.origins));
    }
    this.#options.onRequest({
      method: request.method,
      route: found.route,
      status: response.status,
      ms: performance.now() - startedAt,
    });
    return request.method === 'HEAD' ? { ...response, body: null } : response;
  }

  /** @throws {HttpError} `relay_missing` where a class would be relay-only, and there is no relay */
  requireRelay(type: CommandType, body: unknown): void {
    if (!this.ice.hasRelay && asksForRelay(type, body)) throw new HttpError('relay_missing');
  }

  #find(request: HttpRequest): Found {
    const { path, method } = request;
    const fixed = (route: string, response: HttpResponse): Found => ({
      route,
      answer: () => Promise.resolve(response),
    });
    if (path === '/healthz') return fixed(path, { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' });
    if (path === '/readyz') return { route: path, answer: () => ready(this.#options.store, this.#options.isReady()) };
    if (path.startsWith('/sdk/')) return fixed('/sdk/*', this.#sdk(request));
    if (!path.startsWith('/v1/')) return fixed('*', problem({ code: 'not_found' }));
    const { origins } = this.authenticator;
    const found = match(ROUTES, request);
    if (found.kind === 'none') return fixed('*', problem({ code: 'not_found' }, corsHeaders(request, origins)));
    if (method === 'OPTIONS') return fixed('preflight', { status: 204, headers: preflightHeaders(request, origins) });
    if (found.kind === 'method') {
      const headers = { allow: found.allow.join(', '), ...corsHeaders(request, origins) };
      return fixed(found.path, problem({ code: 'method_not_allowed' }, headers));
    }
    if (found.kind === 'param') {
      const errors = [{ path: found.name, message: '1 to 128 letters, digits, _ . ~ or -' }];
      return fixed(found.path, problem({ code: 'body_invalid', detail: { errors } }, corsHeaders(request, origins)));
    }
    const { row, params } = found;
    return { route: `${row.method} ${row.path}`, answer: () => this.#answer(request, row, params) };
  }

  async #answer(request: HttpRequest, row: RouteRow, params: Call['params']): Promise<HttpResponse> {
    const { run } = row;
    if (run.access === 'everyone') {
      try {
        this.#limit(this.#reads, request.remoteAddress);
        const response = await run.run({ api: this, request, params, query: readQuery(row, request.query) });
        return { ...response, headers: { 'cache-control': 'no-store', ...response.headers, ...ANY_ORIGIN } };
      } catch (error) {
        return this.#problemOf(error, ANY_ORIGIN);
      }
    }
    const identity = await this.#identify(request);
    const cors = corsHeaders(request, new Set(identity.tenant.origins));
    try {
      const origin = request.headers.get('origin');
      if (origin !== undefined && !identity.tenant.origins.includes(origin))
        throw new HttpError('origin_refused', { detail: { origin } });
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const limits = identity.role === 'service' ? this.#service : isRead ? this.#reads : this.#writes;
      this.#limit(limits, JSON.stringify([identity.tenant.id, identity.sub]));
      const response = await this.#run(row, { api: this, request, params, identity, body: null, query: null });
      return { ...response, headers: { 'cache-control': 'no-store', ...response.headers, ...cors } };
    } catch (error) {
      return this.#problemOf(error, cors);
    }
  }

  /** Who, then where, then with what right, then what: nobody learns of a mistake in what they may not ask. */
  async #run(row: RouteRow, call: Call): Promise<HttpResponse> {
    const { run } = row;
    if (run.access === 'everyone') throw new Error('there is nobody to run this for');
    if (run.access === 'tenant') {
      const { identity } = call;
      requireGrant(row, grantsOf(identity.role, identity.grantChanges));
      const ready = readCall(row, call);
      return this.#repeatable(row, ready, () => run.run(ready));
    }
    const roomCall = await findRoomOf(call);
    if (run.access === 'inside') requireInside(roomCall);
    requireGrant(row, roomCall.actor.grants);
    const ready = readCall(row, roomCall);
    return this.#repeatable(row, ready, () => run.run(ready));
  }

  #repeatable(row: RouteRow, call: Call, run: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const key = keyOf(call);
    return key !== null && row.repeats === 'request' ? this.#requests.once(call, key, run) : run();
  }

  async #identify(request: HttpRequest): Promise<Identity> {
    const [scheme, token, ...rest] = (request.headers.get('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token) throw new HttpError('token_missing');
    if (rest.length > 0) throw new HttpError('token_malformed');
    return this.authenticator.authenticate(token, { tenant: request.query.get('tenant') ?? undefined });
  }

  #limit({ rates, limit }: HttpRates, caller: string): void {
    const retryAfterMs = rates.take(caller);
    if (retryAfterMs > 0) throw new HttpError('rate_limited', { retryAfterMs, detail: { limit } });
  }

  #sdk(request: HttpRequest): HttpResponse {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return problem({ code: 'method_not_allowed' }, { allow: 'GET, HEAD' });
    return this.#options.sdk.answer(request) ?? problem({ code: 'not_found' }, { 'access-control-allow-origin': '*' });
  }

  #problemOf(error: unknown, cors: Readonly<Record<string, string>>): HttpResponse {
    if (error instanceof HttpError) return problem(error.refusal, { ...cors, ...error.headers });
    if (error instanceof AuthError) return problem({ code: error.code, detail: error.detail }, cors);
    if (error instanceof AdmissionError) {
      const { code, detail, retryAfterMs } = error;
      const waits = retryAfterMs === undefined ? {} : { retryAfterMs };
      return problem({ code: isErrorCode(code) ? code : 'internal', detail, ...waits }, cors);
    }
    // It was deleted while this waited for its turn.
    if (error instanceof NoSuchRoom) return problem({ code: 'room_unknown' }, cors);
    if (error instanceof StoreUnavailable) return problem({ code: 'store_unavailable', retryAfterMs: 1_000 }, cors);
    const instance = nanoid();
    this.#options.onError(error, instance);
    return problem({ code: 'internal', detail: { instance } }, cors);
  }
}

interface HttpRates {
  readonly rates: RateLimits;
  /** By what name a refusal calls it. */
  readonly limit: LimitName;
}

const MAX_CALLERS = 20_000;

function httpRates(burst: LimitName, perSecond: LimitName): HttpRates {
  const rates = new RateLimits({ burst: LIMITS[burst], perSecond: LIMITS[perSecond], maxCallers: MAX_CALLERS });
  return { rates, limit: perSecond };
}

function requireGrant({ grant }: RouteRow, grants: ReadonlySet<Grant>): void {
  if (grant !== undefined && !grants.has(grant)) throw new HttpError('forbidden', { detail: { grant } });
}

function readCall<C extends Call>(row: RouteRow, call: C): C {
  return { ...call, query: readQuery(row, call.request.query), body: readBody(row, call.request) };
}
