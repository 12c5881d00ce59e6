#!/usr/bin/env bash
# Install the servers and the browser that some tests start themselves, if that is permitted; else say in one line what is missing.
# Nothing is left running: the tests start their own, on free ports of loopback.
set -u
missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v rabbitmq-server >/dev/null || [ -x /usr/sbin/rabbitmq-server ] || missing+=(rabbitmq-server)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "servers: missing ${missing[*]}, for the tests with them; install with: sudo apt-get install -y ${missing[*]}"
    exit 0
  fi
  sudo=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "servers: missing ${missing[*]}, for the tests with them; install them with the system's package manager"
  exit 0
fi
echo "servers: installing ${missing[*]}"
# Debian would start each of them on its usual port; these are for tests only.
policy=/usr/sbin/policy-rc.d
[ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null && "${sudo[@]}" chmod +x "$policy" && made=1; }
log=$(mktemp)
if ! { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 3 "$log"
  echo "servers: ${missing[*]} could not be installed; the tests with them are left out"
fi
rm -f "$log"
[ -n "${made:-}" ] && "${sudo[@]}" rm -f "$policy"
exit 0
