PYTHON ?= python3
# Parallel test processes: a number, or "auto" for one per core.
WORKERS ?= auto
PYTEST_ARGS ?=
# How many random pairs of rule and inputs, and how many random texts, the longer runs take.
PAIRS ?= 100000
TEXTS ?= 20000
# How many people `make scale` runs a quarter of, and in which folder, which it makes and deletes.
PEOPLE ?= 20000
FOLDER ?= build/scale
# How many random quarters of all roles other programs calculate.
QUARTERS ?= 20

VENV := .venv
BIN := $(VENV)/bin
# Exact versions with hashes; `make lock` renews them.
LOCKS := requirements/run.lock requirements/dev.lock
# Each stamp is newer than its lock as long as what is installed is up to date.
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
# Two pip processes must not write to one environment.
.NOTPARALLEL:
.PHONY: help demo test check format docs prepared pictures site package lock bench scale parity programs fuzz corpus clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(RUN_STAMP) ## build the example workbooks in demo/
	$(BIN)/xlkpi demo demo --overwrite

test: $(DEV_STAMP) ## run the tests, with LibreOffice, Pyodide and Chromium where they can be installed
	.ci/install-libreoffice
	.ci/install-pyodide
	.ci/install-browser
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

prepared: $(DEV_STAMP) ## read the shipped roles and make their forms, so that the program need not: xlkpi/*/prepared, known, own
	$(BIN)/python -m tests.support.prepared

pictures: $(RUN_STAMP) ## draw the documents' pictures anew, with LibreOffice, Node and Chromium
	docs/render-pictures
	docs/render-diagram

site: $(DEV_STAMP) ## build the documents as a site, into build/site
	$(BIN)/python docs/site/build.py

package: $(DEV_STAMP) ## build the wheel and the source archive into dist, check them, and list the libraries (SBOM)
	rm -rf dist
	$(BIN)/hatchling build
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --mc-type application --output-reproducible --of JSON -o dist/xlkpi.cdx.json requirements/run.lock

lock: | $(BIN)/pip ## renew requirements/*.lock from pyproject.toml
	$(BIN)/pip install --quiet uv
	for lock in $(LOCKS); do \
		extra=all; if [ $$lock = requirements/dev.lock ]; then extra=dev; fi; \
		$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
			--no-emit-index-url --custom-compile-command "make lock" --extra $$extra \
			pyproject.toml requirements/build.in -o $$lock || exit 1; \
	done

bench: $(DEV_STAMP) ## measure what scoring costs, into benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

scale: $(DEV_STAMP) ## run a quarter of PEOPLE people on disk, and a long history, into benchmarks/SCALE.md
	$(BIN)/python -m benchmarks.scale $(PEOPLE) $(FOLDER)

parity: $(DEV_STAMP) ## score PAIRS random rules and inputs in every engine, into benchmarks/PARITY.md
	.ci/install-libreoffice
	$(BIN)/python -m tests.support.parity $(PAIRS)

programs: $(DEV_STAMP) ## let other programs save and calculate our forms, into docs/programs.md
	.ci/install-programs $(BIN)/python
	$(BIN)/python -W ignore -m tests.programs.page $(QUARTERS)

fuzz: $(DEV_STAMP) ## read TEXTS random texts, as many edits of sentences, a tenth as many of role files and workbooks; random forms
	XLKPI_FUZZ=$(TEXTS) $(BIN)/pytest -q tests/rules/test_parser.py
	XLKPI_FUZZ=$$(($(TEXTS) / 10)) $(BIN)/pytest -q tests/end_to_end/test_fuzz.py
	XLKPI_FUZZ=$$(($(TEXTS) / 100)) $(BIN)/pytest -q tests/common/test_files.py -k killed
	XLKPI_FUZZ=$$(($(TEXTS) / 400)) $(BIN)/pytest -q tests/end_to_end/test_parity.py tests/end_to_end/test_all_roles.py -k random

corpus: $(DEV_STAMP) ## run every reading command over the workbooks below DIR, and print what became of them
	$(BIN)/python -m tests.support.corpus $(DIR)

clean: ## delete the environment, the demo and everything else generated
	rm -rf $(VENV) demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/support/pyodide/node_modules tests/support/browser/node_modules tests/programs/node/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian's Python cannot make an environment until python3-venv is installed.
# pip is the last thing that venv writes; half an environment would pass for a whole one.
$(BIN)/pip:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-venv >/dev/null; \
	fi
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

# What builds xlkpi itself is in the locks, too: nothing is fetched but what they name.
$(RUN_STAMP): requirements/run.lock pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --require-hashes -r $<
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements/dev.lock pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --require-hashes -r $<
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(RUN_STAMP) $@
