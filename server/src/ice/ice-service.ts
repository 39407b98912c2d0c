import { LIMITS, type IceServer } from '@lms-live/protocol';
import { isLocal } from '../config/options.js';
import { turnCredential } from './turn-credential.js';

export interface IceServiceOptions {
  /** As configured, the same for everyone. */
  readonly fixed: readonly IceServer[];
  /** The built-in STUN server as browsers reach it; null: there is none. */
  readonly stunUrl: string | null;
  readonly turn: { readonly urls: readonly string[]; readonly secret: string } | null;
  readonly now: () => number;
}

/** Whom ICE servers are for: somebody who was admitted to a room. */
export interface IceClient {
  readonly tenant: string;
  readonly participant: string;
  /** When their token expires, milliseconds since 1970: the credential ends no later. */
  readonly tokenExpiresAt: number;
}

/** ICE servers for one person, and until when (milliseconds since 1970); null: they do not expire. */
export interface IssuedIce {
  readonly ice: readonly IceServer[];
  readonly expiresAt: number | null;
}

/** What browsers are told to connect through. The TURN secret stays in here. */
export class IceService {
  readonly #options: IceServiceOptions;
  /** Without those that have to be made for each person. */
  readonly shared: readonly IceServer[];

  constructor(options: IceServiceOptions) {
    const { stunUrl, fixed } = options;
    this.#options = options;
    this.shared = [...(stunUrl === null ? [] : [{ urls: stunUrl }]), ...fixed];
  }

  /** Whether calls can go through a relay: without one, a class that allows nothing else cannot be held. */
  get hasRelay(): boolean {
    const { turn, fixed } = this.#options;
    return turn !== null || fixed.some(({ urls }) => [urls].flat().some((url) => url.startsWith('turn')));
  }

  /**
   * @param connection which of this person's: a TURN server counts allocations by what follows the time in the user name, so that each has a
   * quota of its own. There are only so many names of one person, so that coming back again and again brings no further quota.
   */
  issue({ tenant, participant, tokenExpiresAt }: IceClient, connection: string): IssuedIce {
    const { turn, now } = this.#options;
    if (turn === null) return { ice: this.shared, expiresAt: null };
    const expiresAt = Math.min(now() + LIMITS.turnCredentialMs, tokenExpiresAt);
    const user = `${tenant}.${participant}.${connection}`;
    const credential = turnCredential({ secret: turn.secret, user, expiresAt });
    return { ice: [...this.shared, { urls: [...turn.urls], ...credential }], expiresAt };
  }
}

/**
 * @returns the URL (RFC 7064) of a STUN server on the host of an http address; null for this machine itself: its browsers need none, and an
 * answer to one would leave from another address than the one that was asked, so that the browser went on waiting for it
 */
export function stunUrlOf(publicUrl: string, port: number): string | null {
  const url = new URL(publicUrl);
  // `hostname` keeps the brackets of an IPv6 address, which are wanted here too.
  return isLocal(url) ? null : `stun:${url.hostname}:${String(port)}`;
}
