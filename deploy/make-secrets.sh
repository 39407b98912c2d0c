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

# What `lms-live coturn-config` makes, with places for what is known here alone.
sed -e "s/@SECRET@/$turn_secret/" -e "s/@REALM@/$hostname/" -e "s/@RELAY_IP@/$relay_ip/g" -e "s/@EXTERNAL_IP@/$public_ip/" \
  turnserver.conf.template >secrets/turnserver.conf

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
