import { randomInt } from 'node:crypto';
import { ERRORS, LIMITS, type CommandType, type ErrorCode, type LimitName } from '@lms-live/protocol';
import type { Enrolment } from '../admission/enrolment.js';
import type { Authenticator } from '../auth/types.js';
import { IceRenewals } from '../ice/ice-renewals.js';
import type { IceService } from '../ice/ice-service.js';
import type { RoomDirectory } from '../rooms/directory.js';
import type { RtcOutcome } from '../rooms/media.js';
import type { LiveRoom } from '../rooms/live-room.js';
import type { HttpResponse, RequestHead, Socket, SocketHandler } from '../transport/types.js';
import { AdmissionError } from './admission.js';
import { closeWith } from './close.js';
import { Expiries } from './expiry.js';
import { Doorway } from './doorway.js';
import type { FairLimits } from './fair-limits.js';
import { Session } from './session.js';
import { SignalRelief } from './signal-relief.js';
import { Turnstile } from './turnstile.js';

/** What a tenant with too many connections is told to wait. */
const TENANT_FULL_RETRY_MS = 5_000;
const DRAIN_POLL_MS = 50;
/** Of the time for moving, the part in which connections are asked to begin. */
const DRAIN_SHARE = 0.8;

/** What the gateway tells those who watch the server. */
export interface GatewayObserver {
  onSockets(open: number): void;
  onClose(code: number): void;
  onCommand(command: { readonly type: CommandType; readonly outcome: string; readonly ms: number }): void;
  onRefusal(code: ErrorCode): void;
  /** An upgrade was answered 503: too many are on their way in, or the server stops. */
  onTurnedAway(): void;
  /** A signal was over a rate, and dropped. */
  onSignalDropped(limit: LimitName): void;
  /** Somebody came into a class that needs a relay, on a server without one. */
  onRelayMissing(where: { readonly tenant: string; readonly room: string }): void;
  onRtc(outcome: RtcOutcome | 'over_rate'): void;
  onError(error: unknown): void;
}

export interface GatewayOptions {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly enrolment: Enrolment;
  readonly now: () => number;
  readonly ice: IceService;
  readonly limits: FairLimits;
  readonly observer: GatewayObserver;
  /** Sockets of one address that are on their way in; default as in `LIMITS`. */
  readonly maxPendingPerAddress?: number;
}

/** All sockets of this process. */
export class Gateway {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly enrolment: Enrolment;
  readonly now: () => number;
  /** What connections were told to make calls through, kept fresh. */
  readonly ice: IceRenewals;
  readonly hasRelay: boolean;
  /** The ends of the tokens of all connections. */
  readonly expiries: Expiries;
  /** Everyone who says hello goes through it. */
  readonly turnstile = new Turnstile();
  readonly #observer: GatewayObserver;
  readonly #sessions = new Set<Session>();
  /** Those that are not in a room yet: few, also where thousands are. */
  readonly #arriving = new Set<Session>();
  #isDraining = false;
  /** Rates of people, rooms and tenants. */
  readonly limits: FairLimits;
  readonly #doorway: Doorway;
  /** Open sockets whose token was accepted, by tenant. */
  readonly #socketsOf = new Map<string, number>();
  readonly #relief = new SignalRelief(this.#sessions);
  readonly #stopWatching: () => void;

