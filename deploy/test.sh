#!/usr/bin/env bash
# All tests, in two lanes side by side, since many wait for servers and browsers: in one the content, Rasa's own validation, unit tests
# of the assistant, stories, widget and desk; in the other safety, gateway, record and the whole system. The first lane's output comes
# when it ends.
set -eu
cd "$(dirname "$0")/.."
assistant=.venv/assistant/bin gateway=.venv/gateway/bin
export PYTHONPATH="$PWD" RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 SANIC_HOST=127.0.0.1
export RASA_PORT=${RASA_PORT:-5005} ACTIONS_PORT=${ACTIONS_PORT:-5055} ASSISTANT_TOKEN=test ASSISTANT_LINE= TRACKER_DB=:memory:
mkdir -p build

# Run a command whose output is long; show the end of it if it fails, the last line if not.
quietly() {
  local log="build/$1.log"
  shift
  if ! PYTHONWARNINGS=ignore "$@" >"$log" 2>&1; then
    tail -n 40 "$log"
    exit 1
  fi
}

lane_pages() {
  echo "== content"
  $assistant/python -m knowledge.check ${SOURCES:+--sources "$SOURCES"}

  echo "== rasa data validate"
  quietly validate $assistant/rasa data validate --fail-on-warnings -d domain.yml -c config.yml --data data

  echo "== unit tests, assistant"
  $assistant/python -m pytest tests/knowledge tests/dialogue tests/components tests/actions tests/assistant tests/evaluation

  echo "== stories"
  model=$($assistant/python -c "
from deploy.models import find_model
from settings import load_settings
print(find_model(load_settings().data_dir).archive)")
  quietly stories $assistant/rasa test core --e2e -m "$model" -s tests/test_stories.yml --endpoints tests/configs/no-endpoints.yml \
    --out build/stories --fail-on-prediction-errors

  if [ -e build/widget/manifest.json ]; then
    echo "== widget: types, unit tests"
    (cd widget; PATH="$PATH:$PWD/../.venv/node/bin"; npx --no-install tsc --noEmit; node test.mjs >../build/widget-tests.log 2>&1 || { tail -n 40 ../build/widget-tests.log; exit 1; })
    echo "== widget: in the browser"
    $gateway/python -m pytest tests/widget
  fi

  echo "== desk"
  $gateway/python -m pytest tests/desk
}

lane_processes() {
  echo "== unit tests, gateway, record; training that goes wrong; the whole system"
  $gateway/python -m pytest tests/safety tests/gateway tests/deploy tests/test_settings.py tests/test_garbage.py tests/test_calls.py tests/test_packing.py tests/test_architecture.py \
    tests/test_docs.py tests/conversations tests/resilience tests/system
}

# In the background, so that the first failure ends a lane: behind `||` the shell would not mind it. Each lane is a process group of its
# own (`set -m`), so that Ctrl-C ends what it runs, too.
set -m
(lane_pages) >build/lane-pages.log 2>&1 &
first=$!
(lane_processes) &
second=$!
trap 'kill -INT -- "-$first" "-$second" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
failed=0
wait "$second" || failed=1
wait "$first" || failed=1
trap - EXIT
cat build/lane-pages.log
exit "$failed"
