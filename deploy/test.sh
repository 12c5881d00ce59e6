#!/usr/bin/env bash
# All tests: content, Rasa's own validation, unit tests in both environments, stories, the whole system.
set -eu
cd "$(dirname "$0")/.."
assistant=.venv/assistant/bin gateway=.venv/gateway/bin
export PYTHONPATH="$PWD" RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 SANIC_HOST=127.0.0.1
export RASA_PORT=${RASA_PORT:-5005} ACTIONS_PORT=${ACTIONS_PORT:-5055} ASSISTANT_TOKEN=test TRACKER_DB=:memory:

echo "== content"
if [ -n "${SOURCES:-}" ]; then
  $assistant/python -m knowledge.check --sources "$SOURCES"
else
  $assistant/python -m knowledge.check
fi

echo "== rasa data validate"
$assistant/rasa data validate --fail-on-warnings -d domain.yml -c config.yml --data data 2>&1 | grep -vE "Warning|warn\(|^ *(from|import) " | tail -n 3

echo "== unit tests, assistant"
$assistant/python -m pytest tests/knowledge tests/components tests/actions tests/assistant

echo "== stories"
model=$($assistant/python -c "from deploy.models import *; from settings import *; print(find_model(load_settings().data_dir).archive)")
mkdir -p build/stories
$assistant/rasa test core --e2e -m "$model" -s tests/test_stories.yml --endpoints tests/configs/no-endpoints.yml --out build/stories \
  --fail-on-prediction-errors 2>&1 | grep -E "Correct|Accuracy|correct|rror" | grep -v Warning | tail -n 3
test "${PIPESTATUS[0]}" -eq 0

echo "== unit tests, gateway; the whole system"
exec $gateway/python -m pytest tests/gateway tests/deploy tests/test_settings.py tests/test_architecture.py tests/test_docs.py tests/system
