#!/bin/sh
# Installs what the tests need from the system, and only what is missing: browsers, fonts so that a page in any of our
# languages has letters, for calls between networks a TURN server and the tools of the kernel's networks and filters, and
# the Python libraries whose tokens the server is tried with.
# With no arguments it takes the list below; arguments are Debian package names instead.
#
# As root, or where sudo asks no password, it uses apt-get install. Otherwise it downloads the packages and what they
# depend on, unpacks them under .cache/system and writes start scripts into .cache/system/bin, where scripts/browsers.mjs
# and server/test/tokens/real look. Nothing outside the checkout is changed then.
set -eu

DEFAULT_PACKAGES="chromium firefox-esr fonts-noto-core fonts-noto-color-emoji coturn iproute2 nftables strace
python3 python3-jwt python3-jose python3-djangorestframework-simplejwt"

root=$(cd "$(dirname "$0")/.." && pwd)
cache="$root/.cache/system"

say() { printf 'system-packages: %s\n' "$*"; }

# A program may have come from elsewhere than apt: on the PATH is enough. `sbin` may not be on it.
is_present() {
  case $1 in
    coturn) has_program turnserver ;;
    iproute2) has_program ip ;;
    nftables) has_program nft ;;
    strace) has_program strace ;;
    chromium | firefox-esr) command -v "$1" >/dev/null 2>&1 || [ -x "$cache/bin/$1" ] ;;
    *) dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed || [ -e "$cache/done/$1" ] ;;
  esac
}

has_program() { PATH="$PATH:/usr/sbin:/sbin:$cache/bin" command -v "$1" >/dev/null 2>&1; }

install_with_apt() { # $1: "" or "sudo -n"; then the packages
  prefix=$1
  shift
  say "installing $* with apt-get"
  $prefix apt-get update -qq
  # Nobody asked for a TURN server that runs: tests start their own.
  case " $* " in *' coturn '*) [ ! -d /run/systemd/system ] || $prefix systemctl mask --quiet coturn ;; esac
  # A base image may hold a conffile that a package brings as well: keep what is there.
  $prefix env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@"
}

unpack_without_root() {
  say "no root and no sudo: unpacking $* into .cache/system"
  mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial" "$cache/debs" "$cache/root" "$cache/bin" "$cache/done"
  apt="-o Dir::State::Lists=$cache/apt/lists -o Dir::Cache=$cache/apt -o Dir::State::status=/var/lib/dpkg/status"
  apt="$apt -o Debug::NoLocking=1 -o APT::Sandbox::User="
  apt-get $apt update -qq
  needed=$(apt-get $apt --simulate --no-install-recommends install "$@" | awk '/^Inst /{print $2}')
  (cd "$cache/debs" && apt-get $apt download -qq $needed)
  for deb in "$cache"/debs/*.deb; do
    dpkg-deb --extract "$deb" "$cache/root"
    rm "$deb"
  done
  write_fonts_conf
  write_start_script chromium usr/lib/chromium/chromium
  write_start_script firefox-esr usr/lib/firefox-esr/firefox-esr
  write_start_script turnserver usr/bin/turnserver
  write_start_script ip bin/ip
  write_start_script nft usr/sbin/nft
  write_start_script strace usr/bin/strace
  write_start_script python3 usr/bin/python3
  for package in "$@"; do : >"$cache/done/$package"; done
}

write_fonts_conf() {
  cat >"$cache/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$cache/root/usr/share/fonts</dir>
  <cachedir>$cache/fontconfig</cachedir>
</fontconfig>
XML
}

write_start_script() { # $1: command, $2: its program under the unpacked root
  [ -x "$cache/root/$2" ] || return 0
  libraries=''
  for folder in "$cache"/root/lib/*-linux-gnu* "$cache"/root/usr/lib/*-linux-gnu* "$cache"/root/usr/lib/*-linux-gnu*/pulseaudio; do
    [ -d "$folder" ] && libraries="$libraries${libraries:+:}$folder"
  done
  cat >"$cache/bin/$1" <<SCRIPT
#!/bin/sh
export LD_LIBRARY_PATH="$libraries\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export FONTCONFIG_FILE="$cache/fonts.conf"
exec "$cache/root/$2" "\$@"
SCRIPT
  chmod +x "$cache/bin/$1"
}

[ $# -gt 0 ] || set -- $DEFAULT_PACKAGES

missing=''
for package in "$@"; do
  is_present "$package" || missing="$missing $package"
done

if [ -z "$missing" ]; then
  say "nothing to do: $* present"
elif ! command -v apt-get >/dev/null 2>&1; then
  say "missing:$missing, and there is no apt-get here."
  say "Install Chromium and Firefox yourself, or set CHROMIUM_PATH and FIREFOX_PATH to their programs."
  [ -n "${CHROMIUM_PATH:-}" ] && [ -n "${FIREFOX_PATH:-}" ] || exit 1
elif [ "$(id -u)" -eq 0 ]; then
  install_with_apt '' $missing
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  install_with_apt 'sudo -n' $missing
else
  unpack_without_root $missing
fi
