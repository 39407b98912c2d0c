import { RateLimits } from '../gateway/rate-limits.js';
import { TokenBucket } from '../gateway/token-bucket.js';
import { canonicalAddress } from '../transport/addresses.js';
import { answerTo, readBindingRequest } from './message.js';

/**
 * Answers to one source: an IPv4 address or an IPv6 /64. A school of a thousand behind one address keeps some 5,000 bindings open by
 * asking every ten seconds; to a victim whose address is forged it is 30 kB/s, hardly more than the forger has to send.
 */
const SOURCE_LIMITS = { burst: 2_000, perSecond: 500, maxCallers: 10_000 };
/** Answers to all sources together, so that classes on the same event loop do not feel a flood. */
const TOTAL_LIMITS = { burst: 10_000, perSecond: 5_000 };
/** No browser sends from below; DNS, NTP and others do, and must not be answered for somebody who forges them. NATs keep the range (RFC 4787 §4.2.2). */
const FIRST_USER_PORT = 1_024;

/** `answered`: with an address · `refused`: 420 · `ignored`: no Binding request, or from a port of the system · `limited`: over a rate. */
export type StunOutcome = 'answered' | 'refused' | 'ignored' | 'limited';

export interface AnswererOptions {
  readonly onRequest?: (outcome: StunOutcome) => void;
  readonly limits?: { readonly source?: typeof SOURCE_LIMITS; readonly total?: typeof TOTAL_LIMITS };
}

/** Decides what a packet is answered with. */
export class Answerer {
  readonly #onRequest: (outcome: StunOutcome) => void;
  readonly #sources: RateLimits;
  readonly #total: TokenBucket;

  constructor({ onRequest = () => undefined, limits = {} }: AnswererOptions = {}) {
    this.#onRequest = onRequest;
    this.#sources = new RateLimits(limits.source ?? SOURCE_LIMITS);
    this.#total = new TokenBucket({ ...(limits.total ?? TOTAL_LIMITS), nowMs: performance.now() });
  }

  /**
   * @param from where the packet came from, the address as the system writes it
   * @returns null: nothing is sent
   */
  answer(packet: Buffer, { address, port }: { readonly address: string; readonly port: number }): Buffer | null {
    const request = port < FIRST_USER_PORT ? null : readBindingRequest(packet);
    if (request === null) {
      this.#onRequest('ignored');
      return null;
    }
    // One that comes to a dual socket by IPv4 has a mapped address, a link-local one a zone: neither is what the peer needs.
    const source = canonicalAddress(address.replace(/%.*$/, ''));
    if (this.#sources.take(networkOf(source)) > 0 || this.#total.take(performance.now()) > 0) {
      this.#onRequest('limited');
      return null;
    }
    this.#onRequest(request.unknown.length > 0 ? 'refused' : 'answered');
    return answerTo(request, { address: source, port });
  }
}

/** One household or host has a whole /64 of IPv6. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Array<string>(8 - first.length - last.length).fill('0') : [];
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
