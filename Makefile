PYTHON ?= python3
# Parallel test processes: a number, or "auto" for one per core.
WORKERS ?= auto
PYTEST_ARGS ?=
# How many random pairs of rule and inputs, and how many random texts, the longer runs take.
PAIRS ?= 100000
TEXTS ?= 20000

VENV := .venv
BIN := $(VENV)/bin
# Each stamp is newer than pyproject.toml as long as its dependencies are up to date.
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
# Two pip processes must not write to one environment.
.NOTPARALLEL:
.PHONY: help demo test check format docs bench parity fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(RUN_STAMP) ## build the example workbooks in demo/
	$(BIN)/xlkpi demo demo --overwrite

test: $(DEV_STAMP) ## run the tests, with LibreOffice and Pyodide where they can be installed
	.ci/install-libreoffice
	.ci/install-pyodide
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: $(DEV_STAMP) ## run the linter, the format check and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV_STAMP) ## reformat the sources and fix what the linter can fix
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: $(DEV_STAMP) ## write docs/rules.md anew from grammars and cases
	$(BIN)/python -m tests.support.rules_page

bench: $(DEV_STAMP) ## measure what scoring costs, into benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

parity: $(DEV_STAMP) ## score PAIRS random rules and inputs in every engine, into benchmarks/PARITY.md
	.ci/install-libreoffice
	$(BIN)/python -m tests.support.parity $(PAIRS)

fuzz: $(DEV_STAMP) ## read TEXTS random texts, as many edits of sentences, a tenth as many of role files and workbooks; random forms
	XLKPI_FUZZ=$(TEXTS) $(BIN)/pytest -q tests/rules/test_parser.py
	XLKPI_FUZZ=$$(($(TEXTS) / 10)) $(BIN)/pytest -q tests/end_to_end/test_fuzz.py
	XLKPI_FUZZ=$$(($(TEXTS) / 100)) $(BIN)/pytest -q tests/common/test_files.py -k killed
	XLKPI_FUZZ=$$(($(TEXTS) / 400)) $(BIN)/pytest -q tests/end_to_end/test_parity.py tests/end_to_end/test_all_roles.py -k random

clean: ## delete the environment, the demo and everything else generated
	rm -rf $(VENV) demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/support/pyodide/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian's Python cannot make an environment until python3-venv is installed.
# pip is the last thing that venv writes; half an environment would pass for a whole one.
$(BIN)/pip:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-venv >/dev/null; \
	fi
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet -e .
	@touch $@

$(DEV_STAMP): pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet -e ".[dev]"
	@touch $(RUN_STAMP) $@
