#!/usr/bin/env bash
# Print a Python 3.10: from PATH, pyenv or uv. Rasa 3.6 takes none newer.
set -u
works() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }
for candidate in "$(command -v python3.10 || true)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python \
    "$(command -v uv >/dev/null 2>&1 && uv python find 3.10 2>/dev/null || true)" \
    "$(command -v python3 || true)"; do
  if [ -n "$candidate" ] && works "$candidate"; then
    echo "$candidate"
    exit 0
  fi
done
echo "Python 3.10 is missing. Get it with one of: apt install python3.10 python3.10-venv; pyenv install 3.10; uv python install 3.10." >&2
exit 1
