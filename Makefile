# Everything runs from a clean clone: `make serve` starts the product, `make test` proves it. `make` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run.stamp
DEV := $(VENV)/.dev.stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= 2
ARGS ?=
# Of xdist's ways this one goes on when a worker is lost; "loadfile" of 3.8 then waits for ever.
SPREAD := -n $(JOBS) --dist worksteal
# The inner loop: rooms and the HTTP API, on SQLite. Pages, commands, whole lives, streams and the network belong to
# `make test`; `make test-fast WHERE=tests/panel` looks at another folder. The two plugins take a second to load.
WHERE := tests/rooms tests/people tests/contracts tests/engines tests/api
FAST := -m "not slow" -k "not postgresql" --ignore-glob="tests/sandbox/test_*" --ignore=tests/contracts/engines \
	--ignore=tests/api/site --ignore=tests/api/compat -p no:schemathesis -p no:faker

# Every test process loads hundreds of modules. Where no bytecode may lie beside the source, it lies in the environment.
ifneq ($(PYTHONDONTWRITEBYTECODE),)
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/bytecode
endif

.PHONY: help serve demo test test-fast lint words bench clean screenshots

help:
	@echo "make serve       set everything up and serve on http://127.0.0.1:8080"
	@echo "make demo        link a virtual phone, send, see it delivered and read"
	@echo "make test        the whole test suite"
	@echo "make test-fast   rooms and the HTTP API on SQLite, in a minute; WHERE=tests/panel: another folder"
	@echo "make lint        ruff, mypy --strict, layers, sizes, tenancy"
	@echo "make words       gather the words people read for translation"
	@echo "make screenshots pictures of every page, in screenshots/"
	@echo "make bench       measure, and write bench/results.md"
	@echo "make clean       remove what the others made, never your data folder"

serve: $(RUN)
	@exec $(BIN)/messageapi serve $(ARGS)

demo: $(RUN)
	@exec $(BIN)/messageapi demo --private $(ARGS)

test: $(DEV)
	@exec $(BIN)/pytest -q $(SPREAD) $(ARGS)

test-fast: $(DEV)
	@exec $(BIN)/pytest -q $(SPREAD) $(FAST) $(WHERE) $(ARGS)

lint: $(DEV)
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --cache-dir .import_linter_cache
	@$(BIN)/python tools/lint_sizes.py
	@$(BIN)/python tools/lint_tenancy.py

words: $(DEV)
	@$(BIN)/python tools/words.py $(ARGS)

screenshots: $(DEV)
	@exec $(BIN)/python -m tools.screenshots $(ARGS)

bench: $(DEV)
	@exec $(BIN)/python -m bench $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache bench/out
	find src tests tools bench -name __pycache__ -prune -exec rm -rf {} +

# The stamps are written last: an install that was cut off is done again.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing. Install it: apt-get install python3 python3-venv" >&2; exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "MessageAPI needs Python 3.11 or newer, and $(PYTHON) is older. Install one and name it: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 3; }
	@$(PYTHON) tools/check_machine.py venv
	@echo "Creating a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies (about a minute, once) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	@echo "Installing the locked tools for tests ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
