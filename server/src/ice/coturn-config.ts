import { DENIED_PEERS } from './denied-peers.js';

/** Of one allocation, each way: about 3 Mbit/s. */
const MAX_BYTES_PER_SECOND = 400_000;
/** An allocation of somebody who is gone frees its port after this. */
const MAX_LIFETIME_S = 600;
const NONCE_S = 600;
/** Of one connection: in the largest mesh 11 others by 2 URLs by 2 networks, and twice that while it looks for a new way. */
const USER_QUOTA = 96;
const FIRST_PORT = 49_152;
/** One port for each allocation: as many as all together may have. */
const TOTAL_QUOTA = 4_000;
const LAST_PORT = 53_247;

export interface CoturnConfigOptions {
  /** The one that the live server makes credentials from. */
  readonly secret: string;
  /** Shown to clients and part of every password: usually the host name of the live server. */
  readonly realm: string;
  /** IPv4, of the machine itself. */
  readonly relayIp: string;
  /** IPv4, at which the world sees it; the same without a NAT. */
  readonly externalIp: string;
  /** Default 3478. */
  readonly port?: number;
  /** For `turns:`. Default: no TLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly port: number } | null;
  /** More whom it must not reach, such as a database with a public address: addresses, or two with `-` between them. */
  readonly denied?: readonly string[];
}

/** The whole configuration of a coturn (4.6.1 and later; see `coturnNotes`) for the credentials of this server: what it may do, and nothing else. */
export function coturnConfig(options: CoturnConfigOptions): string {
  const { secret, realm, relayIp, externalIp, port = 3_478, tls = null, denied = [] } = options;
  return `# coturn for LMS Live. The live server makes credentials from the same secret, each with an end of its own.
# Made for 4.17.2. An older one is held to what is safe there by the same lines: no relay to TCP, no IPv6, no OAuth.
use-auth-secret
static-auth-secret=${secret}
realm=${realm}
fingerprint
stale-nonce=${String(NONCE_S)}

listening-port=${String(port)}
# One port for each allocation: as many as the quota below, and a few more.
min-port=${String(FIRST_PORT)}
max-port=${String(LAST_PORT)}
# IPv4 alone: no other way of writing an address is a way around the list below.
relay-ip=${relayIp}
external-ip=${externalIp}/${relayIp}
${tls === null ? WITHOUT_TLS : withTls(tls)}

# UDP between two people in a class and nothing else. Relaying TCP (RFC 6062) has been a way around the list below.
no-tcp-relay
no-multicast-peers
# Nobody administers it from outside: no telnet, and the pages are off unless they are asked for.
no-cli
# Answers go where requests come from, and from nowhere else.
no-rfc5780
# Nobody learns the version.
no-software-attribute

# Allocations of one connection of a page. A browser makes one for each URL, network and connection: in the largest mesh 11
# connections by 2 URLs by 2 networks, and twice that while it looks for a new way. A stolen credential does not get more, and ends soon.
user-quota=${String(USER_QUOTA)}
total-quota=${String(TOTAL_QUOTA)}
# Bytes per second of one allocation, each way: about 3 Mbit/s.
max-bps=${String(MAX_BYTES_PER_SECOND)}
# Seconds. An allocation of somebody who is gone frees its port after that.
max-allocate-lifetime=${String(MAX_LIFETIME_S)}

log-file=stdout
pidfile=/tmp/turnserver.pid

# A relay is a door into the network that it stands in. What is private, local or special (the registries of IANA,
# RFC 6890) is never a peer. The relay has IPv4 addresses only, so that no address of IPv6 is: the last range is all of
# them. It begins at ::1, since coturn reads :: as "from the lowest", which would deny IPv4 too.
${[...DENIED_PEERS.map(({ range }) => range), ...denied].map((range) => `denied-peer-ip=${range}`).join('\n')}

# Two people who both need the relay meet at its own address, which may be in one of the ranges above.
allowed-peer-ip=${relayIp}
`;
}

const WITHOUT_TLS = `# TURN over TLS needs a certificate: cert=, pkey= and tls-listening-port=5349 in place of these two.
no-tls
no-dtls`;

function withTls({ certFile, keyFile, port }: { certFile: string; keyFile: string; port: number }): string {
  return `cert=${certFile}
pkey=${keyFile}
tls-listening-port=${String(port)}
no-tlsv1
no-tlsv1_1
no-dtls`;
}
