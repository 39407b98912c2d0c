import { ERRORS, LIMITS, type CommandType, type ErrorCode } from '@lms-live/protocol';
import type { Authenticator } from '../auth/types.js';
import { IceRenewals } from '../ice/ice-renewals.js';
import type { IceService } from '../ice/ice-service.js';
import type { RoomDirectory } from '../rooms/directory.js';
import type { RtcOutcome } from '../rooms/media.js';
import type { LiveRoom } from '../rooms/live-room.js';
import type { HttpResponse, RequestHead, Socket, SocketHandler } from '../transport/types.js';
import { AdmissionError } from './admission.js';
import { closeWith } from './close.js';
import { RateLimits } from './rate-limits.js';
import { Session } from './session.js';

/** Callers whose rate is remembered; the oldest are forgotten, which only ever forgives. */
const MAX_CALLERS = 50_000;

/** What the gateway tells those who watch the server. */
export interface GatewayObserver {
  onSockets(open: number): void;
  onClose(code: number): void;
  onCommand(command: { readonly type: CommandType; readonly outcome: string; readonly ms: number }): void;
  onRefusal(code: ErrorCode): void;
  /** Somebody came into a class that needs a relay, on a server without one. */
  onRelayMissing(where: { readonly tenant: string; readonly room: string }): void;
  onRtc(outcome: RtcOutcome | 'over_rate'): void;
  onError(error: unknown): void;
}

export interface GatewayOptions {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly now: () => number;
  readonly ice: IceService;
  readonly observer: GatewayObserver;
}

/** All sockets of this process. */
export class Gateway {
  readonly authenticator: Authenticator;
  readonly directory: RoomDirectory;
  readonly now: () => number;
  /** What connections were told to make calls through, kept fresh. */
  readonly ice: IceRenewals;
  readonly hasRelay: boolean;
  readonly #observer: GatewayObserver;
  readonly #sessions = new Set<Session>();
  /** Those that are not in a room yet: few, also where thousands are. */
  readonly #arriving = new Set<Session>();
  #isDraining = false;
  /** By person and room, so that more tabs or a reconnect give nobody more. */
  readonly #commands = new RateLimits({
    burst: LIMITS.commandBurst,
    perSecond: LIMITS.commandsPerSecond,
    maxCallers: MAX_CALLERS,
  });
  readonly #signals = new RateLimits({
    burst: LIMITS.signalBurst,
    perSecond: LIMITS.signalsPerSecond,
    maxCallers: MAX_CALLERS,
  });
  readonly #rtc = new RateLimits({
    burst: LIMITS.rtcBurst,
    perSecond: LIMITS.rtcPerSecond,
    maxCallers: MAX_CALLERS,
  });
  readonly #rtcBytes = new RateLimits({
    burst: LIMITS.rtcBurstBytes,
    perSecond: LIMITS.rtcBytesPerSecond,
    maxCallers: MAX_CALLERS,
  });
  readonly #controls = new RateLimits({
    burst: LIMITS.controlBurst,
    perSecond: LIMITS.controlsPerSecond,
    maxCallers: MAX_CALLERS,
  });

  constructor({ authenticator, directory, now, ice, observer }: GatewayOptions) {
    this.authenticator = authenticator;
    this.directory = directory;
    this.now = now;
    this.ice = new IceRenewals({ service: ice, now });
    this.hasRelay = ice.hasRelay;
    this.#observer = observer;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Whether a page may open a socket here: its origin is one of a tenant's, or it has none (not a browser). */
  upgrade(head: RequestHead): HttpResponse | null {
    const origin = head.headers.get('origin');
    if (origin !== undefined && !this.authenticator.origins.has(origin)) return { status: 403, body: 'origin_refused' };
    if (this.#isDraining || this.#pending() >= LIMITS.maxPendingHellos)
      return { status: 503, headers: { 'retry-after': '1' }, body: 'busy' };
    return null;
  }

  connect(socket: Socket): SocketHandler {
    const session = new Session(this, socket);
    this.#sessions.add(session);
    this.#arriving.add(session);
    this.#observer.onSockets(this.#sessions.size);
    return session;
  }

  /** A session has come in. */
  arrived(session: Session): void {
    this.#arriving.delete(session);
  }

  forget(session: Session, code: number): void {
    this.#arriving.delete(session);
    this.ice.stop(session);
    if (!this.#sessions.delete(session)) return;
    this.#observer.onSockets(this.#sessions.size);
    this.#observer.onClose(code);
  }

  /** @returns 0, or the milliseconds until this person may do such a thing again; `count` is of bytes where the kind is */
  waitMs(kind: 'command' | 'signal' | 'rtc' | 'rtcBytes' | 'control', session: Session, count = 1): number {
    const limits = {
      command: this.#commands,
      signal: this.#signals,
      rtc: this.#rtc,
      rtcBytes: this.#rtcBytes,
      control: this.#controls,
    }[kind];
    // Whoever waits at the door may have no room and no id yet: each of those sockets is counted by itself.
    const { admitted, participant, id } = session;
    return limits.take(admitted ? `${String(admitted.live.room.key)}/${participant}` : `socket ${String(id)}`, count);
  }

  /** Other tabs of this person in the room. @throws {AdmissionError} `too_many_connections` */
  checkConnections(session: Session, live: LiveRoom): void {
    const others = [...live.membersOf(session.participant)].filter(({ clientId }) => clientId !== session.clientId);
    if (others.length >= LIMITS.maxConnectionsPerPerson) throw new AdmissionError('too_many_connections');
  }

  /** Sockets of this person that wait, or are on their way in, whatever the room. @throws {AdmissionError} `too_many_connections` */
  checkWaiting({ identity }: Session): void {
    let count = 0;
    for (const other of this.#arriving) {
      if (other.isKnown && other.identity.sub === identity.sub && other.identity.tenant === identity.tenant) count += 1;
    }
    if (count > LIMITS.maxConnectionsPerPerson) throw new AdmissionError('too_many_connections');
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

  /** Tells everyone to come back, and closes. */
  drain(): void {
    this.#isDraining = true;
    for (const session of [...this.#sessions]) closeWith(session.socket, 4000, 'restarting');
  }

  #pending(): number {
    let count = 0;
    for (const session of this.#arriving) if (!session.isWaiting) count += 1;
    return count;
  }
}
