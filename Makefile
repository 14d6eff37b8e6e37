# The portal's commands. Each works on a fresh clone: it sets up what it needs, and only that.
# Everything goes into .venv, Node included; nothing is installed outside this folder.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
bin := .venv/bin

export PATH := $(CURDIR)/$(bin):$(PATH)
unexport PYTHONPATH
unexport PYTHONHOME
.NOTPARALLEL:
.DEFAULT_GOAL := help

# -qq: pip says only what went wrong. Every file is checked against the hash in the lock.
install := $(bin)/python -m pip install -qq --disable-pip-version-check --require-hashes -r
# Without build isolation the build tool is the locked one, not a fresh download.
install_portal := $(bin)/python -m pip install -qq --disable-pip-version-check \
	--no-deps --no-build-isolation --editable .
lock := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --extra build pyproject.toml

## Commands

.PHONY: run test check bench help
run: setup ## build what changed and serve on http://localhost:3000
	@exec $(bin)/portal run $(ARGS)

test: setup-development ## the whole suite, browser included; ARGS="…" goes to pytest
	@$(bin)/python -m tests.browsers
	@exec $(bin)/python -m pytest --numprocesses $(WORKERS) $(ARGS)

check: setup-development ## formatting, lint, types, import direction, catalogues, dead dependencies
	@echo "Formatting";       $(bin)/ruff format --quiet --check .
	@echo "Lint";             $(bin)/ruff check --quiet .
	@echo "Types";            $(bin)/pyright
	@echo "Import direction"; $(bin)/lint-imports --no-logo
	@echo "Dependencies";     $(bin)/deptry .
	@echo "Catalogues";       $(bin)/python tools/catalogues.py --check
	@echo "Locks";            $(bin)/python tools/locks.py

bench: setup-development ## the benchmarks; ratios against a blank app, measured in the same run
	@exec $(bin)/python -m bench $(ARGS)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2} \
		/^## Less/{print "\nLess often needed:"}' $(MAKEFILE_LIST)

## Less often needed

.PHONY: setup setup-development build format catalogues lock
setup: .venv/.runtime ## install what running needs
setup-development: .venv/.development ## install what tests and checks need, too

build: setup ## build the pages, if anything they are made of has changed
	@exec $(bin)/python -m portal.build

format: setup-development ## format the code and mend what can be mended
	@$(bin)/ruff check --quiet --fix-only .
	@$(bin)/ruff format --quiet .

catalogues: setup-development ## collect the texts to translate into portal/locales
	@$(bin)/python tools/catalogues.py

lock: setup-development ## choose the versions anew; ARGS=--upgrade takes the newest
	@$(lock) $(ARGS) --output-file requirements/runtime.txt
	@$(lock) $(ARGS) --extra development --constraint requirements/runtime.txt \
		--output-file requirements/development.txt

.venv/bin/python:
	@echo "Making the virtual environment .venv"
	@for python in "$(PYTHON)" python3.14 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -m venv --clear .venv && exit; \
			rm -rf .venv; exit 1; \
		fi; \
	done; \
	echo "The portal needs Python 3.11 or newer: install it, or name one with PYTHON=…" >&2; exit 1

.venv/.runtime: .venv/bin/python requirements/runtime.txt pyproject.toml
	@echo "Installing what the portal runs on (about half a minute)"
	@$(install) requirements/runtime.txt
	@$(install_portal)
	@touch $@

.venv/.development: .venv/.runtime requirements/development.txt
	@echo "Installing what tests and checks need (about half a minute)"
	@$(install) requirements/development.txt
	@touch $@
