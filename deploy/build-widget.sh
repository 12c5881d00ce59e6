#!/usr/bin/env bash
# Build the widget, with the machine's Node or with one from PyPI; if neither can be had, say so in one line: all else runs without.
set -u
cd "$(dirname "$0")/.."
uv=.venv/bootstrap/bin/uv

has_node() { command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' 2>/dev/null; }

if ! has_node; then
  if [ ! -e .venv/node/.done ]; then
    echo "widget: fetching Node"
    if ! { $uv venv -q --clear --python .venv/bootstrap/bin/python .venv/node && $uv pip sync -q --python .venv/node/bin/python --require-hashes requirements/node.lock && touch .venv/node/.done; }; then
      echo "widget: not built, Node 18 or later is needed; install it (apt-get install nodejs npm) and say: make widget"
      exit 0
    fi
  fi
  PATH="$PWD/.venv/node/bin:$PATH"
fi

cd widget
if [ ! -e node_modules/.done ] || [ package-lock.json -nt node_modules/.done ]; then
  echo "widget: fetching its tools"
  if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; then
    echo "widget: not built, its tools could not be fetched; once the npm registry can be reached, say: make widget"
    exit 0
  fi
  touch node_modules/.done
fi
exec node build.mjs
