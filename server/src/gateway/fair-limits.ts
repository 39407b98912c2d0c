import { randomInt } from 'node:crypto';
import { isStaff, LIMITS, type LimitName } from '@lms-live/protocol';
import { RateLimits } from './rate-limits.js';
import type { Session } from './session.js';

/** Callers whose rate is remembered; the oldest are forgotten, which only ever forgives. */
const MAX_CALLERS = 50_000;
/** Whoever is refused because of others is told different times, lest they all come back in the same moment. */
const SPREAD_MS = 1_000;

/** What one person does. */
export type PersonalKind = 'command' | 'signal' | 'rtc' | 'rtcBytes' | 'control';

/** What was too much, and how long to wait for it to pass. */
export interface Exceeded {
  readonly limit: LimitName;
  readonly retryAfterMs: number;
}

/**
 * Rates of people, rooms and tenants. By person and room, so that more tabs or a reconnect give nobody more; first the person,
 * so that whoever floods empties only their own bucket.
 */
export class FairLimits {
  readonly #people: { readonly [K in PersonalKind]: RateLimits } = {
    command: rates(LIMITS.commandBurst, LIMITS.commandsPerSecond),
    signal: rates(LIMITS.signalBurst, LIMITS.signalsPerSecond),
    rtc: rates(LIMITS.rtcBurst, LIMITS.rtcPerSecond),
    rtcBytes: rates(LIMITS.rtcBurstBytes, LIMITS.rtcBytesPerSecond),
    control: rates(LIMITS.controlBurst, LIMITS.controlsPerSecond),
  };
  /** By tenant, since each has rates of its own. */
  readonly #tenants = new Map<string, TenantRates>();

  /** @returns 0, or the milliseconds until this person may do such a thing again; `count` is of bytes where the kind is */
  waitMs(kind: PersonalKind, session: Session, count = 1): number {
    // Whoever waits at the door may have no room and no id yet: each of those sockets is counted by itself.
    const { admitted, participant, id } = session;
    const caller = admitted ? `${String(admitted.live.room.key)}/${participant}` : `socket ${String(id)}`;
    return this.#people[kind].take(caller, count);
  }

  /** A command that was not answered before. @returns null, or what it is over */
  command(session: Session): Exceeded | null {
    const ownMs = this.waitMs('command', session);
    if (ownMs > 0) return { limit: 'commandsPerSecond', retryAfterMs: ownMs };
    const { rooms, all } = this.#of(session);
    // Whoever keeps order in a class must be heard in it, above all when it is loud.
    const roomMs = isStaff(session.actor.grants) ? 0 : rooms.commands.take(roomOf(session));
    if (roomMs > 0) return { limit: 'roomCommandsPerSecond', retryAfterMs: spread(roomMs) };
    const tenantMs = all.take('');
    return tenantMs > 0 ? { limit: 'tenantCommandsPerSecond', retryAfterMs: spread(tenantMs) } : null;
  }

  /** A signal to everyone in the room. @returns null, or what it is over */
  signal(session: Session): Exceeded | null {
    const ownMs = this.waitMs('signal', session);
    if (ownMs > 0) return { limit: 'signalsPerSecond', retryAfterMs: ownMs };
    if (isStaff(session.actor.grants)) return null;
    const roomMs = this.#of(session).rooms.signals.take(roomOf(session));
    return roomMs > 0 ? { limit: 'roomSignalsPerSecond', retryAfterMs: spread(roomMs) } : null;
  }

  #of({ identity: { tenant } }: Session): TenantRates {
    const known = this.#tenants.get(tenant.id);
    if (known) return known;
    const { limits } = tenant;
    const made: TenantRates = {
      rooms: {
        commands: rates(limits.roomCommandBurst, limits.roomCommandsPerSecond),
        signals: rates(limits.roomSignalBurst, limits.roomSignalsPerSecond),
      },
      all: rates(limits.tenantCommandBurst, limits.tenantCommandsPerSecond),
    };
    this.#tenants.set(tenant.id, made);
    return made;
  }
}

interface TenantRates {
  readonly rooms: { readonly commands: RateLimits; readonly signals: RateLimits };
  readonly all: RateLimits;
}

function rates(burst: number, perSecond: number): RateLimits {
  return new RateLimits({ burst, perSecond, maxCallers: MAX_CALLERS });
}

function roomOf({ admitted }: Session): string {
  return String(admitted?.live.room.key);
}

function spread(ms: number): number {
  return ms + randomInt(SPREAD_MS);
}
