/** A range of addresses, both ends included, as coturn writes it. */
export interface DeniedPeers {
  readonly range: string;
  readonly what: string;
}

/**
 * Whom a relay never sends to: a TURN server is a door into the network that it stands in. What is private, local or special in the registries
 * of IANA (RFC 6890, RFC 5735), and IPv6 altogether: the relay has IPv4 addresses only, so that no form of an IPv4 address within IPv6 (mapped,
 * compatible, 6to4, NAT64, Teredo) is another way to it. That range begins at ::1, since coturn reads :: as "from the lowest", which would deny
 * IPv4 too.
 */
export const DENIED_PEERS: readonly DeniedPeers[] = [
  { range: '0.0.0.0-0.255.255.255', what: 'this network' },
  { range: '10.0.0.0-10.255.255.255', what: 'private' },
  { range: '100.64.0.0-100.127.255.255', what: 'shared by providers' },
  { range: '127.0.0.0-127.255.255.255', what: 'loopback' },
  { range: '169.254.0.0-169.254.255.255', what: 'link-local, with the metadata of clouds' },
  { range: '172.16.0.0-172.31.255.255', what: 'private' },
  { range: '192.0.0.0-192.0.0.255', what: 'IETF protocols' },
  { range: '192.0.2.0-192.0.2.255', what: 'documentation' },
  { range: '192.88.99.0-192.88.99.255', what: '6to4 relays' },
  { range: '192.168.0.0-192.168.255.255', what: 'private' },
  { range: '198.18.0.0-198.19.255.255', what: 'benchmarks' },
  { range: '198.51.100.0-198.51.100.255', what: 'documentation' },
  { range: '203.0.113.0-203.0.113.255', what: 'documentation' },
  { range: '224.0.0.0-255.255.255.255', what: 'multicast, reserved, broadcast' },
  { range: '::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', what: 'IPv6' },
];
