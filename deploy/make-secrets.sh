#!/usr/bin/env bash
# Makes what compose.yaml needs and what must not be in a repository: deploy/.env, and in deploy/secrets tenants.json,
# turnserver.conf and turn.secret, with fresh random secrets. Files that exist are never overwritten.
#
#   ./make-secrets.sh <host name of the live server> <origin of the LMS>
#   ./make-secrets.sh live.school.example https://lms.school.example
#
# Where the machine sits behind a NAT, name both of its addresses for the TURN server:
#   PUBLIC_IP=… RELAY_IP=… ./make-secrets.sh …
set -euo pipefail
cd "$(dirname "$0")"

if [ $# -ne 2 ]; then
  echo "Usage: make-secrets.sh <host name of the live server> <origin of the LMS>" >&2
  echo "   as: make-secrets.sh live.school.example https://lms.school.example" >&2
  exit 2
fi
hostname=$1
origin=$2

if [[ ! $hostname =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]]; then
  echo "\"$hostname\" is not a host name: write it without https:// and without a path." >&2
  exit 2
fi
if [[ ! $origin =~ ^https?://[^/]+$ ]]; then
  echo "\"$origin\" is not an origin: write it as the browser does, such as https://lms.school.example, without a slash at the end." >&2
  exit 2
fi

relay_ip=${RELAY_IP:-$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 -E '^[0-9]+(\.[0-9]+){3}$' || true)}
public_ip=${PUBLIC_IP:-$relay_ip}
if [[ ! $relay_ip =~ ^[0-9]+(\.[0-9]+){3}$ || ! $public_ip =~ ^[0-9]+(\.[0-9]+){3}$ ]]; then
  echo "Set RELAY_IP to the IPv4 address of this machine, and PUBLIC_IP to the one that the world sees." >&2
  exit 2
fi

for file in .env secrets/tenants.json secrets/turnserver.conf secrets/turn.secret; do
  if [ -e "$file" ]; then
    echo "deploy/$file exists and is left as it is. To start over, move it away; tokens and calls that use it then stop working." >&2
    exit 1
  fi
done

# 32 random bytes, in hexadecimal.
random_secret() {
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

# Compose mounts each file as it stands, and the containers do not run as root: they must be able to read it.
# On this machine the folder keeps others out.
umask 077
mkdir -p secrets
chmod 700 secrets

tenant_secret=$(random_secret)
turn_secret=$(random_secret)

cat >secrets/tenants.json <<JSON
{
  "tenants": [
    {
      "id": "school",
      "issuer": "$origin",
      "origins": ["$origin"],
      "keys": [{ "kind": "secret", "algorithm": "HS256", "secret": "$tenant_secret" }]
    }
  ]
}
JSON

{
  cat <<CONF
# coturn, for the profile \`turn\` of compose.yaml. The live server makes credentials from the same secret, each with an end
# of its own.
use-auth-secret
static-auth-secret=$turn_secret
realm=$hostname
fingerprint

listening-port=3478
# One port for each allocation: as many as the quota below.
min-port=49152
max-port=53247
relay-ip=$relay_ip
external-ip=$public_ip/$relay_ip
# TURN over TLS needs a certificate: cert=, pkey= and tls-listening-port=5349 in place of these two.
no-tls
no-dtls

# UDP between two people in a class and nothing else. Relaying TCP (RFC 6062) has been a way around the list below.
no-tcp-relay
no-multicast-peers
no-cli
# Answers go where requests come from, and from nowhere else.
no-rfc5780

# Allocations. A browser makes one for each URL, network and connection: in the largest mesh 11 connections by 2 URLs by
# 2 networks, and twice that while it looks for a new way. A stolen credential does not get more, and ends soon.
user-quota=96
total-quota=4000
# Bytes per second of one allocation, each way: about 3 Mbit/s.
max-bps=400000
# Seconds. An allocation of somebody who is gone frees its port after that.
max-allocate-lifetime=600
stale-nonce=600

log-file=stdout
pidfile=/tmp/turnserver.pid

# A relay is a door into the network that it stands in. What is private, local or special (the registries of IANA,
# RFC 6890) is never a peer. The relay has IPv4 addresses only, so that no address of IPv6 is: the last range is all of
# them. It begins at ::1, since coturn reads :: as "from the lowest", which would deny IPv4 too.
CONF
  for range in \
    0.0.0.0-0.255.255.255 \
    10.0.0.0-10.255.255.255 \
    100.64.0.0-100.127.255.255 \
    127.0.0.0-127.255.255.255 \
    169.254.0.0-169.254.255.255 \
    172.16.0.0-172.31.255.255 \
    192.0.0.0-192.0.0.255 \
    192.0.2.0-192.0.2.255 \
    192.88.99.0-192.88.99.255 \
    192.168.0.0-192.168.255.255 \
    198.18.0.0-198.19.255.255 \
    198.51.100.0-198.51.100.255 \
    203.0.113.0-203.0.113.255 \
    224.0.0.0-255.255.255.255 \
    ::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff; do
    echo "denied-peer-ip=$range"
  done
  echo
  echo "# Two people who both need the relay meet at its own address, which may be in one of the ranges above."
  echo "allowed-peer-ip=$relay_ip"
} >secrets/turnserver.conf

printf '%s' "$turn_secret" >secrets/turn.secret

cat >.env <<ENV
LMS_LIVE_HOSTNAME=$hostname
# The TURN server. Without it remove both lines: calls then connect only where STUN is enough.
COMPOSE_PROFILES=turn
LMS_LIVE_TURN_URLS=turn:$hostname:3478?transport=udp,turn:$hostname:3478?transport=tcp
ENV

chmod 444 secrets/tenants.json secrets/turnserver.conf secrets/turn.secret

cat <<DONE
Made deploy/.env, and in deploy/secrets: tenants.json, turnserver.conf and turn.secret.

Give your LMS the secret in deploy/secrets/tenants.json, by its own way of keeping secrets. It signs tokens with
  iss  $origin
  aud  https://$hostname
  alg  HS256

Open to the world: 80 and 443 TCP, 443 UDP; for calls 3478 TCP and UDP, 3480 UDP, 49152-53247 UDP.

Then: docker compose up --detach --wait
DONE
