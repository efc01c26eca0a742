# Concord's commands. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-ready
DEVELOPMENT := $(VENV)/.development-ready
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps

.DEFAULT_GOAL := help
.PHONY: help setup run dev check status test test-fast lint format typecheck bench docs upgrade clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(RUNTIME) ## Make the environment in .venv (the other targets do it when needed)

$(BIN)/uv: requirements/installer.txt
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Concord needs Python 3.11 or newer; set PYTHON=python3.12, say")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/installer.txt
	@touch $@

$(RUNTIME): $(BIN)/uv requirements/runtime.txt pyproject.toml
	@echo "Installing what Concord runs on …"
	@$(INSTALL) --compile-bytecode --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): $(RUNTIME) requirements/development.txt
	@echo "Installing what the tests need …"
	@$(INSTALL) --compile-bytecode --require-hashes -r requirements/development.txt
	@touch $@

run: $(RUNTIME) ## Do the whole daily job (CONCORD_COMPANY, CONCORD_HOME; default: the sample company)
	@$(BIN)/concord run

check: $(RUNTIME) ## Validate the company folder
	@$(BIN)/concord check

status: $(RUNTIME) ## Show the last run, freshness, guards and published versions
	@$(BIN)/concord status

dev: $(RUNTIME) ## Open Dagster's web UI at http://127.0.0.1:3000
	@$(BIN)/concord dev

test: $(DEVELOPMENT) ## Run every test
	@$(BIN)/python -m pytest -n 3

test-fast: $(DEVELOPMENT) ## Run the tests that take a moment
	@$(BIN)/python -m pytest -n 2 -m "not slow and not browser"

lint: $(DEVELOPMENT) ## Check style, types, SQL and YAML
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests
	@$(BIN)/yamllint --strict .

format: $(DEVELOPMENT) ## Format Python and SQL
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests

bench: $(RUNTIME) ## Measure the daily job (SCALE=50), a connector (ROWS=1000000), attribution (TOUCHES=1000000), pay (CREDITS=100000 PAYEES=1000); see docs/benchmarks.md
	@$(BIN)/python -m bench.measure --scale $(or $(SCALE),1)
	@$(BIN)/python -m bench.connectors --rows $(or $(ROWS),200000)
	@$(BIN)/python -m bench.nothing_new
	@$(BIN)/python -m bench.attribution --touches $(or $(TOUCHES),1000000)
	@$(BIN)/python -m bench.compensation --payees $(or $(PAYEES),1000) --credits $(or $(CREDITS),100000)

docs: $(RUNTIME) ## Write the generated documentation: JSON Schemas for editors
	@$(BIN)/python -m orchestration.docs

upgrade: $(RUNTIME) ## Compile the locks anew from requirements/*.in
	@cd requirements && for name in installer runtime development; do \
		../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --override override.txt \
			--generate-hashes --no-emit-index-url --no-header $$name.in -o $$name.txt || exit 1; done

clean: ## Remove the environment and everything that runs wrote to the default home
	rm -rf $(VENV) data
