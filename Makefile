# `make` lists the commands. Each one sets up what it needs by itself: tools/setup.py says what is missing.
ifeq ($(OS),Windows_NT)
PYTHON ?= py
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
RUN := $(BIN)/python
PYTEST := $(RUN) -m pytest -n 3  # one more than CI has processors: a test that waits for its page leaves one idle
LONGEST := notebooks/vanishing-gradients.ipynb notebooks/course-model.ipynb  # first, so that nothing waits for them
# Code and its documentation; tests/test_prose.py checks the book itself, in both languages.
ENGLISH := README.md CONTRIBUTING.md cnncourse tests tools theme/extensions theme/templates
# What differs from run to run in a stored notebook.
VARYING := "metadata.language_info.version metadata.language_info cell.metadata.execution"

.DEFAULT_GOAL := help
.PHONY: help site serve check test lint bench study clean ready-site ready-test
.NOTPARALLEL:

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

site: ready-site ## build both editions into _build/site
	$(RUN) tools/site.py

serve: ready-site ## build the site and show it on this machine
	$(RUN) tools/site.py --serve

# Tests run beside each other, so each of them computes with one thread.
check test: export OMP_NUM_THREADS = 1
check test: export TF_NUM_INTRAOP_THREADS = 1

check: lint ## the quick answer: linters and all tests that need no site, browser or training in processes
	$(PYTEST) --dist worksteal -m "not site and not browser and not long"
	@echo "Left out: what reads the built site or drives a browser, notebooks, and what is marked as long."
	@echo "make test runs all of it."

# Both halves run, even if the first fails.
test: ready-test site ## everything: units, doctests, site and browser, notebooks re-executed
	@$(RUN) tools/npm.py
	@failed=0; \
	$(PYTEST) --dist worksteal || failed=1; \
	$(PYTEST) --dist loadfile --no-loadscope-reorder --nbval $(LONGEST) notebooks || failed=1; \
	exit $$failed

lint: ready-test ## what CI checks before the tests
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) tools/npm.py run --silent format:check
	$(RUN) -m codespell_lib --skip "*/wordlists" --ignore-words tests/wordlists/german_in_code.txt $(ENGLISH)
	$(RUN) -m nbstripout --verify --keep-output --keep-count --keep-id --extra-keys $(VARYING) notebooks/*.ipynb en/notebooks/*.ipynb

bench: ready-test site ## our pages and our code against the alternatives: make bench part=site|package|labs|training, or all
	$(RUN) tools/bench.py $(part)

study: ready-test ## do what a recorded study lacks: make study NAME=lenet_mnist
	$(RUN) -m studies $(NAME)

clean: ## remove everything that was built, and the virtual environment
	rm -rf _build .venv theme/node_modules

# The virtual environment with exactly the locked packages: what building needs, or all of them.
ready-site ready-test:
	@"$(PYTHON)" tools/setup.py $(@:ready-%=%)
