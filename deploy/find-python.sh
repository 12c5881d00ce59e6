#!/usr/bin/env bash
# Print a Python from PATH, pyenv or uv: the first of the versions named that is there, 3.10 if none is named (Rasa 3.6 takes none newer).
set -u
needs="venv, sqlite3, ssl"
# No free-threaded build, nothing before its release.
works() {
  "$1" -c "import sys, $needs; v = sys.version_info; sys.exit(v[:2] != (3, ${2#3.}) or v[3] != 'final' or bool(sys.abiflags))" >/dev/null 2>&1
}
if [ $# -eq 0 ]; then
  set -- 3.10
  needs="$needs, ensurepip"
fi
for version in "$@"; do
  for candidate in "$(command -v "python$version" || true)" \
      "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python \
      "$(command -v uv >/dev/null 2>&1 && uv python find --no-python-downloads "$version" 2>/dev/null || true)" \
      "$(command -v python3 || true)"; do
    if [ -n "$candidate" ] && works "$candidate" "$version"; then
      echo "$candidate"
      exit 0
    fi
  done
done
echo "Python $* is missing. Get it with one of: apt install python$1 python$1-venv; pyenv install $1; uv python install $1." >&2
exit 1
