# Mihari: `make run` and `make test` need git, make and Python >= 3.11, nothing else.
# Each target installs what it needs into .venv, once; a changed requirement file installs again.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install -q --require-hashes
ARGS   ?=

.PHONY: run test test-all check shots bench docs browser requirements clean
.DEFAULT_GOAL := run

run: $(VENV)/.runtime  ## the main job: open or create the store, report, serve
	$(BIN)/mihari up $(ARGS)

test: $(VENV)/.test  ## the test suite, with the floors, types and style
	$(MAKE) --no-print-directory check

check: $(VENV)/.test browser  ## what CI runs
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(ARGS)

test-all: $(VENV)/.test browser  ## also the slow ones: crash, fuzz, size
	$(BIN)/python -m pytest -m "" $(ARGS)

shots: $(VENV)/.test browser  ## every room of the page, both languages, both themes, into build/shots
	$(BIN)/python -m tools.shots $(ARGS)

bench: $(VENV)/.bench browser  ## ratios beside peers in the same run
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/.docs  ## the documentation, warnings are errors
	$(BIN)/sphinx-build -W --keep-going -q -b html docs build/docs

requirements: $(VENV)/.runtime  ## compile the pinned files from pyproject.toml
	$(BIN)/python -m pip install -q uv && PATH="$(BIN):$$PATH" requirements/compile.sh

browser:
	@tools/install_browser.sh

clean:
	rm -rf $(VENV) build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Mihari needs Python 3.11 or newer; $(PYTHON) is older. Say which with: make PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Setting up .venv (once) ..." >&2
	$(PIP) -r requirements/build.txt
	$(PIP) -r requirements/runtime.txt
	$(BIN)/python -m pip --disable-pip-version-check install -q --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.runtime
	$(PIP) -r requirements/test.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.test
	$(PIP) -r requirements/bench.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt $(VENV)/.test
	$(PIP) -r requirements/docs.txt
	@touch $@
