# `make` lists the commands. Each one sets up what it needs by itself: Python 3.11 or newer is enough.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
RUN := $(BIN)/python
READY := .venv/ready
# Code and its documentation; tests/test_prose.py checks the book itself, in both languages.
ENGLISH := README.md CONTRIBUTING.md cnncourse tests tools theme/extensions theme/templates
# What differs from run to run in a stored notebook.
VARYING := "metadata.language_info.version metadata.language_info cell.metadata.execution"

.DEFAULT_GOAL := help
.PHONY: help site serve test lint bench clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

site: $(READY) ## build both editions into _build/site
	$(RUN) tools/site.py

serve: $(READY) ## build the site and show it on this machine
	$(RUN) tools/site.py --serve

# Both halves run, even if the first fails.
test: site ## unit tests, doctests, site and browser checks, notebooks re-executed
	@failed=0; \
	$(RUN) -m pytest -n 2 --dist worksteal || failed=1; \
	$(RUN) -m pytest -n 2 --dist loadfile --nbval notebooks || failed=1; \
	exit $$failed

lint: $(READY) ## what CI checks before the tests
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m codespell_lib --skip "*/wordlists" --ignore-words tests/wordlists/german_in_code.txt $(ENGLISH)
	$(RUN) -m nbstripout --verify --keep-output --keep-count --keep-id --extra-keys $(VARYING) notebooks/*.ipynb en/notebooks/*.ipynb

bench: site ## weight and build time of our pages against Jupyter Book's defaults
	$(RUN) tools/bench.py

clean: ## remove everything that was built, and the virtual environment
	rm -rf _build .venv theme/node_modules

# The virtual environment with exactly the pinned packages; Node from a wheel where there is none.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	test -x $(RUN) || $(PYTHON) -m venv .venv
	$(RUN) -m pip install --disable-pip-version-check --progress-bar off -r requirements.txt
	$(RUN) -m pip install --disable-pip-version-check --no-deps --quiet -e .
	PYTHONPATH=theme $(RUN) -c 'from extensions.node import commands; commands()' 2>/dev/null || \
	  $(RUN) -m pip install --disable-pip-version-check --no-deps "$$(sed -nE 's/^node = \["(.*)"\]/\1/p' pyproject.toml)"
	touch $@
