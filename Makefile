# For developers. Users install with pipx.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
AXE := tests/datasette_plugins/axe
AXE_STAMP := $(AXE)/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo test axe tillganglighet lint format dictionary alpha constraints clean

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "LSK needs Python 3.11 or later: make PYTHON=python3.11 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP) ## set up, build the sample municipality in demo/ and run the main job
	$(BIN)/lsk demo demo

$(AXE_STAMP): $(AXE)/package.json $(AXE)/package-lock.json
	@command -v npm >/dev/null || { echo "The accessibility tests need npm, to fetch axe-core." >&2; exit 1; }
	npm ci --prefix $(AXE) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

axe: $(AXE_STAMP) ## fetch axe-core for the accessibility tests

tillganglighet: $(STAMP) $(AXE_STAMP) ## test every kind of page with axe and write the results for the statement
	$(BIN)/python -m tests.datasette_plugins.accessibility

test: $(STAMP) $(AXE_STAMP) ## set up and run the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP) ## lint, format and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP) ## put the code in the agreed form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dictionary: $(STAMP) ## write what docs has of the declarations: data-dictionary.md, requirements.md, tangenter.md
	$(BIN)/python -m lsk.dictionary docs/data-dictionary.md
	$(BIN)/python -m lsk.requirements docs/requirements.md
	$(BIN)/python -m lsk_tui.keysheet docs/tangenter.md

alpha: $(STAMP) ## run the site's tests on the newest alpha of Datasette 1.0, in an environment of its own
	test -x build/alpha/bin/python || $(PYTHON) -m venv build/alpha
	build/alpha/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt '.[dev]'
	build/alpha/bin/python -m pip install --quiet --disable-pip-version-check --upgrade --pre 'datasette>=1.0a0'
	build/alpha/bin/python -m pytest tests/datasette_plugins -n 2 --dist worksteal

constraints: ## pin what a clean environment installs today
	$(PYTHON) -m venv --clear build/constraints
	build/constraints/bin/python -m pip install --quiet --disable-pip-version-check '.[dev,bench]'
	build/constraints/bin/python -m pip freeze --exclude lsk > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean: ## remove what can be made again
	rm -rf $(VENV) $(AXE)/node_modules build dist demo snapshot_report.html .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
