# Needs git, make and Python 3.11+ with venv; everything else is set up in .venv from requirements.lock.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
BY_FILE := --dist loadfile --no-loadscope-reorder

.PHONY: help demo test test-units test-trees test-postgres coverage mutants up check format bench lock test-live

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(READY): requirements.lock setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## ingest the sample show end to end, search it, ask it a question
	$(BIN)/ragtime demo

up: $(READY) ## web UI on http://127.0.0.1:3000, pages for readers on :8080, daemon and code location
	$(BIN)/ragtime up

test: $(READY) ## the whole test suite, four files at a time
	$(BIN)/python -m pytest -n 4 $(BY_FILE)

test-units: $(READY) ## the tests that run in their own process, four at a time
	$(BIN)/python -m pytest -n 4 $(BY_FILE) --ignore ragtime_assets_tests/end_to_end

test-trees: $(READY) ## the tests that start whole trees of processes, three at a time
	$(BIN)/python -m pytest -vv -n 3 $(BY_FILE) ragtime_assets_tests/end_to_end

test-postgres: $(READY) ## the tests of the orchestration again, with all tables on Postgres, four files at a time
	$(BIN)/python -m pytest -n 4 $(BY_FILE) --on-postgres ragtime_assets_tests/orchestration

coverage: $(READY) ## which lines the tests reach in their own process; slow
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

mutants: $(READY) ## small faults put into the code, each of which some test has to notice; hours
	$(BIN)/python -m benchmarks.mutants

check: $(READY) ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --level error

format: $(READY) ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## the benchmarks, each with the number it promises
	$(BIN)/python -m benchmarks

lock: ## renew requirements.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-annotate --no-header --extra dev -o requirements.lock setup.cfg

test-live: $(READY) ## the tests that need the network: odd feeds of a public feed parser
	$(BIN)/python -m pytest -m live