  constructor(options: GatewayOptions) {
    const { authenticator, directory, enrolment, now, ice, limits, observer, maxPendingPerAddress } = options;
    this.limits = limits;
    this.authenticator = authenticator;
    this.directory = directory;
    this.enrolment = enrolment;
    this.now = now;
    this.ice = new IceRenewals({ service: ice, now });
    this.expiries = new Expiries(now);
    this.hasRelay = ice.hasRelay;
    this.#observer = observer;
    this.#doorway = new Doorway(maxPendingPerAddress);
    this.#stopWatching = authenticator.revocations.onRevoked(() => {
      this.#endRevoked();
    });
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Whether a page may open a socket here: its origin is one of a tenant's, or it has none (not a browser). */
  upgrade(head: RequestHead): HttpResponse | null {
    const origin = head.headers.get('origin');
    if (origin !== undefined && !this.authenticator.origins.has(origin)) return { status: 403, body: 'origin_refused' };
    if (this.#isDraining || !this.#doorway.admits(head.remoteAddress)) {
      this.#observer.onTurnedAway();
      return { status: 503, headers: { 'retry-after': '1' }, body: 'busy' };
    }
    return null;
  }

  connect(socket: Socket): SocketHandler {
    const session = new Session(this, socket);
    this.#sessions.add(session);
    this.#arriving.add(session);
    this.#doorway.opened(session);
    this.#observer.onSockets(this.#sessions.size);
    return session;
  }

  /** A session has come in. */
  arrived(session: Session): void {
    this.#arriving.delete(session);
    this.settled(session);
  }

  /** A session has said hello. */
  spoke(session: Session): void {
    this.#doorway.spoke(session);
  }

  /** A session was answered: it is in, waits at the door, or is gone. */
  settled(session: Session): void {
    if (!session.isPending) return;
    session.isPending = false;
    this.#doorway.settled(session);
  }

  forget(session: Session, code: number): void {
    this.arrived(session);
    this.#relief.forget(session);
    this.ice.stop(session);
    if (!this.#sessions.delete(session)) return;
    if (session.isCounted) count(this.#socketsOf, session.identity.tenant.id, -1);
    this.#observer.onSockets(this.#sessions.size);
    this.#observer.onClose(code);
  }

  /** Other tabs of this person in the room. @throws {AdmissionError} `too_many_connections` */
  checkConnections(session: Session, live: LiveRoom): void {
    const others = live.membersOf(session.participant).filter(({ clientId }) => clientId !== session.clientId);
    if (others.length >= LIMITS.maxConnectionsPerPerson) throw new AdmissionError('too_many_connections');
  }

  /** Sockets of this tenant; and of this person that wait, or are on their way in, whatever the room. @throws {AdmissionError} `busy`, `too_many_connections` */
  checkWaiting(session: Session): void {
    const { tenant, sub } = session.identity;
    const { maxConnectionsPerTenant } = tenant.limits;
    if ((this.#socketsOf.get(tenant.id) ?? 0) >= maxConnectionsPerTenant) {
      throw new AdmissionError(
        'busy',
        { limit: 'maxConnectionsPerTenant', count: maxConnectionsPerTenant },
        TENANT_FULL_RETRY_MS,
      );
    }
    session.isCounted = true;
    count(this.#socketsOf, tenant.id, 1);
    let others = 0;
    for (const other of this.#arriving) {
      if (other.isKnown && other.identity.sub === sub && other.identity.tenant === tenant) others += 1;
    }
    if (others > LIMITS.maxConnectionsPerPerson) throw new AdmissionError('too_many_connections');
  }

  /** Closes a socket where its refusal says so. */
  close(socket: Socket, code: ErrorCode): void {
    const { close } = ERRORS[code];
    if (close !== undefined) closeWith(socket, close, code);
  }

  countCommand(command: { readonly type: CommandType; readonly outcome: string; readonly ms: number }): void {
    this.#observer.onCommand(command);
  }

  countRefusal(code: ErrorCode): void {
    this.#observer.onRefusal(code);
  }

  countDroppedSignal(limit: LimitName): void {
    this.#observer.onSignalDropped(limit);
  }

  countRtc(outcome: RtcOutcome | 'over_rate'): void {
    this.#observer.onRtc(outcome);
  }

  /** Where media has to go through a relay and there is none, says so: to this person, and to the operator. */
  checkRelay(session: Session, { room }: LiveRoom): void {
    const { kind, policy } = room.rules.all.room;
    if (this.hasRelay || !policy.relayOnly || kind !== 'meeting') return;
    session.refuse('relay_missing');
    this.#observer.onRelayMissing({ tenant: room.tenant, room: room.id });
  }

  onError(error: unknown): void {
    this.#observer.onError(error);
  }

  /**
   * Takes nobody new and asks everyone to move, each at another moment: whoever can reach another server opens a socket there and leaves this one
   * when it is welcomed. Everyone else goes on here. Settles when nobody is left, or after the time.
   * @param windowMs default: as many moves a second as a server takes in, within the limits
   */
  async drain(windowMs: number | null): Promise<void> {
    this.#isDraining = true;
    const perConnection = (this.#sessions.size / LIMITS.drainPerSecond) * 1_000;
    const ms = windowMs ?? Math.min(Math.max(perConnection, LIMITS.minDrainMs), LIMITS.maxDrainMs);
    if (ms === 0) return;
    // The last to be asked need time to move as well.
    const within = Math.max(1, Math.floor(ms * DRAIN_SHARE));
    for (const { socket } of this.#sessions) socket.send(JSON.stringify({ frame: 'drain', inMs: randomInt(within) }));
    const deadline = performance.now() + ms;
    while (this.#sessions.size > 0 && performance.now() < deadline) await pause(Math.min(DRAIN_POLL_MS, ms));
  }

  /** Tells everyone to come back, and closes. */
  closeAll(): void {
    this.#isDraining = true;
    this.#relief.close();
    this.#stopWatching();
    for (const session of [...this.#sessions]) closeWith(session.socket, 4000, 'restarting');
  }

  /** Sends away whoever holds a token that was withdrawn: with a newer one they may come back. */
  #endRevoked(): void {
    const { revocations } = this.authenticator;
    for (const session of [...this.#sessions]) {
      if (session.isKnown && revocations.isRevoked(session.identity)) session.refuse('token_revoked');
    }
  }
}

/** Counts up or down; what is not there is none. */
function count(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
