# Everything one can do here. Needs Python 3.11 or newer with venv, and make; nothing else.
# Each target is quick when there is nothing to do: stamp files say what is installed.

PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run setup web district demo test rest test-all e2e browser check bench fuzz rehearse chaos format pins clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup web ## Serve the demonstration district and print its address
	$(BIN)/abreast serve --demo

setup: $(RUNTIME) ## Make .venv with the `abreast` command

web: $(RUNTIME) ## Build the pages of web/ (Node from PATH, else from PyPI)
	scripts/build-web

district: setup ## Make the three-year district anew, through the handle, and pack it (minutes)
	rm -f var/district.db var/district.db-wal var/district.db-shm
	ABREAST_DATABASE=sqlite:///var/district.db $(BIN)/abreast district build
	ABREAST_DATABASE=sqlite:///var/district.db $(BIN)/abreast district pack

demo: setup ## Play one project through the office, in the terminal
	$(BIN)/abreast demo

test: ## Run the tests (without the slow ones), those in the browser beside the rest
	@$(MAKE) --no-print-directory --jobs=2 e2e rest

rest: $(DEV) web ## Run the tests without a browser (without the slow ones)
	$(BIN)/pytest -q -n 2 --dist loadfile --durations=10 -m "not slow" --ignore tests/e2e

test-all: $(DEV) web browser ## Run every test, the slow ones too
	$(BIN)/pytest -q tests/e2e
	$(BIN)/pytest -q --durations=10 --ignore tests/e2e

e2e: $(DEV) web browser ## Walk through the pages in a real browser, in both languages
	$(BIN)/pytest -q --durations=10 tests/e2e

browser:
	@scripts/chromium >/dev/null

fuzz: $(DEV) ## Make CASES=50000 requests from the contract, against every operation
	ABREAST_FUZZ_CASES=$(CASES) $(BIN)/pytest -q --durations=10 tests/api/test_fuzz.py

CASES ?= 50000

rehearse: $(DEV) ## Play random histories on our core and on SpiffWorkflow, and compare
	$(BIN)/pytest -q --durations=10 -m rehearse

chaos: $(DEV) ## Five minutes of faults on a whole office, then every promise is checked
	$(BIN)/python -m tests.chaos.run --seconds 300 --faults 150

check: $(DEV) ## Format, lint, spelling, dependencies, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/deptry .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV) ## Format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV) ## Measure ours beside the peers, in interleaved rounds
	$(BIN)/python -m bench all

pins: $(DEV) ## Compile requirements*.txt from pyproject.toml
	$(BIN)/python -m uv pip compile $(PINS) pyproject.toml -o requirements.txt
	$(BIN)/python -m uv pip compile $(PINS) --group dev -c requirements.txt -o requirements-dev.txt
	$(BIN)/python -m uv pip compile $(PINS) --group installer -o requirements-uv.txt

PINS := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --custom-compile-command "make pins"

clean: ## Remove what was installed and cached (var/, the data, stays)
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv .venv

# The project itself comes last, so that its stamp means the whole: libraries, then `abreast`.
$(RUNTIME): requirements.txt requirements-uv.txt pyproject.toml scripts/install | $(BIN)/python
	scripts/install requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --no-index --editable .
	$(BIN)/python -m cli.warm
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	scripts/install requirements-dev.txt
	@touch $@
