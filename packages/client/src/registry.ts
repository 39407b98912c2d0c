import { createEnvironment } from './environment.js';
import { clientError } from './errors.js';
import { RoomHandle } from './room-handle.js';
import { readServerAddress, type ServerAddress } from './server-address.js';
import { Session } from './session.js';
import { readClaims } from './token/claims.js';
import type { ConnectOptions, Environment, LmsErrorDetail, RoomClient } from './types.js';

/** After the last release; an element that is moved in the page lets go and comes back within it. */
const GRACE_MS = 300;
const ID = /^[\w.~-]{1,128}$/u;
/** The address that a session with wrong options has: it is never used. */
const NOWHERE: ServerAddress = { http: '', socket: '' };

interface Shared {
  readonly session: Session;
  readonly environment: Environment;
  readonly keys: Set<string>;
  readonly handles: Set<RoomHandle>;
  timer: unknown;
}

/** Who is connected on this page: the same person in the same room is one connection, whoever holds it. */
export class Registry {
  readonly #byKey = new Map<string, Shared>();
  readonly #byHandle = new Map<RoomHandle, Shared>();
  /** Objects that are part of a key: providers and environments. */
  readonly #numbers = new WeakMap<object, number>();
  #lastNumber = 0;

  acquire(options: ConnectOptions): RoomClient {
    const { tokenUrl, tokenProvider } = options;
    const token = options.token === '' ? undefined : options.token;
    const error = findMistake(options);
    const key = error ? null : this.#keyOf(options, token);
    const known = key === null ? undefined : this.#byKey.get(key);
    const shared = known ?? this.#create(options, key);
    const handle = new RoomHandle(
      shared.session,
      { released: (released) => this.#released(released), left: (left) => this.#left(left) },
      options.join ?? true,
    );
    this.#hold(shared, handle);
    if (known) {
      known.session.adopt({ tokenUrl, tokenProvider }, token ?? null);
      if (handle.wantsJoin) known.session.join().catch(() => undefined);
    } else if (error) shared.session.fail(error);
    else {
      shared.session.wantJoin(handle.wantsJoin);
      shared.session.start();
    }
    return handle;
  }

  #create(options: ConnectOptions, key: string | null): Shared {
    const environment = createEnvironment(options.environment);
    const { tokenUrl, tokenProvider } = options;
    const session = new Session({
      environment,
      address: readServerAddress(options.server) ?? NOWHERE,
      tenant: options.tenant ?? null,
      room: options.room ?? null,
      kind: options.kind ?? null,
      token: options.token ?? null,
      source: { tokenUrl, tokenProvider },
      identified: (token) => this.#identified(shared, this.#keyOf(options, token)),
    });
    const shared: Shared = { session, environment, keys: new Set(), handles: new Set(), timer: null };
    if (key !== null) this.#name(shared, key);
    return shared;
  }

  /** Now it is known whose session it is; there may be one already. */
  #identified(shared: Shared, key: string): void {
    const known = this.#byKey.get(key);
    if (!known) return this.#name(shared, key);
    if (known === shared) return;
    known.session.absorb(shared.session);
    for (const handle of [...shared.handles]) {
      this.#hold(known, handle);
      handle.moveTo(known.session);
      if (handle.wantsJoin) known.session.join().catch(() => undefined);
    }
    shared.handles.clear();
    for (const name of shared.keys) this.#name(known, name);
    shared.keys.clear();
    shared.session.close();
  }

  #released(handle: RoomHandle): void {
    const shared = this.#byHandle.get(handle);
    this.#byHandle.delete(handle);
    if (!shared) return;
    shared.handles.delete(handle);
    this.#cancel(shared);
    shared.timer = shared.environment.setTimer(() => {
      shared.timer = null;
      if (shared.handles.size === 0) this.#close(shared);
      else if (![...shared.handles].some(({ wantsJoin }) => wantsJoin)) shared.session.leave().catch(() => undefined);
    }, GRACE_MS);
  }

  #left(handle: RoomHandle): void {
    for (const { handles } of [this.#byHandle.get(handle) ?? { handles: [handle] }])
      for (const holder of handles) holder.wantsJoin = false;
  }

  #close(shared: Shared): void {
    for (const key of shared.keys) this.#byKey.delete(key);
    shared.session.close();
  }

  #hold(shared: Shared, handle: RoomHandle): void {
    this.#cancel(shared);
    shared.handles.add(handle);
    this.#byHandle.set(handle, shared);
  }

  #cancel(shared: Shared): void {
    if (shared.timer !== null) shared.environment.clearTimer(shared.timer);
    shared.timer = null;
  }

  #name(shared: Shared, key: string): void {
    this.#byKey.set(key, shared);
    shared.keys.add(key);
  }

  #keyOf(options: ConnectOptions, token: string | undefined): string {
    const { tokenUrl, tokenProvider, tenant = null, room, environment } = options;
    const claims = token === undefined ? null : readClaims(token);
    const who = claims
      ? ['person', claims.person]
      : tokenProvider
        ? ['provider', this.#numberOf(tokenProvider)]
        : ['url', tokenUrl];
    const address = readServerAddress(options.server)?.http;
    return JSON.stringify([address, tenant, room ?? claims?.room ?? null, this.#numberOf(environment), ...who]);
  }

  #numberOf(object: object | undefined): number {
    if (!object) return 0;
    const number = this.#numbers.get(object) ?? (this.#lastNumber += 1);
    this.#numbers.set(object, number);
    return number;
  }
}

/** What makes it useless to try. */
function findMistake({ server, token, tokenUrl, tokenProvider, tenant, room }: ConnectOptions): LmsErrorDetail | null {
  const wrong = (attribute: string): LmsErrorDetail => clientError('attribute_invalid', { attribute });
  if (!readServerAddress(server)) return wrong('server');
  if (tenant !== undefined && !isId(tenant)) return wrong('tenant');
  if (room !== undefined && !isId(room)) return wrong('room');
  if (token !== undefined && typeof (token as unknown) !== 'string') return wrong('token');
  if (tokenUrl !== undefined && typeof (tokenUrl as unknown) !== 'string') return wrong('token-url');
  if (tokenProvider !== undefined && typeof (tokenProvider as unknown) !== 'function') return wrong('tokenProvider');
  const hasToken =
    (token !== undefined && token !== '') || (tokenUrl !== undefined && tokenUrl !== '') || tokenProvider;
  return hasToken ? null : clientError('token_missing');
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && ID.test(value);
}
