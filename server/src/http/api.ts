import { nanoid } from 'nanoid';
import {
  isErrorCode,
  LIMITS,
  readCommand,
  type CommandType,
  type ErrorCode,
  type LimitName,
  type WaitingReason,
} from '@lms-live/protocol';
import { AuthError, type Authenticator, type Identity } from '../auth/types.js';
import { AdmissionError, actorOf, roomOf, waitingReason } from '../gateway/admission.js';
import { callerOf, type FairLimits } from '../gateway/fair-limits.js';
import { RateLimits } from '../gateway/rate-limits.js';
import type { IceService } from '../ice/ice-service.js';
import { asksForRelay } from '../ice/relay-policy.js';
import type { RoomDirectory } from '../rooms/directory.js';
import type { Answer } from '../rooms/submission.js';
import { STORE_FAULTS } from '../storage/store-fault.js';
import { StoreUnavailable, type Store } from '../storage/types.js';
import type { HttpRequest, HttpResponse } from '../transport/types.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import { problem } from './problem.js';
import { match } from './router.js';
import { ROUTES, type AnyRoute } from './routes.js';
import type { Sdk } from './sdk.js';
import { status } from './routes/status.js';
import { HttpError, invalid, json, type Call, type RoomCall } from './types.js';

export interface ApiOptions {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly store: Store;
  readonly sdk: Sdk;
  readonly ice: IceService;
  readonly limits: FairLimits;
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

/** The HTTP API: `/v1`, the files of the elements, and the health of the process. */
export class Api {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly store: Store;
  readonly ice: IceService;
  readonly now: () => number;
  readonly #options: ApiOptions;
  readonly #reads = httpRates('httpReadBurst', 'httpReadsPerSecond');
  readonly #writes = httpRates('commandBurst', 'commandsPerSecond');
  /** A host's back end speaks for all of its people at once. */
  readonly #service = httpRates('httpServiceBurst', 'httpServicePerSecond');

  constructor(options: ApiOptions) {
    this.#options = options;
    this.authenticator = options.authenticator;
    this.directory = options.directory;
    this.store = options.store;
    this.ice = options.ice;
    this.now = options.now;
  }

