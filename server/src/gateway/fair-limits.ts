import { randomInt } from 'node:crypto';
import { isStaff, LIMITS, type Actor, type LimitName } from '@lms-live/protocol';
import type { Tenant } from '../auth/types.js';
import { RateLimits } from './rate-limits.js';

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

/** Who does something, and where. */
export interface Caller {
  /** One person in one room, whatever they come through. */
  readonly id: string;
  readonly room: string;
  readonly tenant: Pick<Tenant, 'id' | 'limits'>;
  readonly isStaff: boolean;
}

/**
 * Rates of people, rooms and tenants, over the socket and HTTP together. By person and room, so that more tabs or a reconnect give nobody more;
 * first the person, so that whoever floods empties only their own bucket.
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
  waitMs(kind: PersonalKind, caller: string, count = 1): number {
    return this.#people[kind].take(caller, count);
  }

  /** A command that was not answered before. @returns null, or what it is over */
  command(caller: Caller): Exceeded | null {
    const ownMs = this.waitMs('command', caller.id);
    return ownMs > 0 ? { limit: 'commandsPerSecond', retryAfterMs: ownMs } : this.shared(caller);
  }

  /** A command, as far as the room and the tenant are concerned. @returns null, or what it is over */
  shared({ tenant, room, isStaff }: Caller): Exceeded | null {
    const { rooms, all } = this.#of(tenant);
    // Whoever keeps order in a class must be heard in it, above all when it is loud.
    const roomMs = isStaff ? 0 : rooms.commands.take(room);
    if (roomMs > 0) return { limit: 'roomCommandsPerSecond', retryAfterMs: spread(roomMs) };
    const tenantMs = all.take('');
    return tenantMs > 0 ? { limit: 'tenantCommandsPerSecond', retryAfterMs: spread(tenantMs) } : null;
  }

  /** A signal to everyone in the room. @returns null, or what it is over */
  signal({ id, tenant, room, isStaff }: Caller): Exceeded | null {
    const ownMs = this.waitMs('signal', id);
    if (ownMs > 0) return { limit: 'signalsPerSecond', retryAfterMs: ownMs };
    const roomMs = isStaff ? 0 : this.#of(tenant).rooms.signals.take(room);
    return roomMs > 0 ? { limit: 'roomSignalsPerSecond', retryAfterMs: spread(roomMs) } : null;
  }

  #of({ id, limits }: Caller['tenant']): TenantRates {
    const known = this.#tenants.get(id);
    if (known) return known;
    const made: TenantRates = {
      rooms: {
        commands: rates(limits.roomCommandBurst, limits.roomCommandsPerSecond),
        signals: rates(limits.roomSignalBurst, limits.roomSignalsPerSecond),
      },
      all: rates(limits.tenantCommandBurst, limits.tenantCommandsPerSecond),
    };
    this.#tenants.set(id, made);
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

function spread(ms: number): number {
  return ms + randomInt(SPREAD_MS);
}

/** A person in a room, or (`participant` null) the host's back end. */
export function callerOf({
  room,
  tenant,
  actor,
}: {
  readonly room: { readonly key: number };
  readonly tenant: Tenant;
  readonly actor: Actor;
}): Caller {
  const key = String(room.key);
  return { id: `${key}/${actor.participant ?? ''}`, room: key, tenant, isStaff: isStaff(actor.grants) };
}
