# Park Place: `make` alone lists what can be done.

VENV := .venv
# The first Python here that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN := $(VENV)/bin/python -m

# No tool looks for a newer version of itself while it works.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
export FUZZ FUZZ_SEED

.PHONY: help run test fuzz check format bench openapi jobs migration lock clean python packages tools

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: packages ## Set up what is missing and serve Park Place on http://localhost:8000 (PORT=… for another port)
	@exec $(RUN) parkplace serve

test: tools ## Set up what is missing and run every test (T=… for some: make test T=tests/bookings)
	@$(RUN) parkplace.launcher.chromium
	@$(RUN) tests.databases
	@exec $(RUN) pytest $(or $(T),-n auto --dist loadfile --no-loadscope-reorder)

fuzz: tools ## Try everything the API takes, as every kind of caller (FUZZ=600 seconds, FUZZ_SEED=… again)
	@$(RUN) tests.databases
	@exec $(RUN) tests.api.fuzz

check: tools ## Lint, format, types, import contracts, migrations
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) pyright
	$(VENV)/bin/lint-imports
	$(RUN) parkplace db check

format: tools ## Put the code into the one format, and mend what can be mended by itself
	$(RUN) ruff check --fix-only
	$(RUN) ruff format

bench: tools ## Measure search, pins and holds beside two references (B="city world" for a million spaces too)
	@exec $(RUN) bench $(B)

openapi: tools ## Write down anew what the tests know of the API: its description, and the codes of its errors
	$(RUN) tests.api.raised
	$(RUN) parkplace openapi > tests/api/openapi.json

jobs: packages ## Run the jobs as a process of their own
	@exec $(RUN) parkplace jobs

migration: tools ## Write a migration from what has changed in the models: make migration m="add a column"
	@test -n "$(m)" || { echo 'Say what it does: make migration m="add a column"'; exit 1; }
	$(RUN) parkplace db migration "$(m)"

lock: tools ## Pin every package anew from pyproject.toml
	$(VENV)/bin/uv pip compile -q --universal --no-header --no-emit-index-url --upgrade pyproject.toml -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --no-header --no-emit-index-url -c requirements.txt --group dev pyproject.toml -o requirements-dev.txt

clean: ## Remove what can be made again: packages, built pages, caches (never data)
	rm -rf $(VENV) .web .states .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo 'Park Place needs Python 3.11 or newer as python3. See https://www.python.org/downloads/'; exit 1; }

packages: python
	@$(PYTHON) parkplace/launcher/virtualenv.py requirements.txt

tools: python
	@$(PYTHON) parkplace/launcher/virtualenv.py requirements-dev.txt