  async handle(request: HttpRequest): Promise<HttpResponse> {
    const startedAt = performance.now();
    const found = this.#find(request);
    let response: HttpResponse;
    try {
      response = await found.answer();
    } catch (error) {
      response = this.#problemOf(error, request);
    }
    this.#options.onRequest({
      method: request.method,
      route: found.route,
      status: response.status,
      ms: performance.now() - startedAt,
    });
    return request.method === 'HEAD' ? { ...response, body: null } : response;
  }

  /** Runs one command of a caller in a room. @throws {HttpError} with the code of the refusal */
  async run(call: RoomCall, type: CommandType, body: unknown): Promise<Extract<Answer, { ok: true }>> {
    const key = call.request.headers.get('idempotency-key');
    if (key !== undefined && !/^[\w-]{16,64}$/u.test(key)) {
      throw invalid('Idempotency-Key', '16 to 64 letters, digits, _ or -');
    }
    const read = readCommand(type, body, key ?? nanoid());
    if (!read.ok) {
      if (read.code !== 'frame_malformed') throw new HttpError(read.code);
      throw invalid(read.path.replace(/^body\.?/u, ''), 'missing, unknown or of the wrong type');
    }
    if (call.actor.grants.has('room.manage')) this.requireRelay(type, read.value.body);
    this.#requireRate(call);
    const answer = await call.live.room.submit({
      command: read.value,
      actor: call.actor,
      resend: key !== undefined,
      ephemeral: key === undefined,
    });
    if (answer.ok) return answer;
    const { code, ok: _ok, ...more } = answer;
    throw new HttpError(code, more);
  }

  /** @throws {HttpError} `relay_missing` where a class would be relay-only, and there is no relay */
  requireRelay(type: CommandType, body: unknown): void {
    if (!this.ice.hasRelay && asksForRelay(type, body)) throw new HttpError('relay_missing');
  }

  /** What a person says here counts with what they say on their socket. @throws {HttpError} `rate_limited` */
  #requireRate({ live: { room }, identity: { tenant }, actor }: RoomCall): void {
    const { limits } = this.#options;
    const caller = callerOf({ room, tenant, actor });
    const exceeded = actor.participant === null ? limits.shared(caller) : limits.command(caller);
    if (!exceeded) return;
    const { limit, retryAfterMs } = exceeded;
    throw new HttpError('rate_limited', { retryAfterMs, detail: { limit } });
  }

  /** The room of a call, for somebody who may see it. @throws {HttpError} `room_unknown`, `room_not_covered`, `person_banned` */
  async roomCall(call: Call): Promise<RoomCall> {
    const { identity } = call;
    const id = call.params['id'] ?? '';
    const service = identity.role === 'service';
    const { how } =
      service && identity.rooms.exact.length + identity.rooms.prefixes.length === 0
        ? { how: 'exact' as const }
        : roomOf(identity, id);
    const live = await this.directory.get(identity.tenant.id, id);
    if (!live) throw new HttpError(how === 'none' ? 'room_not_covered' : 'room_unknown');
    if (how === 'none' && live.room.rules.all.room.visibility !== 'public') throw new HttpError('room_not_covered');
    if (service) return { ...call, live, actor: actorOf({ identity, live, participant: null }) };
    if (await this.directory.isBanned(live.room, identity.sub)) throw new HttpError('person_banned');
    const { participant } = await this.directory.participant(live.room, identity.sub);
    if (live.room.isBanned(participant)) throw new HttpError('person_banned');
    return { ...call, live, actor: actorOf({ identity, live, participant }) };
  }

  /** What is said in a room is for those who are in it. @throws {HttpError} why somebody has to wait at its door */
  requireInside({ live, actor }: RoomCall): void {
    const why = waitingReason(live, actor);
    if (why) throw new HttpError(AT_THE_DOOR[why]);
    const person = actor.participant === null ? undefined : live.room.rules.all.people.get(actor.participant);
    if (person?.removed) throw new HttpError('person_removed');
  }

  #find(request: HttpRequest): { readonly route: string; readonly answer: () => Promise<HttpResponse> } {
    const { path, method } = request;
    const fixed = (route: string, response: HttpResponse): { route: string; answer: () => Promise<HttpResponse> } => ({
      route,
      answer: () => Promise.resolve(response),
    });
    if (path === '/healthz') return fixed(path, { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' });
    if (path === '/readyz') return { route: path, answer: () => this.#ready() };
    if (path.startsWith('/sdk/')) return fixed('/sdk/*', this.#sdk(request));
    if (!path.startsWith('/v1/')) return fixed('*', problem({ code: 'not_found' }));
    if (method === 'OPTIONS')
      return fixed('preflight', { status: 204, headers: preflightHeaders(request, this.authenticator.origins) });
    const found = match(ROUTES, request);
    if (found.kind === 'none')
      return fixed('*', problem({ code: 'not_found' }, corsHeaders(request, this.authenticator.origins)));
    if (found.kind === 'method')
      return fixed(
        found.pattern,
        problem(
          { code: 'method_not_allowed' },
          { allow: found.allow.join(', '), ...corsHeaders(request, this.authenticator.origins) },
        ),
      );
    return { route: found.pattern, answer: () => this.#answer(request, found) };
  }

  async #answer(
    request: HttpRequest,
    { route, params }: Extract<ReturnType<typeof match<(typeof ROUTES)[number]['route']>>, { kind: 'found' }>,
  ): Promise<HttpResponse> {
    if (route === 'status') {
      this.#limit(this.#reads, request.remoteAddress);
      const response = await status(this, request, params);
      return { ...response, headers: { ...response.headers, ...corsHeaders(request, this.authenticator.origins) } };
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
      const call: Call = { api: this, request, params, identity, json: () => readJson(request) };
      const response = await this.#run(route, call);
      return { ...response, headers: { 'cache-control': 'no-store', ...response.headers, ...cors } };
    } catch (error) {
      const refused = this.#problemOf(error, request);
      return { ...refused, headers: { ...refused.headers, ...cors } };
    }
  }

  async #run(route: Exclude<AnyRoute, 'status'>, call: Call): Promise<HttpResponse> {
    if (!route.needsRoom) return route.run(call);
    const roomCall = await this.roomCall(call);
    if (route.inside) this.requireInside(roomCall);
    return route.run(roomCall);
  }

  async #identify(request: HttpRequest): Promise<Identity> {
    const [scheme, token] = (request.headers.get('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token) throw new HttpError('token_missing');
    return this.authenticator.authenticate(token, { tenant: request.query.get('tenant') ?? undefined });
  }

  #limit({ rates, limit }: HttpRates, caller: string): void {
    const retryAfterMs = rates.take(caller);
    if (retryAfterMs > 0) throw new HttpError('rate_limited', { retryAfterMs, detail: { limit } });
  }

  async #ready(): Promise<HttpResponse> {
    if (!this.#options.isReady()) return json(503, { status: 'stopping' });
    try {
      await this.store.check();
      return json(200, { status: 'ready' });
    } catch (error) {
      const fault = error instanceof StoreUnavailable ? error.fault : 'unavailable';
      const { message, help } = STORE_FAULTS[fault];
      return problem({
        code: 'store_unavailable',
        retryAfterMs: 1_000,
        detail: { fault, reason: message, todo: help },
      });
    }
  }

  #sdk(request: HttpRequest): HttpResponse {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return problem({ code: 'method_not_allowed' }, { allow: 'GET, HEAD' });
    return this.#options.sdk.answer(request) ?? problem({ code: 'not_found' }, { 'access-control-allow-origin': '*' });
  }

  #problemOf(error: unknown, request: HttpRequest): HttpResponse {
    const cors = corsHeaders(request, this.authenticator.origins);
    if (error instanceof HttpError) return problem(error.refusal, { ...cors, ...error.headers });
    if (error instanceof AuthError || error instanceof AdmissionError)
      return problem({ code: isErrorCode(error.code) ? error.code : 'internal', detail: error.detail }, cors);
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

function readJson(request: HttpRequest): unknown {
  if (request.body.byteLength === 0) return null;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body)) as unknown;
  } catch {
    throw invalid('', 'not JSON in UTF-8');
  }
}

const AT_THE_DOOR = {
  not_started: 'room_not_started',
  password: 'password_required',
  lobby: 'room_waiting',
  locked: 'room_locked',
  full: 'room_full',
} as const satisfies Record<WaitingReason, ErrorCode>;
