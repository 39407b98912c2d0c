/** Addresses of peers, and who may speak for another. */
import { BlockList, SocketAddress, isIP } from 'node:net';

/** IPv6 in its short form, IPv4-mapped ones as IPv4; what is no address stays as it is. */
export function canonicalAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const short = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(short);
  return mapped?.[1] ?? short;
}

/** Why an entry of a list of trusted proxies is none; null: it is one. */
export function rangeProblem(entry: string): string | null {
  const [address = '', bits, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return 'is not an IP address or CIDR range';
  if (bits === undefined) return null;
  const most = family === 4 ? 32 : 128;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? null : `has a prefix that is not between 0 and ${most}`;
}

export class TrustedProxies {
  readonly #ranges = new BlockList();

  /** @throws {TypeError} on an entry that is no address and no CIDR range */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const problem = rangeProblem(entry);
      if (problem !== null) throw new TypeError(`The trusted proxy ${JSON.stringify(entry)} ${problem}.`);
      const [address = '', bits] = entry.split('/');
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      if (bits === undefined) this.#ranges.addAddress(address, family);
      else this.#ranges.addSubnet(address, Number(bits), family);
    }
  }

  includes(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#ranges.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * The client behind the peer: read from the right, `X-Forwarded-For` is believed as long as who added to it is trusted.
   * An entry that is no address ends the reading.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    let client = canonicalAddress(peer);
    if (forwardedFor === undefined) return client;
    for (const entry of forwardedFor.split(',').reverse()) {
      if (!this.includes(client)) break;
      const address = addressOf(entry.trim());
      if (address === null) break;
      client = address;
    }
    return client;
  }
}

/** Some proxies add a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressOf(entry: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry;
  return isIP(bare) === 0 || bare.includes('%') ? null : canonicalAddress(bare);
}
