#!/usr/bin/env bash
# Print a Python from PATH, pyenv or uv: of the versions named the quickest, 3.10 if none is named (Rasa 3.6 takes none newer).
# How it was built counts for more than its version: one that was optimised by profile takes two thirds of the time of one that was not.
set -u
needs="venv, sqlite3, ssl"
# Itself, not the shim that starts it. No free-threaded build, nothing before its release.
name_if_works() {
  "$1" -c "import os, sys, $needs; v = sys.version_info
print(os.path.realpath(sys.executable)) if v[:2] == (3, ${2#3.}) and v[3] == 'final' and not sys.abiflags else sys.exit(1)" 2>/dev/null
}
if [ $# -eq 0 ]; then
  set -- 3.10
  needs="$needs, ensurepip"
fi
found=()
for version in "$@"; do
  mapfile -t candidates < <(
    type -ap "python$version"
    printf '%s\n' "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python
    command -v uv >/dev/null 2>&1 && uv python find --no-python-downloads "$version" 2>/dev/null
    type -ap python3
  )
  for candidate in "${candidates[@]}"; do
    real=$(name_if_works "$candidate" "$version") && [[ " ${found[*]-} " != *" $real "* ]] && found+=("$real")
  done
done
quickest() {
  local best="" candidate round took
  for round in 1 2 3; do
    for candidate in "$@"; do
      took=$("$candidate" -I "$(dirname "$0")/pace.py") && { [ -z "$best" ] || [ "$took" -lt "${best%% *}" ]; } && best="$took $candidate"
    done
  done
  [ -n "$best" ] && echo "${best#* }" || echo "$1"
}
if [ ${#found[@]} -gt 0 ]; then
  [ ${#found[@]} -eq 1 ] && echo "${found[0]}" || quickest "${found[@]}"
  exit
fi
echo "Python $* is missing. Get it with one of: apt install python$1 python$1-venv; pyenv install $1; uv python install $1." >&2
exit 1
