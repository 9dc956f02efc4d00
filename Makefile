# Vox Urbis. `make help` lists what can be done; `make demo` and `make test` work from a bare clone.
MAKEFLAGS += --no-print-directory
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell \
	$(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
PORT ?= 8000
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q --no-input
CLIENT := backend/core/pages/static/dist/manifest.json
export PORT

.DEFAULT_GOAL := help
.PHONY: help setup client demo test lint bars bench spec migrate lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.dev ## Make the environment from the locked pins (second run: nothing to do)
client: $(CLIENT) ## Build the browser's part

demo: export VOX_LOG_FILE ?= $(or $(VOX_DATA_DIR),instance)/log.jsonl
demo: $(VENV)/.base $(CLIENT) ## Run a whole city on http://127.0.0.1:$PORT (default 8000)
	@mkdir -p $(dir $(VOX_LOG_FILE)) && echo "==> Preparing the database" && $(BIN)/vox migrate
	@echo "==> Loading the demo city (kept if it is there already)" && $(BIN)/vox seed demo
	@exec $(BIN)/vox serve --port $(PORT)

test: $(VENV)/.dev $(CLIENT) ## Run the tests (both databases, about ten minutes on 2 cores)
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

bars: $(VENV)/.dev $(CLIENT) ## Run the long checks: kills, races, hostile input, emulators
	$(BIN)/pytest -m bars -p no:xdist --timeout 3600 tests $(ARGS)
	tools/firebase.sh

bench: $(VENV)/.dev $(CLIENT) ## Measure speed as ratios; fails below a goal
	$(BIN)/python -m tools.bench $(ARGS)

lint: $(VENV)/.dev ## Check style, types and who imports whom
	$(BIN)/ruff check backend ml migrations tests tools
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/mypy

spec: $(VENV)/.dev ## Write openapi/openapi.json from the code
	$(BIN)/vox openapi --write openapi/openapi.json

migrate: $(VENV)/.base ## Bring the database that VOX_DATABASE_URL names up to date
	$(BIN)/vox migrate

lock: $(VENV)/.dev ## Renew the locked pins in requirements/ (needs uv)
	tools/lock.sh

clean: ## Remove the environment and what was built, never the data
	rm -rf $(VENV) node_modules $(dir $(CLIENT)) *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.base: requirements/build.txt requirements/base.txt setup.cfg
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "==> Making $(VENV) with $$($(PYTHON) --version) and the locked packages (a few minutes, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/build.txt && $(PIP) --require-hashes -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation -e . && touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "==> Adding what the tests need" && $(PIP) --require-hashes -r requirements/dev.txt && touch $@

$(CLIENT): package-lock.json build.mjs $(shell find backend -path '*/client/*' -type f) | $(VENV)/.base
	@tools/client.sh
