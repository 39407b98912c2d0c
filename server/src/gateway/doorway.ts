import { LIMITS } from '@lms-live/protocol';
import { closeWith } from './close.js';
import type { Session } from './session.js';

/** Whoever has said nothing for so long gives their place to somebody who comes; a slow phone says hello sooner. */
const SILENT_MS = 1_000;

interface Arrivals {
  /** Opened, and nothing said yet: when, the oldest first. */
  readonly silent: Map<Session, number>;
  /** Those and the ones whose hello is being answered. */
  count: number;
}

/**
 * Sockets that have neither come in nor been told to wait: so many on a server, and so many of one address. Places that are held in silence
 * are given to whoever comes next, so that nobody keeps a school out by opening sockets and saying nothing.
 */
export class Doorway {
  readonly #byAddress = new Map<string, Arrivals>();
  readonly #maxPerAddress: number;
  #count = 0;

  constructor(maxPerAddress: number = LIMITS.maxPendingHellosPerAddress) {
    this.#maxPerAddress = maxPerAddress;
  }

  /** Whether one more may come from an address, if need be in the place of one that says nothing. */
  admits(address: string): boolean {
    const own = this.#byAddress.get(address);
    if ((own?.count ?? 0) >= this.#maxPerAddress) return own !== undefined && sendAway(own);
    if (this.#count < LIMITS.maxPendingHellos) return true;
    // Of the address that takes the most: whoever fills the server up pays for it.
    const [first, ...rest] = [...this.#byAddress.values()].filter(({ silent }) => silent.size > 0);
    const largest = rest.reduce((most, other) => (other.silent.size > (most?.silent.size ?? 0) ? other : most), first);
    return largest !== undefined && sendAway(largest);
  }

  opened(session: Session): void {
    const { remoteAddress } = session.socket;
    const arrivals = this.#byAddress.get(remoteAddress) ?? { silent: new Map<Session, number>(), count: 0 };
    arrivals.silent.set(session, performance.now());
    arrivals.count += 1;
    this.#byAddress.set(remoteAddress, arrivals);
    this.#count += 1;
  }

  /** A session has said hello. */
  spoke(session: Session): void {
    this.#byAddress.get(session.socket.remoteAddress)?.silent.delete(session);
  }

  /** A session is in, waits at the door of a room, or is gone. Once for each. */
  settled(session: Session): void {
    const { remoteAddress } = session.socket;
    const arrivals = this.#byAddress.get(remoteAddress);
    if (!arrivals) return;
    arrivals.silent.delete(session);
    arrivals.count -= 1;
    this.#count -= 1;
    if (arrivals.count === 0) this.#byAddress.delete(remoteAddress);
  }
}

/** @returns whether there is a place now */
function sendAway({ silent }: Arrivals): boolean {
  const [oldest] = silent;
  if (!oldest) return false;
  const [session, since] = oldest;
  if (performance.now() - since < SILENT_MS) return false;
  closeWith(session.socket, 4004, 'hello_timeout');
  session.onClose(4004);
  return true;
}
