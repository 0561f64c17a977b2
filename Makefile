# For developers. Users install with pipx.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test lint format dictionary constraints clean

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "LSK needs Python 3.11 or later: make PYTHON=python3.11 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP) ## set up, build the sample municipality in demo/ and run the main job
	$(BIN)/lsk demo demo

test: $(STAMP) ## set up and run the tests
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

constraints: ## pin what a clean environment installs today
	$(PYTHON) -m venv --clear build/constraints
	build/constraints/bin/python -m pip install --quiet --disable-pip-version-check '.[dev,bench]'
	build/constraints/bin/python -m pip freeze --exclude lsk > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean: ## remove what can be made again
	rm -rf $(VENV) build dist demo snapshot_report.html .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
