import { createEnvironment } from './environment.js';
import { findMistake } from './options.js';
import { RoomHandle } from './room-handle.js';
import { readServerAddress, type ServerAddress } from './server-address.js';
import { SharedSession } from './shared-session.js';
import { readClaims } from './token/claims.js';
import type { ConnectOptions, RoomClient } from './types.js';

/** After the last release; an element that is moved in the page lets go and comes back within it. */
const GRACE_MS = 300;
/** The address that a session with wrong options has: it is never used. */
const NOWHERE: ServerAddress = { http: '', socket: '' };

/** Who is connected on this page: the same person in the same room is one connection, whoever holds it. */
export class Registry {
  readonly #byKey = new Map<string, SharedSession>();
  readonly #byHandle = new Map<RoomHandle, SharedSession>();
  /** Objects that are part of a key: providers and environments. */
  readonly #numbers = new WeakMap<object, number>();
  #lastNumber = 0;

  acquire(given: ConnectOptions): RoomClient {
    const { tokenUrl, tokenProvider, token } = given;
    const options = token === '' ? { ...given, token: undefined } : given;
    const error = findMistake(options);
    const key = error ? null : this.#keyOf(options, options.token);
    const known = key === null ? undefined : this.#byKey.get(key);
    const shared = known ?? this.#create(options, key);
    const handle = new RoomHandle(
      shared,
      { released: (released) => this.#released(released), left: (left) => this.#left(left) },
      options.join ?? true,
    );
    this.#hold(shared, handle);
    if (known) {
      ignore(known.do((session) => session.adopt({ tokenUrl, tokenProvider }, options.token ?? null)));
      // Of two holders of a connection, the one who is careful is heard.
      if (options.clientStorage === 'memory') ignore(known.do((session) => session.keepNothing()));
    } else if (error) shared.fail(error);
    else shared.start();
    return handle;
  }

  #create(options: ConnectOptions, key: string | null): SharedSession {
    const { tokenUrl, tokenProvider } = options;
    const shared: SharedSession = new SharedSession({
      environment: createEnvironment(options.environment),
      address: readServerAddress(options.server) ?? NOWHERE,
      tenant: options.tenant ?? null,
      room: options.room ?? null,
      kind: options.kind ?? null,
      password: options.password ?? null,
      clientStorage: options.clientStorage ?? 'indexeddb',
      token: options.token ?? null,
      source: { tokenUrl, tokenProvider },
      identified: (token) => this.#identified(shared, this.#keyOf(options, token)),
    });
    if (key !== null) this.#name(shared, key);
    return shared;
  }

  /** Now it is known whose session it is; there may be one already. */
  #identified(shared: SharedSession, key: string): boolean {
    const known = this.#byKey.get(key);
    if (!known) this.#name(shared, key);
    if (!known || known === shared) return true;
    ignore(shared.do((session) => known.do((other) => other.absorb(session))).finally(() => shared.close()));
    for (const handle of [...shared.handles]) {
      this.#hold(known, handle);
      handle.moveTo(known);
    }
    shared.handles.clear();
    for (const name of shared.keys) this.#name(known, name);
    shared.keys.clear();
    return false;
  }

  #released(handle: RoomHandle): void {
    const shared = this.#byHandle.get(handle);
    this.#byHandle.delete(handle);
    if (!shared) return;
    shared.handles.delete(handle);
    this.#cancelGrace(shared);
    shared.graceTimer = shared.environment.setTimer(() => {
      shared.graceTimer = null;
      if (shared.handles.size === 0) this.#close(shared);
      else if (![...shared.handles].some(({ wantsJoin }) => wantsJoin)) ignore(shared.do((session) => session.leave()));
    }, GRACE_MS);
  }

  /** This person leaves the class, not one element of the page. */
  #left(handle: RoomHandle): void {
    for (const holder of this.#byHandle.get(handle)?.handles ?? []) holder.wantsJoin = false;
  }

  #close(shared: SharedSession): void {
    for (const key of shared.keys) this.#byKey.delete(key);
    shared.close();
  }

  #hold(shared: SharedSession, handle: RoomHandle): void {
    this.#cancelGrace(shared);
    shared.handles.add(handle);
    this.#byHandle.set(handle, shared);
    if (handle.wantsJoin) ignore(shared.do((session) => session.join()));
  }

  #cancelGrace(shared: SharedSession): void {
    if (shared.graceTimer !== null) shared.environment.clearTimer(shared.graceTimer);
    shared.graceTimer = null;
  }

  #name(shared: SharedSession, key: string): void {
    this.#byKey.set(key, shared);
    shared.keys.add(key);
  }

  #keyOf(options: ConnectOptions, token: string | undefined): string {
    const { tokenUrl, tokenProvider, tenant = null, room, environment } = options;
    const claims = token === undefined ? null : readClaims(token);
    // Until the token is known, whoever gives it stands for the person.
    const who = claims?.person ?? { provider: this.#numberOf(tokenProvider), tokenUrl };
    const address = readServerAddress(options.server)?.http;
    return JSON.stringify([address, tenant, room ?? claims?.room ?? null, this.#numberOf(environment), who]);
  }

  #numberOf(object: object | undefined): number {
    if (!object) return 0;
    const number = this.#numbers.get(object) ?? (this.#lastNumber += 1);
    this.#numbers.set(object, number);
    return number;
  }
}

/** What comes of it is seen in the state. */
function ignore(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
